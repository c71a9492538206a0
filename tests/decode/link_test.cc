// SPDX-License-Identifier: MIT
// Link layers: ethernet.cc, vlan.cc, linux_cooked.cc, null_loopback.cc, raw_ip.cc.
#include <gtest/gtest.h>

#include "decode/packet_builder.h"

namespace pastmon::decode::testing {
namespace {

using capture::LinkType;

const Octets kV4 = ipv4({}, tcp({}, "hello"));
const Octets kV6 = ipv6({}, tcp({}, "hello"));

void expect_hello(const Decoded& d) {
  ASSERT_EQ(d.verdict, Verdict::packet);
  EXPECT_EQ(d.packet.transport, Transport::tcp);
  EXPECT_EQ(d.payload(), "hello");
  EXPECT_EQ(d.packet.wire_bytes, d.bytes.size());
  EXPECT_EQ(d.counters.packets, 1U);
}

TEST(Ethernet, CarriesIpv4AndIpv6) {
  expect_hello(run(ethernet(0x0800) + kV4));
  expect_hello(run(ethernet(0x86dd) + kV6));
}

TEST(Ethernet, PaddingIsNoPayload) {
  const Decoded d = run(ethernet(0x0800) + ipv4({}, tcp({})) + zeros(6));
  ASSERT_EQ(d.verdict, Verdict::packet);
  EXPECT_EQ(d.packet.payload_length, 0U);
  EXPECT_EQ(d.packet.payload_captured, 0U);
  EXPECT_EQ(d.packet.wire_bytes, 60U);
}

TEST(Ethernet, ArpAndLengthFieldsAreNotIp) {
  for (const std::uint16_t type : std::initializer_list<std::uint16_t>{0x0806, 0x88cc, 0x0026, 0x05dc}) {
    const Decoded d = run(ethernet(type) + zeros(46));
    EXPECT_EQ(d.verdict, Verdict::not_ip) << type;
    EXPECT_EQ(d.counters.not_ip, 1U);
  }
}

TEST(Ethernet, CutOffHeaderIsUndecodable) {
  const Decoded d = run(ethernet(0x0800) + kV4, LinkType::ethernet, 13);
  EXPECT_EQ(d.verdict, Verdict::undecodable);
  EXPECT_EQ(d.reason(Reason::link_truncated), 1U);
  EXPECT_EQ(d.counters.undecodable, 1U);
}

TEST(Vlan, OutermostIdIsReported) {
  for (const std::uint16_t outer : std::initializer_list<std::uint16_t>{0x8100, 0x88a8, 0x9100}) {
    const Decoded d = run(ethernet(outer) + vlan(0x6064, 0x8100) + vlan(7, 0x0800) + kV4);
    expect_hello(d);
    EXPECT_EQ(d.packet.vlan, 100) << "priority bits are no part of the id";
  }
}

TEST(Vlan, UntaggedFrameAfterTaggedHasNoId) {
  Packet packet;
  packet.vlan = 9;
  packet.more_fragments = packet.part = packet.held = true;
  packet.spread = 5;
  const Octets bytes = ethernet(0x0800) + kV4;
  Decoder decoder;
  capture::Frame f;
  f.data = bytes.data();
  f.captured = f.length = static_cast<std::uint32_t>(bytes.size());
  ASSERT_EQ(decoder.decode(f, packet), Verdict::packet);
  EXPECT_EQ(packet.vlan, 0);
  EXPECT_FALSE(packet.more_fragments || packet.part || packet.held);
  EXPECT_EQ(packet.spread, 0);
}

TEST(Vlan, TagsNestOnlySoDeep) {
  Octets tags;
  for (int i = 0; i < 12; ++i) tags = tags + vlan(5, 0x8100);
  expect_hello(run(ethernet(0x8100) + tags + vlan(5, 0x0800) + kV4));
  const Decoded d = run(ethernet(0x8100) + tags + vlan(5, 0x8100) + vlan(5, 0x0800) + kV4);
  EXPECT_EQ(d.verdict, Verdict::undecodable);
  EXPECT_EQ(d.reason(Reason::nested_too_deep), 1U);
}

TEST(Vlan, CutOffTagIsUndecodable) {
  EXPECT_EQ(run(ethernet(0x8100) + vlan(5, 0x0800) + kV4, LinkType::ethernet, 17).reason(Reason::link_truncated), 1U);
}

TEST(LinuxCooked, BothVersionsCarryIpAndTags) {
  const Octets v1 = be(0, 2) + be(1, 2) + be(6, 2) + zeros(8);
  expect_hello(run(v1 + be(0x0800, 2) + kV4, LinkType::linux_cooked));
  expect_hello(run(v1 + be(0x8100, 2) + vlan(3, 0x86dd) + kV6, LinkType::linux_cooked));
  const Octets v2 = zeros(2) + be(2, 4) + be(1, 2) + be(0, 1) + be(6, 1) + zeros(8);
  expect_hello(run(be(0x0800, 2) + v2 + kV4, LinkType::linux_cooked_2));
  EXPECT_EQ(run(be(0x0806, 2) + v2 + zeros(28), LinkType::linux_cooked_2).verdict, Verdict::not_ip);
}

TEST(LinuxCooked, HardwareWhoseProtocolIsNoEtherTypeIsNotIp) {
  const Octets netlink = be(4, 2) + be(824, 2) + zeros(10) + be(0x0800, 2);
  EXPECT_EQ(run(netlink + kV4, LinkType::linux_cooked).verdict, Verdict::not_ip);
}

TEST(LinuxCooked, CutOffHeaderIsUndecodable) {
  EXPECT_EQ(run(zeros(40), LinkType::linux_cooked, 15).reason(Reason::link_truncated), 1U);
  EXPECT_EQ(run(zeros(40), LinkType::linux_cooked_2, 19).reason(Reason::link_truncated), 1U);
}

TEST(NullLoopback, BothByteOrdersAndAllFamilies) {
  const auto little = [](std::uint32_t family) { return be(__builtin_bswap32(family), 4); };
  expect_hello(run(little(2) + kV4, LinkType::null_loopback));
  expect_hello(run(be(2, 4) + kV4, LinkType::null_loopback));
  expect_hello(run(be(2, 4) + kV4, LinkType::openbsd_loopback));
  for (const std::uint32_t family : std::initializer_list<std::uint32_t>{10U, 23U, 24U, 28U, 30U}) {
    expect_hello(run(little(family) + kV6, LinkType::null_loopback));
    expect_hello(run(be(family, 4) + kV6, LinkType::openbsd_loopback));
  }
  EXPECT_EQ(run(little(7) + kV4, LinkType::null_loopback).verdict, Verdict::not_ip);
  EXPECT_EQ(run(little(2) + kV4, LinkType::null_loopback, 3).reason(Reason::link_truncated), 1U);
}

TEST(RawIp, VersionNibbleDecides) {
  for (const int link : {101, 12, 14}) {
    expect_hello(run(kV4, static_cast<LinkType>(link)));
    expect_hello(run(kV6, static_cast<LinkType>(link)));
  }
  expect_hello(run(kV4, LinkType::ipv4));
  expect_hello(run(kV6, LinkType::ipv6));
  EXPECT_EQ(run(Octets(40, 0x50), LinkType::raw_ip).reason(Reason::ip_malformed), 1U);
  EXPECT_EQ(run({}, LinkType::raw_ip).reason(Reason::ip_truncated), 1U);
}

TEST(Link, UnknownTypeIsUndecodable) {
  const Decoded d = run(kV4, static_cast<LinkType>(189));
  EXPECT_EQ(d.verdict, Verdict::undecodable);
  EXPECT_EQ(d.reason(Reason::link_unknown), 1U);
}

TEST(Reasons, EachHasItsOwnWords) {
  for (std::size_t i = 0; i < kReasons; ++i) {
    EXPECT_STRNE(to_string(static_cast<Reason>(i)), "unknown reason");
  }
}

}  // namespace
}  // namespace pastmon::decode::testing
