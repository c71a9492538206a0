// SPDX-License-Identifier: MIT
#include "pastmon/decode/duplicates.h"

#include <gtest/gtest.h>

#include "decode/packet_builder.h"

namespace pastmon::decode::testing {
namespace {

constexpr base::Micros kMilli = 1'000;

/// A filter and a line on which frames pass at times of the test's choice.
class Line {
 public:
  explicit Line(base::Micros window = 20 * kMilli) : filter_(DuplicateOptions{window}) {}

  bool repeated(base::Micros at, const Octets& bytes, std::uint16_t interface = 0) {
    capture::Frame frame;
    frame.time = 1'700'000'000'000'000 + at;
    frame.data = bytes.data();
    frame.captured = frame.length = static_cast<std::uint32_t>(bytes.size());
    frame.interface = interface;
    Packet packet;
    EXPECT_EQ(decoder_.decode(frame, packet), Verdict::packet);
    return filter_.repeated(frame, packet);
  }
  std::uint64_t duplicates() const { return filter_.duplicates(); }

 private:
  Decoder decoder_;
  DuplicateFilter filter_;
};

Octets v4(const Octets& transport, std::uint8_t protocol = kTcp) {
  return ethernet(0x0800) + ipv4({.protocol = protocol}, transport);  // identification 7
}
Octets v6(const Octets& transport, std::uint8_t protocol = kTcp, std::uint8_t ttl = 64) {
  return ethernet(0x86dd) + ipv6({.protocol = protocol, .ttl = ttl}, transport);
}
Octets with_id(Octets frame, std::uint16_t id) {
  frame[18] = static_cast<std::uint8_t>(id >> 8U);
  frame[19] = static_cast<std::uint8_t>(id);
  return frame;
}

TEST(Duplicates, TheSameFrameAgainIsACopyAndCounted) {
  Line line;
  EXPECT_FALSE(line.repeated(0, v4(tcp({}, "GET /"))));
  EXPECT_TRUE(line.repeated(5, v4(tcp({}, "GET /"))));
  EXPECT_TRUE(line.repeated(9, v4(tcp({}, "GET /"))));
  EXPECT_EQ(line.duplicates(), 2U);
}

TEST(Duplicates, ACopyMayHaveAnotherTagTtlAndInterface) {
  Line line;
  EXPECT_FALSE(line.repeated(0, v4(tcp({}, "GET /"))));
  const Octets elsewhere = ethernet(0x8100) + vlan(50, 0x0800) + ipv4({.ttl = 63}, tcp({}, "GET /"));
  EXPECT_TRUE(line.repeated(kMilli, elsewhere));
  EXPECT_TRUE(line.repeated(2 * kMilli, v4(tcp({}, "GET /")), 1));
}

TEST(Duplicates, ACopyMayCarryAnEarlierTime) {
  Line line;  // two interfaces are read one after the other
  EXPECT_FALSE(line.repeated(100, v4(tcp({}, "GET /"))));
  EXPECT_TRUE(line.repeated(40, v4(tcp({}, "GET /")), 1));
}

TEST(Duplicates, ARetransmissionHasAnotherIdentification) {
  Line line;
  EXPECT_FALSE(line.repeated(0, with_id(v4(tcp({}, "GET /")), 1)));
  EXPECT_FALSE(line.repeated(5 * kMilli, with_id(v4(tcp({}, "GET /")), 2)));
}

TEST(Duplicates, BehindTheWindowNothingIsACopy) {
  Line line;
  EXPECT_FALSE(line.repeated(0, v4(tcp({}, "GET /"))));
  EXPECT_FALSE(line.repeated(20 * kMilli + 1, v4(tcp({}, "GET /"))));
}

TEST(Duplicates, TheOtherDirectionIsNoCopy) {
  Line line;
  EXPECT_FALSE(line.repeated(0, v4(udp(5000, 5000, "hello"), kUdp)));
  EXPECT_FALSE(
      line.repeated(5, ethernet(0x0800) + ipv4({.protocol = kUdp, .swapped = true}, udp(5000, 5000, "hello"))));
}

TEST(Duplicates, OtherBytesAreNoCopy) {
  Line line;
  EXPECT_FALSE(line.repeated(0, v6(udp(40000, 514, "service a failed"), kUdp)));
  EXPECT_FALSE(line.repeated(1, v6(udp(40000, 514, "service b failed"), kUdp)));
  const std::string body(100, 'x');
  EXPECT_FALSE(line.repeated(2, v6(udp(40000, 514, body + "1"), kUdp)));
  EXPECT_FALSE(line.repeated(3, v6(udp(40000, 514, body + "2"), kUdp)));
}

TEST(Duplicates, WithoutIdentificationAnotherPlaceIsProof) {
  Line line;
  EXPECT_FALSE(line.repeated(0, v6(tcp({}))));
  EXPECT_TRUE(line.repeated(kMilli, v6(tcp({}), kTcp, 63)));
}

TEST(Duplicates, WithoutIdentificationPayloadIsACopyOnlyAtOnce) {
  Line line;
  EXPECT_FALSE(line.repeated(0, v6(udp(40000, 8125, "hits:1|c"), kUdp)));
  EXPECT_TRUE(line.repeated(90, v6(udp(40000, 8125, "hits:1|c"), kUdp)));
  EXPECT_FALSE(line.repeated(kMilli, v6(udp(40000, 8125, "hits:1|c"), kUdp)));
}

TEST(Duplicates, DuplicateAcksAndResetsOfIpv6CountEach) {
  Line line;  // a receiver truly sends them, one for each segment that arrives behind a hole
  for (const std::uint8_t flags : {tcp_flag::ack, tcp_flag::rst}) {
    EXPECT_FALSE(line.repeated(0, v6(tcp({.flags = flags}))));
    EXPECT_FALSE(line.repeated(10, v6(tcp({.flags = flags}))));
  }
}

TEST(Duplicates, ASynAckWithoutIdentificationIsACopyOnlySoonAfter) {
  Line line;  // Linux sends SYN-ACKs with identification 0, and answers a repeated SYN again
  const auto answer = static_cast<std::uint8_t>(tcp_flag::syn | tcp_flag::ack);
  EXPECT_FALSE(line.repeated(0, with_id(v4(tcp({.flags = answer})), 0)));
  EXPECT_TRUE(line.repeated(kMilli, with_id(v4(tcp({.flags = answer})), 0)));
  EXPECT_FALSE(line.repeated(15 * kMilli, with_id(v4(tcp({.flags = answer})), 0)));
}

TEST(Duplicates, FragmentsOfOneDatagramAreNoCopies) {
  Line line;
  const Octets piece = text("the same sixteen");
  EXPECT_FALSE(line.repeated(0, ethernet(0x0800) + ipv4({.protocol = kUdp, .fragment = 0x2002}, piece)));
  EXPECT_FALSE(line.repeated(1, ethernet(0x0800) + ipv4({.protocol = kUdp, .fragment = 0x2004}, piece)));
  EXPECT_TRUE(line.repeated(2, ethernet(0x0800) + ipv4({.protocol = kUdp, .fragment = 0x2004}, piece)));
}

TEST(Duplicates, AWindowOfZeroCountsEveryPacket) {
  Line line(0);
  EXPECT_FALSE(line.repeated(0, v4(tcp({}, "GET /"))));
  EXPECT_FALSE(line.repeated(1, v4(tcp({}, "GET /"))));
}

}  // namespace
}  // namespace pastmon::decode::testing
