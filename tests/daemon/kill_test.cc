// SPDX-License-Identifier: MIT
// A sensor that gets SIGKILL at random moments and is started again each time, over traffic that goes on. What the
// journal acknowledged equals a run in which nothing happened; a bucket that a kill fell into lacks at most what came
// after the last checkpoint, ten seconds, and never has too much. The traffic is paced by a clock of its own, so that
// hours pass in seconds. PASTMON_KILL_ROUNDS=100 is the long form.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>
#include <string>

#include "pastmon/metric/registry.h"
#include "pastmon/store/store.h"
#include "service.h"

namespace pastmon::daemon {
namespace {

constexpr base::Seconds kBucket = 60;
constexpr base::Seconds kBegin = 1'700'000'100 / kBucket * kBucket;
constexpr base::Micros kBetween = base::kSecond / 4;  ///< from one exchange to the next
constexpr base::Micros kCheckpoint = 10 * base::kSecond;
/// Exchanges between two checkpoints: those of ten seconds, and the one at which the time is noticed.
constexpr std::int64_t kAtRisk = kCheckpoint / kBetween + 1;
constexpr std::size_t kMaxBuckets = 20'000;

/// What outlives a killed process: where the traffic is, and what its journal has acknowledged.
struct Shared {
  std::atomic<std::int64_t> next = 0;         ///< exchange
  std::atomic<std::int64_t> end = INT64_MAX;  ///< the traffic ends here
  std::array<std::atomic<std::uint8_t>, kMaxBuckets> whole =
      {};  ///< by bucket: acknowledged, and begun by that process
};

base::Micros time_of(std::int64_t exchange) { return kBegin * base::kSecond + exchange * kBetween; }
std::size_t bucket_of(std::int64_t exchange) {
  return static_cast<std::size_t>(exchange * kBetween / base::kSecond / kBucket);
}

/// Exchange after exchange: a request and its answer over UDP, from seven clients to three servers. Sets the clock.
class Traffic final : public capture::Source {
 public:
  Traffic(Shared& shared, base::ManualClock& clock) : shared_(shared), clock_(clock) {}

  capture::State read(std::span<const capture::Frame>& batch) override {
    batch = {};
    const std::int64_t n = shared_.next;
    if (n >= shared_.end) return capture::State::idle;
    shared_.next = n + 1;
    clock_.set(time_of(n));
    const auto client = static_cast<std::uint8_t>(n % 7 + 1), server = static_cast<std::uint8_t>(n % 3 + 100);
    const auto port = static_cast<std::uint16_t>(1024 + n % 60'000);
    fill(0, client, server, port, 5678, n);
    fill(1, server, client, 5678, port, n);
    frames_[0] = {time_of(n), packets_[0].data(), 46, 46, capture::LinkType::ethernet, 0};
    frames_[1] = {time_of(n) + 3'000 + n % 1'000, packets_[1].data(), 46, 46, capture::LinkType::ethernet, 0};
    batch = frames_;
    counters_.received += 2;
    return capture::State::frames;
  }
  capture::Counters counters() override { return counters_; }
  const std::string& name() const override { return name_; }
  const base::Error& error() const override { return error_; }
  int descriptor() const noexcept override { return -1; }
  void interrupt() noexcept override {}

 private:
  void fill(std::size_t i, std::uint8_t from, std::uint8_t to, std::uint16_t from_port, std::uint16_t to_port,
            std::int64_t n) {
    packets_[i] = {0,
                   0,
                   0,
                   0,
                   0,
                   1,
                   0,
                   0,
                   0,
                   0,
                   0,
                   2,
                   8,
                   0,  // Ethernet
                   0x45,
                   0,
                   0,
                   32,
                   static_cast<std::uint8_t>(n >> 8),
                   static_cast<std::uint8_t>(n),
                   0,
                   0,
                   64,
                   17,
                   0,
                   0,
                   192,
                   0,
                   2,
                   from,
                   192,
                   0,
                   2,
                   to,  // IPv4
                   static_cast<std::uint8_t>(from_port >> 8),
                   static_cast<std::uint8_t>(from_port),
                   static_cast<std::uint8_t>(to_port >> 8),
                   static_cast<std::uint8_t>(to_port),
                   0,
                   12,
                   0,
                   0,  // UDP
                   'a',
                   'b',
                   'c',
                   'd'};
  }

  Shared& shared_;
  base::ManualClock& clock_;
  std::string name_ = "traffic";
  base::Error error_;
  std::array<std::array<std::uint8_t, 46>, 2> packets_{};
  std::array<capture::Frame, 2> frames_;
  capture::Counters counters_;
};

/// The real one; and it notes which buckets it has acknowledged that this process saw from their beginning.
class NotingSpool final : public store::Spool {
 public:
  NotingSpool(std::unique_ptr<store::Spool> spool, Shared& shared, std::size_t first_whole)
      : spool_(std::move(spool)), shared_(shared), first_whole_(first_whole) {}
  base::Result<void> close(std::vector<metric::Bucket> closed,
                           std::map<base::Seconds, std::vector<store::Statistic>> statistics,
                           std::vector<store::HostName> names) override {
    std::vector<std::size_t> buckets;
    for (const metric::Bucket& bucket : closed)
      buckets.push_back(static_cast<std::size_t>((bucket.start - kBegin) / kBucket));
    base::Result<void> done = spool_->close(std::move(closed), std::move(statistics), std::move(names));
    for (const std::size_t bucket : buckets)
      if (done && bucket >= first_whole_) shared_.whole.at(bucket) = 1;
    return done;
  }
  base::Result<void> checkpoint(std::vector<metric::Bucket> changed,
                                std::map<base::Seconds, std::vector<store::Statistic>> statistics,
                                std::vector<store::HostName> names) override {
    return spool_->checkpoint(std::move(changed), std::move(statistics), std::move(names));
  }
  base::Result<void> stop(base::Micros patience) override { return spool_->stop(patience); }
  store::SpoolCounters counters() const override { return spool_->counters(); }
  base::Micros busy_since() const noexcept override { return 0; }
  std::string trouble() const override { return {}; }

 private:
  std::unique_ptr<store::Spool> spool_;
  Shared& shared_;
  std::size_t first_whole_;
};

class KillTest : public ::testing::Test {
 protected:
  KillTest() {
    char name[] = "/tmp/pastmon-kill-XXXXXX";
    if (mkdtemp(name) == nullptr) std::abort();
    directory_ = name;
    void* memory = ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) std::abort();
    shared_ = new (memory) Shared;
  }
  ~KillTest() override {
    ::munmap(shared_, sizeof(Shared));
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  store::Options database(const std::string& name) const {
    store::Options options;
    options.dbname = directory_ + "/" + name + ".db";
    return options;
  }

  /// The sensor's process, until the traffic ends or it is killed.
  pid_t start(const std::string& name, std::int64_t run) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(sensor(name, run) ? 0 : 1);
    return child;
  }
  bool sensor(const std::string& name, std::int64_t run) {
    const std::int64_t first = shared_->next;
    base::ManualClock clock(time_of(first));
    store::SpoolOptions spool_options;
    spool_options.directory = directory_ + "/" + name;
    spool_options.sensor = "killed";
    spool_options.run = run;
    auto spool = store::Spool::start(spool_options, database(name));
    const auto opener = [&](const capture::LiveOptions&) -> base::Result<std::unique_ptr<capture::Source>> {
      return std::unique_ptr<capture::Source>(std::make_unique<Traffic>(*shared_, clock));
    };
    auto interfaces = Interfaces::open({{.interface = "traffic", .filter = {}}}, Missing::is_an_error, opener, clock);
    if (!spool || !interfaces) return false;
    const std::size_t first_whole = first == 0 ? 0 : bucket_of(first - 1) + 1;
    ServiceOptions options;
    options.bucket_seconds = kBucket;
    options.wait = 0;
    options.drain = 0;
    options.checkpoint = kCheckpoint;
    WorkerOptions worker;
    worker.buckets.seconds = kBucket;
    worker.flow.udp_idle = base::kSecond;
    Service service(options, std::make_unique<HostNames>(HostNames::Options{}),
                    std::make_unique<Worker>(worker, *signature::SignatureSet::compile({})), *std::move(interfaces),
                    std::make_unique<NotingSpool>(*std::move(spool), *shared_, first_whole), clock);
    while (shared_->next < shared_->end) service.step();
    return service.stop().ok();
  }

  using Key = std::tuple<store::Id, store::Id, store::Id, std::uint16_t>;
  using Rows = std::map<Key, metric::Aggregate>;
  Rows rows(const std::string& name, std::size_t bucket) const {
    const auto reader = store::open_read_only(database(name));
    if (!reader) return {};
    store::ListQuery query;
    query.selection.from = kBegin + static_cast<base::Seconds>(bucket) * kBucket;
    query.selection.to = query.selection.from + kBucket;
    query.group_by = {true, true, true, true, true};
    query.limit = 1'000;
    Rows rows;
    const auto listed = (*reader)->list(query);
    EXPECT_TRUE(listed) << listed.message();
    for (const store::Listed& each : *listed)
      rows.emplace(Key{each.signature, each.client, each.server, each.port}, each.values);
    return rows;
  }

  std::string directory_;
  Shared* shared_ = nullptr;
};

std::int64_t packets(const metric::Aggregate& values) {
  return values[metric::Counter::packets_client] + values[metric::Counter::packets_server];
}

TEST_F(KillTest, WhatTheJournalAcknowledgedIsAllThere) {
  const char* asked = std::getenv("PASTMON_KILL_ROUNDS");
  const int rounds = asked != nullptr ? std::max(std::atoi(asked), 1) : 5;
  std::mt19937 random(20'231'114);
  std::map<std::size_t, std::int64_t> kills;  // by bucket
  for (int round = 0; round < rounds; ++round) {
    const pid_t child = start("killed", 1'000 + round);
    ASSERT_GT(child, 0);
    ::usleep(static_cast<useconds_t>(random() % (random() % 2 == 0 ? 60'000 : 600'000)));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "it ended by itself";
    // Just behind a bucket's end that bucket is still open: the ten seconds may lie in both.
    const std::size_t last = bucket_of(std::max<std::int64_t>(shared_->next - 1, 0));
    const std::size_t before = bucket_of(std::max<std::int64_t>(shared_->next - 1 - kAtRisk, 0));
    ++kills[last];
    if (before != last) ++kills[before];
  }
  shared_->end = shared_->next + 3 * kBucket * base::kSecond / kBetween;
  int status = 0;
  ASSERT_EQ(::waitpid(start("killed", 1'000 + rounds), &status, 0) > 0 && status == 0, true);
  shared_->next = 0;
  std::array<std::uint8_t, kMaxBuckets> whole{};
  std::copy(shared_->whole.begin(), shared_->whole.end(), whole.begin());
  ASSERT_EQ(::waitpid(start("undisturbed", 1), &status, 0) > 0 && status == 0, true);

  const std::size_t buckets = bucket_of(shared_->end - 1) + 1;
  ASSERT_LT(buckets, kMaxBuckets);
  std::size_t equal = 0;
  std::int64_t lost = 0;
  for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
    const Rows found = rows("killed", bucket), expected = rows("undisturbed", bucket);
    if (whole[bucket] != 0) {
      EXPECT_EQ(found, expected) << "bucket " << bucket;
      ++equal;
    }
    std::int64_t lacking = 0;
    for (const auto& [key, values] : expected) lacking += packets(values);
    for (const auto& [key, values] : found) {
      lacking -= packets(values);
      ASSERT_TRUE(expected.contains(key)) << "bucket " << bucket;
      for (const metric::Info& info : metric::registry()) {
        if (info.kind != metric::Kind::counter) continue;
        const auto counter = static_cast<metric::Counter>(info.index);
        EXPECT_LE(values[counter], expected.at(key)[counter]) << "bucket " << bucket << ", " << info.name;
      }
    }
    lost += lacking;
    EXPECT_GE(lacking, 0) << "bucket " << bucket;
    EXPECT_LE(lacking, 2 * kAtRisk * kills[bucket]) << "bucket " << bucket << " had " << kills[bucket] << " kills";
  }
  EXPECT_LE(lost, 2 * kAtRisk * rounds);
  EXPECT_GE(equal, 2U);
  std::printf("%d kills, %zu buckets, of which %zu were acknowledged whole\n", rounds, buckets, equal);
}

}  // namespace
}  // namespace pastmon::daemon
