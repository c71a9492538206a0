// SPDX-License-Identifier: MIT
#include "log_limit.h"

#include <gtest/gtest.h>

#include <string>

namespace pastmon::base::log {
namespace {

constexpr Micros kStart = 1'000 * kSecond;

TEST(LogLimitTest, SoManyOfAKindAMinuteAndTheOthersAreCounted) {
  Limit limit;
  std::size_t written = 0;
  for (int i = 0; i < 1'000; ++i)
    written += limit.admit(2, "batch " + std::to_string(i) + " is lost", kStart) ? 1U : 0U;
  EXPECT_EQ(written, Limit::kPerWindow);
  EXPECT_TRUE(limit.take(kStart + Limit::kWindow - 1).empty()) << "the minute is not over";
  const auto told = limit.take(kStart + Limit::kWindow);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].count, 1'000 - Limit::kPerWindow);
  EXPECT_EQ(told[0].level, 2);
  EXPECT_EQ(told[0].example, "batch 0 is lost");
  EXPECT_TRUE(limit.take(kStart + 2 * Limit::kWindow).empty()) << "told once";
  EXPECT_TRUE(limit.admit(2, "batch 5 is lost", kStart + Limit::kWindow)) << "a new minute";
}

TEST(LogLimitTest, OtherKindsAndLevelsAreNotTouched) {
  Limit limit;
  for (std::uint64_t i = 0; i <= Limit::kPerWindow; ++i) limit.admit(2, "a is lost", kStart);
  EXPECT_FALSE(limit.admit(2, "a is lost", kStart));
  EXPECT_TRUE(limit.admit(2, "b is lost", kStart));
  EXPECT_TRUE(limit.admit(3, "a is lost", kStart));
}

TEST(LogLimitTest, ManyKindsAreOneKind) {
  Limit limit;
  std::size_t written = 0;
  for (int i = 0; i < 100'000; ++i) {
    std::string name;
    for (int n = i; n > 0; n /= 26) name.push_back(static_cast<char>('a' + n % 26));
    written += limit.admit(2, "from the wire: " + name, kStart) ? 1U : 0U;
  }
  EXPECT_LE(written, Limit::kMaxKinds + Limit::kPerWindow);
  EXPECT_EQ(limit.take(kStart + Limit::kWindow).size(), 1U);
}

TEST(LogLimitTest, WhatIsRareIsForgotten) {
  Limit limit;
  EXPECT_FALSE(limit.due(kStart + 3'600 * kSecond)) << "nothing was ever said";
  limit.admit(2, "a", kStart);
  EXPECT_TRUE(limit.due(kStart + Limit::kWindow));
  EXPECT_TRUE(limit.take(kStart + Limit::kWindow).empty());
  EXPECT_FALSE(limit.due(kStart + 3'600 * kSecond));
}

}  // namespace
}  // namespace pastmon::base::log
