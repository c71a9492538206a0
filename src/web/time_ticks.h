// SPDX-License-Identifier: MIT
// Where a time axis has marks and what stands there: round times of the configured zone, on days of 23 and 25 hours
// too.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "calendar.h"

namespace pastmon::web {

struct TimeTick {
  base::Seconds at = 0;
  std::string label;    ///< "14:30"; the day where one begins: "23 Nov"; "Nov"; the year where one begins: "2026"
  bool strong = false;  ///< a new day among times, a new year among months
  friend bool operator==(const TimeTick&, const TimeTick&) = default;
};

/// At most `most` (at least 2) marks within [from, to], ascending, as many as round times allow: minutes, hours, days,
/// weeks, months, years. A time that the clock shows twice has two marks, a time that it skips none.
std::vector<TimeTick> time_ticks(const Calendar& calendar, const TimeRange& time, std::size_t most);

}  // namespace pastmon::web
