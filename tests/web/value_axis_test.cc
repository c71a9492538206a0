// SPDX-License-Identifier: MIT
#include "value_axis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace pastmon::web {
namespace {

using metric::Unit;
using testing::ElementsAre;

std::vector<std::string> labels(const ValueAxis& axis) {
  std::vector<std::string> list;
  for (const ValueTick& tick : axis.ticks) list.push_back(tick.label);
  return list;
}

TEST(ValueAxis, DurationsInOneUnit) {
  EXPECT_THAT(labels(value_axis(Unit::microseconds, 87'000, 5)),
              ElementsAre("0", "20 ms", "40 ms", "60 ms", "80 ms", "100 ms"));
  EXPECT_THAT(labels(value_axis(Unit::microseconds, 1'900'000, 4)), ElementsAre("0", "0.5 s", "1 s", "1.5 s", "2 s"));
  EXPECT_THAT(labels(value_axis(Unit::microseconds, 3, 4)), ElementsAre("0", "1 µs", "2 µs", "3 µs"));
}

TEST(ValueAxis, LongDurationsInMinutesAndHours) {
  EXPECT_THAT(labels(value_axis(Unit::microseconds, 550e6, 5)),
              ElementsAre("0", "2 min", "4 min", "6 min", "8 min", "10 min"));
  EXPECT_THAT(labels(value_axis(Unit::microseconds, 5.5 * 3600e6, 3)), ElementsAre("0", "2 h", "4 h", "6 h"));
  EXPECT_THAT(labels(value_axis(Unit::microseconds, 90e6, 4)), ElementsAre("0", "30 s", "60 s", "90 s"));
}

TEST(ValueAxis, CountsAreWhole) {
  EXPECT_THAT(labels(value_axis(Unit::packets, 2, 5)), ElementsAre("0", "1", "2"));
  EXPECT_THAT(labels(value_axis(Unit::packets, 34'000, 4)), ElementsAre("0", "10k", "20k", "30k", "40k"));
  EXPECT_THAT(labels(value_axis(Unit::bytes, 2'100'000, 5)),
              ElementsAre("0", "0.5 MB", "1 MB", "1.5 MB", "2 MB", "2.5 MB"));
}

TEST(ValueAxis, RatesMayBeFractions) {
  EXPECT_THAT(labels(value_axis(Unit::transactions, 0.35, 4, true)),
              ElementsAre("0 /s", "0.1 /s", "0.2 /s", "0.3 /s", "0.4 /s"));
  EXPECT_THAT(labels(value_axis(Unit::bytes, 1500, 2, true)), ElementsAre("0 /s", "1 kB/s", "2 kB/s"));
}

TEST(ValueAxis, NothingAndNonsenseGiveAnAxis) {
  for (const double highest : {0.0, -5.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    const ValueAxis axis = value_axis(Unit::packets, highest, 4);
    EXPECT_EQ(axis.end, 1);
    EXPECT_EQ(axis.ticks.size(), 2U);
  }
}

TEST(ValueAxis, ReachesOverTheHighestWithFewMarks) {
  for (double highest = 0.001; highest < 1e15; highest *= 1.37) {
    for (const int most : {1, 3, 7}) {
      for (const Unit unit : {Unit::microseconds, Unit::bytes, Unit::packets}) {
        const ValueAxis axis = value_axis(unit, highest, most);
        EXPECT_GE(axis.end, highest * (1 - 1e-9));
        EXPECT_LE(axis.ticks.size(), static_cast<std::size_t>(most) + 2) << highest;
      }
    }
  }
}

}  // namespace
}  // namespace pastmon::web
