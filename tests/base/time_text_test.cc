// SPDX-License-Identifier: MIT
#include "pastmon/base/time_text.h"

#include <gtest/gtest.h>

namespace pastmon::test {
namespace {

std::int64_t time_of(const char* text) {
  const base::Result<base::Seconds> time = base::parse_time(text);
  EXPECT_TRUE(time) << text << ": " << time.message();
  return time ? *time : -1;
}

TEST(TimeTextTest, SecondsDatesAndRfc3339) {
  EXPECT_EQ(time_of("0"), 0);
  EXPECT_EQ(time_of("1700000000"), 1'700'000'000);
  EXPECT_EQ(time_of("253402300800"), 253'402'300'800);
  EXPECT_EQ(time_of("1970-01-01"), 0);
  EXPECT_EQ(time_of("2023-11-14"), 1'699'920'000);
  EXPECT_EQ(time_of("2024-02-29"), 1'709'164'800);
  EXPECT_EQ(time_of("2023-11-14T22:13:20Z"), 1'700'000'000);
  EXPECT_EQ(time_of("2023-11-14t22:13:20z"), 1'700'000'000);
  EXPECT_EQ(time_of("2023-11-14 22:13:20"), 1'700'000'000);
  EXPECT_EQ(time_of("2023-11-14T22:13"), 1'699'999'980);
}

TEST(TimeTextTest, AnOffsetIsTakenAway) {
  EXPECT_EQ(time_of("2023-11-14T23:13:20+01:00"), 1'700'000'000);
  EXPECT_EQ(time_of("2023-11-14T16:43:20-05:30"), 1'700'000'000);
  EXPECT_EQ(time_of("2023-11-14+01:00"), 1'699'920'000 - 3600);
}

TEST(TimeTextTest, AFractionCountsAsTheNextSecond) {
  EXPECT_EQ(time_of("2023-11-14T22:13:20.000Z"), 1'700'000'000);
  EXPECT_EQ(time_of("2023-11-14T22:13:20.001Z"), 1'700'000'001);
  EXPECT_EQ(time_of("2016-12-31T23:59:60Z"), 1'483'228'800);
}

TEST(TimeTextTest, WhatIsNoTimeIsRefusedInOneLine) {
  for (const char* text : {"",
                           " ",
                           "yesterday",
                           "-5",
                           "+5",
                           "1.5",
                           "99999999999999999999",
                           "2023-2-9",
                           "2023-02-29",
                           "2023-13-01",
                           "2023-00-10",
                           "2023-11-31",
                           "2023-11-14T",
                           "2023-11-14T24:00:00Z",
                           "2023-11-14T22:60Z",
                           "2023-11-14T22:13:61Z",
                           "2023-11-14T22:13:20.Z",
                           "2023-11-14T22:13:20+1",
                           "2023-11-14T22:13:20+0100",
                           "2023-11-14T22:13:20Zz",
                           "2023-11-14T22:13:20 Z",
                           "1e9",
                           "2023-11-14\n",
                           "1969-12-31",
                           "10000-01-01",
                           "253402300801"}) {
    const base::Result<base::Seconds> time = base::parse_time(text);
    ASSERT_FALSE(time) << text;
    EXPECT_EQ(time.message().find('\n'), std::string::npos) << text;
  }
  EXPECT_EQ(base::parse_time("1969-12-31").message(), "\"1969-12-31\" is not between the years 1970 and 9999");
}

TEST(UtcText, IsAMinute) {
  EXPECT_EQ(base::utc_text(1'700'000'039), "2023-11-14 22:13 UTC");
  EXPECT_EQ(base::utc_text(0), "1970-01-01 00:00 UTC");
}

}  // namespace
}  // namespace pastmon::test
