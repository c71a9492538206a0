// SPDX-License-Identifier: MIT
#include "period.h"

#include <gtest/gtest.h>

namespace pastmon::web {
namespace {

constexpr base::Seconds kHour = 3600;

struct Place {
  explicit Place(const char* zone) : calendar(*Calendar::make(zone, 1)) {}
  base::Seconds at(const char* local) const { return *calendar.parse(local, Calendar::Ambiguous::earlier); }
  /// "from – to, words" of what came before a preset.
  std::string before(const char* preset, const char* local) const {
    const base::Seconds now = at(local);
    const Period period = period_before(calendar, preset, *calendar.range(preset, now), now);
    return calendar.form_time(period.time.from) + " " + calendar.form_time(period.time.to) + " " + period.words;
  }
  Calendar calendar;
};

TEST(Period, HoursAndDaysAreComparedWithAsMuchBefore) {
  const Place utc("UTC");
  EXPECT_EQ(utc.before("hour", "2026-11-26T10:02"), "2026-11-26T08:05 2026-11-26T09:05 the hour before");
  EXPECT_EQ(utc.before("24h", "2026-11-26T10:56"), "2026-11-24T11:00 2026-11-25T11:00 the 24 hours before");
  EXPECT_EQ(utc.before("30d", "2026-11-26T09:57"), "2026-09-27T10:00 2026-10-27T10:00 the 30 days before");
}

TEST(Period, WhatIsUnderWayIsComparedWithAsMuchOfTheOneBefore) {
  const Place utc("UTC");
  EXPECT_EQ(utc.before("today", "2026-11-26T09:57"), "2026-11-25T00:00 2026-11-25T10:00 yesterday until this time");
  EXPECT_EQ(utc.before("week", "2026-11-26T09:57"), "2026-11-16T00:00 2026-11-19T10:00 last week until this time");
  EXPECT_EQ(utc.before("month", "2026-11-26T09:57"), "2026-10-01T00:00 2026-10-26T10:00 last month until this time");
  EXPECT_EQ(utc.before("year", "2026-02-01T00:00"), "2025-01-01T00:00 2025-02-01T00:05 last year until this time");
}

TEST(Period, AMonthIsNotComparedWithMoreThanTheOneBeforeHas) {
  const Place utc("UTC");
  EXPECT_EQ(utc.before("month", "2026-03-31T09:57"), "2026-02-01T00:00 2026-03-01T00:00 last month until this time");
}

TEST(Period, WhatIsOverIsComparedWithTheOneBeforeIt) {
  const Place utc("UTC");
  EXPECT_EQ(utc.before("yesterday", "2026-11-26T10:00"), "2026-11-24T00:00 2026-11-25T00:00 the day before");
  EXPECT_EQ(utc.before("last_week", "2026-11-26T10:00"), "2026-11-09T00:00 2026-11-16T00:00 the week before");
  EXPECT_EQ(utc.before("last_month", "2026-01-15T10:00"), "2025-11-01T00:00 2025-12-01T00:00 the month before");
  EXPECT_EQ(utc.before("last_year", "2026-01-15T10:00"), "2024-01-01T00:00 2025-01-01T00:00 the year before");
}

TEST(Period, DaysAreThoseOfTheZone) {
  const Place berlin("Europe/Berlin"), kolkata("Asia/Kolkata");
  EXPECT_EQ(berlin.before("yesterday", "2026-03-30T12:00"), "2026-03-28T00:00 2026-03-29T00:00 the day before");
  const base::Seconds now = berlin.at("2026-03-31T12:00");
  const auto short_day = period_before(berlin.calendar, "yesterday", *berlin.calendar.range("yesterday", now), now);
  EXPECT_EQ(short_day.time.to - short_day.time.from, 23 * kHour);
  EXPECT_EQ(kolkata.before("yesterday", "2026-11-26T00:10"), "2026-11-24T00:00 2026-11-25T00:00 the day before");
}

TEST(Period, TypedTimesAreComparedWithAsMuchBefore) {
  const Place utc("UTC");
  const Period period = period_before(utc.calendar, "", {1000, 4600}, 9000);
  EXPECT_EQ(period.time, (TimeRange{-2600, 1000}));
  EXPECT_EQ(period.words, "the time before");
}

TEST(Period, DaysHaveATitle) {
  EXPECT_EQ(days_title("30d"), "Last 30 days");
  EXPECT_EQ(days_title("1d"), "Last 1 day");
  for (const char* other : {"7d", "today", "", "24h", "x"}) EXPECT_EQ(days_title(other), "") << other;
}

}  // namespace
}  // namespace pastmon::web
