// SPDX-License-Identifier: MIT
// Now against then: of one service, or of all traffic. What counts as slower, and when there is too little to say.
#pragma once

#include <cstdint>
#include <string>

#include "calendar.h"
#include "pastmon/base/clock.h"
#include "pastmon/metric/aggregate.h"

namespace pastmon::web {

/// Fewer answers (transactions) than this on either side are compared with nothing.
inline constexpr std::int64_t kEnoughSamples = 30;
/// A mean response time is slower when it is longer by this share, and by a time that anybody may notice.
inline constexpr double kSlowerShare = 0.25;
inline constexpr double kSlowerMicros = 500;
/// Failures are more when their share has doubled and grown by this (of all transactions), with some of them at all.
inline constexpr double kFailingShare = 0.01;
inline constexpr std::int64_t kFailingCount = 5;

struct Change {
  enum class Kind : std::uint8_t { unknown, same, worse, better };
  Kind kind = Kind::unknown;
  double ratio = 1;  ///< now / then

  /// "+31 %", "−12 %", "3.2 ×"; "" when it is not known.
  std::string text() const;
};

Change response_change(const metric::Aggregate& now, const metric::Aggregate& then) noexcept;
/// Of the share of failures.
Change failure_change(const metric::Aggregate& now, const metric::Aggregate& then) noexcept;

/// The same clock time a week before, also where the clock was changed in between.
TimeRange week_before(const TimeRange& range, const Calendar& calendar);

/// The hour that stands for now: the last full hour, or, while less than that was captured, the last sixty minutes.
/// `newest`: where data ends.
struct Hour {
  TimeRange time;
  bool full = true;
};
Hour last_hour(base::Seconds first_data, base::Seconds newest) noexcept;

}  // namespace pastmon::web
