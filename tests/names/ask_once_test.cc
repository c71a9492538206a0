// SPDX-License-Identifier: MIT
#include "ask_once.h"

#include <gtest/gtest.h>

namespace pastmon::names {
namespace {

base::Address address(int last) {
  const std::uint8_t bytes[4] = {192, 0, static_cast<std::uint8_t>(last >> 8), static_cast<std::uint8_t>(last)};
  return base::Address::v4(bytes);
}

TEST(AskOnce, AddressIsLetInOnceAPeriod) {
  AskOnce asked(10);
  EXPECT_TRUE(asked.enter(address(1), 100, 200));
  EXPECT_FALSE(asked.enter(address(1), 199, 299));
  EXPECT_TRUE(asked.enter(address(2), 199, 299));
  EXPECT_TRUE(asked.enter(address(1), 200, 300));
  EXPECT_FALSE(asked.enter(address(1), 299, 399));
}

TEST(AskOnce, FailureShortensThePeriodButNeverLengthensIt) {
  AskOnce asked(10);
  asked.enter(address(1), 0, 100);
  asked.shorten(address(1), 50);
  asked.shorten(address(1), 70);
  EXPECT_FALSE(asked.enter(address(1), 49, 149));
  EXPECT_TRUE(asked.enter(address(1), 50, 150));
  asked.forget(address(1));
  EXPECT_TRUE(asked.enter(address(1), 51, 151));
}

TEST(AskOnce, MemoryIsBounded) {
  AskOnce asked(3);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(asked.enter(address(i), 0, 100));
  EXPECT_EQ(asked.size(), 3U);
  EXPECT_FALSE(asked.enter(address(999), 0, 100));
  EXPECT_TRUE(asked.enter(address(0), 0, 100)) << "forgotten";
}

TEST(RateLimit, BurstThenEvenPace) {
  RateLimit limit(10, 0);
  int at_once = 0;
  while (limit.take(0)) ++at_once;
  EXPECT_EQ(at_once, 10);
  EXPECT_EQ(limit.wait(0), base::kSecond / 10);
  EXPECT_FALSE(limit.take(base::kSecond / 10 - 1));
  EXPECT_TRUE(limit.take(base::kSecond / 10));
  int in_ten_seconds = 0;
  for (base::Micros now = base::kSecond; now < 11 * base::kSecond; now += 1000)
    in_ten_seconds += limit.take(now) ? 1 : 0;
  EXPECT_NEAR(in_ten_seconds, 100, 10);
}

TEST(RateLimit, QuietTimeIsNotSavedUpBeyondTheBurst) {
  RateLimit limit(5, 0);
  int at_once = 0;
  while (limit.take(3600 * base::kSecond)) ++at_once;
  EXPECT_EQ(at_once, 5);
}

}  // namespace
}  // namespace pastmon::names
