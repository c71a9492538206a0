// SPDX-License-Identifier: MIT
// What the benchmarks of the store share: rows as a busy sensor has them, and the database that a command line names.
#pragma once

#include <cstdint>
#include <string>

#include "pastmon/store/store.h"

namespace pastmon::bench {

/// "sqlite3" and a file, or "pgsql" and SOCKET_DIRECTORY/DBNAME.
inline store::Options connection_options(const char* driver, const char* name) {
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

inline base::Address address(std::uint32_t v4) {
  const std::uint8_t bytes[4] = {static_cast<std::uint8_t>(v4 >> 24), static_cast<std::uint8_t>(v4 >> 16),
                                 static_cast<std::uint8_t>(v4 >> 8), static_cast<std::uint8_t>(v4)};
  return base::Address::v4(bytes);
}

/// A row of a busy HTTP service: about ten transactions, each with times and packets.
inline metric::Row make_row(std::uint32_t i, base::Seconds at) {
  metric::Row row;
  row.signature = i % 3 == 0 ? "HTTP POST" : "HTTP GET";
  row.client = address(0x0a000000 + i);
  row.server = address(0xc0000200 + i % 50);
  row.port = 80;
  metric::Aggregate& values = row.values;
  values.seen(at * base::kSecond + i);
  values.seen((at + 200) * base::kSecond + i);
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

}  // namespace pastmon::bench
