// SPDX-License-Identifier: MIT
// tcp.cc and udp.cc.
#include <gtest/gtest.h>

#include "decode/packet_builder.h"

namespace pastmon::decode::testing {
namespace {

using capture::LinkType;

Decoded segment(const Tcp& t, std::string_view payload = {}, int captured = -1) {
  return run(ipv4({}, tcp(t, payload)), LinkType::raw_ip, captured);
}
Decoded datagram(const Octets& u, int captured = -1) {
  return run(ipv4({.protocol = kUdp}, u), LinkType::raw_ip, captured);
}

TEST(Tcp, GivesTheFixedFields) {
  const Decoded d = segment({.source = 1234,
                             .destination = 443,
                             .sequence = 0xfffffff0,
                             .acknowledgement = 0x80000001,
                             .flags = 0xff,
                             .window = 0xfedc},
                            "abc");
  ASSERT_EQ(d.packet.transport, Transport::tcp);
  EXPECT_EQ(d.packet.tuple.source_port, 1234);
  EXPECT_EQ(d.packet.tuple.destination_port, 443);
  EXPECT_EQ(d.packet.tcp.sequence, 0xfffffff0);
  EXPECT_EQ(d.packet.tcp.acknowledgement, 0x80000001);
  EXPECT_EQ(d.packet.tcp.flags, 0x3f) << "ECE and CWR are not among our flags";
  EXPECT_EQ(d.packet.tcp.window, 0xfedc);
  EXPECT_EQ(d.packet.tcp.mss, 0);
  EXPECT_EQ(d.packet.tcp.window_scale, kNoWindowScale);
  EXPECT_EQ(d.payload(), "abc");
}

TEST(Tcp, ReadsTheOptionsOfASyn) {
  const Octets options = be(0x020405b4, 4) + be(0x0402, 2) + be(0x080a, 2) + zeros(8) + be(0x01030307, 4);
  const Decoded d = segment({.flags = tcp_flag::syn, .options = options});
  EXPECT_EQ(d.packet.tcp.mss, 1460);
  EXPECT_EQ(d.packet.tcp.window_scale, 7);
  EXPECT_TRUE(d.packet.tcp.sack_permitted);
  EXPECT_FALSE(d.packet.tcp.sack_blocks);
}

TEST(Tcp, SeesSackBlocksBehindATimestamp) {
  const Octets options = be(0x0101080a, 4) + zeros(8) + be(0x0101050a, 4) + zeros(8);
  EXPECT_TRUE(segment({.options = options}).packet.tcp.sack_blocks);
  EXPECT_FALSE(segment({.options = be(0x0101080a, 4) + zeros(8)}).packet.tcp.sack_blocks);
}

TEST(Tcp, WindowScaleIsAtMostFourteen) {
  EXPECT_EQ(segment({.options = be(0x030310ff, 4)}).packet.tcp.window_scale, 14);
}

TEST(Tcp, MalformedOptionsHarmNothing) {
  for (const Octets& options : {be(0x02000000, 4), be(0x02010000, 4), be(0x02ff0000, 4), be(0x01010102, 4),
                                be(0x02030000, 4), be(0x05050000, 4), be(0x00020405, 4)}) {
    const Decoded d = segment({.options = options}, "abc");
    ASSERT_EQ(d.packet.transport, Transport::tcp);
    EXPECT_EQ(d.payload(), "abc");
    EXPECT_EQ(d.packet.tcp.mss, 0);
    EXPECT_FALSE(d.packet.tcp.sack_blocks);
  }
}

TEST(Tcp, OptionsCutBySnaplenLeaveTheRest) {
  const Decoded d = segment({.options = be(0x020405b4, 4) + be(0x01030307, 4)}, "abcd", 45);
  ASSERT_EQ(d.packet.transport, Transport::tcp);
  EXPECT_EQ(d.packet.tcp.mss, 1460);
  EXPECT_EQ(d.packet.tcp.window_scale, kNoWindowScale);
  EXPECT_EQ(d.packet.payload_length, 4U);
  EXPECT_EQ(d.packet.payload_captured, 0U);
}

TEST(Tcp, CutOffHeaderIsOther) {
  const Decoded d = segment({}, "abc", 39);
  ASSERT_EQ(d.verdict, Verdict::packet);
  EXPECT_EQ(d.packet.transport, Transport::other);
  EXPECT_EQ(d.packet.tuple.source_port, 0);
  EXPECT_EQ(d.packet.payload_length, 23U);
  EXPECT_EQ(d.reason(Reason::transport_truncated), 1U);
  EXPECT_EQ(d.counters.undecodable, 0U);
}

TEST(Tcp, BadDataOffsetIsOther) {
  for (const int words : {0, 4, 15}) {
    const Decoded d = segment({.data_offset = words}, "abc");
    EXPECT_EQ(d.packet.transport, Transport::other);
    EXPECT_EQ(d.reason(Reason::transport_malformed), 1U);
  }
}

TEST(Udp, LengthFieldLimitsThePayload) {
  const Decoded d = datagram(udp(53, 4000, "abcdef", 8 + 4));
  ASSERT_EQ(d.packet.transport, Transport::udp);
  EXPECT_EQ(d.packet.tuple.source_port, 53);
  EXPECT_EQ(d.packet.tuple.destination_port, 4000);
  EXPECT_EQ(d.payload(), "abcd");
  EXPECT_EQ(d.packet.payload_length, 4U);
}

TEST(Udp, LengthZeroMeansToTheEnd) { EXPECT_EQ(datagram(udp(53, 4000, "abcdef", 0)).payload(), "abcdef"); }

TEST(Udp, LengthBeyondThePacketReachesToItsEnd) { EXPECT_EQ(datagram(udp(53, 4000, "abc", 900)).payload(), "abc"); }

TEST(Udp, ImpossibleLengthIsOther) {
  const Decoded d = datagram(udp(53, 4000, "abc", 7));
  EXPECT_EQ(d.packet.transport, Transport::other);
  EXPECT_EQ(d.packet.tuple.source_port, 0);
  EXPECT_EQ(d.reason(Reason::transport_malformed), 1U);
}

TEST(Udp, CutOffHeaderIsOther) {
  EXPECT_EQ(datagram(udp(53, 4000, "abc"), 27).reason(Reason::transport_truncated), 1U);
  EXPECT_EQ(datagram(zeros(7)).packet.transport, Transport::other);
}

TEST(Udp, SnaplenKeepsTheTrueLength) {
  const Decoded d = datagram(udp(53, 4000, "abcdef"), 30);
  EXPECT_EQ(d.payload(), "ab");
  EXPECT_EQ(d.packet.payload_length, 6U);
}

}  // namespace
}  // namespace pastmon::decode::testing
