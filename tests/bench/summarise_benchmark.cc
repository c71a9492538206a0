// SPDX-License-Identifier: MIT
// How long summarising a day takes, in which memory, and how long its transactions keep others from writing.
//
//   summarise_benchmark sqlite3 FILE [ROWS]
//   summarise_benchmark pgsql SOCKET_DIRECTORY/DBNAME [ROWS]
//
// Fills the (empty) database with a day of ROWS rows (default 2,000,000) in 288 buckets, then summarises it without and
// with removing. Each step is a process of its own, so that its memory is its own.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>
#include <string>

#include "pastmon/store/archive.h"
#include "pastmon/store/store.h"

namespace {

using namespace pastmon;

constexpr base::Seconds kStart = 1'700'006'400;  // midnight
constexpr int kBuckets = 288;
constexpr std::uint32_t kPairs = 60'000;

[[noreturn]] void give_up(const std::string& message) {
  std::fprintf(stderr, "summarise_benchmark: %s\n", message.c_str());
  std::exit(1);
}

base::Address address(std::uint32_t v4) {
  const std::uint8_t bytes[4] = {static_cast<std::uint8_t>(v4 >> 24), static_cast<std::uint8_t>(v4 >> 16),
                                 static_cast<std::uint8_t>(v4 >> 8), static_cast<std::uint8_t>(v4)};
  return base::Address::v4(bytes);
}

/// A few pairs of hosts talk in every bucket, most now and then; each transaction with its times.
metric::Row make_row(std::uint32_t pair, std::uint32_t transactions, base::Seconds at) {
  metric::Row row;
  row.signature = pair % 3 == 0 ? "HTTP POST" : "HTTP GET";
  row.client = address(0x0a000000 + pair);
  row.server = address(0xc0000200 + pair % 50);
  row.port = 80;
  metric::Aggregate& values = row.values;
  values.seen(at * base::kSecond + pair);
  values.seen((at + 200) * base::kSecond + pair);
  values[metric::Counter::transactions] = values[metric::Counter::answered] = transactions;
  values[metric::Counter::packets_client] = 8 * transactions;
  values[metric::Counter::packets_server] = 12 * transactions;
  values[metric::Counter::bytes_client] = 900 * transactions;
  values[metric::Counter::bytes_server] = 14'000 * transactions;
  for (std::uint32_t t = 0; t < transactions; ++t) {
    for (const metric::Distribution d :
         {metric::Distribution::response_time, metric::Distribution::server_time, metric::Distribution::request_time,
          metric::Distribution::transfer_time, metric::Distribution::transaction_time,
          metric::Distribution::ack_rtt_server, metric::Distribution::ack_rtt_client})
      values[d].add(static_cast<std::int64_t>(200 + (pair * 7919 + t * 104'729) % 30'000));
    values[metric::Size::request_bytes].add(400 + t);
    values[metric::Size::response_bytes].add(13'000 + t);
  }
  return row;
}

void fill(const store::Options& options, std::uint32_t rows) {
  auto database = store::open(options);
  if (!database) give_up(database.message());
  if (const auto ready = (*database)->prepare(); !ready) give_up(ready.message());
  std::mt19937 random(1);
  std::uniform_real_distribution<double> uniform(0, 1);
  for (int b = 0; b < kBuckets; ++b) {
    store::Batch batch;
    batch.sensor = "benchmark";
    batch.run = 1;
    batch.number = b + 1;
    metric::Bucket& bucket = batch.buckets.emplace_back();
    bucket.start = kStart + 300 * b;
    bucket.closed = true;
    std::vector<bool> used(kPairs);
    while (bucket.rows.size() < rows / kBuckets) {
      const auto pair = static_cast<std::uint32_t>(kPairs * std::pow(uniform(random), 3));  // skewed
      if (used[pair]) continue;
      used[pair] = true;
      bucket.rows.push_back(make_row(pair, 1 + pair % 10, bucket.start));
    }
    if (const auto written = (*database)->write(batch); !written) give_up(written.message());
  }
}

/// As the store thread does while the day goes on.
void roll_up(const store::Options& options) {
  auto database = store::open(options);
  if (!database) give_up(database.message());
  std::int64_t made = 0;
  for (;; ++made) {
    const auto more = (*database)->roll_up("benchmark", kStart + 2 * 86'400);
    if (!more) give_up(more.message());
    if (!*more) break;
  }
  std::printf("  %lld hours and others\n", static_cast<long long>(made));
}

void summarise(const store::Options& database, bool remove) {
  const auto archive = store::Archive::open(database);
  if (!archive) give_up(archive.message());
  store::ArchiveOptions options;
  options.now = kStart + 40 * 86'400;
  options.remove = remove;
  const auto report = (*archive)->run(options, {});
  if (!report) give_up(report.message());
  std::printf(
      "  %lld rows read, %lld written, %lld removed, %lld days dropped; %lld transactions, the longest %.0f ms\n",
      static_cast<long long>(report->rows_read), static_cast<long long>(report->rows_written),
      static_cast<long long>(report->rows_removed), static_cast<long long>(report->days_dropped),
      static_cast<long long>(report->transactions), static_cast<double>(report->longest_transaction) / 1000);
}

void measured(const char* what, const std::function<void()>& action) {
  std::printf("%s\n", what);
  std::fflush(stdout);
  const auto begun = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child < 0) give_up("fork failed");
  if (child == 0) {
    action();
    std::fflush(stdout);
    _exit(0);
  }
  int status = 0;
  rusage usage{};
  if (wait4(child, &status, 0, &usage) != child || status != 0) give_up("the step failed");
  const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  std::printf("  %.1f s; in this program %.1f s of processor time, %.1f s in the kernel, %ld MiB\n", wall,
              seconds(usage.ru_utime), seconds(usage.ru_stime), usage.ru_maxrss / 1024);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) give_up("usage: summarise_benchmark sqlite3 FILE | pgsql SOCKET_DIRECTORY/DBNAME [ROWS]");
  store::Options options;
  options.driver = argv[1];
  options.dbname = argv[2];
  if (options.driver == "pgsql") {
    const std::size_t slash = options.dbname.rfind('/');
    options.host = options.dbname.substr(0, slash);
    options.dbname.erase(0, slash + 1);
    options.username = "pastmon";
  }
  const auto rows = static_cast<std::uint32_t>(argc > 3 ? std::atoi(argv[3]) : 2'000'000);
  if (rows / kBuckets > kPairs / 2) give_up("at most 8,640,000 rows");
  measured("filling", [&] { fill(options, rows); });
  measured("rolling up", [&] { roll_up(options); });
  measured("summarising, rows stay", [&] { summarise(options, false); });
  measured("removing them", [&] { summarise(options, true); });
  return 0;
}
