// SPDX-License-Identifier: MIT
// Titles of the program's own statistics. A name that is not in the table is shown as it is, so a newer daemon's
// figures are not lost.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "pastmon/metric/registry.h"

namespace pastmon::web {

struct StatisticName {
  std::string title;
  std::string description;
  metric::Unit unit = metric::Unit::packets;
  bool level = false;  ///< a level (flows now), not something that counts up
  bool bad = false;    ///< more than none deserves attention
};

StatisticName describe_statistic(std::string_view name);
/// It is in the table: one of a fixed list.
bool is_known_statistic(std::string_view name) noexcept;
/// Place in the table: for sorting.
std::size_t statistic_rank(std::string_view name) noexcept;

}  // namespace pastmon::web
