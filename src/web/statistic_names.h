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

/// Behind a level's name: the bound that it may grow to.
inline constexpr std::string_view kLimitSuffix = "_limit";

/// Figures of single signatures: their interface is "file:line name".
inline constexpr std::string_view kSignatureLoaded = "signature_loaded";  ///< max: when
inline constexpr std::string_view kSignatureMatched = "signature_matched";
inline constexpr std::string_view kSignatureNearly = "signature_nearly";

/// "Capture", "Flows", …; "Other" for a name that is not in the table.
std::string_view statistic_section(std::string_view name) noexcept;

StatisticName describe_statistic(std::string_view name);
/// It is in the table: one of a fixed list.
bool is_known_statistic(std::string_view name) noexcept;
/// Place in the table: for sorting.
std::size_t statistic_rank(std::string_view name) noexcept;

}  // namespace pastmon::web
