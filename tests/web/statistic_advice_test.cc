// SPDX-License-Identifier: MIT
#include "statistic_advice.h"

#include <gtest/gtest.h>

namespace pastmon::web {
namespace {

StatisticSums capture(std::int64_t packets) {
  StatisticSums sums;
  sums[{"packets_received", "eth0"}] = {1, packets, packets, packets};
  return sums;
}

TEST(StatisticAdvice, NothingWrongIsNothingToDo) {
  StatisticSums sums = capture(1000);
  sums[{"kernel_dropped", "eth0"}] = {1, 0, 0, 0};
  sums[{"flows", ""}] = {1, 1000, 1000, 1000};
  sums[{"flows_one_sided", ""}] = {1, 100, 100, 100};
  EXPECT_TRUE(advice(sums).empty());
}

TEST(StatisticAdvice, DropsComeWithTheirShareOfTheirInterface) {
  StatisticSums sums = capture(990);
  sums[{"packets_received", "eth1"}] = {1, 100'000, 0, 0};
  sums[{"kernel_dropped", "eth0"}] = {1, 99, 0, 99};
  const auto found = advice(sums);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].bad);
  EXPECT_EQ(found[0].title, "Dropped by the kernel on eth0: 99 (10.0 %)");
  EXPECT_NE(found[0].to_do.find("buffer"), std::string_view::npos);
}

TEST(StatisticAdvice, OneSidedFlowsMayBeAMirrorPortThatMirrorsHalf) {
  StatisticSums sums = capture(1000);
  sums[{"flows", ""}] = {1, 1000, 0, 0};
  sums[{"flows_one_sided", ""}] = {1, 400, 0, 0};
  const auto found = advice(sums);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_FALSE(found[0].bad);
  EXPECT_NE(found[0].to_do.find("only one direction"), std::string_view::npos);
}

TEST(StatisticAdvice, NoPacketsIsTheFirstThingSaid) {
  StatisticSums sums = capture(0);
  sums[{"rows_folded", ""}] = {1, 4, 0, 4};
  const auto found = advice(sums);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].title, "No packets on eth0");
}

TEST(StatisticAdvice, AnInterfaceThatWasAwayIsNamedInsteadOfNoPackets) {
  StatisticSums sums = capture(0);
  sums[{"interface_away_us", "eth0"}] = {300, 90'000'000, 0, 1'000'000};
  const auto found = advice(sums);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].bad);
  EXPECT_EQ(found[0].title.find("Interface eth0 was away for 90"), 0U) << found[0].title;
}

TEST(StatisticAdvice, ABoundThatIsNearIsSaid) {
  StatisticSums sums = capture(10);
  sums[{"flows_active", ""}] = {2, 0, 10, 850};
  sums[{"flows_active_limit", ""}] = {2, 0, 1000, 1000};
  ASSERT_EQ(advice(sums).size(), 1U);
  EXPECT_EQ(advice(sums)[0].title, "Flows now: 85.0 % of what is allowed");
  sums[{"flows_active", ""}].max = 700;
  EXPECT_TRUE(advice(sums).empty());
}

TEST(StatisticAdvice, ResultsThatWaitForTheDatabase) {
  StatisticSums sums = capture(10);
  sums[{"batches_waiting_us", ""}] = {2, 0, 0, 600'000'000};
  ASSERT_EQ(advice(sums).size(), 1U);
  EXPECT_EQ(advice(sums)[0].title, "Results have waited 10 min for the database");
}

}  // namespace
}  // namespace pastmon::web
