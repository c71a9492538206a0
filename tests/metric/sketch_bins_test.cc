// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <random>

#include "pastmon/metric/sketch.h"

namespace pastmon::metric {
namespace {

TEST(SketchBinsTest, OneMicrosecondToOneYearTakesAllBinsAndNoMore) {
  EXPECT_EQ(Sketch::bin(1), 0U);
  EXPECT_EQ(Sketch::bin(Sketch::kMaxValue), Sketch::kBins - 1);
  EXPECT_EQ(Sketch::bin(Sketch::low(Sketch::kBins - 1) - 1), Sketch::kBins - 2);
}

TEST(SketchBinsTest, ValuesOutsideTakeTheOuterBins) {
  EXPECT_EQ(Sketch::bin(Sketch::kMaxValue + 1), Sketch::kBins - 1);
  EXPECT_EQ(Sketch::bin(INT64_MAX), Sketch::kBins - 1);
  EXPECT_EQ(Sketch::bin(0), 0U);
  EXPECT_EQ(Sketch::bin(INT64_MIN), 0U);
}

TEST(SketchBinsTest, EveryBoundIsWhereItsBinBegins) {
  std::int64_t next = 1;
  for (std::uint32_t bin = 0; bin < Sketch::kBins; ++bin) {
    ASSERT_EQ(Sketch::low(bin), next);
    next = Sketch::high(bin) + 1;
    if (Sketch::low(bin) > Sketch::high(bin)) continue;
    ASSERT_EQ(Sketch::bin(Sketch::low(bin)), bin);
    ASSERT_EQ(Sketch::bin(Sketch::high(bin)), bin == Sketch::kBins - 1 ? Sketch::kBins - 1 : bin);
  }
  EXPECT_GT(next, Sketch::kMaxValue);
}

TEST(SketchBinsTest, BoundsAreThePowersOfGamma) {
  const long double gamma = 1.01L / 0.99L;
  for (std::uint32_t bin = 0; bin < Sketch::kBins; ++bin) {
    const long double power = powl(gamma, bin);
    ASSERT_LE(fabsl(static_cast<long double>(Sketch::low(bin)) - ceill(power)), 1 + power * 1e-15L) << bin;
  }
}

TEST(SketchBinsTest, EverySmallValueIsInItsBin) {
  for (std::int64_t value = 1; value < 2'000'000; ++value) {
    const std::uint32_t bin = Sketch::bin(value);
    ASSERT_LE(Sketch::low(bin), value);
    ASSERT_GE(Sketch::high(bin), value);
  }
}

TEST(SketchBinsTest, ABinsValueIsWithinOnePercentOfAllItHolds) {
  std::mt19937_64 random(1);
  const auto check = [](std::int64_t value) {
    const std::uint32_t bin = Sketch::bin(value);
    ASSERT_LE(Sketch::low(bin), value);
    ASSERT_GE(Sketch::high(bin), value);
    const double error = std::abs(Sketch::value_of(bin) - static_cast<double>(value)) / static_cast<double>(value);
    ASSERT_LE(error, Sketch::kAccuracy) << value;
  };
  for (int i = 0; i < 300'000; ++i) {
    check(1 + static_cast<std::int64_t>(random() >> (19 + random() % 45)) % Sketch::kMaxValue);
  }
  for (std::uint32_t bin = 0; bin < Sketch::kBins - 1; ++bin) {
    if (Sketch::low(bin) <= Sketch::high(bin)) check(Sketch::low(bin)), check(Sketch::high(bin));
  }
}

TEST(SketchBinsTest, SmallValuesAreExact) {
  for (std::int64_t value = 1; value <= 50; ++value) {
    EXPECT_EQ(Sketch::value_of(Sketch::bin(value)), static_cast<double>(value));
  }
}

}  // namespace
}  // namespace pastmon::metric
