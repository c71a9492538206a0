// SPDX-License-Identifier: MIT
// ipv4.cc, ipv6.cc and ipv6_extensions.cc.
#include <gtest/gtest.h>

#include "decode/packet_builder.h"

namespace pastmon::decode::testing {
namespace {

using capture::LinkType;

Decoded v4(const Ip& ip, const Octets& payload, int captured = -1) {
  return run(ipv4(ip, payload), LinkType::raw_ip, captured);
}
Decoded v6(const Ip& ip, const Octets& payload, int captured = -1) {
  return run(ipv6(ip, payload), LinkType::raw_ip, captured);
}

TEST(Ipv4, GivesAddressesProtocolAndTtl) {
  const Decoded d = v4({.protocol = kUdp, .ttl = 33}, udp(53, 4000, "abc"));
  ASSERT_EQ(d.verdict, Verdict::packet);
  EXPECT_EQ(d.packet.tuple.source.to_string(), "192.0.2.1");
  EXPECT_EQ(d.packet.tuple.destination.to_string(), "192.0.2.2");
  EXPECT_EQ(d.packet.tuple.protocol, kUdp);
  EXPECT_EQ(d.packet.ttl, 33);
  EXPECT_EQ(d.packet.time, 1'700'000'000'123'456);
}

TEST(Ipv4, OptionsAreSkipped) { EXPECT_EQ(v4({.options = Octets(8, 1)}, tcp({}, "abc")).payload(), "abc"); }

TEST(Ipv4, LengthZeroMeansToTheEndOfTheFrame) {
  EXPECT_EQ(v4({.total_length = 0}, tcp({}, "abcdef")).packet.payload_length, 6U);
}

TEST(Ipv4, NothingReachesBeyondTheFrameOnTheWire) {
  const Decoded d = v4({.total_length = 1500}, tcp({}, "abc"));
  ASSERT_EQ(d.packet.transport, Transport::tcp);
  EXPECT_EQ(d.packet.payload_length, 3U);
}

TEST(Ipv4, SnaplenKeepsTheTrueLength) {
  const Decoded d = v4({}, tcp({}, "0123456789"), 44);
  ASSERT_EQ(d.packet.transport, Transport::tcp);
  EXPECT_EQ(d.payload(), "0123");
  EXPECT_EQ(d.packet.payload_length, 10U);
}

TEST(Ipv4, MalformedHeadersAreUndecodable) {
  for (const Ip& ip : {Ip{.version_ihl = 0x65}, Ip{.version_ihl = 0x44}, Ip{.total_length = 19}}) {
    const Decoded d = run(ethernet(0x0800) + ipv4(ip, tcp({})));
    EXPECT_EQ(d.verdict, Verdict::undecodable);
    EXPECT_EQ(d.reason(Reason::ip_malformed), 1U);
  }
}

TEST(Ipv4, CutOffHeadersAreUndecodable) {
  EXPECT_EQ(v4({}, tcp({}), 19).reason(Reason::ip_truncated), 1U);
  const Octets short_frame = ipv4({.options = zeros(8)}, {});
  EXPECT_EQ(run({short_frame.begin(), short_frame.begin() + 24}, LinkType::raw_ip).reason(Reason::ip_truncated), 1U)
      << "the frame on the wire ends inside the options";
}

TEST(Ipv4, OptionsCutBySnaplenLeaveTheAddresses) {
  const Decoded d = v4({.options = zeros(8)}, tcp({}, "abc"), 24);
  ASSERT_EQ(d.verdict, Verdict::packet);
  EXPECT_EQ(d.packet.transport, Transport::other);
  EXPECT_EQ(d.packet.payload_length, 23U);
  EXPECT_EQ(d.reason(Reason::transport_truncated), 1U);
}

TEST(Ipv4, FirstFragmentWaitsForTheRest) {
  const Decoded d = v4({.protocol = kUdp, .fragment = 0x2000}, udp(53, 4000, "12345678", 3000));
  ASSERT_EQ(d.packet.transport, Transport::fragment);
  EXPECT_EQ(d.packet.tuple.source_port, 0);
  EXPECT_EQ(d.packet.ip_id, 7U);
  EXPECT_EQ(d.packet.fragment_offset, 0);
  EXPECT_TRUE(d.packet.more_fragments);
  EXPECT_EQ(d.packet.payload_length, 16U);
}

TEST(Ipv4, LaterFragmentHasNoPorts) {
  const Decoded d = v4({.protocol = kUdp, .fragment = 185}, udp(53, 4000, "x"));
  EXPECT_EQ(d.verdict, Verdict::packet);
  EXPECT_EQ(d.packet.transport, Transport::fragment);
  EXPECT_EQ(d.packet.tuple.source_port, 0);
  EXPECT_EQ(d.packet.tuple.protocol, kUdp);
  EXPECT_EQ(d.packet.payload_length, 9U);
  EXPECT_EQ(d.packet.fragment_offset, 185 * 8);
  EXPECT_FALSE(d.packet.more_fragments);
}

TEST(Ipv4, DontFragmentIsNoFragment) {
  const Decoded d = v4({.fragment = 0x4000}, tcp({}, "x"));
  EXPECT_EQ(d.packet.transport, Transport::tcp);
  EXPECT_FALSE(d.packet.more_fragments);
}

TEST(Ipv4, UnknownProtocolIsOther) {
  const Decoded d = v4({.protocol = 89}, text("ospf"));
  EXPECT_EQ(d.packet.transport, Transport::other);
  EXPECT_EQ(d.packet.tuple.protocol, 89);
  EXPECT_EQ(d.payload(), "ospf");
}

TEST(Ipv6, GivesAddressesProtocolAndHopLimit) {
  const Decoded d = v6({.ttl = 7}, tcp({}, "abc"));
  ASSERT_EQ(d.packet.transport, Transport::tcp);
  EXPECT_EQ(d.packet.tuple.source.to_string(), "2001:db8::1");
  EXPECT_EQ(d.packet.tuple.destination.to_string(), "2001:db8::2");
  EXPECT_EQ(d.packet.tuple.protocol, kTcp);
  EXPECT_EQ(d.packet.ttl, 7);
  EXPECT_EQ(d.payload(), "abc");
}

TEST(Ipv6, PaddingIsNoPayload) {
  EXPECT_EQ(run(ipv6({}, tcp({})) + zeros(6), LinkType::ipv6).packet.payload_length, 0U);
  EXPECT_EQ(run(ipv6({.protocol = 59}, {}) + zeros(6), LinkType::ipv6).packet.payload_length, 0U);
}

TEST(Ipv6, LengthZeroMeansToTheEndOfTheFrame) {
  EXPECT_EQ(v6({.total_length = 0}, tcp({}, "abcdef")).packet.payload_length, 6U);
}

TEST(Ipv6, ExtensionHeadersAreSkipped) {
  const Octets hop = be(43, 1) + be(0, 1) + zeros(6);           // then routing
  const Octets routing = be(60, 1) + be(2, 1) + zeros(22);      // then destination options
  const Octets destination = be(51, 1) + be(1, 1) + zeros(14);  // then authentication
  const Octets authentication = be(6, 1) + be(4, 1) + zeros(22);
  const Decoded d = v6({.protocol = 0}, hop + routing + destination + authentication + tcp({}, "abc"));
  ASSERT_EQ(d.packet.transport, Transport::tcp);
  EXPECT_EQ(d.payload(), "abc");
  EXPECT_EQ(d.packet.tuple.protocol, kTcp);
}

TEST(Ipv6, BehindARoutingHeaderTheFinalDestinationCounts) {
  const Octets a = be(0x20010db800000000, 8) + be(0xa, 8), b = be(0x20010db800000000, 8) + be(0xb, 8);
  struct Case {
    std::uint8_t type, left;
    Octets addresses;
    const char* destination;
  };
  for (const Case& c : std::initializer_list<Case>{{0, 2, a + b, "2001:db8::b"},
                                                   {2, 1, a, "2001:db8::a"},
                                                   {4, 1, a + b, "2001:db8::a"},
                                                   {4, 0, a + b, "2001:db8::2"},        // it has arrived
                                                   {3, 1, a + b, "2001:db8::2"},        // not understood
                                                   {0, 1, zeros(0), "2001:db8::2"}}) {  // none listed
    const Octets routing =
        be(6, 1) + be(c.addresses.size() / 8, 1) + be(c.type, 1) + be(c.left, 1) + zeros(4) + c.addresses;
    const Decoded d = v6({.protocol = 43}, routing + tcp({}, "abc"));
    ASSERT_EQ(d.packet.transport, Transport::tcp);
    EXPECT_EQ(d.packet.tuple.destination.to_string(), c.destination) << int{c.type};
    EXPECT_EQ(d.packet.hash, symmetric_hash(d.packet.tuple));
    EXPECT_EQ(d.payload(), "abc");
    const Decoded cut = v6({.protocol = 43}, routing + tcp({}, "abc"), 47 + static_cast<int>(c.addresses.size()));
    EXPECT_EQ(cut.packet.transport, Transport::other);
    EXPECT_EQ(cut.packet.tuple.destination.to_string(), "2001:db8::2") << "cut off";
  }
}

TEST(Ipv4, AuthenticatedPacketsAreReadAndEncryptedOnesAreNot) {
  const auto header = [](std::uint8_t next, std::uint8_t length) {
    return be(next, 1) + be(length, 1) + be(0, 2) + be(5, 4) + be(1, 4) + zeros(12);
  };
  const Decoded read = v4({.protocol = 51}, header(6, 4) + tcp({}, "abc"));
  EXPECT_EQ(read.packet.transport, Transport::tcp);
  EXPECT_EQ(read.packet.tuple.protocol, kTcp);
  EXPECT_EQ(read.payload(), "abc");
  const Decoded tunnel = v4({.protocol = 51}, header(41, 4) + ipv6({}, tcp({}, "abc")));
  EXPECT_EQ(tunnel.packet.tuple.source.to_string(), "2001:db8::1");
  for (const std::uint8_t length : std::initializer_list<std::uint8_t>{0, 200}) {
    EXPECT_EQ(v4({.protocol = 51}, header(6, length) + tcp({})).reason(Reason::transport_malformed), 1U);
  }
  EXPECT_EQ(v4({.protocol = 51}, header(6, 4), 31).reason(Reason::transport_truncated), 1U);
  const Decoded encrypted = v4({.protocol = 50}, be(5, 4) + be(1, 4) + tcp({}, "abc"));
  EXPECT_EQ(encrypted.packet.transport, Transport::other);
  EXPECT_EQ(encrypted.packet.tuple.protocol, 50);
}

TEST(Ipv6, FragmentsAreToldApart) {
  const auto fragment = [](std::uint16_t offset_flags) {
    return be(17, 1) + be(0, 1) + be(offset_flags, 2) + zeros(4);
  };
  const Decoded first = v6({.protocol = 44}, fragment(1) + udp(53, 4000, "x", 3000));
  EXPECT_EQ(first.packet.transport, Transport::fragment);
  EXPECT_TRUE(first.packet.more_fragments);
  const Decoded later = v6({.protocol = 44}, fragment(8) + text("rest"));
  EXPECT_EQ(later.packet.transport, Transport::fragment);
  EXPECT_EQ(later.packet.tuple.protocol, kUdp);
  EXPECT_EQ(later.payload(), "rest");
  const Decoded atomic = v6({.protocol = 44}, fragment(0) + udp(53, 4000, "x"));
  EXPECT_EQ(atomic.packet.transport, Transport::udp);
  EXPECT_FALSE(atomic.packet.more_fragments) << "an atomic fragment is whole (RFC 6946)";
}

TEST(Ipv6, ExtensionHeadersAreBounded) {
  Octets chain;
  for (int i = 0; i < 7; ++i) chain = chain + be(60, 1) + be(0, 1) + zeros(6);
  const Octets last = be(6, 1) + be(0, 1) + zeros(6);
  EXPECT_EQ(v6({.protocol = 60}, chain + last + tcp({})).packet.transport, Transport::tcp) << "eight";
  const Octets one_more = be(60, 1) + be(0, 1) + zeros(6);
  const Decoded d = v6({.protocol = 60}, chain + one_more + last + tcp({}));
  EXPECT_EQ(d.packet.transport, Transport::other) << "nine";
  EXPECT_EQ(d.reason(Reason::extension_malformed), 1U);
}

TEST(Ipv6, ExtensionBeyondThePacketIsMalformed) {
  const Decoded d = v6({.protocol = 0}, be(6, 1) + be(200, 1) + zeros(6) + tcp({}));
  ASSERT_EQ(d.verdict, Verdict::packet);
  EXPECT_EQ(d.packet.transport, Transport::other);
  EXPECT_EQ(d.reason(Reason::extension_malformed), 1U);
  EXPECT_EQ(v6({.protocol = 0}, zeros(7)).reason(Reason::extension_malformed), 1U);
}

TEST(Ipv6, ExtensionCutBySnaplenIsOther) {
  const Decoded d = v6({.protocol = 0}, be(6, 1) + be(0, 1) + zeros(6) + tcp({}), 44);
  EXPECT_EQ(d.packet.transport, Transport::other);
  EXPECT_EQ(d.reason(Reason::transport_truncated), 1U);
}

TEST(Ipv6, BadVersionOrCutHeaderIsUndecodable) {
  EXPECT_EQ(run(ethernet(0x86dd) + ipv6({.version_ihl = 0x45}, tcp({}))).reason(Reason::ip_malformed), 1U);
  EXPECT_EQ(v6({}, tcp({}), 39).reason(Reason::ip_truncated), 1U);
}

}  // namespace
}  // namespace pastmon::decode::testing
