// SPDX-License-Identifier: MIT
#include "month.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <tuple>

namespace pastmon::bench {
namespace {

constexpr std::uint32_t kClients = 3'000, kServers = 200, kSignatures = 40;

base::Address address(std::uint32_t v4) {
  const std::uint8_t bytes[4] = {static_cast<std::uint8_t>(v4 >> 24U), static_cast<std::uint8_t>(v4 >> 16U),
                                 static_cast<std::uint8_t>(v4 >> 8U), static_cast<std::uint8_t>(v4)};
  return base::Address::v4(bytes);
}
}  // namespace

base::Address client(std::uint32_t i) { return address(0x0a000000U + i); }
base::Address server(std::uint32_t i) { return address(0xc0a80000U + i); }
std::string signature_name(std::uint32_t i) {
  static constexpr const char* kFirst[] = {"TCP SYNACK", "DNS A", "HTTP GET", "TLS HANDSHAKE", "ICMP ECHO", "DNS AAAA"};
  return i < std::size(kFirst) ? kFirst[i] : "Service " + std::to_string(i);
}

std::uint32_t Skewed::operator()(std::uint32_t below) {
  const double u = static_cast<double>(random_()) / 4'294'967'296.0;
  return static_cast<std::uint32_t>(std::exp(u * std::log(below + 1.0))) - 1;
}

namespace {

metric::Row make_row(std::uint32_t s, std::uint32_t c, std::uint32_t v, base::Seconds bucket, Skewed& skewed) {
  metric::Row row;
  row.signature = signature_name(s);
  row.client = client(c);
  row.server = server(v);
  row.port = static_cast<std::uint16_t>(80 + s);
  metric::Aggregate& values = row.values;
  const std::uint32_t transactions = 1 + skewed(30);
  values.seen(bucket * base::kSecond + transactions);
  values[metric::Counter::transactions] = values[metric::Counter::answered] = transactions;
  values[metric::Counter::packets_client] = values[metric::Counter::packets_server] = 4 * transactions;
  values[metric::Counter::bytes_client] = 400 * transactions;
  values[metric::Counter::bytes_server] = 4'000 * transactions;
  for (std::uint32_t t = 0; t < transactions; ++t) {
    const std::int64_t time = 100 + skewed(500'000);
    for (const metric::Distribution d : {metric::Distribution::response_time, metric::Distribution::server_time,
                                         metric::Distribution::transaction_time})
      values[d].add(time + static_cast<std::int64_t>(d));
    values[metric::Size::request_bytes].add(100 + t);
    values[metric::Size::response_bytes].add(3'000 + t);
  }
  return row;
}

}  // namespace

metric::Bucket make_bucket(base::Seconds start, std::size_t rows, Skewed& skewed) {
  metric::Bucket bucket;
  bucket.start = start;
  bucket.closed = true;
  std::set<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>> keys;
  while (keys.size() < rows) {
    const std::tuple key(skewed(kSignatures), skewed(kClients), skewed(kServers));
    if (!keys.insert(key).second) continue;
    bucket.rows.push_back(make_row(std::get<0>(key), std::get<1>(key), std::get<2>(key), start, skewed));
  }
  return bucket;
}

void fill_month(store::Database& database, base::Seconds end, std::uint32_t rows) {
  Skewed skewed(20261126);
  const base::Seconds start = end - kMonth;
  const auto buckets = static_cast<std::uint32_t>(kMonth / 300);
  store::Batch batch;
  batch.sensor = kSensor;
  batch.run = 1;
  batch.buckets.resize(1);
  double writing = 0;
  std::uint32_t written = 0;
  for (std::uint32_t b = 0; b < buckets; ++b) {
    batch.number = b + 1;
    const auto until = static_cast<std::uint32_t>(std::uint64_t{rows} * (b + 1) / buckets);
    batch.buckets[0] = make_bucket(start + 300 * static_cast<base::Seconds>(b), until - written, skewed);
    written = until;
    writing += seconds_of([&] { check(database.write(batch)); });
  }
  std::printf("written      %u rows, %.0f rows/s\n", rows, rows / writing);
  std::fflush(stdout);
  roll_up(database, end);
}

void roll_up(store::Database& database, base::Seconds end) {
  std::uint32_t made = 0;
  const double seconds = seconds_of([&] {
    while (taken(database.roll_up(kSensor, end))) ++made;
  });
  if (made > 0) std::printf("rolled up    %u hours or others, %.0f ms each\n", made, 1'000 * seconds / made);
  std::fflush(stdout);
}

store::Options database_options(std::string_view driver, std::string_view name) {
  store::Options options;
  options.driver = driver;
  options.dbname = name;
  if (options.driver == "pgsql") {
    const std::size_t slash = options.dbname.rfind('/');
    options.host = options.dbname.substr(0, slash);
    options.dbname.erase(0, slash + 1);
    options.username = "pastmon";
  }
  return options;
}

void check(const base::Result<void>& result) {
  if (result) return;
  std::fprintf(stderr, "%s\n", result.message().c_str());
  std::exit(1);
}

}  // namespace pastmon::bench
