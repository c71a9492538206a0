// SPDX-License-Identifier: MIT
#include "period.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "pastmon/base/text.h"

namespace pastmon::web {
namespace {

/// A unit of the calendar: the one under way, and the one before, which is over.
struct CalendarUnit {
  std::string_view running;
  std::string_view over;
  std::string_view running_words;
  std::string_view over_words;
};
constexpr std::array<CalendarUnit, 4> kCalendarUnits = {
    {{"today", "yesterday", "yesterday until this time", "the day before"},
     {"week", "last_week", "last week until this time", "the week before"},
     {"month", "last_month", "last month until this time", "the month before"},
     {"year", "last_year", "last year until this time", "the year before"}}};

int day_count(std::string_view preset) {
  int days = 0;
  const auto [end, error] = std::from_chars(preset.data(), preset.data() + preset.size(), days);
  return error == std::errc() && std::string_view(end, preset.data() + preset.size()) == "d" ? days : 0;
}

std::string words_before(std::string_view preset) {
  if (preset == "hour") return "the hour before";
  if (preset == "3h") return "the 3 hours before";
  if (preset == "24h") return "the 24 hours before";
  if (const int days = day_count(preset); days > 0)
    return base::cat("the ", days, days == 1 ? " day" : " days", " before");
  return "the time before";
}

}  // namespace

Period period_before(const Calendar& calendar, std::string_view preset, const TimeRange& range, base::Seconds now) {
  for (const CalendarUnit& unit : kCalendarUnits) {
    // A moment of the unit before makes its own unit before the one that is over.
    const bool running = preset == unit.running;
    if (!running && preset != unit.over) continue;
    const auto before = calendar.range(unit.over, running ? now : range.from);
    if (!before) break;
    const base::Seconds end = running ? before->from + (range.to - range.from) : before->to;
    return {{before->from, std::min(end, before->to)}, std::string(running ? unit.running_words : unit.over_words)};
  }
  return {{range.from - (range.to - range.from), range.from}, words_before(preset)};
}

std::string days_title(std::string_view preset) {
  const int days = day_count(preset);
  for (const Calendar::Preset& known : Calendar::presets()) {
    if (known.key == preset) return "";
  }
  return days > 0 ? base::cat("Last ", days, days == 1 ? " day" : " days") : std::string();
}

}  // namespace pastmon::web
