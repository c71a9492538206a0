// SPDX-License-Identifier: MIT
// IP in IP (rows of layers.h) and vxlan.cc.
#include <gtest/gtest.h>

#include "decode/packet_builder.h"

namespace pastmon::decode::testing {
namespace {

constexpr std::uint8_t kIpInIp = 4, kIpv6InIp = 41;
constexpr std::uint16_t kVxlan = 4789;

std::string_view as_text(const Octets& o) { return {reinterpret_cast<const char*>(o.data()), o.size()}; }

Octets vxlan(std::uint8_t flags, const Octets& inner) { return be(flags, 1) + zeros(3) + be(42, 3) + zeros(1) + inner; }

TEST(Tunnel, Ipv6InIpv4CountsForTheInnerFlow) {
  const Decoded d = run(ethernet(0x0800) + ipv4({.protocol = kIpv6InIp}, ipv6({.protocol = kTcp}, tcp({}, "abc"))));
  ASSERT_EQ(d.verdict, Verdict::packet);
  EXPECT_EQ(d.packet.transport, Transport::tcp);
  EXPECT_EQ(d.packet.tuple.source.to_string(), "2001:db8::1");
  EXPECT_EQ(d.payload(), "abc");
  EXPECT_EQ(d.counters.packets, 1U);
}

TEST(Tunnel, Ipv4InIpv6CountsForTheInnerFlow) {
  const Decoded d = run(ethernet(0x86dd) + ipv6({.protocol = kIpInIp}, ipv4({.protocol = kUdp}, udp(53, 4000, "abc"))));
  ASSERT_EQ(d.packet.transport, Transport::udp);
  EXPECT_EQ(d.packet.tuple.source.to_string(), "192.0.2.1");
  EXPECT_EQ(d.payload(), "abc");
}

TEST(Tunnel, NestingIsBounded) {
  Octets packet = ipv4({}, tcp({}));
  for (int i = 0; i < 20; ++i) packet = ipv4({.protocol = kIpInIp}, packet);
  const Decoded d = run(ethernet(0x0800) + packet);
  EXPECT_EQ(d.verdict, Verdict::undecodable);
  EXPECT_EQ(d.reason(Reason::nested_too_deep), 1U);
}

TEST(Tunnel, VxlanCountsForTheInnerFlow) {
  const Octets inner = ethernet(0x0800) + ipv4({.swapped = true}, tcp({}, "abc"));
  const Decoded d = run(ethernet(0x0800) + ipv4({.protocol = kUdp}, udp(50000, kVxlan, as_text(vxlan(0x08, inner)))));
  ASSERT_EQ(d.packet.transport, Transport::tcp);
  EXPECT_EQ(d.packet.tuple.source.to_string(), "192.0.2.2");
  EXPECT_EQ(d.packet.tuple.destination_port, 80);
  EXPECT_EQ(d.payload(), "abc");
}

TEST(Tunnel, WhatDoesNotLookLikeVxlanIsADatagram) {
  const Octets inner = ethernet(0x0800) + ipv4({}, tcp({}));
  for (const Octets& payload : {vxlan(0x00, inner), vxlan(0x08, zeros(13)), Octets{}}) {
    const Decoded d = run(ethernet(0x0800) + ipv4({.protocol = kUdp}, udp(50000, kVxlan, as_text(payload))));
    ASSERT_EQ(d.packet.transport, Transport::udp);
    EXPECT_EQ(d.packet.tuple.destination_port, kVxlan);
    EXPECT_EQ(d.packet.payload_length, payload.size());
  }
}

TEST(Tunnel, VxlanThatCarriesArpIsNotIp) {
  const Octets inner = ethernet(0x0806) + zeros(28);
  const Decoded d = run(ethernet(0x0800) + ipv4({.protocol = kUdp}, udp(50000, kVxlan, as_text(vxlan(0x08, inner)))));
  EXPECT_EQ(d.verdict, Verdict::not_ip);
}

}  // namespace
}  // namespace pastmon::decode::testing
