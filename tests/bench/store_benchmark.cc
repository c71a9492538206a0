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

#include "busy_rows.h"
#include "pastmon/store/store.h"

namespace {

using namespace pastmon;
using bench::address;
using bench::connection_options;
using bench::make_row;

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

void report(const char* what, double rows, double seconds) {
  std::printf("%-34s %10.0f rows/s  (%.2f s)\n", what, rows / seconds, seconds);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: store_benchmark sqlite3 FILE | pgsql SOCKET_DIRECTORY/DBNAME [BUCKETS] [ROWS]\n");
    return 2;
  }
  const store::Options options = connection_options(argv[1], argv[2]);
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
  for (std::uint32_t i = 0; i < rows; ++i) batch.buckets[0].rows.push_back(make_row(i, kStart));
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
