// SPDX-License-Identifier: MIT
// What in the monitor's own figures deserves attention, and what to do about it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pastmon/metric/aggregate.h"

namespace pastmon::web {

/// Of one sensor over the time looked at, by name and interface.
using StatisticSums = std::map<std::pair<std::string, std::string>, metric::Summary>;

struct Advice {
  bool bad = false;       ///< figures are lost or spoilt; else worth knowing
  std::string statistic;  ///< whose graph shows it
  std::string interface;  ///< "": of the sensor as a whole
  std::string title;      ///< "Dropped by the kernel on eth0: 1,234 (0.3 %)"
  std::string_view to_do;
};

/// The worst first.
std::vector<Advice> advice(const StatisticSums& sums);

}  // namespace pastmon::web
