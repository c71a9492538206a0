// SPDX-License-Identifier: MIT
#include "pastmon/daemon/worker.h"

#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <vector>

#include "scripted_source.h"

namespace pastmon::daemon {
namespace {

constexpr base::Micros kStart = 1'700'000'100 * base::kSecond;  // a multiple of 300 s

std::int64_t packets(const std::vector<metric::Bucket>& buckets) {
  std::int64_t sum = 0;
  for (const metric::Bucket& bucket : buckets) {
    for (const metric::Row& row : bucket.rows) {
      sum += row.values[metric::Counter::packets_client] + row.values[metric::Counter::packets_server];
    }
  }
  return sum;
}

class WorkerTest : public ::testing::Test {
 protected:
  /// Gives the worker `count` frames, all at the clock's time.
  void send(int count) {
    auto script = std::make_shared<std::deque<capture::State>>(count, capture::State::frames);
    ScriptedSource source("a", script, clock_);
    std::span<const capture::Frame> batch;
    while (source.read(batch) == capture::State::frames) worker_.process(batch);
  }

  base::ManualClock clock_{kStart};
  static WorkerOptions options() {
    WorkerOptions options;
    options.duplicates.window = 0;  // the source's packets are all alike
    return options;
  }
  Worker worker_{options(), *signature::SignatureSet::compile({})};
};

TEST_F(WorkerTest, EveryPacketIsInABucketAtTheEnd) {
  send(100);
  worker_.finish();
  EXPECT_EQ(packets(worker_.take_closed()), 100);
  EXPECT_TRUE(worker_.take_closed().empty());
}

TEST_F(WorkerTest, MoreFramesThanABatchAreTakenInParts) {
  std::array<std::uint8_t, 14> arp{0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2, 8, 6};
  const std::vector<capture::Frame> frames(1000, {kStart, arp.data(), 14, 60, capture::LinkType::ethernet, 0});
  worker_.process(frames);
  EXPECT_EQ(worker_.counters().decode.not_ip, 1000U);
}

TEST_F(WorkerTest, PacketTimeClosesABucketAfterItsGrace) {
  send(1);
  clock_.advance(301 * base::kSecond);
  send(1);
  EXPECT_TRUE(worker_.take_closed().empty());
  clock_.advance(2 * base::kSecond);
  send(1);
  const auto closed = worker_.take_closed();
  ASSERT_EQ(closed.size(), 1U);
  EXPECT_TRUE(closed[0].closed);
  EXPECT_EQ(closed[0].start, kStart / base::kSecond);
}

TEST_F(WorkerTest, SnapshotGivesWhatChanged) {
  send(1);
  worker_.idle(clock_.now() + 10 * base::kSecond);  // the unmatched beginning of the flow is no longer held
  EXPECT_EQ(packets(worker_.snapshot()), 1);
  EXPECT_EQ(packets(worker_.snapshot()), 0);
  EXPECT_EQ(packets(worker_.snapshot(true)), 1);
}

TEST_F(WorkerTest, TimesOfTheCaptureAreKept) {
  EXPECT_EQ(worker_.newest(), base::kNone);
  send(1);
  clock_.advance(5 * base::kSecond);
  send(1);
  EXPECT_EQ(worker_.newest() - worker_.oldest(), 5 * base::kSecond);
}

}  // namespace
}  // namespace pastmon::daemon
