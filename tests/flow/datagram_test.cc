// SPDX-License-Identifier: MIT
#include "datagram.h"

#include <gtest/gtest.h>

#include "packets.h"

namespace pastmon::flow::test {
namespace {

using decode::Transport;

const decode::FiveTuple kQuery{kClient, kServer, 5353, 53, 17};
const decode::FiveTuple kEcho{kClient, kServer, 0, 0, 1};

decode::Packet error(base::Micros at, std::uint8_t type, std::uint8_t code, const decode::FiveTuple& quoted,
                     Transport transport = Transport::icmp) {
  const std::uint8_t protocol = transport == Transport::icmp ? 1 : 58;
  decode::Packet p = packet(at, transport, {kRouter, quoted.source, 0, 0, protocol}, "\x03\x03rest of the message");
  p.icmp.type = type;
  p.icmp.code = code;
  p.icmp.has_quote = true;
  p.icmp.quoted = quoted;
  return p;
}

TEST(Datagram, EachIsOneChunkAndOffsetsCountOn) {
  Lab lab;
  const Seen q = lab(packet(0, Transport::udp, kQuery, "question"));
  EXPECT_EQ(q.text, "question");
  EXPECT_EQ(q.facts.new_payload, 8U);
  EXPECT_EQ(q.facts.window, -1);
  EXPECT_EQ(q.facts.segment_size, 0U);
  EXPECT_EQ(q.packet, nullptr);
  const Seen r = lab(packet(1'000, Transport::udp, reversed(kQuery), "answer"));
  EXPECT_EQ(r.side, 1);
  EXPECT_EQ(r.flow, q.flow);
  EXPECT_EQ(r.parts.at(0).offset, 0U);
  EXPECT_EQ(lab(packet(2'000, Transport::udp, kQuery, "x")).parts.at(0).offset, 8U);
  EXPECT_EQ(lab(packet(3'000, Transport::udp, kQuery, "")).parts.size(), 1U);
}

TEST(Datagram, LowerPortIsTheServerAndATieGoesToTheFirstSender) {
  Lab lab;
  const Seen answer = lab(packet(0, Transport::udp, reversed(kQuery), "answer"));
  EXPECT_EQ(answer.client, 1);
  EXPECT_EQ(answer.client_by, ClientBy::port);
  const Seen tie = lab(packet(0, Transport::udp, {kClient, kServer, 123, 123, 17}, "ntp"));
  EXPECT_EQ(tie.client, 0);
  EXPECT_EQ(tie.client_by, ClientBy::first);
}

TEST(Datagram, IcmpFlowsAreAddressPairsAndShowThePacket) {
  Lab lab;
  const Seen request = lab(packet(0, Transport::icmp, kEcho, "\x08 ping"));
  EXPECT_NE(request.packet, nullptr);
  EXPECT_EQ(request.client_by, ClientBy::first);
  const Seen reply = lab(packet(1'000, Transport::icmp, reversed(kEcho), std::string_view("\0 pong", 6)));
  EXPECT_EQ(reply.flow, request.flow);
  EXPECT_EQ(reply.side, 1);
}

TEST(Datagram, FragmentsAndOtherProtocolsAreFlowsOfTheirOwn) {
  Lab lab;
  decode::FiveTuple pair{kClient, kServer, 0, 0, 17};
  const Seen fragment = lab(packet(0, Transport::fragment, pair, "rest"));
  const Seen udp = lab(packet(0, Transport::udp, pair, "port 0"));
  pair.protocol = 47;
  const Seen gre = lab(packet(0, Transport::other, pair, "gre"));
  EXPECT_NE(fragment.flow, udp.flow);
  EXPECT_NE(udp.flow, gre.flow);
  EXPECT_EQ(lab.tracker.counters().flows, 3U);
}

TEST(Datagram, OneThatCameInFragmentsHasTheTimesOfItsFirstAndLastByte) {
  Lab lab;
  lab(packet(0, Transport::udp, kQuery, "question"));
  decode::Packet whole = packet(900, Transport::udp, reversed(kQuery), "a long answer");
  whole.spread = 250;
  const Seen seen = lab(whole);
  ASSERT_EQ(seen.parts.size(), 1U);
  EXPECT_EQ(seen.parts[0].time, kStart + 900);
  EXPECT_EQ(seen.parts[0].spread, 250);
  EXPECT_EQ(seen.facts.new_payload, 13U);
}

TEST(Datagram, AFrameThatBroughtAPartCountsAndSaysNothing) {
  Lab lab;
  for (const Transport transport : {Transport::udp, Transport::tcp, Transport::icmp}) {
    decode::FiveTuple tuple = kQuery;
    tuple.protocol = static_cast<std::uint8_t>(transport);
    decode::Packet whole = packet(900, transport, tuple, "datagram");
    const Seen first = lab(whole);
    decode::Packet part = packet(650, transport, tuple);
    part.part = part.held = true;
    part.tcp.flags = flag::rst;  // of the whole segment: it must not count twice
    const Seen seen = lab(part);
    ASSERT_EQ(lab.last.size(), 1U);
    EXPECT_EQ(seen.flow, first.flow);
    EXPECT_EQ(seen.side, first.side);
    EXPECT_TRUE(seen.parts.empty());
    EXPECT_EQ(seen.facts.time, kStart + 650) << "its own time";
    EXPECT_EQ(seen.time, kStart + 900) << "no event is older than the one before";
    EXPECT_EQ(seen.facts.wire_bytes, 54U);
    EXPECT_EQ(seen.facts.tcp_flags, 0);
    EXPECT_EQ(seen.facts.window, -1);
  }
  EXPECT_EQ(lab.tracker.counters().clock_steps, 0U);
}

TEST(Datagram, WhatWasHeldBackIsNoClockStepAndKeepsItsTime) {
  Lab lab;
  lab(packet(20 * base::kSecond, Transport::udp, kQuery, "question"));
  decode::Packet late = packet(0, Transport::udp, reversed(kQuery), "beginning of an answer");
  late.held = true;
  const Seen seen = lab(late);
  EXPECT_EQ(seen.time, kStart + 20 * base::kSecond);
  ASSERT_EQ(seen.parts.size(), 1U);
  EXPECT_EQ(seen.parts[0].time, kStart);
  EXPECT_EQ(lab.tracker.counters().clock_steps, 0U);
}

TEST(Datagram, AnUnreachableStandsInTheFlowThatItQuotes) {
  Lab lab;
  const Seen q = lab(packet(0, Transport::udp, kQuery, "question"));
  const decode::Packet icmp = error(1'000, 3, 3, kQuery);
  const Seen e = lab(icmp);
  ASSERT_EQ(lab.last.size(), 2U);
  EXPECT_EQ(e.flow, q.flow);
  EXPECT_EQ(e.side, 0);
  EXPECT_NE(e.packet, nullptr);
  EXPECT_TRUE(e.parts.empty());
  EXPECT_EQ(lab.last[1].kind, EventKind::unreachable);
  EXPECT_EQ(lab.last[1].side, 0);
  EXPECT_NE(lab.last[1].packet, nullptr);
  EXPECT_EQ(lab.tracker.counters().flows, 1U);
}

TEST(Datagram, OnlyTheErrorsThatFailATransactionAreUnreachable) {
  Lab lab;
  lab(packet(0, Transport::udp, kQuery, "question"));
  lab(error(1'000, 3, 4, kQuery));  // fragmentation needed
  EXPECT_EQ(lab.count(EventKind::unreachable), 0U);
  lab(error(1'000, 11, 0, kQuery));  // time exceeded
  EXPECT_EQ(lab.count(EventKind::unreachable), 0U);
  lab(error(1'000, 3, 1, kQuery, Transport::icmpv6));  // ICMPv6 type 3 is time exceeded
  EXPECT_EQ(lab.count(EventKind::unreachable), 0U);
  lab(error(1'000, 1, 4, kQuery, Transport::icmpv6));
  EXPECT_EQ(lab.count(EventKind::unreachable), 1U);
}

TEST(Datagram, AQuoteOfWhatNobodySentIsAFlowOfItsOwn) {
  Lab lab;
  const Seen q = lab(packet(0, Transport::udp, kQuery, "question"));
  const Seen unknown = lab(error(1'000, 3, 3, {kClient, kServer, 1, 2, 17}));
  EXPECT_NE(unknown.flow, q.flow);
  EXPECT_EQ(unknown.parts.size(), 1U);
  EXPECT_EQ(unknown.key->address[0], kRouter);
  const Seen never_sent = lab(error(2'000, 3, 3, reversed(kQuery)));  // the server has sent nothing yet
  EXPECT_NE(never_sent.flow, q.flow);
  EXPECT_EQ(lab.count(EventKind::unreachable), 0U);
}

TEST(Datagram, AnUnreachableRefusesAnOpenSynAndNothingElse) {
  Lab lab;
  const Connection c;
  lab(c.client.syn(0));
  decode::Packet icmp = error(1'000, 3, 1, c.client.tuple);
  for (const std::uint32_t not_sent : {c.client.isn + 100'000, c.client.isn - 100'000}) {
    icmp.icmp.quoted_sequence = not_sent;
    lab(icmp);
    EXPECT_EQ(lab.count(EventKind::refused), 0U);
  }
  icmp.icmp.quoted_sequence = c.client.isn;
  lab(icmp);
  EXPECT_EQ(lab.count(EventKind::refused), 1U);
  EXPECT_EQ(lab.of(EventKind::refused)[0].handshake.syn, kStart);
  EXPECT_EQ(lab.packet_event().flow, 0U);
  EXPECT_EQ(lab.count(EventKind::unreachable), 0U);
  lab(icmp);
  EXPECT_EQ(lab.count(EventKind::refused), 0U);  // once

  Lab established;
  established.open(c);
  established(icmp);
  EXPECT_EQ(established.last.size(), 1U);
  EXPECT_EQ(established(c.client.data(30'000, 0, 0, "GET")).text, "GET");
}

}  // namespace
}  // namespace pastmon::flow::test
