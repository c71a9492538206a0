// SPDX-License-Identifier: MIT
// The whole way of a closed bucket: journal, indexes of level 1, totals, while a reader asks what a page asks.
//
//   ingest_benchmark sqlite3 FILE [BUCKETS] [ROWS]
//   ingest_benchmark pgsql SOCKET_DIRECTORY/DBNAME [BUCKETS] [ROWS]
//
// One after the other, BUCKETS (default 12) closed buckets of ROWS (default 20,000, the most that a sensor stores) are
// handed over, each when the one before is in the database; then as many wait in the journal, as after an hour without
// a database, and are drained. The journal lies beside FILE, or in a new directory below /var/tmp.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "busy_rows.h"
#include "pastmon/store/spool.h"

namespace {

using namespace pastmon;
using Clock = std::chrono::steady_clock;

/// The hour under way: an older one would be due for its roll-up after every bucket.
const base::Seconds kStart = [] {
  const base::Seconds now = base::SystemClock().now() / base::kSecond;
  return now - now % 3'600;
}();

[[noreturn]] void give_up(const std::string& message) {
  std::fprintf(stderr, "ingest_benchmark: %s\n", message.c_str());
  std::exit(1);
}
void check(const base::Result<void>& result) {
  if (!result) give_up(result.message());
}

double seconds_since(Clock::time_point begun) { return std::chrono::duration<double>(Clock::now() - begun).count(); }

double processor_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/// A page that shows the last hour, again and again.
class Reader {
 public:
  Reader(const store::Options& options, base::Seconds to) : thread_([this, options, to] { run(options, to); }) {}
  ~Reader() {
    stopped_ = true;
    thread_.join();
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  int pages() const { return pages_; }

 private:
  void run(const store::Options& options, base::Seconds to) {
    auto database = store::open_read_only(options);
    if (!database) give_up(database.message());
    store::ListQuery query;
    query.selection.from = kStart;
    query.selection.to = to;
    query.group_by.signature = query.group_by.server = true;
    query.details = false;
    for (; !stopped_; ++pages_) {
      if (const auto listed = (*database)->list(query); !listed) give_up(listed.message());
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  }

  std::atomic<bool> stopped_ = false;
  std::atomic<int> pages_ = 0;
  std::thread thread_;
};

class Benchmark {
 public:
  Benchmark(store::Options database, std::string directory, int buckets, std::uint32_t rows)
      : database_(std::move(database)), directory_(std::move(directory)), buckets_(buckets), rows_(rows) {}

  void one_after_the_other() {
    const auto spool = start(database_, 1);
    wait(*spool, 0);
    const Reader reader(database_, kStart + 300 * buckets_);
    std::vector<double> handed, stored;
    const double processor = processor_seconds();
    for (int b = 0; b < buckets_; ++b) {
      std::vector<metric::Bucket> closed = nth(b);
      const auto begun = Clock::now();
      check(spool->close(std::move(closed), {}, {}));
      handed.push_back(seconds_since(begun));
      wait(*spool, static_cast<std::uint64_t>(b) + 1);
      stored.push_back(seconds_since(begun));
    }
    std::printf("a bucket of %u rows, handed over    %s\n", rows_, text(handed).c_str());
    std::printf("  … until it is in the database      %s; %.2f s of processor time here; %d pages read meanwhile\n",
                text(stored).c_str(), (processor_seconds() - processor) / buckets_, reader.pages());
    check(spool->stop(60 * base::kSecond));
  }

  void backlog() {
    store::Options away = database_;
    away.driver = "sqlite3";
    away.dbname = directory_ + "/no/such/file";
    {
      const auto spool = start(away, 2);
      for (int b = 0; b < buckets_; ++b) check(spool->close(nth(buckets_ + b), {}, {}));
      check(spool->stop(0));
    }
    const Reader reader(database_, kStart + 300 * buckets_);
    const auto spool = start(database_, 3);
    const auto begun = Clock::now();
    wait(*spool, static_cast<std::uint64_t>(buckets_));
    const double seconds = seconds_since(begun);
    std::printf("a backlog of %d of them             %.1f s, %.0f rows/s; %d pages read meanwhile\n", buckets_, seconds,
                static_cast<double>(rows_) * buckets_ / seconds, reader.pages());
    check(spool->stop(60 * base::kSecond));
  }

 private:
  std::unique_ptr<store::Spool> start(const store::Options& database, std::int64_t run) const {
    store::SpoolOptions options;
    options.directory = directory_;
    options.sensor = "benchmark";
    options.run = run;
    auto spool = store::Spool::start(options, database);
    if (!spool) give_up(spool.message());
    return *std::move(spool);
  }
  std::vector<metric::Bucket> nth(int b) const {
    metric::Bucket bucket;
    bucket.start = kStart + 300 * b;
    bucket.closed = true;
    for (std::uint32_t i = 0; i < rows_; ++i) bucket.rows.push_back(bench::make_row(i, bucket.start));
    std::vector<metric::Bucket> closed;
    closed.push_back(std::move(bucket));
    return closed;
  }
  static void wait(const store::Spool& spool, std::uint64_t written) {
    while (spool.counters().batches_written < written) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  static std::string text(std::vector<double> seconds) {
    std::sort(seconds.begin(), seconds.end());
    char line[80];
    std::snprintf(line, sizeof line, "median %.2f s, longest %.2f s", seconds[seconds.size() / 2], seconds.back());
    return line;
  }

  const store::Options database_;
  const std::string directory_;
  const int buckets_;
  const std::uint32_t rows_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) give_up("usage: ingest_benchmark sqlite3 FILE | pgsql SOCKET_DIRECTORY/DBNAME [BUCKETS] [ROWS]");
  const store::Options options = bench::connection_options(argv[1], argv[2]);
  const int buckets = std::max(argc > 3 ? std::atoi(argv[3]) : 12, 1);
  const auto rows = static_cast<std::uint32_t>(argc > 4 ? std::atoi(argv[4]) : 20'000);
  const bool file = options.driver == "sqlite3";
  const std::string directory =
      (file ? options.dbname : "/var/tmp/pastmon-ingest-" + std::to_string(::getpid())) + ".journal";
  {
    const auto database = store::open(options);
    if (!database) give_up(database.message());
    check((*database)->prepare());
  }
  Benchmark benchmark(options, directory, buckets, rows);
  benchmark.one_after_the_other();
  benchmark.backlog();
  std::error_code ignored;
  std::filesystem::remove_all(directory, ignored);
  return 0;
}
