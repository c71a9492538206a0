// SPDX-License-Identifier: MIT
// What wraps IP packets on the way: labels, sessions, tunnels, radio. Each carries the same TCP segment, and each is
// also looked at cut off at every byte.
#include <gtest/gtest.h>

#include <functional>

#include "decode/packet_builder.h"

namespace pastmon::decode::testing {
namespace {

using capture::LinkType;

constexpr std::uint8_t kGre = 47, kIpInIp = 4, kIpv6InIp = 41, kEtherIp = 97;

const Octets kInner = ipv4({}, tcp({}, "hello"));
const Octets kInner6 = ipv6({}, tcp({}, "hello"));
const Octets kInnerFrame = ethernet(0x0800) + kInner;
const Octets kSnap = be(0xaaaa03, 3) + be(0, 3) + be(0x0800, 2);

Octets outer(std::uint8_t protocol, const Octets& payload) {
  Octets packet = ethernet(0x0800) + ipv4({.protocol = protocol}, payload);
  packet[14 + 15] = 200;  // another source: 192.0.2.200
  return packet;
}
Octets outer_udp(std::uint16_t port, const Octets& payload) {
  return outer(kUdp, be(40000, 2) + be(port, 2) + be(payload.size() + 8, 2) + be(0, 2) + payload);
}
Octets swapped(const Octets& big) { return {big.rbegin(), big.rend()}; }

struct Wrapped {
  const char* name;
  Octets frame;
  LinkType link = LinkType::ethernet;
  bool tunnel = false;  ///< with an IP header around it
};

std::vector<Wrapped> wrapped() {
  const Octets wifi = be(0x0802, 2) + be(0, 2) + zeros(18) + be(0, 2);
  const Octets wifi_qos = be(0x8803, 2) + be(0, 2) + zeros(18) + be(0, 2) + zeros(6) + be(0, 2);
  const Octets radiotap = be(0, 2) + swapped(be(17, 2)) + swapped(be(3, 4)) + zeros(8) + be(0x10, 1);
  std::vector<Wrapped> all = {
      {"mpls", ethernet(0x8847) + be(0x00010040, 4) + be(0x00020140, 4) + kInner},
      {"mpls of IPv6", ethernet(0x8847) + be(0x00020140, 4) + kInner6},
      {"mpls pseudo-wire", ethernet(0x8847) + be(0x00020140, 4) + kInnerFrame},
      {"mpls pseudo-wire with control word", ethernet(0x8848) + be(0x00020140, 4) + be(7, 4) + kInnerFrame},
      {"pppoe", ethernet(0x8864) + be(0x1100, 2) + be(9, 2) + be(kInner.size() + 2, 2) + be(0x0021, 2) + kInner},
      {"pppoe of IPv6",
       ethernet(0x8864) + be(0x1100, 2) + be(9, 2) + be(kInner6.size() + 1, 2) + be(0x57, 1) + kInner6},
      {"802.1ah", ethernet(0x88e7) + be(100, 4) + kInnerFrame},
      {"vn-tag", ethernet(0x8926) + be(1, 4) + be(0x0800, 2) + kInner},
      {"802.1br", ethernet(0x893f) + be(1, 6) + be(0x0800, 2) + kInner},
      {"snap", ethernet(static_cast<std::uint16_t>(kSnap.size() + kInner.size())) + kSnap + kInner},
      {"ppp", be(0xff03, 2) + be(0x0021, 2) + kInner, LinkType::ppp},
      {"ppp, compressed", be(0x21, 1) + kInner, LinkType::ppp_hdlc},
      {"ppp with direction", be(1, 1) + be(0xff03, 2) + be(0x0021, 2) + kInner, LinkType::ppp_with_direction},
      {"pppd", be(0, 1) + be(0x03, 1) + be(0x0021, 2) + kInner, LinkType::pppd},
      {"pppoe as link", be(0x1100, 2) + be(9, 2) + be(kInner.size() + 2, 2) + be(0x0021, 2) + kInner, LinkType::pppoe},
      {"hdlc", be(0x0f00, 2) + be(0x0800, 2) + kInner, LinkType::cisco_hdlc},
      {"hdlc with direction", be(0, 1) + be(0x0f00, 2) + be(0x86dd, 2) + kInner6, LinkType::cisco_hdlc_with_direction},
      {"fddi", be(0x50, 1) + zeros(12) + kSnap + kInner, LinkType::fddi},
      {"802.11", wifi + kSnap + kInner, LinkType::ieee802_11},
      {"802.11, four addresses, QoS", wifi_qos + kSnap + kInner, LinkType::ieee802_11},
      {"radiotap with checksum", radiotap + wifi + kSnap + kInner + be(0x12345678, 4), LinkType::radiotap},
      {"prism", swapped(be(0x44, 4)) + swapped(be(144, 4)) + zeros(136) + wifi + kSnap + kInner, LinkType::prism},
      {"avs", be(0x80211001, 4) + be(64, 4) + zeros(56) + wifi + kSnap + kInner, LinkType::avs},
      {"ppi", be(0, 2) + swapped(be(8, 2)) + swapped(be(105, 4)) + wifi + kSnap + kInner, LinkType::ppi},
      {"erf",
       zeros(8) + be(0x82, 1) + be(4, 1) + be(0, 4) + be(kInnerFrame.size(), 2) + zeros(8) + be(0, 2) + kInnerFrame,
       LinkType::erf},
      {"nflog",
       be(0x0200, 2) + be(0, 2) + swapped(be(5, 2)) + swapped(be(10, 2)) + zeros(4) +
           swapped(be(kInner.size() + 4, 2)) + swapped(be(9, 2)) + kInner,
       LinkType::nflog},
      {"cooked 802.2", be(0, 2) + be(1, 2) + be(6, 2) + zeros(8) + be(4, 2) + kSnap + kInner, LinkType::linux_cooked},
  };
  const std::vector<std::pair<const char*, Octets>> tunnels = {
      {"ipip", outer(kIpInIp, kInner)},
      {"6in4", outer(kIpv6InIp, kInner6)},
      {"etherip", outer(kEtherIp, be(0x3000, 2) + kInnerFrame)},
      {"gre", outer(kGre, be(0, 2) + be(0x0800, 2) + kInner)},
      {"gre with checksum, key and sequence", outer(kGre, be(0xb000, 2) + be(0x86dd, 2) + zeros(12) + kInner6)},
      {"gre of Ethernet", outer(kGre, be(0x2000, 2) + be(0x6558, 2) + be(5, 4) + kInnerFrame)},
      {"gre of mpls", outer(kGre, be(0, 2) + be(0x8847, 2) + be(0x00020140, 4) + kInner)},
      {"pptp", outer(kGre, be(0x3081, 2) + be(0x880b, 2) + be(0, 4) + be(1, 4) + be(1, 4) + be(0x21, 1) + kInner)},
      {"erspan I", outer(kGre, be(0, 2) + be(0x88be, 2) + kInnerFrame)},
      {"erspan II", outer(kGre, be(0x1000, 2) + be(0x88be, 2) + be(1, 4) + be(0x10010001, 4) + be(0, 4) + kInnerFrame)},
      {"erspan III",
       outer(kGre, be(0x1000, 2) + be(0x22eb, 2) + be(1, 4) + be(0x20010001, 4) + zeros(8) + kInnerFrame)},
      {"erspan III with subheader", outer(kGre, be(0x1000, 2) + be(0x22eb, 2) + be(1, 4) + be(0x20010001, 4) +
                                                    zeros(7) + be(1, 1) + zeros(8) + kInnerFrame)},
      {"wccp", outer(kGre, be(0, 2) + be(0x883e, 2) + be(0x00000001, 4) + kInner)},
      {"vxlan", outer_udp(8472, be(0x08000000, 4) + be(5 << 8, 4) + kInnerFrame)},
      {"vxlan-gpe", outer_udp(4790, be(0x0c000001, 4) + be(5 << 8, 4) + kInner)},
      {"geneve", outer_udp(6081, be(0x0240, 2) + be(0x6558, 2) + be(5 << 8, 4) + zeros(8) + kInnerFrame)},
      {"gtp-u", outer_udp(2152, be(0x30ff, 2) + be(kInner.size(), 2) + be(77, 4) + kInner)},
      {"gtp-u with extension", outer_udp(2152, be(0x34ff, 2) + be(kInner.size() + 8, 2) + be(77, 4) + be(0, 3) +
                                                   be(0x85, 1) + be(0x01100900, 4) + kInner)},
      {"teredo", outer_udp(3544, kInner6)},
      {"teredo with indications",
       outer_udp(3544, be(1, 2) + zeros(2) + zeros(9) + be(0, 2) + be(40000, 2) + be(1, 4) + kInner6)},
      {"l2tp",
       outer_udp(1701, be(0x4002, 2) + be(kInner.size() + 12, 2) + be(1, 4) + be(0xff03, 2) + be(0x0021, 2) + kInner)},
      {"capwap 802.3", outer_udp(5247, be(0, 1) + be(0x10, 1) + be(0, 2) + be(0, 4) + kInnerFrame)},
      {"capwap 802.11",
       outer_udp(5247, be(0, 1) + be(0x10, 1) + be(1, 1) + be(0, 1) + be(0, 4) + wifi + kSnap + kInner)},
      {"lisp", outer_udp(4341, be(0x80000000, 4) + be(0, 4) + kInner)},
  };
  for (const auto& [name, frame] : tunnels) all.push_back({name, frame, LinkType::ethernet, true});
  return all;
}

TEST(Wrapping, TheSegmentInsideCounts) {
  for (const Wrapped& w : wrapped()) {
    SCOPED_TRACE(w.name);
    const Decoded d = run(w.frame, w.link);
    ASSERT_EQ(d.verdict, Verdict::packet);
    EXPECT_EQ(d.packet.transport, Transport::tcp);
    EXPECT_EQ(d.packet.tuple.destination_port, 80);
    EXPECT_TRUE(d.packet.tuple.source.to_string() == "192.0.2.1" || d.packet.tuple.source.to_string() == "2001:db8::1");
    EXPECT_EQ(d.payload(), "hello");
    EXPECT_EQ(d.packet.payload_length, 5U);
    EXPECT_EQ(d.packet.wire_bytes, w.frame.size());
  }
}

TEST(Wrapping, WhereverItIsCutOffNothingIsReadBehindTheEnd) {
  for (const Wrapped& w : wrapped()) {
    SCOPED_TRACE(w.name);
    for (std::size_t n = 0; n < w.frame.size(); ++n) {
      const Decoded d = run(w.frame, w.link, static_cast<int>(n));
      EXPECT_EQ(d.counters.packets, 1U);
      if (d.verdict != Verdict::packet) continue;
      EXPECT_LE(d.packet.payload_captured, d.packet.payload_length);
      EXPECT_LE(d.packet.payload_length, w.frame.size());
      if (d.packet.transport == Transport::tcp) {
        EXPECT_EQ(d.packet.payload_length, 5U) << n;
      }
    }
  }
}

TEST(Wrapping, TheOuterAddressesCountIfTheyAreAskedFor) {
  Decoder decoder(TunnelAddresses::outer);
  for (const Wrapped& w : wrapped()) {
    SCOPED_TRACE(w.name);
    capture::Frame frame;
    frame.data = w.frame.data();
    frame.captured = frame.length = static_cast<std::uint32_t>(w.frame.size());
    frame.link = w.link;
    Packet packet;
    ASSERT_EQ(decoder.decode(frame, packet), Verdict::packet);
    if (!w.tunnel) {
      EXPECT_EQ(packet.transport, Transport::tcp);
      continue;
    }
    EXPECT_EQ(packet.tuple.source.to_string(), "192.0.2.200");
    EXPECT_EQ(packet.transport, packet.tuple.protocol == kUdp ? Transport::udp : Transport::other);
  }
}

TEST(Wrapping, WhatIsNoTunnelOnATunnelsPortIsADatagram) {
  const Octets query =
      be(0x1234, 2) + be(0x0100, 2) + be(1, 2) + zeros(6) + text("\1a\4test") + zeros(1) + be(1, 2) + be(1, 2);
  for (const int number : {4789, 8472, 4790, 6081, 2152, 3544, 1701, 5247, 4341}) {
    const auto port = static_cast<std::uint16_t>(number);
    for (const Octets& payload :
         {query, text("hello, is anybody there? this is only text, no tunnel"), zeros(60), Octets(60, 0xff)}) {
      const Decoded d = run(outer_udp(port, payload));
      ASSERT_EQ(d.verdict, Verdict::packet) << port;
      EXPECT_EQ(d.packet.transport, Transport::udp) << port;
      EXPECT_EQ(d.packet.tuple.destination_port, port);
      EXPECT_EQ(d.packet.payload_length, payload.size());
    }
  }
}

TEST(Wrapping, GreOfWhatIsNotIpIsAnotherProtocol) {
  for (const Octets& payload :
       {be(0, 2) + be(0x88cc, 2) + zeros(40), be(0x4000, 2) + be(0x0800, 2) + kInner, be(0, 3)}) {
    const Decoded d = run(outer(kGre, payload));
    EXPECT_EQ(d.packet.transport, Transport::other);
    EXPECT_EQ(d.packet.tuple.source.to_string(), "192.0.2.200");
  }
}

TEST(Wrapping, RadioFramesWithoutReadableDataAreNotIp) {
  const Octets encrypted = be(0x0842, 2) + zeros(22) + kSnap + kInner;
  const Octets beacon = be(0x8000, 2) + zeros(40);
  const Octets null_function = be(0x4801, 2) + zeros(22);
  const Octets fragment = be(0x0806, 2) + zeros(22) + kSnap + kInner;
  const Octets aggregated = be(0x8802, 2) + zeros(22) + be(0x8000, 2) + kSnap + kInner;
  for (const Octets& frame : {encrypted, beacon, null_function, fragment, aggregated}) {
    EXPECT_EQ(run(frame, LinkType::ieee802_11).verdict, Verdict::not_ip);
  }
}

TEST(Wrapping, LabelsAndExtensionsWithoutEndAreGivenUp) {
  Octets labels = ethernet(0x8847);
  for (int i = 0; i < 20; ++i) labels = labels + be(0x00010040, 4);
  EXPECT_EQ(run(labels + kInner).verdict, Verdict::undecodable);
  Octets extensions = be(0x34ff, 2) + be(kInner.size() + 4 + 80, 2) + be(77, 4) + be(0, 3) + be(0x85, 1);
  for (int i = 0; i < 20; ++i) extensions = extensions + be(0x01000085, 4);
  EXPECT_EQ(run(outer_udp(2152, extensions + kInner)).packet.transport, Transport::udp);
}

}  // namespace
}  // namespace pastmon::decode::testing
