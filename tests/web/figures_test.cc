// SPDX-License-Identifier: MIT
#include "figures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "statistic_names.h"

namespace pastmon::web {
namespace {

using metric::Counter;
using metric::Distribution;
using metric::Size;
using testing::HasSubstr;
using testing::Not;

metric::Aggregate some() {
  metric::Aggregate v;
  v[Counter::transactions] = 3;
  v[Size::request_bytes].add(100);
  v[Distribution::response_time].add(2000);
  v[Distribution::response_time].add(4000);
  v.seen(1'700'000'000'500'000);
  return v;
}

TEST(Figures, ReadsEachKindByItsInfo) {
  const metric::Aggregate v = some();
  EXPECT_EQ(figures(v, metric::info(Counter::transactions)).summary.sum, 3);
  EXPECT_EQ(figures(v, metric::info(Size::request_bytes)).summary.max, 100);
  const Figures time = figures(v, metric::info(Distribution::response_time));
  EXPECT_DOUBLE_EQ(time.line(), 3000);
  ASSERT_NE(time.distribution, nullptr);
  EXPECT_TRUE(figures(v, metric::info(Counter::errors)).empty());
  EXPECT_FALSE(time.empty());
}

TEST(Figures, JsonHasOnlyWhatHasAValueAndTheReportsKeys) {
  const std::string json = to_json(some()).dump();
  EXPECT_THAT(json, HasSubstr("\"transactions\":3"));
  EXPECT_THAT(
      json,
      HasSubstr("\"response_time_us\":{\"count\":2,\"sum\":6000,\"min\":2000,\"mean\":3000.0,\"max\":4000,\"p50\":"));
  EXPECT_THAT(json, HasSubstr("\"request_bytes\":{\"count\":1"));
  EXPECT_THAT(json, Not(HasSubstr("errors")));
  EXPECT_THAT(json, Not(HasSubstr("null")));
}

TEST(FittingStep, IsTheShortestThatFits) {
  EXPECT_EQ(fitting_step(3600, 800), 300);
  EXPECT_EQ(fitting_step(86'400, 288), 300);
  EXPECT_EQ(fitting_step(86'400, 287), 900);
  EXPECT_EQ(fitting_step(31LL * 86'400, 800), 3600);
  EXPECT_EQ(fitting_step(10'000LL * 86'400, 800) % 86'400, 0);
  EXPECT_LE(10'000LL * 86'400 / fitting_step(10'000LL * 86'400, 800), 800);
}

TEST(StatisticNames, UnknownOnesAreSpeltOutAndComeLast) {
  EXPECT_EQ(describe_statistic("packets_received").title, "Packets received");
  EXPECT_EQ(describe_statistic("brand_new_bytes").title, "Brand new bytes");
  EXPECT_EQ(describe_statistic("brand_new_bytes").unit, metric::Unit::bytes);
  EXPECT_LT(statistic_rank("memory_bytes"), statistic_rank("brand_new_bytes"));
  EXPECT_GT(statistic_rank("undecodable_short"), statistic_rank("undecodable"));
  EXPECT_LT(statistic_rank("undecodable_short"), statistic_rank("flows"));
}

}  // namespace
}  // namespace pastmon::web
