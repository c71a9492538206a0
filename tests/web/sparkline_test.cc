// SPDX-License-Identifier: MIT
#include "sparkline.h"

#include <gtest/gtest.h>

namespace pastmon::web {
namespace {

const TimeRange kRange{0, 3000};

TEST(Sparkline, JoinsNeighboursFromBottomToTop) {
  EXPECT_EQ(spark_path({{0, 0}, {300, 10}}, kRange, 300, 100, 20), "M5 19L15 1");
}

TEST(Sparkline, AGapStaysAGapAndALonePointIsADot) {
  EXPECT_EQ(spark_path({{0, 5}, {300, 5}, {1200, 10}}, kRange, 300, 100, 20), "M5 10L15 10M45 1h0.1");
}

TEST(Sparkline, NothingAndZeros) {
  EXPECT_EQ(spark_path({}, kRange, 300, 100, 20), "");
  EXPECT_EQ(spark_path({{0, 0}, {300, 0}}, kRange, 300, 100, 20), "M5 19L15 19");
}

TEST(Sparkline, PointsOutsideTheRangeAreKeptInside) {
  EXPECT_EQ(spark_path({{9000, 1}}, kRange, 300, 100, 20), "M100 1h0.1");
}

}  // namespace
}  // namespace pastmon::web
