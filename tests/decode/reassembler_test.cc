// SPDX-License-Identifier: MIT
// reassembler.cc: what is put together, and what its packets say.
#include "pastmon/decode/reassembler.h"

#include <gtest/gtest.h>

#include <random>

#include "decode/fragments.h"

namespace pastmon::decode::testing {
namespace {

std::string letters(std::size_t n) {
  std::string s;
  for (std::size_t i = 0; i < n; ++i) s.push_back(static_cast<char>('a' + i * 7 % 26));
  return s;
}

TEST(Reassembler, AnUnfragmentedPacketIsNotHeld) {
  Line line;
  EXPECT_EQ(line(0, ipv4({.protocol = kUdp}, udp(53, 4000, "answer"))).size(), 1U);
  EXPECT_EQ(line.reassembler.counters().fragments, 0U);
}

TEST(Reassembler, ADatagramGoesOnWholeAndEachFrameIsOnePacket) {
  const std::string answer = letters(100);
  const Octets payload = udp(53, 4000, answer);
  Line line;
  EXPECT_TRUE(line(0, fragment_v4(payload, {0, 48})).empty());
  EXPECT_TRUE(line(40, fragment_v4(payload, {48, 96})).empty());
  const auto out = line(100, fragment_v4(payload, {96, 108}));
  ASSERT_EQ(out.size(), 3U);
  const Packet& whole = out[0].packet;
  EXPECT_EQ(whole.transport, Transport::udp);
  EXPECT_EQ(whole.tuple.source_port, 53);
  EXPECT_EQ(whole.tuple.destination_port, 4000);
  EXPECT_EQ(whole.hash, symmetric_hash(whole.tuple));
  EXPECT_EQ(out[0].payload, answer);
  EXPECT_EQ(whole.payload_length, 100U);
  EXPECT_EQ(whole.wire_bytes, 20U + 12U) << "its own frame's";
  EXPECT_EQ(whole.time, kStart + 100);
  EXPECT_EQ(whole.spread, 100) << "the first byte came with the first fragment";
  EXPECT_FALSE(whole.part || whole.held);
  for (std::size_t i : {1U, 2U}) {
    const Packet& part = out[i].packet;
    EXPECT_TRUE(part.part && part.held);
    EXPECT_EQ(part.tuple, whole.tuple);
    EXPECT_EQ(part.hash, whole.hash);
    EXPECT_EQ(part.transport, Transport::udp);
    EXPECT_EQ(part.time, kStart + (i == 1 ? 0 : 40));
    EXPECT_EQ(part.wire_bytes, 20U + 48U);
    EXPECT_EQ(part.payload_length, 0U) << "payload counts once";
    EXPECT_EQ(part.spread, 0);
  }
  EXPECT_EQ(line.reassembler.counters().fragments, 3U);
  EXPECT_EQ(line.reassembler.counters().reassembled, 1U);
  EXPECT_EQ(line.reassembler.counters().held_bytes, 0U);
  EXPECT_TRUE(line.finish().empty());
}

TEST(Reassembler, FragmentsMayComeInAnyOrder) {
  const std::string answer = letters(400);
  const Octets payload = udp(53, 4000, answer);
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<Cut> cuts;
    for (std::size_t at = 0; at < payload.size();) {
      const std::size_t to = std::min(payload.size(), at + 8 * (1 + random() % 12));
      cuts.push_back({at, to});
      at = to;
    }
    const bool six = round % 2 == 0;
    std::shuffle(cuts.begin(), cuts.end(), random);
    Line line;
    std::vector<Given> out;
    for (std::size_t i = 0; i < cuts.size(); ++i) {
      EXPECT_TRUE(out.empty());
      out = line(static_cast<base::Micros>(i), six ? fragment_v6(payload, cuts[i]) : fragment_v4(payload, cuts[i]));
    }
    ASSERT_EQ(out.size(), cuts.size());
    EXPECT_EQ(out[0].payload, answer);
    EXPECT_EQ(out[0].packet.time, kStart + static_cast<base::Micros>(cuts.size()) - 1);
    EXPECT_EQ(out[0].packet.spread, static_cast<base::Micros>(cuts.size()) - 1);
  }
}

TEST(Reassembler, DatagramsAreToldApartByAddressesIdentificationAndProtocol) {
  const Octets a = udp(53, 4000, letters(40)), b = udp(53, 4001, letters(40));
  Line line;
  line(0, fragment_v4(a, {0, 24}));
  EXPECT_TRUE(line(1, fragment_v4(b, {24, 48}, kUdp, true)).empty()) << "the other direction";
  EXPECT_TRUE(line(2, fragment_v4(b, {24, 48}, kTcp)).empty()) << "another protocol";
  EXPECT_TRUE(line(3, fragment_v6(b, {24, 48}, kUdp, 7)).empty()) << "another version";
  EXPECT_TRUE(line(4, fragment_v6(b, {0, 24}, kUdp, 8)).empty()) << "another identification";
  EXPECT_EQ(line(5, fragment_v4(a, {24, 48})).size(), 2U);
  EXPECT_EQ(line(6, fragment_v6(b, {24, 48}, kUdp, 8)).size(), 2U);
}

TEST(Reassembler, HeadersBehindTheFragmentHeaderAreSkipped) {
  const Octets options = be(kUdp, 1) + be(1, 1) + zeros(14);
  const Octets payload = options + udp(53, 4000, letters(40));
  Line line;
  line(0, fragment_v6(payload, {0, 8}, 60));
  const auto out = line(9, fragment_v6(payload, {8, payload.size()}, 60));
  ASSERT_EQ(out.size(), 2U);
  EXPECT_EQ(out[0].packet.transport, Transport::udp);
  EXPECT_EQ(out[0].packet.tuple.protocol, kUdp);
  EXPECT_EQ(out[0].payload, letters(40));
}

TEST(Reassembler, TheSameFragmentAgainIsOnePacketMore) {
  const Octets payload = udp(53, 4000, letters(40));
  for (const bool six : {false, true}) {
    const auto cut = [&](Cut c) { return six ? fragment_v6(payload, c) : fragment_v4(payload, c); };
    Line line;
    line(0, cut({0, 24}));
    line(1, cut({0, 24}));
    const auto out = line(2, cut({24, 48}));
    ASSERT_EQ(out.size(), 3U);
    EXPECT_EQ(out[0].payload, letters(40));
    EXPECT_EQ(line.reassembler.counters().overlaps, 0U);
    EXPECT_TRUE(line(3, cut({24, 48})).empty()) << "behind the complete one: a new datagram's";
    const auto late = line.finish();
    ASSERT_EQ(late.size(), 1U);
    EXPECT_EQ(late[0].packet.transport, Transport::fragment);
  }
}

TEST(Reassembler, SnaplenCutsThePayloadAtTheFirstHole) {
  const std::string answer = letters(100);
  const Octets payload = udp(53, 4000, answer);
  Line line;
  line(0, fragment_v4(payload, {0, 48}), 20 + 30);
  const auto out = line(1, fragment_v4(payload, {48, 108}));
  ASSERT_EQ(out.size(), 2U);
  EXPECT_EQ(out[0].payload, answer.substr(0, 22));
  EXPECT_EQ(out[0].packet.payload_length, 100U) << "from the headers";
}

TEST(Reassembler, ATcpSegmentMayComeInFragments) {
  const Octets payload = tcp({.sequence = 77, .flags = tcp_flag::ack | tcp_flag::psh}, letters(40));
  Line line;
  line(0, fragment_v4(payload, {0, 8}, kTcp));
  const auto out = line(5, fragment_v4(payload, {8, 60}, kTcp));
  ASSERT_EQ(out.size(), 2U);
  EXPECT_EQ(out[0].packet.transport, Transport::tcp);
  EXPECT_EQ(out[0].packet.tcp.sequence, 77U) << "the header itself was cut";
  EXPECT_EQ(out[0].payload, letters(40));
}

TEST(Reassembler, ATunnelMayBeFragmented) {
  const Octets inner = ipv4({.protocol = kTcp, .swapped = true}, tcp({}, letters(40)));
  Line line;
  line(0, fragment_v6(inner, {0, 16}, 4));
  const auto out = line(5, fragment_v6(inner, {16, inner.size()}, 4));
  ASSERT_EQ(out.size(), 2U);
  EXPECT_EQ(out[0].packet.tuple.source.to_string(), "192.0.2.2");
  EXPECT_EQ(out[1].packet.tuple.source.to_string(), "192.0.2.2") << "all frames count for the inner flow";
  EXPECT_EQ(out[0].packet.transport, Transport::tcp);
  EXPECT_EQ(out[0].payload, letters(40));
}

TEST(Reassembler, TheOuterAddressesOfAFragmentedTunnelCountIfTheyAreAskedFor) {
  const Octets inner = ipv4({.protocol = kTcp, .swapped = true}, tcp({}, letters(40)));
  Line line({}, TunnelAddresses::outer);
  line(0, fragment_v6(inner, {0, 16}, 4));
  const auto out = line(5, fragment_v6(inner, {16, inner.size()}, 4));
  ASSERT_EQ(out.size(), 2U);
  EXPECT_EQ(out[0].packet.tuple.source.to_string(), "2001:db8::1");
  EXPECT_EQ(out[0].packet.transport, Transport::other);
  EXPECT_EQ(out[0].packet.payload_length, inner.size());
}

TEST(Reassembler, FragmentsInsideAFragmentedTunnel) {
  const std::string answer = letters(100);
  const Octets payload = udp(53, 4000, answer);
  const Octets first = fragment_v4(payload, {0, 48}), second = fragment_v4(payload, {48, 108});
  Line line;
  line(0, fragment_v6(first, {0, 24}, 4, 1));
  EXPECT_TRUE(line(1, fragment_v6(first, {24, first.size()}, 4, 1)).empty());
  line(2, fragment_v6(second, {0, 24}, 4, 2));
  const auto out = line(3, fragment_v6(second, {24, second.size()}, 4, 2));
  ASSERT_EQ(out.size(), 4U) << "four frames";
  EXPECT_EQ(out[0].payload, answer);
  EXPECT_EQ(out[0].packet.spread, 3);
  for (std::size_t i = 1; i < 4; ++i) EXPECT_EQ(out[i].packet.tuple, out[0].packet.tuple);
}

TEST(Reassembler, WhatIsNoPacketInTheEndCountsOncePerFrame) {
  const Octets vxlan = be(8, 1) + zeros(3) + be(42, 3) + zeros(1) + ethernet(0x0806) + zeros(28);
  const Octets payload = udp(50000, 4789, std::string(vxlan.begin(), vxlan.end()));
  Line line;
  line(0, fragment_v4(payload, {0, 16}));
  line(0, fragment_v4(payload, {16, 32}));
  EXPECT_TRUE(line(1, fragment_v4(payload, {32, payload.size()})).empty());
  EXPECT_EQ(line.decoder.counters().not_ip, 3U);
}

}  // namespace
}  // namespace pastmon::decode::testing
