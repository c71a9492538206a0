// SPDX-License-Identifier: MIT
#include "pastmon/metric/closed_times.h"

#include <gtest/gtest.h>

namespace pastmon::metric {
namespace {

TEST(ClosedTimesTest, BucketsThatFollowEachOtherCloseWhatIsBetween) {
  ClosedTimes times;
  EXPECT_FALSE(times.closed(0));
  times.close(3'000, 300);
  times.close(3'900, 300);
  for (const base::Seconds start : {3'000, 3'300, 3'600, 3'900}) EXPECT_TRUE(times.closed(start)) << start;
  EXPECT_FALSE(times.closed(2'700));
  EXPECT_EQ(times.next_open(3'300), 4'200);
  EXPECT_EQ(times.next_open(4'200), 4'200);
}

TEST(ClosedTimesTest, WhatLiesBeforeAFutureThatTheClockHasLeftStaysOpen) {
  ClosedTimes times;
  times.close(3'000, 300);
  times.close(90'000, 300);
  EXPECT_FALSE(times.closed(50'000));
  EXPECT_TRUE(times.closed(90'000));
  for (base::Seconds start = 50'100; start < 90'000; start += 300) times.close(start, 300);
  EXPECT_EQ(times.next_open(50'100), 90'300);
}

TEST(ClosedTimesTest, AClockThatIsSetAllTheTimeCostsNoMemory) {
  ClosedTimes times;
  for (base::Seconds i = 0; i < 10'000; ++i) times.close(i * 100'000, 300);
  EXPECT_TRUE(times.closed(9'999 * 100'000));
}

}  // namespace
}  // namespace pastmon::metric
