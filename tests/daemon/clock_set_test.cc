// SPDX-License-Identifier: MIT
// The machine's clock is set while the sensor runs, forwards and back. Packets carry its time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <vector>

#include "pastmon/daemon/worker.h"
#include "scripted_source.h"
#include "statistics.h"

namespace pastmon::daemon {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

constexpr base::Seconds kStart = 1'700'000'100;  // a multiple of 300
constexpr base::Seconds kDay = 86'400;

class ClockSetTest : public ::testing::Test {
 protected:
  /// One packet every ten seconds from now on.
  void run(base::Seconds seconds) {
    for (base::Seconds i = 0; i < seconds; i += 10) {
      clock_.advance(10 * base::kSecond);
      script_->push_back(capture::State::frames);
      std::span<const capture::Frame> batch;
      source_.read(batch);
      worker_.process(batch);
      worker_.idle(clock_.now() + base::kSecond);
      collect(worker_.take_closed());
      ++sent_;
    }
  }
  void set(base::Seconds by) { clock_.advance(by * base::kSecond); }
  void collect(std::vector<metric::Bucket> closed) {
    for (const metric::Bucket& bucket : closed) {
      EXPECT_TRUE(starts_.insert(bucket.start).second) << bucket.start << " is given twice: the database refuses that";
      for (const metric::Row& row : bucket.rows) {
        const auto packets = row.values[metric::Counter::packets_client] + row.values[metric::Counter::packets_server];
        seen_ += packets;
        fullest_ = std::max(fullest_, packets);
      }
    }
  }
  void finish() {
    worker_.finish();
    collect(worker_.take_closed());
  }

  base::ManualClock clock_{kStart * base::kSecond};
  ScriptedSource::Script script_ = std::make_shared<std::deque<capture::State>>();
  ScriptedSource source_{"a", script_, clock_};
  Worker worker_{WorkerOptions{}, *signature::SignatureSet::compile({})};
  std::set<base::Seconds> starts_;
  std::int64_t sent_ = 0, seen_ = 0, fullest_ = 0;
};

TEST_F(ClockSetTest, AClockFromTheFutureThatIsPutRightLosesNothingAndFillsNoBucketOfTomorrow) {
  run(1'000);
  set(kDay);
  run(1'000);
  set(-kDay);
  run(3'000);
  finish();
  EXPECT_EQ(seen_, sent_);
  EXPECT_THAT(starts_, Contains(kStart + 2'100)) << "the right time goes on";
  EXPECT_THAT(starts_, Contains(kStart + 4'500));
  EXPECT_LE(fullest_, 32) << "five minutes hold five minutes";
}

TEST_F(ClockSetTest, AClockThatComesAgainToATimeItHasSeenGivesNoBucketTwice) {
  run(9'000);
  set(-8'000);
  run(9'000);
  set(2 * kDay);
  run(600);
  set(-2 * kDay);
  run(600);
  finish();
  EXPECT_EQ(seen_, sent_);
}

TEST_F(ClockSetTest, FlowsGoOnAfterAClockThatWasSetBack) {
  run(1'000);
  set(kDay);
  run(100);
  set(-kDay);
  run(100);
  const std::uint64_t flows = worker_.counters().flow.flows;
  run(2'000);  // one conversation, a packet every ten seconds
  EXPECT_EQ(worker_.counters().flow.flows, flows);
}

TEST_F(ClockSetTest, OneStrayTimeIsNotBelieved) {
  run(600);
  set(-kDay);
  run(10);
  set(kDay);
  run(600);
  finish();
  EXPECT_EQ(seen_, sent_);
  EXPECT_THAT(starts_, Not(Contains(kStart - kDay)));
}

TEST_F(ClockSetTest, OwnStatisticsFollowTheClock) {
  Statistics statistics(300);
  std::set<base::Seconds> told;
  const auto sample = [&](base::Seconds from, base::Seconds to) {
    for (base::Seconds now = from; now < to; now += 10) {
      statistics.sample({}, now * base::kSecond);
      for (const auto& [start, list] : statistics.take_closed((now - 10) * base::kSecond)) {
        EXPECT_TRUE(told.insert(start).second) << start << " is told twice";
      }
    }
  };
  sample(kStart, kStart + 1'000);
  sample(kStart + kDay, kStart + kDay + 1'000);
  sample(kStart + 1'000, kStart + 3'000);
  EXPECT_THAT(told, Contains(kStart + 1'500));
  EXPECT_THAT(told, Contains(kStart + kDay));
  EXPECT_THAT(told, Contains(kStart + kDay + 900)) << "not kept until tomorrow";
  EXPECT_LE(statistics.open().size(), 1U);
}

}  // namespace
}  // namespace pastmon::daemon
