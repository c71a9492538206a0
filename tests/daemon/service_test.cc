// SPDX-License-Identifier: MIT
#include "service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <vector>

#include "scripted_source.h"

namespace pastmon::daemon {
namespace {

using ::testing::HasSubstr;
using State = capture::State;

constexpr base::Micros kStart = 1'700'000'100 * base::kSecond;  // a multiple of 300 s

/// What the service handed over, in memory.
struct Handed {
  std::vector<metric::Bucket> closed;
  std::vector<base::Seconds> statistics;  ///< starts of buckets whose statistics were closed
  int checkpoints = 0;
  std::size_t open_rows = 0;  ///< in the last checkpoint
  bool stopped = false;
  bool fails = false;
  base::Micros busy_since = 0;
};

class MemorySpool final : public store::Spool {
 public:
  explicit MemorySpool(Handed& handed) : handed_(handed) {}
  base::Result<void> close(std::vector<metric::Bucket> closed,
                           std::map<base::Seconds, std::vector<store::Statistic>> statistics,
                           std::vector<store::HostName>) override {
    if (handed_.fails) return base::Error{"the disk is full"};
    for (metric::Bucket& bucket : closed) handed_.closed.push_back(std::move(bucket));
    for (const auto& [start, list] : statistics) handed_.statistics.push_back(start);
    return {};
  }
  base::Result<void> checkpoint(std::vector<metric::Bucket> changed,
                                std::map<base::Seconds, std::vector<store::Statistic>>,
                                std::vector<store::HostName>) override {
    ++handed_.checkpoints;
    handed_.open_rows = 0;
    for (const metric::Bucket& bucket : changed) handed_.open_rows += bucket.rows.size();
    return {};
  }
  base::Result<void> stop(base::Micros) override {
    handed_.stopped = true;
    return {};
  }
  store::SpoolCounters counters() const override { return {}; }
  base::Micros busy_since() const noexcept override { return handed_.busy_since; }
  std::string trouble() const override { return {}; }

 private:
  Handed& handed_;
};

class ServiceTest : public ::testing::Test {
 protected:
  ServiceTest() {
    ServiceOptions options;
    options.wait = 0;
    options.drain = 0;
    options.stuck_after = 600 * base::kSecond;
    WorkerOptions worker;
    auto opener = [this](const capture::LiveOptions& each) -> base::Result<std::unique_ptr<capture::Source>> {
      return std::unique_ptr<capture::Source>(std::make_unique<ScriptedSource>(each.interface, script_, clock_));
    };
    auto interfaces = Interfaces::open({{.interface = "a", .filter = {}}}, Missing::is_an_error, opener, clock_);
    service_ = std::make_unique<Service>(options, std::make_unique<HostNames>(HostNames::Options{}),
                                         std::make_unique<Worker>(worker, *signature::SignatureSet::compile({})),
                                         *std::move(interfaces), std::make_unique<MemorySpool>(handed_), clock_);
  }

  void run(base::Seconds seconds) {
    for (base::Seconds i = 0; i < seconds; ++i) {
      clock_.advance(base::kSecond);
      service_->step();
    }
  }
  void send_frame() {
    script_->push_back(State::frames);
    service_->step();
  }
  std::int64_t packets() const {
    std::int64_t sum = 0;
    for (const metric::Bucket& bucket : handed_.closed) {
      for (const metric::Row& row : bucket.rows) {
        sum += row.values[metric::Counter::packets_client] + row.values[metric::Counter::packets_server];
      }
    }
    return sum;
  }

  base::ManualClock clock_{kStart};
  ScriptedSource::Script script_ = std::make_shared<std::deque<State>>();
  Handed handed_;
  std::unique_ptr<Service> service_;
};

TEST_F(ServiceTest, AThreadThatIsStuckIsNoProgressForTheWatchdog) {
  EXPECT_TRUE(service_->progresses());
  const base::Micros now = base::SystemClock().monotonic();
  handed_.busy_since = now - 500 * base::kSecond;
  EXPECT_TRUE(service_->progresses());
  handed_.busy_since = now - 601 * base::kSecond;
  EXPECT_FALSE(service_->progresses());
  handed_.busy_since = 0;
  EXPECT_TRUE(service_->progresses());
}

TEST_F(ServiceTest, CheckpointEveryTenSecondsWithTheRowsThatChanged) {
  send_frame();
  run(9);
  EXPECT_EQ(handed_.checkpoints, 0);
  run(1);
  EXPECT_EQ(handed_.checkpoints, 1);
  EXPECT_EQ(handed_.open_rows, 1U);
  run(10);
  EXPECT_EQ(handed_.checkpoints, 2);
  EXPECT_EQ(handed_.open_rows, 0U) << "nothing changed since";
}

TEST_F(ServiceTest, IdleLineClosesItsBucketByTheWallClock) {
  send_frame();
  run(305);
  EXPECT_TRUE(handed_.closed.empty()) << "the grace is not over";
  run(10);
  ASSERT_EQ(handed_.closed.size(), 1U);
  EXPECT_EQ(handed_.closed[0].start, kStart / base::kSecond);
  EXPECT_EQ(packets(), 1);
}

TEST_F(ServiceTest, StatisticsOfABucketAreHandedOverOnce) {
  run(315);
  EXPECT_EQ(handed_.statistics, std::vector<base::Seconds>{kStart / base::kSecond});
  run(100);
  EXPECT_EQ(handed_.statistics.size(), 1U);
  ASSERT_TRUE(service_->stop());
  EXPECT_EQ(handed_.statistics.size(), 2U);
}

TEST_F(ServiceTest, StopFlushesTheOpenBucket) {
  send_frame();
  send_frame();
  run(5);
  ASSERT_TRUE(service_->stop());
  EXPECT_TRUE(handed_.stopped);
  EXPECT_EQ(packets(), 2);
}

// Whatever the clock of the machine does: every packet is counted once, and no bucket is handed over twice.
TEST_F(ServiceTest, StepsOfTheClockLoseAndDoubleNothing) {
  int sent = 0;
  for (const base::Seconds step : {0, 7'200, -3'600, -90'000, 86'400, 31'536'000, -31'536'000, -5, 600}) {
    clock_.advance(step * base::kSecond);
    for (int i = 0; i < 40; ++i, ++sent) {
      send_frame();
      run(20);
    }
  }
  ASSERT_TRUE(service_->stop());
  EXPECT_EQ(packets(), sent);
  std::set<base::Seconds> starts, figures;
  for (const metric::Bucket& bucket : handed_.closed) EXPECT_TRUE(starts.insert(bucket.start).second) << bucket.start;
  for (const base::Seconds start : handed_.statistics) EXPECT_TRUE(figures.insert(start).second) << start;
}

TEST_F(ServiceTest, SpoolThatFailsAtTheEndIsAnError) {
  send_frame();
  handed_.fails = true;
  const base::Result<void> stopped = service_->stop();
  ASSERT_FALSE(stopped);
  EXPECT_THAT(stopped.message(), HasSubstr("the disk is full"));
  EXPECT_TRUE(handed_.stopped);
}

TEST_F(ServiceTest, StatusNamesInterfacesAndCounts) {
  send_frame();
  EXPECT_THAT(service_->status(), HasSubstr("a: 1 packets"));
}

}  // namespace
}  // namespace pastmon::daemon
