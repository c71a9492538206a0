// SPDX-License-Identifier: MIT
// Days and weeks as the people who read the pages count them: in the configured time zone, on days of 23, 24 or 25
// hours. The only part that knows the date library.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "pastmon/base/clock.h"
#include "pastmon/base/result.h"

namespace date {
class time_zone;
}

namespace pastmon::web {

/// [from, to): seconds since the epoch.
struct TimeRange {
  base::Seconds from = 0;
  base::Seconds to = 0;
  friend bool operator==(const TimeRange&, const TimeRange&) = default;
};

/// Immutable; any thread.
class Calendar {
 public:
  struct Preset {
    std::string_view key;    ///< in URLs: "last_week"
    std::string_view title;  ///< for people: "Last week"
  };
  enum class Ambiguous { earlier, later };  ///< which of two moments, when a clock that goes back shows a time twice

  /// `zone`: an IANA name, or "" for this machine's (UTC when it has none). `week_starts`: 0 Sunday … 6 Saturday.
  /// Errors: no such zone.
  static base::Result<Calendar> make(std::string_view zone, unsigned week_starts);

  const std::string& zone() const noexcept { return zone_name_; }

  static std::span<const Preset> presets() noexcept;
  /// "Last week", "Last 90 days"; "" when there is no such preset.
  static std::string preset_title(std::string_view preset);
  /// The time that a preset, or "Nd" (the last N times 24 hours), means now. Ranges that end now end with the five
  /// minutes under way; days begin on a whole hour. Nothing: no such key.
  std::optional<TimeRange> range(std::string_view preset, base::Seconds now) const;

  /// "2026-11-23T17:40" (as an HTML form sends it; seconds allowed; a date alone is its first moment). A time that
  /// a clock going forward skips is the moment of the change. Nothing: not a time.
  std::optional<base::Seconds> parse(std::string_view local, Ambiguous which) const;

  /// What the clock and the calendar on the wall show.
  struct Local {
    int year = 1970;
    int month = 1;
    int day = 1;
    int hour = 0, minute = 0, second = 0;
    unsigned weekday = 0;  ///< 0 Sunday … 6 Saturday; not read by moment()
  };
  Local local(base::Seconds at) const;
  /// The reverse. Fields beyond their range carry over: month 13, day 0 and hour 24 mean what one would think. A time
  /// that a clock going forward skips is the moment of the change.
  base::Seconds moment(const Local& local, Ambiguous which) const;
  /// The same time of day so many days later (earlier, when negative).
  base::Seconds days_later(base::Seconds at, int days) const;
  unsigned week_starts() const noexcept { return week_starts_; }

  std::string form_time(base::Seconds at) const;  ///< "2026-11-23T17:40"
  std::string full_time(base::Seconds at) const;  ///< "2026-11-23 17:40:05"
  /// As short as can be told from `now`: "17:40:05" today, "22 Nov 17:40" this year, else "2025-11-22 17:40".
  std::string short_time(base::Seconds at, base::Seconds now) const;
  /// The same without seconds: "17:40", "22 Nov 17:40", "2025-11-22 17:40".
  std::string short_minute(base::Seconds at, base::Seconds now) const;
  /// "22 Nov 17:40 – 23 Nov 09:00"; within one day "23 Nov 09:00 – 10:00".
  std::string span_text(const TimeRange& range, base::Seconds now) const;

 private:
  Calendar(const date::time_zone* zone, std::string name, unsigned week_starts)
      : zone_(zone), zone_name_(std::move(name)), week_starts_(week_starts) {}
  base::Seconds start_of_day(base::Seconds at, int days_later) const;

  const date::time_zone* zone_;  // null: UTC
  std::string zone_name_;
  unsigned week_starts_;
};

/// The start of the five-minute bucket that holds `at`.
base::Seconds bucket_start(base::Seconds at) noexcept;

}  // namespace pastmon::web
