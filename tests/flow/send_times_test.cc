// SPDX-License-Identifier: MIT
#include "send_times.h"

#include <gtest/gtest.h>

namespace pastmon::flow {
namespace {

TEST(SendTimes, TheLongRingIsGivenBackOnceAllIsAcknowledged) {
  LongRings pool;
  SendTimes times;
  for (std::uint64_t i = 0; i < 20; ++i) times.add(i, i + 1, static_cast<base::Micros>(100 + i), pool);
  EXPECT_EQ(pool.in_use(), 1U);
  EXPECT_EQ(times.acknowledge(0, 10, pool), 109);
  EXPECT_EQ(pool.in_use(), 1U);
  EXPECT_EQ(times.acknowledge(10, 20, pool), 119);
  EXPECT_EQ(pool.in_use(), 0U);
  EXPECT_EQ(times.sighting(19, pool), 119);  // history stays
  EXPECT_EQ(times.sighting(3, pool), base::kNone);
}

TEST(SendTimes, WithoutRoomThereIsNoSampleForWhatIsMissing) {
  LongRings pool;
  SendTimes times;
  for (std::uint64_t i = 0; i < 100; ++i) times.add(i, i + 1, static_cast<base::Micros>(1'000 + i), pool);
  EXPECT_EQ(times.acknowledge(0, 64, pool), 1'063);  // ends exactly where the newest remembered one ends
  SendTimes others;
  for (std::uint64_t i = 0; i < 100; ++i) others.add(i, i + 1, static_cast<base::Micros>(1'000 + i), pool);
  EXPECT_EQ(others.acknowledge(0, 80, pool), base::kNone);
  others.add(100, 101, 2'000, pool);
  EXPECT_EQ(others.acknowledge(80, 90, pool), base::kNone);
  EXPECT_EQ(others.acknowledge(90, 101, pool), 2'000);
  times.release(pool);
  others.release(pool);
  EXPECT_EQ(pool.in_use(), 0U);
}

TEST(SendTimes, LongRingsAreBounded) {
  LongRings pool;
  for (std::size_t i = 0; i < kMaxLongRings; ++i) pool.take();
  SendTimes times;
  for (std::uint64_t i = 0; i < 10; ++i) times.add(i, i + 1, static_cast<base::Micros>(100 + i), pool);
  EXPECT_EQ(pool.in_use(), kMaxLongRings);
  EXPECT_EQ(times.acknowledge(0, 2, pool), 101);
  EXPECT_EQ(times.acknowledge(2, 10, pool), base::kNone);
}

TEST(SendTimes, NumbersWrap) {
  LongRings pool;
  SendTimes times;
  const std::uint64_t at = 0xfffffffeULL;
  times.add(at, at + 4, 100, pool);
  times.add(at + 4, at + 8, 200, pool);
  EXPECT_EQ(times.sighting(at + 3, pool), 100);
  EXPECT_EQ(times.acknowledge(at, at + 4, pool), 100);
  EXPECT_EQ(times.acknowledge(at + 4, at + 8, pool), 200);
}

}  // namespace
}  // namespace pastmon::flow
