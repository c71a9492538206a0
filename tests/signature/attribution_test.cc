// SPDX-License-Identifier: MIT
// Which row each packet belongs to (metrics.md, "Attribution"), and that each packet has exactly one.
#include <gtest/gtest.h>

#include <random>

#include "scene.h"

namespace pastmon::signature::test {
namespace {

constexpr std::string_view kGet = "GET / HTTP/1.1\r\n\r\n";
constexpr std::string_view kPost = "POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\nx";
constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n";

TEST(Attribution, HandshakeThenMessagesThenTheLastService) {
  Connection c(80);
  c.client(1, kGet).ack(1, 2).server(3, kOk).ack(0, 4).server(5, std::string(400, 'x')).ack(0, 6).fin(0, 7).fin(1, 8);
  EXPECT_EQ(c.packet_rows(), "TCP SYNACK 3, HTTP GET 8");
}

TEST(Attribution, TheFirstMessageThatStartsInAPacketCounts) {
  Connection c(80);
  c.client(1, kGet).client(2, std::string(kPost) + std::string(kGet)).ack(1, 3);
  // The acknowledgement belongs to the oldest open transaction.
  EXPECT_EQ(c.packet_rows(), "TCP SYNACK 3, HTTP GET 1, HTTP POST 1, HTTP GET 1");
}

TEST(Attribution, APacketOfAMessageWithoutItsNameYetWaitsForIt) {
  Connection c(80);
  c.client(1, kGet).server(2, kOk).server(3, std::string(400, 'x'));
  c.client(4, "PO");
  EXPECT_EQ(c.packet_rows(), "TCP SYNACK 3, HTTP GET 3");
  c.client(5, std::string(kPost.substr(2)));
  EXPECT_EQ(c.packet_rows(), "TCP SYNACK 3, HTTP GET 3, HTTP POST 2");
}

TEST(Attribution, TheUnmatchedBeginningIsHeldUntilItIsRecognised) {
  Connection c(80);
  c.client(1, "GE").ack(1, 2);
  EXPECT_EQ(c.packet_rows(), "TCP SYNACK 3");
  c.client(3, kGet.substr(2));
  EXPECT_EQ(c.packet_rows(), "TCP SYNACK 3, HTTP GET 3");
  c.server(9, std::string(kOk) + std::string(400, 'x'));
  EXPECT_EQ(c.only("HTTP GET").request_begin, 1);
  EXPECT_EQ(c.only("HTTP GET").request_bytes, static_cast<std::int64_t>(kGet.size()));
}

TEST(Attribution, TheUnmatchedBeginningIsOtherAfterThreeSeconds) {
  Connection c(80);
  c.client(1, "GE");
  c.wait(3 * base::kSecond);
  EXPECT_EQ(c.packet_rows(), "TCP SYNACK 3");
  c.wait(3 * base::kSecond + 1);
  EXPECT_EQ(c.packet_rows(), "TCP SYNACK 3, TCP OTHER 1");
}

TEST(Attribution, TheUnmatchedBeginningIsOtherAfter256BytesOrAChangeOfDirection) {
  Connection a(80), b(80);
  a.client(1, "GE").client(2, "GE" + std::string(254, 'T'));
  EXPECT_EQ(a.packet_rows(), "TCP SYNACK 3, TCP OTHER 2");
  b.client(1, "GE").server(2, "what?");
  EXPECT_EQ(b.packet_rows(), "TCP SYNACK 3, TCP OTHER 2");
}

TEST(Attribution, WhatIsNotRecognisedIsOther) {
  Connection c(4000);
  c.client(1, "\x01\x02").server(2, "\x03").fin(0, 3);
  EXPECT_EQ(c.packet_rows(), "TCP SYNACK 3, TCP OTHER 3");
  Datagrams d(4000);
  d.client(1, "\x01\x02").server(2, "\x03");
  EXPECT_EQ(d.packet_rows(), "UDP OTHER 2");
  Datagrams o(0, shipped(), decode::Transport::other);
  o.client(1, "x");
  EXPECT_EQ(o.packet_rows(), "IP OTHER 1");
}

TEST(Attribution, IcmpErrorsStandUnderWhatTheyQuote) {
  Datagrams d(53);
  d.client(0, std::string_view("\0\1\1\0\0\1\0\0\0\0\0\0\1a\0\0\1\0\1", 19)).unreachable(0, 5);
  EXPECT_EQ(d.packet_rows(), "DNS A 1, ICMP UNREACHABLE 1");
  ASSERT_EQ(d.packets.size(), 2U);
  EXPECT_EQ(d.packets[1].who, d.packets[0].who);
  EXPECT_FALSE(d.packets[1].from_client);
}

TEST(Attribution, AnErrorAboutAnUnknownFlowBringsItsRowWithIt) {
  Scene s;
  Flow icmp(s, 1, decode::Transport::icmp, 0, flow::ClientBy::first);
  decode::Packet packet;
  packet.transport = decode::Transport::icmp;
  packet.icmp.type = 3;
  packet.icmp.code = 1;
  packet.icmp.has_quote = true;
  packet.icmp.quoted = {*base::Address::parse("198.51.100.1"), *base::Address::parse("198.51.100.2"), 50'000, 443, 6};
  flow::Events events;
  flow::Event& e = events.events.emplace_back();
  e.flow = 1;
  e.key = &icmp.key;
  e.packet = &packet;
  s.run(events, 0);
  ASSERT_EQ(s.packets.size(), 1U);
  EXPECT_EQ(s.packets[0].row, "ICMP UNREACHABLE");
  EXPECT_EQ(s.packets[0].who.server.to_string(), "198.51.100.2");
  EXPECT_EQ(s.packets[0].who.port, 443);
  EXPECT_FALSE(s.packets[0].from_client);
}

/// Random traffic: parts of real messages, nonsense, losses, resets, cut packets, over several flows at once.
class RandomTraffic : public testing::TestWithParam<unsigned> {};

TEST_P(RandomTraffic, EveryPacketHasExactlyOneRecordAndEveryRequestOneOutcome) {
  std::mt19937 random(GetParam());
  const auto pick = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  const std::vector<std::string> words = {std::string(kGet),
                                          std::string(kPost),
                                          std::string(kOk),
                                          "EHLO a\r\n",
                                          "220 mail SMTP\r\n",
                                          "250-a\r\n250 b\r\n",
                                          "DATA\r\n",
                                          "354 go\r\n",
                                          ".\r\n",
                                          "*1\r\n$4\r\nPING\r\n",
                                          "+PONG\r\n",
                                          "PING\r\n",
                                          std::string("Q\0\0\0\x0dSELECT 1\0", 14),
                                          std::string("Z\0\0\0\5I", 6),
                                          std::string("\0\0\0\x08\4\xd2\x16\x2f", 8),
                                          "N",
                                          "S",
                                          std::string(300, 'x'),
                                          "\r\n",
                                          "x",
                                          "HTTP/1.1 101 Go\r\n\r\n",
                                          "CONNECT a:1 HTTP/1.1\r\n\r\n",
                                          std::string("\0\1\1\0\0\1\0\0\0\0\0\0\1a\0\0\1\0\1", 19),
                                          std::string("\0\1\x81\0\0\1\0\0\0\0\0\0\1a\0\0\1\0\1", 19)};
  const std::uint16_t ports[] = {80, 25, 5432, 6379, 53, 9999};
  Options options;
  options.max_open = 40;
  options.max_open_per_flow = 8;
  options.max_held = 3000;
  Scene s(shipped(), options);
  std::vector<Flow> flows;
  for (flow::FlowId id = 0; id < 12; ++id) {
    flows.emplace_back(s, id, id % 4 == 3 ? decode::Transport::udp : decode::Transport::tcp, ports[id % 6],
                       id % 2 == 0 ? flow::ClientBy::syn : flow::ClientBy::port);
  }
  base::Micros at = 0;
  for (int i = 0; i < 3000; ++i) {
    Flow& f = flows[pick(flows.size())];
    at += static_cast<base::Micros>(pick(200'000));
    const auto side = static_cast<flow::Side>(pick(2));
    const std::string& word = words[pick(words.size())];
    switch (pick(20)) {
      case 0:
        f.end(at, static_cast<flow::EndReason>(pick(4)));
        break;
      case 1:
        f.rst(side, at);
        break;
      case 2:
        f.fin(side, at);
        break;
      case 3:
        f.lost(side, at, static_cast<std::uint32_t>(1 + pick(400)));
        break;
      case 4:
        f.cut(side, at, word, pick(word.size() + 1));
        break;
      case 5:
        f.ack(side, at, static_cast<base::Micros>(pick(1000)));
        break;
      case 6:
        f.again(side, at, 0, 1 + pick(1000), static_cast<base::Micros>(pick(1000)));
        break;
      case 7:
        f.handshake(at, at, at);
        break;
      default:
        f.send(side, at, pick(2) == 0 ? word : word.substr(0, pick(word.size() + 1)),
               static_cast<base::Micros>(pick(3) * 1000));
    }
  }
  for (Flow& f : flows) f.end(at, flow::EndReason::capture);
  s.finish(at);
  EXPECT_EQ(s.packets.size(), s.sent);
  EXPECT_EQ(s.engine.counters().conversations, 0U);
  EXPECT_EQ(s.engine.counters().open_requests, 0U);
  EXPECT_EQ(s.engine.counters().held_bytes, 0U);
  for (const Said& t : s.transactions) {
    if (t.row == "TCP SYNACK") continue;
    EXPECT_NE(t.request_begin, base::kNone);
    EXPECT_LE(t.request_begin, t.request_end);
    EXPECT_LE(t.response_begin, t.response_end);
    EXPECT_GE(t.request_delay, 0);
    EXPECT_GE(t.response_delay, 0);
  }
}
INSTANTIATE_TEST_SUITE_P(Seeds, RandomTraffic, testing::Range(1U, 21U));

}  // namespace
}  // namespace pastmon::signature::test
