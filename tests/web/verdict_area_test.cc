// SPDX-License-Identifier: MIT
#include "verdict_area.h"

#include <gtest/gtest.h>

namespace pastmon::web {
namespace {

using metric::Counter;

store::Point point(base::Seconds start, std::int64_t transactions, std::int64_t network, std::int64_t server) {
  store::Point p;
  p.start = start;
  p.values[Counter::verdict_transactions] = transactions;
  p.values[Counter::verdict_network] = network;
  p.values[Counter::verdict_server] = server;
  return p;
}
const TimeRange kTime{0, 1200};
const Box kBox{0, 0, 120, 100};

TEST(VerdictPoints, AreTheTimeOfOneTransaction) {
  const auto points = verdict_points({point(0, 4, 400, 1200), point(300, 0, 0, 0)});
  ASSERT_EQ(points.size(), 1U) << "without round trips there is no verdict";
  EXPECT_EQ(points[0].each[1], 100);
  EXPECT_EQ(points[0].each[2], 300);
  EXPECT_EQ(points[0].total(), 400);
}

TEST(VerdictArea, PartsStandOnOneAnother) {
  const auto points = verdict_points({point(0, 1, 20, 30)});
  EXPECT_EQ(verdict_area(points, 1, kTime, 300, 100, kBox), "M0 100V80H30V100H0z");
  EXPECT_EQ(verdict_area(points, 2, kTime, 300, 100, kBox), "M0 80V50H30V80H0z");
}

TEST(VerdictArea, NeighboursAreJoinedAndGapsStayGaps) {
  const auto points = verdict_points({point(0, 1, 20, 0), point(300, 1, 40, 0), point(900, 1, 10, 0)});
  EXPECT_EQ(verdict_area(points, 1, kTime, 300, 100, kBox), "M0 100V80H30V60H60V100H30V100H0zM90 100V90H120V100H90z");
}

TEST(VerdictArea, NothingIsDrawnOfNothing) { EXPECT_EQ(verdict_area({}, 0, kTime, 300, 100, kBox), ""); }

}  // namespace
}  // namespace pastmon::web
