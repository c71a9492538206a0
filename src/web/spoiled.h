// SPDX-License-Identifier: MIT
// Times whose figures the capture spoiled: the sensor lost packets, or answers acknowledge bytes that it never saw. A
// graph shades them and says so, so that nobody trusts what was not measured.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "calendar.h"
#include "pastmon/store/store.h"

namespace pastmon::web {

struct Spoiled {
  std::vector<TimeRange> ranges;  ///< ascending, apart from one another
  std::int64_t received = 0;      ///< packets in the whole time
  std::int64_t dropped = 0;       ///< by the kernel or the interface
  std::int64_t ack_gaps = 0;      ///< ACKs for bytes that the sensor never saw, of the rows shown
  bool empty() const noexcept { return ranges.empty(); }
};

/// Names of the statistics that it needs.
inline constexpr std::array<std::string_view, 3> kDropStatistics = {"packets_received", "kernel_dropped",
                                                                    "interface_dropped"};

/// `statistics`: of the sensors that are meant, each standing for `seconds` from its start. `points`: of the graph,
/// each `step` long.
Spoiled spoiled_times(const std::vector<store::StatisticPoint>& statistics, base::Seconds seconds,
                      const std::vector<store::Point>& points, base::Seconds step, const TimeRange& time);

/// "Shaded: the sensor lost 17 packets (0.02 %); 3 ACKs were for bytes that it never saw."; "" when nothing is spoiled.
std::string spoiled_text(const Spoiled& spoiled);
/// What follows from it.
inline constexpr std::string_view kSpoiledMeans = "Figures there may lack transactions, or show loss that was none.";

}  // namespace pastmon::web
