// SPDX-License-Identifier: MIT
#include "comparison.h"

#include <algorithm>
#include <cmath>

#include "format.h"
#include "pastmon/base/text.h"

namespace pastmon::web {
namespace {

using metric::Counter;
using metric::Distribution;

constexpr base::Seconds kAnHour = 3600;
constexpr base::Seconds kAWeek = 7 * 24 * kAnHour;

double share(const metric::Aggregate& values) noexcept {
  return static_cast<double>(format::failures(values)) / static_cast<double>(values[Counter::transactions]);
}

base::Seconds week_before(base::Seconds at, const Calendar& calendar) {
  const std::string clock = calendar.form_time(at).substr(11);
  for (const base::Seconds moved : {0, -1800, 1800, -3600, 3600}) {
    if (calendar.form_time(at - kAWeek + moved).substr(11) == clock) return at - kAWeek + moved;
  }
  return at - kAWeek;
}

}  // namespace

std::string Change::text() const {
  if (kind == Kind::unknown) return "";
  if (ratio >= 3) return base::cat(format::decimal(ratio), " ×");
  const auto percent = static_cast<std::int64_t>(std::lround(std::abs(ratio - 1) * 100));
  return percent == 0 ? std::string("±0 %") : base::cat(ratio > 1 ? "+" : "−", percent, " %");
}

Change response_change(const metric::Aggregate& now, const metric::Aggregate& then) noexcept {
  const metric::Summary& a = now[Distribution::response_time].summary;
  const metric::Summary& b = then[Distribution::response_time].summary;
  if (a.count < kEnoughSamples || b.count < kEnoughSamples || b.mean() <= 0) return {};
  Change change{Change::Kind::same, a.mean() / b.mean()};
  const double difference = a.mean() - b.mean();
  if (std::abs(difference) < kSlowerMicros) return change;
  if (difference > b.mean() * kSlowerShare) change.kind = Change::Kind::worse;
  if (-difference > a.mean() * kSlowerShare) change.kind = Change::Kind::better;
  return change;
}

Change failure_change(const metric::Aggregate& now, const metric::Aggregate& then) noexcept {
  if (now[Counter::transactions] < kEnoughSamples || then[Counter::transactions] < kEnoughSamples) return {};
  const double a = share(now), b = share(then);
  Change change{Change::Kind::same, b > 0 ? a / b : a > 0 ? 1000 : 1};
  if (a >= 2 * b && a >= b + kFailingShare && format::failures(now) >= kFailingCount) change.kind = Change::Kind::worse;
  if (b >= 2 * a && b >= a + kFailingShare && format::failures(then) >= kFailingCount)
    change.kind = Change::Kind::better;
  return change;
}

TimeRange week_before(const TimeRange& range, const Calendar& calendar) {
  const base::Seconds from = week_before(range.from, calendar);
  return {from, from + range.to - range.from};
}

Hour last_hour(base::Seconds first_data, base::Seconds newest) noexcept {
  const base::Seconds hour = newest / kAnHour * kAnHour;
  if (first_data <= hour - kAnHour) return {{hour - kAnHour, hour}, true};
  const base::Seconds end = bucket_start(newest - 1) + 300;
  return {{std::max(end - kAnHour, first_data / 300 * 300), end}, false};
}

}  // namespace pastmon::web
