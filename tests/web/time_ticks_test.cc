// SPDX-License-Identifier: MIT
#include "time_ticks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pastmon::web {
namespace {

using testing::ElementsAre;

struct At {
  Calendar calendar;
  base::Seconds operator()(const char* local, Calendar::Ambiguous which = Calendar::Ambiguous::earlier) const {
    return *calendar.parse(local, which);
  }
  std::vector<std::string> labels(const TimeRange& time, std::size_t most) const {
    std::vector<std::string> list;
    for (const TimeTick& tick : time_ticks(calendar, time, most))
      list.push_back(tick.strong ? "*" + tick.label : tick.label);
    return list;
  }
};
At zone(const char* name) { return {*Calendar::make(name, 1)}; }

TEST(TimeTicks, RoundTimesWithinAnHour) {
  const At utc = zone("UTC");
  EXPECT_THAT(utc.labels({utc("2026-11-23T10:03"), utc("2026-11-23T11:03")}, 7),
              ElementsAre("10:10", "10:20", "10:30", "10:40", "10:50", "11:00"));
}

TEST(TimeTicks, MidnightIsTheNewDay) {
  const At utc = zone("UTC");
  EXPECT_THAT(utc.labels({utc("2026-11-22T18:00"), utc("2026-11-23T12:00")}, 7),
              ElementsAre("18:00", "21:00", "*23 Nov", "03:00", "06:00", "09:00", "12:00"));
}

TEST(TimeTicks, AnHourThatTheClockShowsTwiceHasTwoMarks) {
  const At berlin = zone("Europe/Berlin");
  const TimeRange night{berlin("2026-10-25T01:00"), berlin("2026-10-25T05:00")};
  ASSERT_EQ(night.to - night.from, 5 * 3600);
  EXPECT_THAT(berlin.labels(night, 8), ElementsAre("01:00", "02:00", "02:00", "03:00", "04:00", "05:00"));
  const auto ticks = time_ticks(berlin.calendar, night, 8);
  EXPECT_EQ(ticks[2].at - ticks[1].at, 3600);
}

TEST(TimeTicks, AnHourThatTheClockSkipsHasNone) {
  const At berlin = zone("Europe/Berlin");
  const TimeRange night{berlin("2026-03-29T00:30"), berlin("2026-03-29T05:00")};
  EXPECT_THAT(berlin.labels(night, 6), ElementsAre("01:00", "03:00", "04:00", "05:00"));
}

TEST(TimeTicks, DaysAcrossAChangeBeginAtMidnight) {
  const At berlin = zone("Europe/Berlin");
  const auto ticks = time_ticks(berlin.calendar, {berlin("2026-10-24"), berlin("2026-10-28")}, 5);
  ASSERT_EQ(ticks.size(), 5U);
  EXPECT_EQ(ticks[2].at - ticks[1].at, 25 * 3600);
  EXPECT_EQ(ticks[1].label, "25 Oct");
}

TEST(TimeTicks, AZoneOffTheHourHasItsOwnFullHours) {
  const At kolkata = zone("Asia/Kolkata");
  const auto ticks = time_ticks(kolkata.calendar, {kolkata("2026-11-23T09:00"), kolkata("2026-11-23T12:00")}, 4);
  ASSERT_EQ(ticks.size(), 4U);
  EXPECT_EQ(ticks[0].label, "09:00");
  EXPECT_EQ(ticks[0].at % 3600, 1800);
}

TEST(TimeTicks, WeeksMonthsAndYears) {
  const At utc = zone("UTC");
  EXPECT_THAT(utc.labels({utc("2026-11-01"), utc("2026-12-01")}, 6),
              ElementsAre("2 Nov", "9 Nov", "16 Nov", "23 Nov", "30 Nov"));
  EXPECT_THAT(utc.labels({utc("2025-11-01"), utc("2026-03-01")}, 6), ElementsAre("Nov", "Dec", "*2026", "Feb", "Mar"));
  EXPECT_THAT(utc.labels({utc("2019-03-01"), utc("2024-01-01")}, 6),
              ElementsAre("*2020", "*2021", "*2022", "*2023", "*2024"));
}

TEST(TimeTicks, NeverMoreThanAskedForAndNeverOutside) {
  const At berlin = zone("Europe/Berlin");
  const base::Seconds from = berlin("2026-03-01T07:13");
  for (base::Seconds span = 300; span < 40LL * 365 * 86'400; span += span / 3 + 1) {
    for (const std::size_t most : {2U, 5U, 12U}) {
      const auto ticks = time_ticks(berlin.calendar, {from, from + span}, most);
      EXPECT_LE(ticks.size(), most) << span;
      for (const TimeTick& tick : ticks) EXPECT_TRUE(tick.at >= from && tick.at <= from + span) << span;
    }
    EXPECT_GE(time_ticks(berlin.calendar, {from, from + span}, 12).size(), 3U) << span;
  }
}

TEST(TimeTicks, NonsenseGivesNone) {
  const At utc = zone("UTC");
  EXPECT_TRUE(time_ticks(utc.calendar, {10, 5}, 5).empty());
  EXPECT_TRUE(time_ticks(utc.calendar, {0, 250'000'000'000}, 5).empty());
}

}  // namespace
}  // namespace pastmon::web
