// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "pastmon/metric/bucket.h"
#include "records.h"

namespace pastmon::metric {
namespace {

using testing_support::address;

/// Names long and short, so that rows keep them in both places that a string has.
std::string name(unsigned number) { return std::string(number % 2 == 0 ? 3 : 40, static_cast<char>('a' + number)); }

Bucket bucket(base::Seconds start, bool closed = true) {
  Bucket b;
  b.start = start;
  b.closed = closed;
  return b;
}

void add(Bucket& to, unsigned row, std::int64_t response_time) {
  Row r{name(row % 6), address(row % 10), address(1), 80, {}};
  r.values[Distribution::response_time].add(response_time);
  r.values[Counter::transactions] = 1;
  to.rows.push_back(std::move(r));
}

void sort(Bucket& b) {
  std::sort(b.rows.begin(), b.rows.end(), [](const Row& x, const Row& y) {
    return std::tie(x.signature, x.client) < std::tie(y.signature, y.client);
  });
}

TEST(MergeTest, RowsOfTheSameKeyBecomeOne) {
  std::mt19937 random(1);
  Bucket whole = bucket(300);
  std::vector<Bucket> parts(4, bucket(300));
  for (unsigned row = 0; row < 30; ++row) {
    Bucket one = bucket(300);
    for (unsigned part = 0; part < 4; ++part) {
      if (random() % 3 == 0) continue;
      const auto time = static_cast<std::int64_t>(random() % 100'000);
      add(parts[part], row, time);
      add(one, row, time);
    }
    if (one.rows.empty()) continue;
    for (std::size_t i = 1; i < one.rows.size(); ++i) one.rows[0].values.merge(one.rows[i].values);
    whole.rows.push_back(std::move(one.rows[0]));
  }
  auto merged = merge(std::move(parts));
  ASSERT_EQ(merged.size(), 1U);
  ASSERT_EQ(merged[0].rows.size(), whole.rows.size());
  sort(merged[0]);
  sort(whole);
  for (std::size_t i = 0; i < whole.rows.size(); ++i) {
    EXPECT_EQ(merged[0].rows[i].signature, whole.rows[i].signature);
    EXPECT_EQ(merged[0].rows[i].values, whole.rows[i].values);
  }
}

TEST(MergeTest, BucketsOfOtherTimesStayApart) {
  std::vector<Bucket> parts = {bucket(600), bucket(300), bucket(600, false)};
  add(parts[0], 1, 10);
  add(parts[1], 1, 20);
  const auto merged = merge(std::move(parts));
  ASSERT_EQ(merged.size(), 2U);
  EXPECT_EQ(merged[0].start, 300);
  EXPECT_TRUE(merged[0].closed);
  EXPECT_EQ(merged[1].start, 600);
  EXPECT_FALSE(merged[1].closed) << "a part of it is still open";
  EXPECT_TRUE(merge({}).empty());
}

}  // namespace
}  // namespace pastmon::metric
