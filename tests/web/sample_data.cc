// SPDX-License-Identifier: MIT
#include "sample_data.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <vector>

#include "pastmon/base/text.h"

namespace pastmon::web::test {
namespace {

using metric::Aggregate;
using metric::Counter;
using metric::Distribution;
using metric::Size;

class Random {
 public:
  std::uint64_t next() {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return state_ >> 33;
  }
  std::int64_t below(std::int64_t n) { return static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(n)); }
  /// Around 1, with a long tail.
  double factor() {
    const double u = (static_cast<double>(below(999'999)) + 1) / 1e6;
    return 0.55 + 0.5 * -std::log(u);
  }

 private:
  std::uint64_t state_ = 42;
};

struct Service {
  std::string_view signature;
  std::string_view server;
  std::uint16_t port;
  std::int64_t calls;  // per client and bucket, about
  double response_us;
  double rtt_us;  // 0: no handshake
  std::int64_t response_bytes;
  int fail_percent;
};

constexpr std::array<Service, 13> kServices = {{
    {"HTTP GET", "10.20.0.10", 80, 24, 18'000, 420, 14'200, 1},
    {"HTTP POST", "10.20.0.10", 80, 6, 64'000, 420, 900, 2},
    {"HTTP GET", "10.20.0.11", 8080, 9, 7'400, 600, 5'100, 0},
    {"PostgreSQL QUERY", "10.20.0.20", 5432, 31, 3'900, 310, 2'300, 0},
    {"PostgreSQL EXTENDED", "10.20.0.20", 5432, 12, 9'800, 310, 4'100, 0},
    {"Redis GET", "10.20.0.30", 6379, 40, 210, 180, 380, 0},
    {"Redis SET", "10.20.0.30", 6379, 14, 240, 180, 5, 0},
    {"DNS A", "10.20.0.53", 53, 18, 1'900, 0, 120, 1},
    {"DNS AAAA", "10.20.0.53", 53, 15, 2'300, 0, 140, 1},
    {"DNS PTR", "10.20.0.53", 53, 4, 9'100, 0, 160, 6},
    {"SMTP MESSAGE", "10.20.0.25", 25, 2, 210'000, 900, 60, 3},
    {"TCP SYNACK", "10.20.0.10", 80, 12, 380, 380, 0, 2},
    {"ICMP ECHO", "10.20.0.1", 0, 5, 640, 0, 56, 2},
}};

void add_answered(Aggregate& v, const Service& s, Random& random, double slow) {
  const auto time = static_cast<std::int64_t>(s.response_us * random.factor() * slow);
  v[Counter::answered] += 1;
  v[Distribution::response_time].add(time);
  if (s.signature == "TCP SYNACK") {
    v[Distribution::connect_rtt_server].add(time);
    v[Distribution::connect_rtt_client].add(time * 3 / 2);
    v[Distribution::connect_time].add(time * 5 / 2);
    return;
  }
  const auto rtt = static_cast<std::int64_t>(s.rtt_us);
  const std::int64_t transfer = s.response_bytes / 9;
  v[Distribution::transfer_time].add(transfer);
  v[Distribution::transaction_time].add(time + transfer);
  v[Size::request_bytes].add(80 + random.below(220));
  v[Size::response_bytes].add(s.response_bytes / 2 + random.below(s.response_bytes + 1));
  if (rtt == 0) return;
  v[Distribution::server_time].add(std::max<std::int64_t>(time - rtt, 0));
  v[Distribution::ack_rtt_server].add(rtt + random.below(rtt));
  v[Counter::verdict_client] += rtt;
  v[Counter::verdict_network] += std::min(rtt, time);
  v[Counter::verdict_server] += std::max<std::int64_t>(time - rtt, 0);
  v[Counter::verdict_transfer] += transfer;
  v[Counter::verdict_transactions] += 1;
}

metric::Row make_row(const Service& s, const base::Address& client, base::Seconds start, Random& random, double slow,
                     bool overloaded = false) {
  metric::Row row;
  row.signature = s.signature;
  row.client = client;
  row.server = *base::Address::parse(s.server);
  row.port = s.port;
  Aggregate& v = row.values;
  const std::int64_t calls = 1 + s.calls / 2 + random.below(s.calls + 1);
  for (std::int64_t i = 0; i < calls; ++i) {
    v[Counter::transactions] += 1;
    if (random.below(100) < s.fail_percent) {
      v[s.port == 0 || s.port == 53 ? Counter::unanswered : i % 2 == 0 ? Counter::refused : Counter::aborted] += 1;
    } else {
      add_answered(v, s, random, slow);
      if (random.below(100) < s.fail_percent) v[Counter::errors] += 1;
    }
  }
  const std::int64_t segments = 1 + s.response_bytes / 1448;
  v[Counter::packets_client] = calls * (2 + segments / 2);
  v[Counter::packets_server] = calls * (1 + segments);
  v[Counter::bytes_client] = v[Counter::packets_client] * 74 + calls * 190;
  v[Counter::bytes_server] = v[Counter::packets_server] * 66 + calls * s.response_bytes;
  if (s.signature == "HTTP POST" && slow > 2) {
    v[Counter::retransmissions_server] = calls / 2 + 1;
    v[Distribution::retransmission_delay_server].add(210'000);
    v[Counter::verdict_loss] += 210'000;
  }
  if (s.signature == "HTTP GET" && slow > 2) {
    v[Counter::retransmissions_server] = calls / 6 + 1;
    v[Distribution::retransmission_delay_server].add(90'000);
    v[Counter::verdict_loss] += 90'000;
  }
  if (overloaded && s.rtt_us > 0) v[Counter::ack_gaps_client] = 1 + calls / 12;
  v.seen((start + 2 + random.below(20)) * base::kSecond + random.below(999'999));
  v.seen((start + 270 + random.below(29)) * base::kSecond + random.below(999'999));
  return row;
}

void add_statistics(store::Batch& batch, base::Seconds start, std::int64_t packets, Random& random, bool overloaded) {
  const auto once = [](std::int64_t value) {
    metric::Summary summary;
    summary.add(value);
    return summary;
  };
  batch.statistics[start] = {{"packets_received", "eth0", once(packets)},
                             {"kernel_dropped", "eth0", once((overloaded ? 17 : 0) * (1 + random.below(40)))},
                             {"flows", "", once(packets / 9)},
                             {"flows_active", "", once(220 + random.below(80))},
                             {"undecodable", "", once(0)},
                             {"memory_bytes", "", once(48'000'000 + random.below(2'000'000))},
                             {"cpu_us", "", once(900'000 + random.below(400'000))}};
}

/// What a running monitor tells of its signatures, and its bounds.
void add_signatures(store::Batch& batch, base::Seconds start, std::int64_t packets) {
  const auto add = [&](std::string_view name, std::int64_t value, std::string_view of = "") {
    batch.statistics[start].push_back({std::string(name), std::string(of), {1, value, value, value}});
  };
  constexpr std::array<std::string_view, 4> kLoaded = {"dns.conf:41 DNS {type}", "http.conf:27 HTTP {method}",
                                                       "redis.conf:20 Redis {command}", "smtp.conf:60 SMTP MESSAGE"};
  if (batch.statistics.size() == 1) {
    for (const std::string_view signature : kLoaded) add("signature_loaded", start, signature);
  }
  add("signature_matched", packets / 40, kLoaded[0]);
  add("signature_matched", packets / 20, kLoaded[1]);
  add("signature_matches", packets * 3 / 40);
  add("flows_active_limit", 1'000'000);
}

}  // namespace

store::Batch sample_batch(const SampleOptions& options) {
  store::Batch batch;
  batch.sensor = "office";
  batch.run = 7;
  batch.number = 1;
  std::vector<base::Address> desks;
  for (int i = 11; i < 19; ++i) {
    desks.push_back(*base::Address::parse(base::cat("10.20.1.", i)));
    if (i != 15) batch.names.push_back({desks.back(), base::cat("desk-", i, ".office.example"), "dns", options.end});
  }
  desks.push_back(*base::Address::parse("2001:db8:20::7"));
  const std::array<std::pair<const char*, const char*>, 5> servers = {{{"10.20.0.10", "www.example"},
                                                                       {"10.20.0.20", "db1.example"},
                                                                       {"10.20.0.30", "cache1.example"},
                                                                       {"10.20.0.53", "ns1.example"},
                                                                       {"10.20.0.25", "mail.example"}}};
  for (const auto& [address, name] : servers)
    batch.names.push_back({*base::Address::parse(address), name, "dns", options.end});

  Random random;
  for (int i = 0; i < options.buckets; ++i) {
    metric::Bucket bucket;
    bucket.start = options.end - (options.buckets - i) * 300;
    bucket.closed = true;
    const bool missing = options.gap_at >= 0 && (i == options.gap_at || i == options.gap_at + 1);
    if (missing) continue;
    const double slow = i > options.buckets * 3 / 4 && i < options.buckets * 5 / 6 ? 4.2 : 1 + 0.25 * std::sin(i / 4.0);
    // The monitor itself could not keep up for a while.
    const int spell = options.buckets * 2 / 5;
    const bool overloaded = i >= spell && i < spell + std::max(options.buckets / 60, 2);
    std::int64_t packets = 0;
    for (const Service& service : kServices) {
      for (std::size_t d = 0; d < desks.size(); ++d) {
        if (random.below(100) < 12 + static_cast<std::int64_t>(d) * 6) continue;
        bucket.rows.push_back(
            make_row(service, desks[d], bucket.start, random, service.port == 80 ? slow : 1, overloaded));
        packets +=
            bucket.rows.back().values[Counter::packets_client] + bucket.rows.back().values[Counter::packets_server];
      }
    }
    if (options.hostile) {
      bucket.rows.push_back(make_row(kServices[0], *base::Address::parse("192.0.2.66"), bucket.start, random, 1));
      bucket.rows.push_back(make_row(kServices[3], *base::Address::parse("192.0.2.67"), bucket.start, random, 1));
      bucket.rows.back().signature = "X </td><img src=x onerror=alert(3)>\x1b[2J";
    }
    add_statistics(batch, bucket.start, packets, random, overloaded);
    add_signatures(batch, bucket.start, packets);
    batch.buckets.push_back(std::move(bucket));
  }
  if (options.hostile) {
    batch.names.push_back({*base::Address::parse("192.0.2.66"), kScriptName, "dns", options.end});
    batch.names.push_back({*base::Address::parse("192.0.2.67"), kQuoteName, "dns", options.end});
  }
  return batch;
}

}  // namespace pastmon::web::test
