// SPDX-License-Identifier: MIT
// From the current query to the rows that it means. Users' regular expressions are matched here, under limits, against
// names in memory; they never reach the database.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "calendar.h"
#include "directory.h"
#include "pastmon/base/clock.h"
#include "pastmon/store/store.h"
#include "query_state.h"

namespace pastmon::web {

/// Why a query cannot be answered, and what to do about it: for a page or an API answer.
struct Problem {
  std::string title;
  std::string advice;
  std::string_view field = {};  ///< the parameter that is wrong; "" when it is none alone
};

/// "HTTP " of "HTTP *", which means every signature that begins so; "" of a signature's name.
std::string_view family_of(std::string_view signature) noexcept;

struct SelectionLimits {
  std::size_t max_pattern = 256;             ///< bytes of a regular expression
  std::size_t max_hosts = 10'000;            ///< that one may match, unless it matches all
  base::Micros budget = base::kSecond / 10;  ///< for all matching of a request
};

/// Ids of the hosts whose name or address `pattern` matches, without regard to case. Nothing set: it matches all.
struct HostMatch {
  bool all = false;
  std::vector<store::Id> ids;
};
std::variant<HostMatch, Problem> match_hosts(std::string_view pattern, const Names& names,
                                             const SelectionLimits& limits, const base::Clock& clock);

/// The preset that a query without a time means: the last hour or hours while there is no older data, so that a new
/// installation's graphs are not a sliver; else the last day. When no data is as new as that, as in an archive, the
/// last year of it, or "all" when there is no more.
std::string_view default_range(const Calendar& calendar, const store::Extent& extent, base::Seconds now);

/// The time that a query means. `extent`: what the database holds.
std::variant<TimeRange, Problem> resolve_time(const QueryState& query, const Calendar& calendar,
                                              const store::Extent& extent, base::Seconds now);

std::variant<store::Selection, Problem> resolve(const QueryState& query, const TimeRange& time, const Names& names,
                                                const SelectionLimits& limits, const base::Clock& clock);

}  // namespace pastmon::web
