// SPDX-License-Identifier: MIT
#include "pastmon/metric/aggregate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <utility>
#include <vector>

#include "random_aggregate.h"

namespace pastmon::metric {
namespace {

using testing_support::random_aggregate;

TEST(SummaryTest, CountsSumsAndKeepsExtremes) {
  Summary summary;
  for (const int value : {7, 3, 11}) summary.add(value);
  EXPECT_EQ(summary, (Summary{3, 21, 3, 11}));
  EXPECT_EQ(summary.mean(), 7);
  Summary other;
  other.add(1);
  summary.merge(other);
  summary.merge(Summary());
  EXPECT_EQ(summary, (Summary{4, 22, 1, 11}));
}

TEST(SummaryTest, SumsStopAtTheLargestNumber) {
  Summary summary{1, INT64_MAX, 0, INT64_MAX};
  summary.merge(summary);
  EXPECT_EQ(summary, (Summary{2, INT64_MAX, 0, INT64_MAX}));
}

TEST(DistributionValueTest, QuantilesStayWithinTheExactExtremes) {
  DistributionValue value;
  for (const int sample : {5036, 5555, 5600, 7250, 18034}) value.add(sample);
  EXPECT_EQ(value.quantile(0), 5036);
  EXPECT_EQ(value.quantile(0.2), 5036);
  EXPECT_NEAR(value.quantile(0.5), 5600, 56);
  EXPECT_EQ(value.quantile(0.9), 18034);
  EXPECT_EQ(value.quantile(0.999), 18034);
  value.add(-3);
  EXPECT_EQ(value.summary.min, 0);
  EXPECT_EQ(value.sketch.count(), static_cast<std::uint64_t>(value.summary.count));
}

TEST(DistributionValueTest, WithoutASketchThereAreNoQuantiles) {
  DistributionValue value;
  value.summary.add(5);
  EXPECT_EQ(value.quantile(0.5), 0);
}

TEST(AggregateTest, MergesInAnyOrderAndGrouping) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 20; ++round) {
    std::vector<Aggregate> parts(8);
    for (auto& part : parts) part = random_aggregate(random);
    Aggregate in_order;
    for (const auto& part : parts) in_order.merge(part);
    while (parts.size() > 1) {
      std::shuffle(parts.begin(), parts.end(), random);
      const Aggregate last = std::move(parts.back());
      parts.pop_back();
      parts.front().merge(last);
    }
    EXPECT_EQ(parts.front(), in_order);
    EXPECT_EQ(parts.front().encode_detail(), in_order.encode_detail());
  }
}

TEST(AggregateTest, MergingNothingChangesNothing) {
  std::mt19937_64 random(6);
  const Aggregate values = random_aggregate(random);
  Aggregate sum = values;
  sum.merge(Aggregate());
  EXPECT_EQ(sum, values);
  Aggregate empty;
  empty.merge(values);
  EXPECT_EQ(empty, values);
}

TEST(AggregateTest, ReadingAnEmptyDistributionChangesNothing) {
  Aggregate values;
  EXPECT_EQ(std::as_const(values)[Distribution::response_time].summary.count, 0);
  EXPECT_EQ(values[Distribution::response_time].summary.count, 0);  // takes memory, but has no samples
  EXPECT_EQ(values, Aggregate());
}

TEST(AggregateTest, CopiesAreIndependent) {
  std::mt19937_64 random(8);
  const Aggregate original = random_aggregate(random);
  Aggregate copy = original;
  EXPECT_EQ(copy, original);
  copy[Distribution::response_time].add(1);
  EXPECT_FALSE(copy == original);
  copy = original;
  EXPECT_EQ(copy, original);
}

TEST(AggregateTest, FirstAndLastAreTheExtremes) {
  Aggregate values;
  for (const int at : {50, 20, 70}) values.seen(at);
  EXPECT_EQ(values.first, 20);
  EXPECT_EQ(values.last, 70);
  Aggregate other;
  other.seen(10);
  values.merge(other);
  EXPECT_EQ(values.first, 10);
  EXPECT_EQ(values.last, 70);
}

TEST(AggregateTest, VerdictIsTheLargestPart) {
  Aggregate values;
  EXPECT_EQ(values.verdict(), Blame::unknown);
  values[Counter::verdict_transactions] = 2;
  EXPECT_EQ(values.verdict(), Blame::unknown) << "no part has any time";
  values[Counter::verdict_client] = 10;
  EXPECT_EQ(values.verdict(), Blame::client);
  values[Counter::verdict_network] = 11;
  EXPECT_EQ(values.verdict(), Blame::network);
  values[Counter::verdict_server] = 12;
  EXPECT_EQ(values.verdict(), Blame::server);
  values[Counter::verdict_transfer] = 13;
  EXPECT_EQ(values.verdict(), Blame::transfer);
  values[Counter::verdict_loss] = 13;
  EXPECT_EQ(values.verdict(), Blame::transfer) << "equal parts: the first";
  values[Counter::verdict_loss] = 14;
  EXPECT_EQ(values.verdict(), Blame::loss);
  values[Counter::verdict_transactions] = 0;
  EXPECT_EQ(values.verdict(), Blame::unknown);
  EXPECT_EQ(to_string(Blame::network), "network");
}

TEST(Verdict, FewTransactionsDoNotSpeakForMany) {
  Aggregate values;
  values[Counter::verdict_transactions] = 50;
  values[Counter::verdict_server] = 1000;
  values[Counter::answered] = 100;
  EXPECT_EQ(values.verdict(), Blame::server) << "half of them are enough";
  values[Counter::answered] = 101;
  EXPECT_EQ(values.verdict(), Blame::unknown) << "the others' round trips are not known";
}

}  // namespace
}  // namespace pastmon::metric
