// SPDX-License-Identifier: MIT
#include "accumulate.h"

#include <gtest/gtest.h>

#include <random>
#include <utility>

namespace pastmon::metric {
namespace {

using signature::Outcome;
using signature::Transaction;

/// An answered request: sent 1,000–1,400, answered 9,000–9,500, round trips 300 (server) and 200 (client).
Transaction answered() {
  Transaction t;
  t.at = 9'500;
  t.request_begin = 1'000;
  t.request_end = 1'400;
  t.server_from = 1'400;
  t.response_begin = 9'000;
  t.response_end = 9'500;
  t.server_rtt = 300;
  t.client_rtt = 200;
  t.request_bytes = 120;
  t.response_bytes = 4'000;
  return t;
}

Aggregate values_of(const Transaction& t) {
  Aggregate values;
  accumulate(values, t);
  return values;
}

std::int64_t samples(const Aggregate& values, Distribution metric) { return values[metric].summary.count; }
/// The only sample of a distribution; -1: none.
std::int64_t only(const Aggregate& values, Distribution metric) {
  const Summary& summary = values[metric].summary;
  return summary.count == 1 ? summary.sum : -1;
}

TEST(AccumulateTest, AnAnsweredTransactionGivesAllTimes) {
  const Aggregate values = values_of(answered());
  EXPECT_EQ(values[Counter::transactions], 1);
  EXPECT_EQ(values[Counter::answered], 1);
  EXPECT_EQ(values[Counter::errors], 0);
  EXPECT_EQ(only(values, Distribution::response_time), 7'600);
  EXPECT_EQ(only(values, Distribution::server_time), 7'300);
  EXPECT_EQ(only(values, Distribution::request_time), 400);
  EXPECT_EQ(only(values, Distribution::transfer_time), 500);
  EXPECT_EQ(only(values, Distribution::transaction_time), 8'500);
  EXPECT_EQ(values[Size::request_bytes], (Summary{1, 120, 120, 120}));
  EXPECT_EQ(values[Size::response_bytes], (Summary{1, 4'000, 4'000, 4'000}));
  EXPECT_EQ(values.first, 9'500);
}

TEST(AccumulateTest, FailuresAreCountedWithoutTimes) {
  const std::pair<Outcome, Counter> outcomes[] = {{Outcome::unanswered, Counter::unanswered},
                                                  {Outcome::refused, Counter::refused},
                                                  {Outcome::aborted, Counter::aborted}};
  for (const auto& [outcome, counter] : outcomes) {
    Transaction t = answered();
    t.outcome = outcome;
    t.error = true;
    const Aggregate values = values_of(t);
    EXPECT_EQ(values[Counter::transactions], 1);
    EXPECT_EQ(values[counter], 1);
    EXPECT_EQ(values[Counter::answered], 0);
    EXPECT_EQ(values[Counter::errors], 0) << "only an answer can report an error";
    for (std::size_t i = 0; i < kDistributions; ++i) EXPECT_EQ(samples(values, static_cast<Distribution>(i)), 0);
    EXPECT_EQ(values[Counter::verdict_transactions], 0);
    EXPECT_EQ(values[Size::request_bytes].count, 1);
    EXPECT_EQ(values[Size::response_bytes].count, 0);
  }
}

TEST(AccumulateTest, AWaitingRequestIsCountedWithoutTimes) {
  Transaction t = answered();
  t.waiting = true;
  const Aggregate values = values_of(t);
  EXPECT_EQ(values[Counter::answered], 1);
  EXPECT_EQ(samples(values, Distribution::response_time), 0);
  EXPECT_EQ(samples(values, Distribution::transaction_time), 0);
  EXPECT_EQ(values[Counter::verdict_transactions], 0);
}

TEST(AccumulateTest, AResponseCutOffByTheCaptureHasNoTransferTime) {
  Transaction t = answered();
  t.complete = false;
  const Aggregate values = values_of(t);
  EXPECT_EQ(samples(values, Distribution::response_time), 1);
  EXPECT_EQ(samples(values, Distribution::transfer_time), 0);
  EXPECT_EQ(samples(values, Distribution::transaction_time), 0);
  EXPECT_EQ(values[Size::response_bytes].count, 0);
}

TEST(AccumulateTest, AnEarlyResponseTookNoTime) {
  Transaction t = answered();
  t.early = true;
  t.request_end = 9'200;
  t.server_from = 9'200;
  const Aggregate values = values_of(t);
  EXPECT_EQ(values[Counter::early], 1);
  EXPECT_EQ(only(values, Distribution::response_time), 0);
  EXPECT_EQ(only(values, Distribution::server_time), 0);
}

TEST(AccumulateTest, PipelinedServerTimeBeginsWithThePreviousResponsesEnd) {
  Transaction t = answered();
  t.server_from = 8'000;
  const Aggregate values = values_of(t);
  EXPECT_EQ(only(values, Distribution::response_time), 7'600);
  EXPECT_EQ(only(values, Distribution::server_time), 700);
}

TEST(AccumulateTest, WaitingBehindEarlierResponsesIsNotTheNetworksFault) {
  // It is in the times of those transactions already, and would turn a pipelined batch into a verdict of "network".
  Transaction t = answered();
  t.server_from = 8'000;
  EXPECT_EQ(values_of(t)[Counter::verdict_network], 300) << "one round trip each";
}

TEST(AccumulateTest, ServerTimeIsNeverNegative) {
  Transaction t = answered();
  t.server_rtt = 10'000;
  EXPECT_EQ(only(values_of(t), Distribution::server_time), 0);
}

TEST(AccumulateTest, WithoutARoundTripThereIsNoServerTime) {
  Transaction t = answered();
  t.server_rtt = base::kNone;
  const Aggregate values = values_of(t);
  EXPECT_EQ(samples(values, Distribution::response_time), 1);
  EXPECT_EQ(samples(values, Distribution::server_time), 0);
  EXPECT_EQ(values.verdict(), Blame::unknown);
}

TEST(AccumulateTest, WithoutTheClientsRoundTripThereIsNoVerdict) {
  // The client's part would lack its round trip, and the others would bear the blame.
  Transaction t = answered();
  t.client_rtt = base::kNone;
  const Aggregate values = values_of(t);
  EXPECT_EQ(samples(values, Distribution::server_time), 1);
  EXPECT_EQ(values[Counter::verdict_transactions], 0);
  EXPECT_EQ(values.verdict(), Blame::unknown);
}

TEST(AccumulateTest, VerdictSplitsTheTransaction) {
  const Aggregate values = values_of(answered());
  EXPECT_EQ(values[Counter::verdict_transactions], 1);
  EXPECT_EQ(values[Counter::verdict_client], 200 + 400);
  EXPECT_EQ(values[Counter::verdict_network], 300);
  EXPECT_EQ(values[Counter::verdict_server], 7'300);
  EXPECT_EQ(values[Counter::verdict_transfer], 500);
  EXPECT_EQ(values[Counter::verdict_loss], 0);
  EXPECT_EQ(values.verdict(), Blame::server);
}

TEST(AccumulateTest, LossIsTakenOutOfItsPhase) {
  Transaction t = answered();
  t.request_delay = 7'000;    // seen, lost behind the sensor, sent again: part of the response time
  t.request_gap_delay = 350;  // lost before the sensor: part of the request time
  t.response_delay = 450;
  const Aggregate values = values_of(t);
  EXPECT_EQ(only(values, Distribution::server_time), 300);
  EXPECT_EQ(values[Counter::verdict_client], 200 + 50);
  EXPECT_EQ(values[Counter::verdict_network], 300);
  EXPECT_EQ(values[Counter::verdict_server], 300);
  EXPECT_EQ(values[Counter::verdict_transfer], 50);
  EXPECT_EQ(values[Counter::verdict_loss], 7'000 + 350 + 450);
  EXPECT_EQ(values.verdict(), Blame::loss);
}

TEST(AccumulateTest, LossIsNeverMoreThanItsPhase) {
  Transaction t = answered();
  t.request_delay = t.request_gap_delay = t.response_delay = 1'000'000;
  const Aggregate values = values_of(t);
  EXPECT_EQ(values[Counter::verdict_client], 200);
  EXPECT_EQ(values[Counter::verdict_network], 0);
  EXPECT_EQ(values[Counter::verdict_server], 0);
  EXPECT_EQ(values[Counter::verdict_transfer], 0);
  EXPECT_EQ(values[Counter::verdict_loss], 400 + 7'600 + 500);
}

TEST(AccumulateTest, NoTimeIsNegativeWhateverTheRecordSays) {
  std::mt19937 random(4);
  for (int round = 0; round < 20'000; ++round) {
    Transaction t;
    const auto time = [&random] { return static_cast<base::Micros>(random() % 50) - 1; };
    t.outcome = static_cast<Outcome>(random() % 4);
    t.early = random() % 4 == 0;
    t.complete = random() % 4 != 0;
    t.waiting = random() % 8 == 0;
    for (base::Micros* field :
         {&t.at, &t.request_begin, &t.request_end, &t.response_begin, &t.response_end, &t.server_from, &t.server_rtt,
          &t.client_rtt, &t.request_delay, &t.request_gap_delay, &t.response_delay}) {
      *field = time();
    }
    const Aggregate values = values_of(t);
    for (std::size_t i = 0; i < kDistributions; ++i) {
      ASSERT_GE(values[static_cast<Distribution>(i)].summary.min, 0);
      ASSERT_GE(values[static_cast<Distribution>(i)].summary.sum, 0);
    }
    for (const Counter part : {Counter::verdict_client, Counter::verdict_network, Counter::verdict_server,
                               Counter::verdict_transfer, Counter::verdict_loss}) {
      ASSERT_GE(values[part], 0);
    }
    ASSERT_LE(only(values, Distribution::server_time),
              std::max<std::int64_t>(only(values, Distribution::response_time), 0));
    ASSERT_EQ(values[Counter::transactions], values[Counter::answered] + values[Counter::unanswered] +
                                                 values[Counter::refused] + values[Counter::aborted]);
  }
}

/// Values of one packet with these facts.
Aggregate values_of(const flow::PacketFacts& facts, bool from_client) {
  Aggregate values;
  signature::PacketRecord record;
  record.facts = &facts;
  record.from_client = from_client;
  accumulate(values, record);
  return values;
}

flow::PacketFacts data_packet() {
  flow::PacketFacts facts;
  facts.time = 77;
  facts.wire_bytes = 1'514;
  facts.new_payload = 1'000;
  facts.segment_size = 1'460;
  facts.window = 65'536;
  return facts;
}

TEST(AccumulateTest, APacketCountsForItsSender) {
  const Aggregate client = values_of(data_packet(), true);
  EXPECT_EQ(client[Counter::packets_client], 1);
  EXPECT_EQ(client[Counter::bytes_client], 1'514);
  EXPECT_EQ(client[Counter::payload_client], 1'000);
  EXPECT_EQ(client[Size::segment_size_client], (Summary{1, 1'460, 1'460, 1'460}));
  EXPECT_EQ(client[Size::window_size_client], (Summary{1, 65'536, 65'536, 65'536}));
  EXPECT_EQ(client[Counter::packets_server], 0);
  EXPECT_EQ(client.first, 77);
  const Aggregate server = values_of(data_packet(), false);
  EXPECT_EQ(server[Counter::packets_server], 1);
  EXPECT_EQ(server[Counter::bytes_server], 1'514);
  EXPECT_EQ(server[Size::segment_size_server].count, 1);
  EXPECT_EQ(server[Size::window_size_server].count, 1);
  EXPECT_EQ(server[Counter::packets_client], 0);
}

TEST(AccumulateTest, WhatIsNotTcpHasNoSegmentsAndWindows) {
  flow::PacketFacts facts;
  facts.wire_bytes = 90;
  facts.new_payload = 48;
  const Aggregate values = values_of(facts, true);
  EXPECT_EQ(values[Size::segment_size_client].count, 0);
  EXPECT_EQ(values[Size::window_size_client].count, 0);
  EXPECT_EQ(values[Size::mss_client].count, 0);
  EXPECT_EQ(values[Counter::payload_client], 48);
}

TEST(AccumulateTest, AZeroWindowIsAWindowSizeToo) {
  flow::PacketFacts facts = data_packet();
  facts.window = 0;
  facts.zero_window = true;
  const Aggregate values = values_of(facts, false);
  EXPECT_EQ(values[Size::window_size_server], (Summary{1, 0, 0, 0}));
  EXPECT_EQ(values[Counter::zero_windows_server], 1);
}

TEST(AccumulateTest, AnAckSamplesItsSendersSideOfThePath) {
  flow::PacketFacts facts;
  facts.ack_rtt = 1'234;
  EXPECT_EQ(only(values_of(facts, false), Distribution::ack_rtt_server), 1'234);
  EXPECT_EQ(samples(values_of(facts, false), Distribution::ack_rtt_client), 0);
  EXPECT_EQ(only(values_of(facts, true), Distribution::ack_rtt_client), 1'234);
}

TEST(AccumulateTest, TcpTroubleCountsForItsSender) {
  flow::PacketFacts facts = data_packet();
  facts.retransmission = facts.out_of_order = facts.duplicate_ack = facts.tcp_reset = true;
  facts.retransmission_delay = 200'000;
  facts.ack_gap = 1;
  facts.mss = 1'460;
  const Aggregate server = values_of(facts, false);
  for (const Counter counter : {Counter::retransmissions_server, Counter::out_of_order_server,
                                Counter::duplicate_acks_server, Counter::resets_server, Counter::ack_gaps_server}) {
    EXPECT_EQ(server[counter], 1) << info(counter).name;
  }
  EXPECT_EQ(only(server, Distribution::retransmission_delay_server), 200'000);
  EXPECT_EQ(server[Size::mss_server].sum, 1'460);
  const Aggregate client = values_of(facts, true);
  for (const Counter counter : {Counter::retransmissions_client, Counter::out_of_order_client,
                                Counter::duplicate_acks_client, Counter::resets_client, Counter::ack_gaps_client}) {
    EXPECT_EQ(client[counter], 1) << info(counter).name;
  }
  EXPECT_EQ(only(client, Distribution::retransmission_delay_client), 200'000);
}

TEST(AccumulateTest, AHandshakeGivesTheSamplesThatItHas) {
  signature::HandshakeRecord record;
  record.at = 5;
  record.connect_time = 900;
  record.rtt_server = 600;
  record.rtt_client = 300;
  Aggregate values;
  accumulate(values, record);
  record.rtt_server = record.rtt_client = base::kNone;  // a SYN was repeated
  accumulate(values, record);
  EXPECT_EQ(samples(values, Distribution::connect_time), 2);
  EXPECT_EQ(only(values, Distribution::connect_rtt_server), 600);
  EXPECT_EQ(only(values, Distribution::connect_rtt_client), 300);
  EXPECT_EQ(values[Counter::transactions], 0);
}

TEST(AccumulateTest, ALateResponseIsNoTransaction) {
  Aggregate values;
  accumulate(values, signature::LateRecord{});
  EXPECT_EQ(values[Counter::late], 1);
  EXPECT_EQ(values[Counter::transactions], 0);
}

}  // namespace
}  // namespace pastmon::metric
