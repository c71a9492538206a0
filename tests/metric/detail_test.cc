// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "mutations.h"
#include "pastmon/base/varint.h"
#include "pastmon/metric/aggregate.h"
#include "random_aggregate.h"

extern "C" int fuzz_detail(const std::uint8_t* data, std::size_t size);

namespace pastmon::metric {
namespace {

using testing_support::random_aggregate;

std::string bytes(std::initializer_list<std::uint64_t> numbers) {
  std::string out;
  for (const std::uint64_t number : numbers) base::put_varint(out, number);
  return out;
}

/// What the hot columns of a stored row bring back.
Aggregate hot_part(const Aggregate& values) {
  Aggregate hot;
  hot.first = values.first;
  hot.last = values.last;
  for (const Info& metric : registry()) {
    if (!metric.hot) continue;
    if (metric.kind == Kind::counter) {
      hot[static_cast<Counter>(metric.index)] = values[static_cast<Counter>(metric.index)];
    } else {
      const auto distribution = static_cast<Distribution>(metric.index);
      hot[distribution].summary = values[distribution].summary;
    }
  }
  return hot;
}

TEST(DetailTest, HotColumnsAndDetailMakeTheWholeRow) {
  std::mt19937_64 random(9);
  for (int round = 0; round < 50; ++round) {
    const Aggregate values = random_aggregate(random);
    Aggregate back = hot_part(values);
    const auto read = back.merge_detail(values.encode_detail());
    ASSERT_TRUE(read) << read.message();
    EXPECT_EQ(back, values);
  }
}

TEST(DetailTest, ReadingSeveralAddsThemUp) {
  std::mt19937_64 random(10);
  const Aggregate a = random_aggregate(random);
  const Aggregate b = random_aggregate(random);
  Aggregate sum = a;
  sum.merge(b);
  Aggregate read = hot_part(sum);
  ASSERT_TRUE(read.merge_detail(a.encode_detail()));
  ASSERT_TRUE(read.merge_detail(b.encode_detail()));
  EXPECT_EQ(read, sum);
}

TEST(DetailTest, ARowWithoutDetailsIsOneByte) {
  Aggregate values;
  values[Counter::transactions] = 5;  // hot: has a column
  EXPECT_EQ(values.encode_detail(), "\x01");
}

TEST(DetailTest, FormIsAsDocumented) {
  Aggregate values;
  values[Counter::early] = 300;
  values[Size::request_bytes].add(10);
  values[Size::request_bytes].add(30);
  values[Distribution::response_time].add(1);
  values[Distribution::connect_time].add(1);
  EXPECT_EQ(values.encode_detail(), bytes({1,                                                // version
                                           7,  2,  300,                                      // early
                                           9,  7,  2,   1,  0,  0,  1, 0, 0,                 // response_time: sketch
                                           14, 4,  2,   40, 10, 20,                          // request_bytes
                                           16, 11, 3,   1,  1,  1,  0, 1, 0, 0, 1, 0, 0}));  // connect_time: both
}

TEST(DetailTest, MetricsOfANewerProgramAreSkipped) {
  Aggregate values;
  const auto read = values.merge_detail(bytes({1, 200, 3, 9, 9, 9, 7, 1, 5, 70'000, 0}));
  ASSERT_TRUE(read) << read.message();
  Aggregate expected;
  expected[Counter::early] = 5;
  EXPECT_EQ(values, expected);
}

TEST(DetailTest, HotMetricsOfAnOtherProgramsChoiceAreAddedToo) {
  Aggregate values;
  ASSERT_TRUE(values.merge_detail(bytes({1, 1, 1, 5, 9, 5, 1, 2, 30, 10, 10})));
  EXPECT_EQ(values[Counter::transactions], 5);
  EXPECT_EQ(values[Distribution::response_time].summary, (Summary{2, 30, 10, 20}));
}

TEST(DetailTest, DamageIsRefusedAndChangesNothing) {
  std::mt19937_64 random(12);
  const Aggregate before = random_aggregate(random);
  constexpr std::uint64_t too_large = std::uint64_t{1} << 63U;
  const std::vector<std::string> damaged = {
      "",
      bytes({2}),                                  // a newer version
      bytes({1, 7}),                               // no length
      bytes({1, 7, 5, 1}),                         // fewer bytes than the length says
      bytes({1, 7, 0}),                            // no value
      bytes({1, 7, 2, 1, 1}),                      // a byte too many
      bytes({1, 7, 1, 1, 7, 1, 1}),                // twice the same
      bytes({1, 7, 10, too_large}),                // too large
      bytes({1, 14, 4, 0, 0, 0, 0}),               // a count of 0
      bytes({1, 14, 12, 1, 1, 1, too_large - 1}),  // maximum overflows
      bytes({1, 16, 1, 0}),                        // a distribution without parts
      bytes({1, 16, 1, 4}),                        // an unknown part
      bytes({1, 16, 7, 2, 2, 0, 0, 1, 0, 0}),      // a sketch of another version
      bytes({1, 16, 4, 3, 1, 1, 1}),               // cut off
  };
  for (const std::string& input : damaged) {
    Aggregate values = before;
    const auto read = values.merge_detail(input);
    EXPECT_FALSE(read) << ::testing::PrintToString(input);
    EXPECT_EQ(values, before);
  }
}

TEST(DetailTest, AnyBytesAreReadSafely) {
  std::mt19937_64 random(13);
  std::vector<std::string> corpus;
  for (int i = 0; i < 10; ++i) corpus.push_back(random_aggregate(random).encode_detail());
  testing_support::each_mutation(corpus, 20'000, [](const std::string& input) {
    fuzz_detail(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
  });
}

}  // namespace
}  // namespace pastmon::metric
