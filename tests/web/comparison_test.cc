// SPDX-License-Identifier: MIT
#include "comparison.h"

#include <gtest/gtest.h>

namespace pastmon::web {
namespace {

using metric::Counter;
using metric::Distribution;
using Kind = Change::Kind;

metric::Aggregate timed(std::int64_t count, std::int64_t each) {
  metric::Aggregate values;
  values[Distribution::response_time].summary = {count, count * each, each, each};
  return values;
}
metric::Aggregate failing(std::int64_t transactions, std::int64_t failed) {
  metric::Aggregate values;
  values[Counter::transactions] = transactions;
  values[Counter::refused] = failed;
  return values;
}

TEST(Comparison, SlowerIsAQuarterMoreAndATimeThatIsNoticed) {
  EXPECT_EQ(response_change(timed(100, 12'600), timed(100, 10'000)).kind, Kind::worse);
  EXPECT_EQ(response_change(timed(100, 12'400), timed(100, 10'000)).kind, Kind::same);
  EXPECT_EQ(response_change(timed(100, 400), timed(100, 200)).kind, Kind::same) << "0.2 ms";
  EXPECT_EQ(response_change(timed(100, 10'000), timed(100, 12'600)).kind, Kind::better);
}

TEST(Comparison, FewSamplesOnEitherSideSayNothing) {
  EXPECT_EQ(response_change(timed(29, 90'000), timed(100, 10'000)).kind, Kind::unknown);
  EXPECT_EQ(response_change(timed(100, 90'000), timed(29, 10'000)).kind, Kind::unknown);
  EXPECT_EQ(failure_change(failing(29, 29), failing(100, 0)).kind, Kind::unknown);
  EXPECT_EQ(Change().text(), "");
}

TEST(Comparison, FailuresAreMoreWhenTheirShareHasDoubled) {
  EXPECT_EQ(failure_change(failing(1000, 40), failing(1000, 20)).kind, Kind::worse);
  EXPECT_EQ(failure_change(failing(1000, 39), failing(1000, 20)).kind, Kind::same);
  EXPECT_EQ(failure_change(failing(100'000, 40), failing(100'000, 0)).kind, Kind::same) << "less than a percent";
  EXPECT_EQ(failure_change(failing(100, 4), failing(100, 0)).kind, Kind::same) << "only four";
  EXPECT_EQ(failure_change(failing(100, 0), failing(100, 9)).kind, Kind::better);
}

TEST(Comparison, ChangesReadAsPercentAndLargeOnesAsTimes) {
  EXPECT_EQ(response_change(timed(100, 13'100), timed(100, 10'000)).text(), "+31 %");
  EXPECT_EQ(response_change(timed(100, 8'800), timed(100, 10'000)).text(), "−12 %");
  EXPECT_EQ(response_change(timed(100, 42'000), timed(100, 10'000)).text(), "4.2 ×");
  EXPECT_EQ(response_change(timed(100, 10'000), timed(100, 10'000)).text(), "±0 %");
}

TEST(Comparison, TheSameClockTimeAWeekAgoAlsoAcrossAChangeOfTheClock) {
  const Calendar berlin = *Calendar::make("Europe/Berlin", 1);
  const base::Seconds monday = *berlin.parse("2026-10-26T09:00", Calendar::Ambiguous::earlier);  // clocks went back
  const TimeRange before = week_before({monday, monday + 3600}, berlin);
  EXPECT_EQ(berlin.form_time(before.from), "2026-10-19T09:00");
  EXPECT_EQ(before.to - before.from, 3600);
  EXPECT_EQ(monday - before.from, 7 * 86'400 + 3600);
}

TEST(Comparison, TheLastFullHourOrWhatThereIs) {
  constexpr base::Seconds kTen = 1'700'002'800 / 3600 * 3600;
  EXPECT_EQ(last_hour(kTen - 90'000, kTen + 1700).time, (TimeRange{kTen - 3600, kTen}));
  EXPECT_TRUE(last_hour(kTen - 3600, kTen).full);
  const Hour begun = last_hour(kTen - 600, kTen + 700);
  EXPECT_FALSE(begun.full);
  EXPECT_EQ(begun.time, (TimeRange{kTen - 600, kTen + 900}));
}

}  // namespace
}  // namespace pastmon::web
