// SPDX-License-Identifier: MIT
#include "pastmon/metric/sketch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "mutations.h"

extern "C" int fuzz_sketch(const std::uint8_t* data, std::size_t size);

namespace pastmon::metric {
namespace {

std::string stored(const Sketch& sketch) {
  std::string out;
  sketch.encode(out);
  return out;
}

base::Result<Sketch> read(std::string_view bytes) {
  base::VarintReader in(bytes);
  return Sketch::decode(in);
}

Sketch sketch_of(const std::vector<std::int64_t>& values) {
  Sketch sketch;
  for (const std::int64_t value : values) sketch.add(value);
  return sketch;
}

std::vector<std::int64_t> draw(std::size_t count, const std::function<double(std::mt19937_64&)>& next) {
  std::mt19937_64 random(7);
  std::vector<std::int64_t> values(count);
  for (auto& value : values) value = static_cast<std::int64_t>(std::min(next(random), 9e18));
  return values;
}

struct Named {
  const char* name;
  std::vector<std::int64_t> values;
};

std::vector<Named> distributions() {
  const auto log_normal = [](auto& r) { return std::lognormal_distribution(8.0, 2.0)(r); };
  const auto pareto = [](auto& r) { return 100 * std::pow(1 - std::uniform_real_distribution()(r), -1 / 0.7); };
  const auto uniform = [](auto& r) { return std::uniform_real_distribution(0.0, 3e13)(r); };
  const auto small = [](auto& r) { return std::uniform_real_distribution(0.0, 60.0)(r); };
  const auto two_humps = [](auto& r) { return (r() % 10 == 0 ? 1e6 : 200.0) * std::exponential_distribution(1.0)(r); };
  return {{"log-normal", draw(20'000, log_normal)},
          {"pareto", draw(20'000, pareto)},
          {"uniform", draw(9'999, uniform)},
          {"small", draw(1'000, small)},
          {"two humps", draw(20'001, two_humps)},
          {"one", {4711}},
          {"zeros", {0, 0, 0}}};
}

TEST(SketchTest, QuantilesAreWithinOnePercentOfTheExactOnes) {
  for (auto& [name, values] : distributions()) {
    const Sketch sketch = sketch_of(values);
    std::sort(values.begin(), values.end());
    for (const double q : {0.0, 0.001, 0.01, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1.0}) {
      const std::int64_t exact = std::min(values[Sketch::rank(q, values.size()) - 1], Sketch::kMaxValue);
      EXPECT_NEAR(sketch.quantile(q), static_cast<double>(exact), 0.01 * static_cast<double>(exact))
          << name << ' ' << q;
    }
  }
}

TEST(SketchTest, MergingEqualsSketchingTheUnionInAnyOrderAndGrouping) {
  std::mt19937_64 random(3);
  for (const auto& [name, values] : distributions()) {
    const Sketch whole = sketch_of(values);
    for (int round = 0; round < 5; ++round) {
      std::vector<Sketch> parts(1 + random() % 9);
      for (const std::int64_t value : values) parts[random() % parts.size()].add(value);
      while (parts.size() > 1) {  // any two of them, the result at any place
        std::shuffle(parts.begin(), parts.end(), random);
        const Sketch last = parts.back();
        parts.pop_back();
        parts.front().merge(last);
      }
      EXPECT_EQ(parts.front(), whole) << name;
      EXPECT_EQ(stored(parts.front()), stored(whole)) << name;
    }
  }
}

TEST(SketchTest, RankIsTheCeilingOfShareTimesCount) {
  EXPECT_EQ(Sketch::rank(0.5, 5), 3U);
  EXPECT_EQ(Sketch::rank(0.5, 4), 2U);
  EXPECT_EQ(Sketch::rank(0.07, 100), 7U);  // 0.07 * 100 is a little more than 7 in floating point
  EXPECT_EQ(Sketch::rank(0.95, 20), 19U);
  EXPECT_EQ(Sketch::rank(0.999, 1000), 999U);
  EXPECT_EQ(Sketch::rank(0.999, 1001), 1000U);
  EXPECT_EQ(Sketch::rank(0, 10), 1U);
  EXPECT_EQ(Sketch::rank(1, 10), 10U);
  EXPECT_EQ(Sketch::rank(2, 10), 10U);
  EXPECT_EQ(Sketch::rank(std::nan(""), 10), 1U);
  EXPECT_EQ(Sketch::rank(1, UINT64_MAX), UINT64_MAX);
  EXPECT_EQ(Sketch::rank(0.5, 0), 0U);
}

TEST(SketchTest, EmptyHasNoQuantiles) {
  const Sketch sketch;
  EXPECT_EQ(sketch.count(), 0U);
  EXPECT_EQ(sketch.quantile(0.5), 0);
  EXPECT_TRUE(sketch.bins().empty());
}

TEST(SketchTest, ZeroAndNegativeValuesAreCountedAsZero) {
  const Sketch sketch = sketch_of({0, -5, 100});
  EXPECT_EQ(sketch.count(), 3U);
  EXPECT_EQ(sketch.quantile(0.5), 0);
  ASSERT_EQ(sketch.bins().size(), 2U);
  EXPECT_EQ(sketch.bins()[0].count, 2U);
  EXPECT_EQ(sketch.bins()[0].high, 0);
}

TEST(SketchTest, ValuesAboveAYearAreClampedAndCounted) {
  Sketch sketch = sketch_of({Sketch::kMaxValue, Sketch::kMaxValue + 1, INT64_MAX});
  EXPECT_EQ(sketch.count(), 3U);
  EXPECT_EQ(sketch.clamped(), 2U);
  EXPECT_EQ(sketch.bins().size(), 1U);
  sketch.merge(sketch_of({INT64_MAX}));
  EXPECT_EQ(sketch.clamped(), 3U);
}

TEST(SketchTest, AddingSeveralTimesEqualsAddingOneByOne) {
  Sketch once, often;
  once.add(1234, 1000);
  once.add(5, 0);
  for (int i = 0; i < 1000; ++i) often.add(1234);
  EXPECT_EQ(once, often);
}

TEST(SketchTest, CountsStopAtTheLargestInAnyOrder) {
  Sketch large = sketch_of({0, 10});
  large.add(1000, UINT64_MAX);
  EXPECT_EQ(large.count(), Sketch::kMaxCount);
  EXPECT_EQ(large.bins().back().count, Sketch::kMaxCount);
  Sketch small = sketch_of({0, 20, 1000});
  Sketch sum = small;
  sum.merge(large);
  large.merge(small);
  EXPECT_EQ(large, sum);
  EXPECT_EQ(*read(stored(sum)), sum);
}

TEST(SketchTest, HowASketchIsKeptInMemoryDoesNotShow) {
  // Close bins are kept filled up, far ones are not; the order of samples decides when.
  std::vector<std::int64_t> values = draw(400, [](auto& r) { return std::lognormal_distribution(8.0, 0.3)(r); });
  values.push_back(1);
  values.push_back(Sketch::kMaxValue);
  std::mt19937 random(6);
  const Sketch first = sketch_of(values);
  for (int round = 0; round < 20; ++round) {
    std::shuffle(values.begin(), values.end(), random);
    const Sketch other = sketch_of(values);
    ASSERT_EQ(other, first);
    ASSERT_EQ(stored(other), stored(first));
    ASSERT_EQ(other.bins().size(), first.bins().size());
    ASSERT_EQ(*read(stored(other)), other);
    Sketch decoded = *read(stored(other));
    decoded.add(3000);
    ASSERT_FALSE(decoded == first);
  }
}

TEST(SketchTest, BinsAscendAndHoldAllSamples) {
  const Sketch sketch = sketch_of(draw(5'000, [](auto& r) { return std::lognormal_distribution(6.0, 3.0)(r); }));
  std::uint64_t count = 0;
  double before = -1;
  for (const auto& bin : sketch.bins()) {
    EXPECT_GT(bin.low, before);
    EXPECT_GE(bin.high, bin.low);
    before = bin.high;
    count += bin.count;
  }
  EXPECT_EQ(count, sketch.count());
}

TEST(SketchTest, StoredFormIsAsDocumented) {
  const std::string bytes = stored(sketch_of({1000, 1, 0, 1}));
  EXPECT_EQ(bytes, std::string("\x01\x01\x00\x02\x00\x01\xd8\x02\x00", 9));
}

TEST(SketchTest, StoredFormReadsBackAndEndsByItself) {
  for (const auto& [name, values] : distributions()) {
    const Sketch sketch = sketch_of(values);
    const std::string bytes = stored(sketch) + "tail";
    base::VarintReader in(bytes);
    const auto back = Sketch::decode(in);
    ASSERT_TRUE(back) << name << back.message();
    EXPECT_EQ(*back, sketch) << name;
    EXPECT_EQ(in.left(), 4U) << name;
  }
}

TEST(SketchTest, DamagedFormsAreRefused) {
  const auto bytes = [](std::initializer_list<std::uint64_t> numbers) {
    std::string out;
    for (const std::uint64_t number : numbers) base::put_varint(out, number);
    return out;
  };
  EXPECT_TRUE(read(bytes({1, 0, 0, 1, 1554, 0})));
  EXPECT_FALSE(read(""));
  EXPECT_FALSE(read(bytes({2, 0, 0, 0}))) << "a newer version";
  EXPECT_FALSE(read(bytes({1, 0, 0, 2, 0, 0}))) << "one bin of two";
  EXPECT_FALSE(read(bytes({1, 0, 0, 1, 1555, 0}))) << "beyond the last bin";
  EXPECT_FALSE(read(bytes({1, 0, 0, 2, 1554, 0, 0, 0}))) << "beyond the last bin, by the gap";
  EXPECT_FALSE(read(bytes({1, 0, 0, 1, 1, 0}))) << "no whole number is in bin 1";
  EXPECT_FALSE(read(bytes({1, 0, 0, 1, 0, UINT64_MAX}))) << "too many samples";
  EXPECT_FALSE(read(bytes({1, 0, 0, 1, 0, Sketch::kMaxCount}))) << "one too many";
  EXPECT_FALSE(read(bytes({1, Sketch::kMaxCount + 1, 0, 0}))) << "too many zeros";
  EXPECT_FALSE(read(bytes({1, 0, 2, 1, 1554, 0}))) << "more clamped than the last bin has";
  EXPECT_FALSE(read(bytes({1, 0, 0, UINT64_MAX}))) << "a size without bins";
}

TEST(SketchTest, AnyBytesAreReadSafely) {
  std::vector<std::string> corpus;
  for (const auto& [name, values] : distributions()) corpus.push_back(stored(sketch_of(values)));
  testing_support::each_mutation(corpus, 20'000, [](const std::string& input) {
    fuzz_sketch(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
  });
}

}  // namespace
}  // namespace pastmon::metric
