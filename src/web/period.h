// SPDX-License-Identifier: MIT
// The time before a time: what figures of a preset are compared with.
#pragma once

#include <string>
#include <string_view>

#include "calendar.h"

namespace pastmon::web {

struct Period {
  TimeRange time;
  std::string words;  ///< "yesterday until this time", within a sentence
};

/// What came before `range`, which `preset` means at `now`; as long as it, where the calendar allows. Today until now
/// is compared with as much of yesterday, last month with the month before. "" and unknown presets: as long, just
/// before.
Period period_before(const Calendar& calendar, std::string_view preset, const TimeRange& range, base::Seconds now);

/// "Last 30 days" for "30d"; "" when the preset does not count days, or has a title of its own.
std::string days_title(std::string_view preset);

}  // namespace pastmon::web
