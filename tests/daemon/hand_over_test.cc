// SPDX-License-Identifier: MIT
#include "hand_over.h"

#include <gtest/gtest.h>

#include <latch>
#include <string>
#include <vector>

#include "metric/records.h"

namespace pastmon::daemon {
namespace {

using testing_support::address;

/// Waits until it may answer, as a slow disk does.
class SlowSpool final : public store::Spool {
 public:
  base::Result<void> close(std::vector<metric::Bucket> closed, std::map<base::Seconds, std::vector<store::Statistic>>,
                           std::vector<store::HostName>) override {
    answers.wait();
    for (const metric::Bucket& bucket : closed) events.push_back("close " + std::to_string(bucket.rows.size()));
    if (fails) return base::Error{"the disk is full"};
    return {};
  }
  base::Result<void> checkpoint(std::vector<metric::Bucket> changed,
                                std::map<base::Seconds, std::vector<store::Statistic>>,
                                std::vector<store::HostName>) override {
    answers.wait();
    events.push_back("checkpoint " + std::to_string(changed.size()));
    return {};
  }
  base::Result<void> stop(base::Micros) override { return {}; }
  store::SpoolCounters counters() const override { return {}; }
  base::Micros busy_since() const noexcept override { return 0; }
  std::string trouble() const override { return {}; }

  std::latch answers{1};
  std::vector<std::string> events;
  bool fails = false;
};

std::vector<metric::ClosedBucket> closed(std::uint32_t clients) {
  testing_support::RecordMaker maker;
  metric::BucketSet set({}, [](signature::NameId) { return "TCP SYNACK"; });
  for (std::uint32_t i = 0; i < clients; ++i) maker.packet(i, 0, {address(i), address(0xff0000), 80}, 1'000);
  set.add(maker.records);
  set.close_all();
  return set.hand_over();
}

class HandOverTest : public ::testing::Test {
 protected:
  SlowSpool spool_;
  base::ManualClock clock_;
  RowBound bound_{20, clock_};
};

TEST_F(HandOverTest, DoesNotWaitForTheDiskAndKeepsTheOrder) {
  HandOver hand_over(spool_, bound_, true);
  hand_over.close(closed(10), {}, {});
  hand_over.checkpoint({{}, {}}, {}, {});
  hand_over.close(closed(500), {}, {});
  EXPECT_TRUE(hand_over.busy());
  spool_.answers.count_down();
  EXPECT_EQ(hand_over.finish(), "");
  EXPECT_FALSE(hand_over.busy());
  EXPECT_EQ(spool_.events, (std::vector<std::string>{"close 10", "checkpoint 2", "close 20"}));
  EXPECT_EQ(bound_.folded(), 480U);
}

TEST_F(HandOverTest, WhatIsUnderWayAtTheEndIsFinished) {
  {
    HandOver hand_over(spool_, bound_, true);
    hand_over.close(closed(3), {}, {});
    hand_over.close(closed(4), {}, {});
    spool_.answers.count_down();
  }
  EXPECT_EQ(spool_.events, (std::vector<std::string>{"close 3", "close 4"}));
}

TEST_F(HandOverTest, TellsWhatFailed) {
  spool_.answers.count_down();
  spool_.fails = true;
  HandOver hand_over(spool_, bound_, true);
  hand_over.close(closed(3), {}, {});
  EXPECT_EQ(hand_over.finish(), "the disk is full");
  hand_over.checkpoint({}, {}, {});
  EXPECT_EQ(hand_over.finish(), "");
}

TEST_F(HandOverTest, WithoutAThreadEverythingHappensInTheCall) {
  spool_.answers.count_down();
  HandOver hand_over(spool_, bound_, false);
  hand_over.close(closed(30), {}, {});
  EXPECT_EQ(spool_.events, std::vector<std::string>{"close 20"});
}

}  // namespace
}  // namespace pastmon::daemon
