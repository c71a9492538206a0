// SPDX-License-Identifier: MIT
// Rows a second into a database, and how long a page's queries take over what was written.
//
//   store_benchmark sqlite3 FILE [BUCKETS] [ROWS]
//   store_benchmark pgsql SOCKET_DIRECTORY/DBNAME [BUCKETS] [ROWS]
//
// Each bucket (default 12 of 20,000 rows) is written once open and once closed, as the daemon does; the hosts are the
// same in every bucket.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "pastmon/store/store.h"

namespace {

using namespace pastmon;

constexpr base::Seconds kStart = 1'700'000'100;

double seconds_of(const std::function<void()>& action) {
  const auto begun = std::chrono::steady_clock::now();
  action();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

void check(const base::Result<void>& result) {
  if (result) return;
  std::fprintf(stderr, "store_benchmark: %s\n", result.message().c_str());
  std::exit(1);
}

base::Address address(std::uint32_t v4) {
  const std::uint8_t bytes[4] = {static_cast<std::uint8_t>(v4 >> 24), static_cast<std::uint8_t>(v4 >> 16),
                                 static_cast<std::uint8_t>(v4 >> 8), static_cast<std::uint8_t>(v4)};
  return base::Address::v4(bytes);
}

/// A row of a busy HTTP service: about ten transactions, each with times and packets.
metric::Row make_row(std::uint32_t i) {
  metric::Row row;
  row.signature = i % 3 == 0 ? "HTTP POST" : "HTTP GET";
  row.client = address(0x0a000000 + i);
  row.server = address(0xc0000200 + i % 50);
  row.port = 80;
  metric::Aggregate& values = row.values;
  values.seen(kStart * base::kSecond + i);
  values.seen((kStart + 200) * base::kSecond + i);
  values[metric::Counter::transactions] = values[metric::Counter::answered] = 10;
  values[metric::Counter::packets_client] = 80;
  values[metric::Counter::packets_server] = 120;
  values[metric::Counter::bytes_client] = 9'000;
  values[metric::Counter::bytes_server] = 140'000;
  values[metric::Counter::payload_server] = 130'000;
  for (std::uint32_t t = 0; t < 10; ++t) {
    for (const metric::Distribution d :
         {metric::Distribution::response_time, metric::Distribution::server_time, metric::Distribution::request_time,
          metric::Distribution::transfer_time, metric::Distribution::transaction_time,
          metric::Distribution::ack_rtt_server, metric::Distribution::ack_rtt_client})
      values[d].add(static_cast<std::int64_t>(200 + (i * 7919 + t * 104'729) % 30'000));
    values[metric::Size::request_bytes].add(400 + t);
    values[metric::Size::response_bytes].add(13'000 + t);
  }
  return row;
}

void report(const char* what, double rows, double seconds) {
  std::printf("%-34s %10.0f rows/s  (%.2f s)\n", what, rows / seconds, seconds);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: store_benchmark sqlite3 FILE | pgsql SOCKET_DIRECTORY/DBNAME [BUCKETS] [ROWS]\n");
    return 2;
  }
  store::Options options;
  options.driver = argv[1];
  options.dbname = argv[2];
  if (options.driver == "pgsql") {
    const std::size_t slash = options.dbname.rfind('/');
    options.host = options.dbname.substr(0, slash);
    options.dbname.erase(0, slash + 1);
    options.username = "pastmon";
  }
  const int buckets = argc > 3 ? std::atoi(argv[3]) : 12;
  const auto rows = static_cast<std::uint32_t>(argc > 4 ? std::atoi(argv[4]) : 20'000);

  auto opened = store::open(options);
  if (!opened) check(opened.error());
  store::Database& database = **opened;
  check(database.prepare());

  store::Batch batch;
  batch.sensor = "benchmark";
  batch.run = std::chrono::system_clock::now().time_since_epoch().count();
  batch.buckets.resize(1);
  for (std::uint32_t i = 0; i < rows; ++i) batch.buckets[0].rows.push_back(make_row(i));
  double open_seconds = 0, closed_seconds = 0;
  for (int b = 0; b < buckets; ++b) {
    batch.number = b + 1;
    batch.buckets[0].start = kStart + 300 * b;
    open_seconds += seconds_of([&] { check(database.write_open(batch)); });
    closed_seconds += seconds_of([&] { check(database.write(batch)); });
  }
  const double written = static_cast<double>(rows) * buckets;
  report("open rows", written, open_seconds);
  report("closed rows", written, closed_seconds);

  store::ListQuery query;
  query.selection.from = kStart;
  query.selection.to = kStart + 300 * buckets;
  const auto list = [&](const char* what) {
    const double seconds = seconds_of([&] {
      const auto listed = database.list(query);
      if (!listed) check(listed.error());
    });
    report(what, written, seconds);
  };
  query.group_by.signature = true;
  query.details = false;
  list("list by signature, hot columns");
  query.details = true;
  list("list by signature, with details");
  query.group_by.client = query.group_by.server = true;
  query.limit = 100;
  list("first 100 of all pairs, details");
  query.selection.clients = {{store::id_of(address(0x0a000007))}};
  list("one client, details");
  query.selection.clients.reset();
  report("series, all rows", written, seconds_of([&] {
           const auto points = database.series(query.selection, 300);
           if (!points) check(points.error());
         }));
  return 0;
}
