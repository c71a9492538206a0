// SPDX-License-Identifier: MIT
// The database of web_bench.py, and the daemon that writes into it:
//
//   month_database fill DRIVER DATABASE ROWS      31 days up to the hour that has begun, unless there are rows already
//   month_database write DRIVER DATABASE SECONDS  as pastmon does: the open bucket every ten seconds, closed ones at
//   once
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <thread>

#include "month.h"

namespace {

using namespace pastmon;
using namespace pastmon::bench;

constexpr std::size_t kRows = 2'000;  // of a bucket
constexpr std::int64_t kOpenEvery = 10;

base::Seconds now() { return std::time(nullptr); }

void write(store::Database& database, std::int64_t seconds) {
  Skewed skewed(7);
  store::Batch batch;
  batch.sensor = kSensor;
  batch.run = now();
  const base::Seconds end = now() + seconds;
  base::Seconds bucket = now() / 300 * 300;
  double longest = 0;
  while (now() < end) {
    const bool closed = now() >= bucket + 300;
    batch.buckets = {make_bucket(bucket, kRows, skewed)};
    batch.buckets[0].closed = closed;
    batch.number += closed ? 1 : 0;
    longest =
        std::max(longest, seconds_of([&] { check(closed ? database.write(batch) : database.write_open(batch)); }));
    if (closed) bucket += 300;
    std::this_thread::sleep_for(std::chrono::seconds(std::min(kOpenEvery, std::max<std::int64_t>(end - now(), 0))));
  }
  std::printf("longest write %.0f ms\n", 1'000 * longest);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: month_database fill|write sqlite3|pgsql DATABASE ROWS|SECONDS\n");
    return 2;
  }
  const auto database = taken(store::open(database_options(argv[2], argv[3])));
  check(database->prepare());
  if (std::string(argv[1]) == "write") {
    write(*database, std::atoi(argv[4]));
  } else {
    const base::Seconds end = now() / 3'600 * 3'600;
    if (taken(database->extent(store::Level::one)).last == 0)
      fill_month(*database, end, static_cast<std::uint32_t>(std::atoi(argv[4])));
    roll_up(*database, end);
  }
  return 0;
}
