// SPDX-License-Identifier: MIT
#include "accumulate.h"

#include <algorithm>

namespace pastmon::metric {
namespace {

using base::kNone;
using base::Micros;

/// The enumerator of the side that sent the packet: each pair stands as _client, _server.
template <class Metric>
constexpr Metric of_side(Metric client, bool from_client) noexcept {
  return static_cast<Metric>(static_cast<unsigned>(client) + (from_client ? 0U : 1U));
}
static_assert(of_side(Counter::packets_client, false) == Counter::packets_server);
static_assert(of_side(Counter::bytes_client, false) == Counter::bytes_server);
static_assert(of_side(Counter::payload_client, false) == Counter::payload_server);
static_assert(of_side(Counter::zero_windows_client, false) == Counter::zero_windows_server);
static_assert(of_side(Counter::retransmissions_client, false) == Counter::retransmissions_server);
static_assert(of_side(Counter::out_of_order_client, false) == Counter::out_of_order_server);
static_assert(of_side(Counter::duplicate_acks_client, false) == Counter::duplicate_acks_server);
static_assert(of_side(Counter::resets_client, false) == Counter::resets_server);
static_assert(of_side(Counter::ack_gaps_client, false) == Counter::ack_gaps_server);
static_assert(of_side(Distribution::retransmission_delay_client, false) == Distribution::retransmission_delay_server);

/// A duration between two known times, never negative; kNone when one is missing.
constexpr Micros between(Micros from, Micros to) noexcept {
  if (from == kNone || to == kNone) return kNone;
  return std::max<Micros>(to - from, 0);
}

void sample(Aggregate& values, Distribution metric, Micros duration) {
  if (duration != kNone) values[metric].add(duration);
}

/// Times of one answered transaction; kNone where there is none.
struct Times {
  explicit Times(const signature::Transaction& t)
      : request(between(t.request_begin, t.request_end)),
        response(t.early ? 0 : between(t.request_end, t.response_begin)),
        transfer(t.complete ? between(t.response_begin, t.response_end) : kNone),
        transaction(t.complete ? between(t.request_begin, t.response_end) : kNone) {
    working = std::min(between(t.server_from != kNone ? t.server_from : t.request_end, t.response_begin), response);
    if (working == kNone || t.server_rtt == kNone) return;
    server = std::clamp<Micros>(working - t.server_rtt - t.request_delay, 0, working);
  }

  Micros request;
  Micros response;
  Micros transfer;
  Micros transaction;
  Micros working = kNone;  // the part of the response time in which no earlier request was in the way
  Micros server = kNone;
};

/// One phase of the verdict; the waiting for retransmissions in it goes to `loss`.
void blame(Aggregate& values, Counter part, Micros phase, Micros delay) {
  const Micros lost = std::clamp<Micros>(delay, 0, std::max<Micros>(phase, 0));
  values[part] += std::max<Micros>(phase, 0) - lost;
  values[Counter::verdict_loss] += lost;
}

void add_verdict(Aggregate& values, const signature::Transaction& t, const Times& times) {
  if (times.server == kNone || t.client_rtt == kNone) return;
  ++values[Counter::verdict_transactions];
  values[Counter::verdict_client] += t.client_rtt;
  blame(values, Counter::verdict_client, times.request, t.request_gap_delay);
  blame(values, Counter::verdict_network, times.working - times.server, t.request_delay);
  blame(values, Counter::verdict_server, times.server, 0);
  blame(values, Counter::verdict_transfer, times.transfer, t.response_delay);
}

constexpr Counter counter_of(signature::Outcome outcome) noexcept {
  switch (outcome) {
    case signature::Outcome::answered:
      return Counter::answered;
    case signature::Outcome::unanswered:
      return Counter::unanswered;
    case signature::Outcome::refused:
      return Counter::refused;
    case signature::Outcome::aborted:
      return Counter::aborted;
  }
  return Counter::aborted;
}

}  // namespace

void accumulate(Aggregate& values, const signature::PacketRecord& record) {
  const flow::PacketFacts& facts = *record.facts;
  const bool from_client = record.from_client;
  const auto count = [&values, from_client](Counter client, std::int64_t more) {
    values[of_side(client, from_client)] += more;
  };
  values.seen(facts.time);
  count(Counter::packets_client, 1);
  count(Counter::bytes_client, facts.wire_bytes);
  count(Counter::payload_client, facts.new_payload);
  const auto add = [&values, from_client](Size client, Size server, std::int64_t value) {
    values[from_client ? client : server].add(value);
  };
  if (facts.segment_size > 0) add(Size::segment_size_client, Size::segment_size_server, facts.segment_size);
  if (facts.window >= 0) add(Size::window_size_client, Size::window_size_server, facts.window);
  if (facts.mss > 0) add(Size::mss_client, Size::mss_server, facts.mss);
  // An ACK of the client samples the client's side of the path, whoever's data it covers.
  if (facts.ack_rtt != kNone) {
    values[from_client ? Distribution::ack_rtt_client : Distribution::ack_rtt_server].add(facts.ack_rtt);
  }
  if (facts.retransmission) count(Counter::retransmissions_client, 1);
  sample(values, of_side(Distribution::retransmission_delay_client, from_client), facts.retransmission_delay);
  if (facts.zero_window) count(Counter::zero_windows_client, 1);
  if (facts.out_of_order) count(Counter::out_of_order_client, 1);
  if (facts.duplicate_ack) count(Counter::duplicate_acks_client, 1);
  if (facts.tcp_reset) count(Counter::resets_client, 1);
  if (facts.ack_gap != 0) count(Counter::ack_gaps_client, facts.ack_gap);
}

void accumulate(Aggregate& values, const signature::Transaction& record) {
  const bool answered = record.outcome == signature::Outcome::answered;
  values.seen(record.at);
  ++values[Counter::transactions];
  ++values[counter_of(record.outcome)];
  if (record.request_bytes >= 0) values[Size::request_bytes].add(record.request_bytes);
  if (!answered) return;
  if (record.complete && record.response_bytes >= 0) values[Size::response_bytes].add(record.response_bytes);
  if (record.error) ++values[Counter::errors];
  if (record.early) ++values[Counter::early];
  if (record.waiting) return;
  const Times times(record);
  sample(values, Distribution::response_time, times.response);
  sample(values, Distribution::server_time, times.server);
  sample(values, Distribution::request_time, times.request);
  sample(values, Distribution::transfer_time, times.transfer);
  sample(values, Distribution::transaction_time, times.transaction);
  add_verdict(values, record, times);
}

void accumulate(Aggregate& values, const signature::HandshakeRecord& record) {
  values.seen(record.at);
  sample(values, Distribution::connect_time, record.connect_time);
  sample(values, Distribution::connect_rtt_server, record.rtt_server);
  sample(values, Distribution::connect_rtt_client, record.rtt_client);
}

void accumulate(Aggregate& values, const signature::LateRecord& record) {
  values.seen(record.at);
  ++values[Counter::late];
}

}  // namespace pastmon::metric
