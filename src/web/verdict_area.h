// SPDX-License-Identifier: MIT
// Where the time of answered transactions went, over time: the parts of the verdict stacked (docs/metrics.md).
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "calendar.h"
#include "graph_svg.h"
#include "pastmon/metric/aggregate.h"
#include "pastmon/store/store.h"

namespace pastmon::web {

struct VerdictPart {
  metric::Counter counter;
  std::string_view key;    ///< "network": its colour and its name in JSON
  std::string_view title;  ///< for people
};
/// In the order of the stack, from the bottom, and of the bar.
inline constexpr std::array<VerdictPart, 5> kVerdictParts = {
    {{metric::Counter::verdict_client, "client", "client"},
     {metric::Counter::verdict_network, "network", "network"},
     {metric::Counter::verdict_server, "server", "server"},
     {metric::Counter::verdict_transfer, "transfer", "transfer"},
     {metric::Counter::verdict_loss, "loss", "loss"}}};

struct VerdictPoint {
  base::Seconds at = 0;  ///< start of its step
  std::int64_t transactions = 0;
  std::array<double, kVerdictParts.size()> each{};  ///< microseconds of each part for one transaction
  double total() const noexcept;
};

/// Steps in which a transaction had round trips.
std::vector<VerdictPoint> verdict_points(const std::vector<store::Point>& points);

/// The area of one part, on top of those before it, in a box whose top is `end`; gaps stay gaps. Each step is a flat
/// piece as wide as the step: parts of neighbouring steps do not blend.
std::string verdict_area(const std::vector<VerdictPoint>& points, std::size_t part, const TimeRange& time,
                         base::Seconds step, double end, const Box& box);

}  // namespace pastmon::web
