// SPDX-License-Identifier: MIT
// The registry's metrics by topic, for people who look for one.
#pragma once

#include <array>
#include <string_view>

#include "pastmon/metric/registry.h"

namespace pastmon::web {

/// The topics in the order in which they are shown; the last takes what no other holds.
inline constexpr std::array<std::string_view, 6> kMetricTopics = {"Response", "Outcomes", "Round trips",
                                                                  "Volume",   "Sizes",    "TCP"};

/// One of kMetricTopics.
std::string_view metric_topic(const metric::Info& info) noexcept;

}  // namespace pastmon::web
