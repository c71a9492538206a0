// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "scene.h"

namespace pastmon::signature::test {
namespace {

std::string dns(int id, std::string_view flags, char type, std::string_view name = "a", int questions = 1) {
  std::string m = {0, static_cast<char>(id)};
  m += flags;
  m += {0, static_cast<char>(questions), 0, 0, 0, 0, 0, 0};
  m += static_cast<char>(name.size());
  m += name;
  m += {0, 0, type, 0, 1};
  return m;
}
std::string query(int id, char type = 1, std::string_view name = "a") {
  return dns(id, std::string_view("\1\0", 2), type, name);
}
std::string answer(int id, char type = 1, char code = 0, std::string_view name = "a") {
  return dns(id, std::string("\x81", 1) + code, type, name);
}
constexpr base::Micros kSecond = base::kSecond;

TEST(Datagram, PairsByIdAndQuestionInAnyOrder) {
  Datagrams d(53);
  d.client(0, query(1)).client(10, query(2)).client(20, query(2, 28)).server(100, answer(2)).server(200, answer(1));
  d.server(300, answer(2, 28));
  EXPECT_EQ(d.rows(), "DNS A answered, DNS A answered, DNS AAAA answered");
  EXPECT_EQ(d.transactions[0].response_time(), 90);
  EXPECT_EQ(d.transactions[1].response_time(), 200);
  EXPECT_EQ(d.transactions[2].response_time(), 280);
  EXPECT_EQ(d.transactions[2].server_rtt, base::kNone);
}

TEST(Datagram, ARepeatedRequestIsOneTransactionTimedFromItsFirstTransmission) {
  Datagrams d(53);
  d.client(0, query(1)).client(5 * kSecond, query(1)).server(6 * kSecond, answer(1));
  EXPECT_EQ(d.only("DNS A").response_time(), 6 * kSecond);
  EXPECT_EQ(d.packet_rows(), "DNS A 3");
}

TEST(Datagram, ARequestSentAgainAfterItsAnswerIsAnother) {
  Datagrams d(53);
  d.client(0, query(1)).server(10, answer(1)).client(5 * kSecond, query(1)).server(5 * kSecond + 20, answer(1));
  EXPECT_EQ(d.rows(), "DNS A answered, DNS A answered");
}

TEST(Datagram, IsUnansweredThirtySecondsAfterItsLastTransmission) {
  Datagrams d(53);
  d.client(0, query(1)).client(5 * kSecond, query(1));
  d.wait(34 * kSecond);
  EXPECT_EQ(d.rows(), "");
  d.wait(35 * kSecond);
  EXPECT_EQ(d.rows(), "DNS A unanswered");
  EXPECT_EQ(d.only("DNS A").at, 35 * kSecond);
}

TEST(Datagram, TimeOutsAreDueBeforeThePacketsBehindThem) {
  Datagrams d(53);
  d.client(0, query(1)).server(40 * kSecond, answer(1));
  EXPECT_EQ(d.rows(), "DNS A unanswered");
}

TEST(Datagram, AnAnswerAfterTheTimeOutIsLateAndNeverPaired) {
  Datagrams d(53);
  d.client(0, query(1));
  d.wait(31 * kSecond);
  d.server(32 * kSecond, answer(1)).server(33 * kSecond, answer(1));
  EXPECT_EQ(d.rows(), "DNS A unanswered");
  EXPECT_EQ(d.late, std::vector<std::string>{"DNS A"});
}

TEST(Datagram, AnAnswerWithAnotherQuestionIsNoAnswer) {
  Datagrams d(53);
  d.client(0, query(1)).server(10, answer(1, 1, 0, "b")).server(20, answer(2)).server(30, answer(1));
  EXPECT_EQ(d.only("DNS A").response_time(), 30);
  EXPECT_EQ(d.engine.counters().unpaired_responses, 2U);
}

TEST(Datagram, ServfailAndRefusedAreErrorsNoSuchNameIsNot) {
  Datagrams d(53);
  for (const char code : {'\2', '\5', '\3', '\0'}) {
    d.client(code, query(code)).server(code, answer(code, 1, static_cast<char>(0x80 | code)));
  }
  EXPECT_EQ(d.rows(), "DNS A answered error, DNS A answered error, DNS A answered, DNS A answered");
}

TEST(Datagram, NamesOutsideTheListAreOther) {
  Datagrams d(53);
  d.client(0, query(1, 99)).server(1, answer(1, 99));
  EXPECT_EQ(d.rows(), "DNS OTHER answered");
}

TEST(Datagram, AnUnreachableRefusesWhatItQuotes) {
  Datagrams d(53);
  d.client(0, query(1)).client(1, query(2, 28)).unreachable(0, 50, query(1)).server(60, answer(2, 28));
  EXPECT_EQ(d.rows(), "DNS A refused, DNS AAAA answered");
}

TEST(Datagram, OnAnotherPortOnlyAQuestionWithItsAnswerIsDns) {
  Datagrams pair(4053), alone(4053), wrong(4053);
  pair.client(0, query(1)).server(10, answer(1)).client(20, query(2)).server(30, answer(2));
  EXPECT_EQ(pair.rows(), "DNS A answered, DNS A answered");
  EXPECT_EQ(pair.packet_rows(), "DNS A 4");
  alone.client(0, query(1));
  alone.wait(60 * kSecond);
  EXPECT_EQ(alone.rows(), "");
  EXPECT_EQ(alone.packet_rows(), "UDP OTHER 1");
  wrong.client(0, query(1)).server(10, answer(2));
  EXPECT_EQ(wrong.rows(), "UDP OTHER answered");
}

TEST(Datagram, ObservesAnswers) {
  Datagrams d(53);
  d.client(0, query(1)).server(10, answer(1));
  ASSERT_EQ(d.observations.size(), 1U);
  EXPECT_EQ(d.observations[0].first, "dns");
  EXPECT_EQ(d.observations[0].second, answer(1));
}

TEST(Datagram, PingsOfBothHostsAreTwoRows) {
  Datagrams d(0, shipped(), decode::Transport::icmp);
  d.client(0, std::string_view("\x08\0..\0\1\0\1data", 12)).server(3, std::string_view("\x08\0..\0\1\0\1data", 12));
  d.server(10, std::string_view("\0\0..\0\1\0\1data", 12)).client(30, std::string_view("\0\0..\0\1\0\1data", 12));
  ASSERT_EQ(d.rows(), "ICMP ECHO answered, ICMP ECHO answered");
  EXPECT_EQ(d.transactions[0].response_time(), 10);
  EXPECT_EQ(d.transactions[1].response_time(), 27);
  EXPECT_EQ(d.transactions[0].who.client, d.key.address[0]);
  EXPECT_EQ(d.transactions[1].who.client, d.key.address[1]);
  EXPECT_EQ(d.transactions[0].who.port, 0);
}

TEST(Datagram, OtherIcmpMessagesAreOther) {
  Datagrams d(0, shipped(), decode::Transport::icmp);
  d.client(0, std::string_view("\x08\0..\0\1\0\1", 8)).client(5, std::string_view("\x0d\0..\0\1\0\1", 8));
  EXPECT_EQ(d.packet_rows(), "ICMP ECHO 1, ICMP OTHER 1");
}

TEST(Datagram, MulticastQuestionsThatNobodyAnswersAreNoTransactions) {
  Datagrams d(5353);
  d.client(0, query(0)).end(60 * kSecond, flow::EndReason::idle);
  EXPECT_EQ(d.rows(), "");
  EXPECT_EQ(d.packet_rows(), "MDNS 1");
}

TEST(Datagram, WithScopeIdAnAnswerMayComeFromAnotherHost) {
  Scene s;
  Flow asked(s, 1, decode::Transport::udp, 5355, flow::ClientBy::first),
      from(s, 2, decode::Transport::udp, 5355, flow::ClientBy::port);
  from.key.address[1] = *base::Address::parse("192.0.2.77");
  asked.client(0, query(7));
  from.server(40, answer(7));
  EXPECT_EQ(s.only("LLMNR").response_time(), 40);
  EXPECT_EQ(s.only("LLMNR").who.server.to_string(), "192.0.2.77");
  EXPECT_EQ(s.packet_rows(), "LLMNR 2");
}

TEST(Datagram, WithScopeClientAnAnswerMayComeFromAnyPort) {
  config::ServiceSpec spec;
  spec.where = "test:1";
  spec.name = "TFTPLIKE";
  spec.pairing = config::Pairing::id;
  spec.scope = config::Scope::client;
  config::CarrierSpec& over = spec.over.emplace_back();
  over.carrier = config::Carrier::udp;
  over.framing.kind = config::FramingKind::datagram;
  over.ports = {69};
  config::SignatureSpec& sig = spec.signatures.emplace_back();
  sig.where = "test:2";
  sig.name = "TFTPLIKE";
  sig.request = "READ ";
  sig.response = "DATA ";
  Scene s(compiled({spec}));
  Flow asked(s, 1, decode::Transport::udp, 69, flow::ClientBy::first),
      from(s, 2, decode::Transport::udp, 33'000, flow::ClientBy::port);
  from.key.port[0] = asked.key.port[0];
  Flow stranger(s, 3, decode::Transport::udp, 33'000, flow::ClientBy::port);
  asked.client(0, "READ x");
  stranger.server(10, "DATA 1");
  from.server(40, "DATA 1");
  s.wait(4 * kSecond);
  EXPECT_EQ(s.only("TFTPLIKE").response_time(), 40);
  EXPECT_EQ(s.only("TFTPLIKE").who.port, 69);
  EXPECT_EQ(s.packet_rows(), "TFTPLIKE 2, UDP OTHER 1");
}

TEST(Datagram, BoundsRefuseAndCount) {
  Options options;
  options.max_open = 2;
  Scene s(shipped(), options);
  Flow f(s, 1, decode::Transport::udp, 53, flow::ClientBy::first);
  for (int i = 0; i < 5; ++i) f.client(i, query(i));
  EXPECT_EQ(s.engine.counters().open_requests, 2U);
  EXPECT_EQ(s.engine.counters().refused_requests, 3U);
}

}  // namespace
}  // namespace pastmon::signature::test
