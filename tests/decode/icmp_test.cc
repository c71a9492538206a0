// SPDX-License-Identifier: MIT
// icmp.cc and quoted.cc.
#include <gtest/gtest.h>

#include "decode/packet_builder.h"

namespace pastmon::decode::testing {
namespace {

using capture::LinkType;

Decoded v4(const Octets& message, int captured = -1) {
  return run(ipv4({.protocol = kIcmp}, message), LinkType::raw_ip, captured);
}
Decoded v6(const Octets& message) { return run(ipv6({.protocol = kIcmpv6}, message), LinkType::raw_ip); }

std::string_view quoted_payload(const Decoded& d) {
  return {reinterpret_cast<const char*>(d.packet.icmp.quoted_payload), d.packet.icmp.quoted_payload_size};
}

TEST(Icmp, PayloadBeginsAtTheTypeByte) {
  const Decoded d = v4(icmp(8, 0, 0x00010002, text("ping")));
  ASSERT_EQ(d.packet.transport, Transport::icmp);
  EXPECT_EQ(d.packet.icmp.type, 8);
  EXPECT_FALSE(d.packet.icmp.has_quote);
  EXPECT_EQ(d.packet.payload_length, 12U);
  EXPECT_EQ(d.payload()[0], 8);
  EXPECT_EQ(v6(icmp(128, 0, 1, {})).packet.transport, Transport::icmpv6);
}

TEST(Icmp, UnreachableQuotesTheSegmentThatCausedIt) {
  const Octets syn = tcp({.source = 40000, .destination = 81, .sequence = 77, .flags = tcp_flag::syn});
  const Octets quote = ipv4({.swapped = true}, {syn.begin(), syn.begin() + 8});
  const Decoded d = v4(icmp(3, 1, 0, quote));
  const IcmpFields& i = d.packet.icmp;
  ASSERT_TRUE(i.has_quote);
  EXPECT_EQ(i.code, 1);
  EXPECT_EQ(i.quoted.source.to_string(), "192.0.2.2");
  EXPECT_EQ(i.quoted.destination.to_string(), "192.0.2.1");
  EXPECT_EQ(i.quoted.source_port, 40000);
  EXPECT_EQ(i.quoted.destination_port, 81);
  EXPECT_EQ(i.quoted.protocol, kTcp);
  EXPECT_EQ(i.quoted_sequence, 77U);
  EXPECT_EQ(symmetric_hash(i.quoted),
            run(ipv4({}, tcp({.source = 81, .destination = 40000})), LinkType::raw_ip).packet.hash)
      << "the hash of the flow that is quoted";
}

TEST(Icmp, UnreachableQuotesTheDatagramAndItsPayload) {
  const Decoded d = v4(icmp(3, 3, 0, ipv4({.protocol = kUdp}, udp(4000, 53, "question")) + text("trailing")));
  ASSERT_TRUE(d.packet.icmp.has_quote);
  EXPECT_EQ(d.packet.icmp.quoted.destination_port, 53);
  EXPECT_EQ(quoted_payload(d), "question") << "what the quote's own lengths leave out is no payload";
}

TEST(Icmp, EachErrorTypeQuotes) {
  for (const std::uint8_t type : std::initializer_list<std::uint8_t>{3, 4, 5, 11, 12}) {
    EXPECT_TRUE(v4(icmp(type, 0, 0, ipv4({}, tcp({})))).packet.icmp.has_quote) << int{type};
  }
  for (const std::uint8_t type : std::initializer_list<std::uint8_t>{1, 2, 3, 4}) {
    EXPECT_TRUE(v6(icmp(type, 0, 0, ipv6({}, tcp({})))).packet.icmp.has_quote) << int{type};
  }
  for (const std::uint8_t type : std::initializer_list<std::uint8_t>{0, 8, 13, 30}) {
    EXPECT_FALSE(v4(icmp(type, 0, 0, ipv4({}, tcp({})))).packet.icmp.has_quote) << int{type};
  }
  for (const std::uint8_t type : std::initializer_list<std::uint8_t>{128, 129, 135}) {
    EXPECT_FALSE(v6(icmp(type, 0, 0, ipv6({}, tcp({})))).packet.icmp.has_quote) << int{type};
  }
}

TEST(Icmp, RedirectsGatewayIsNoLength) {
  EXPECT_EQ(v4(icmp(5, 1, 0x0a010203, ipv4({}, tcp({.source = 5})))).packet.icmp.quoted.source_port, 5);
}

TEST(Icmp, StatedLengthEndsTheQuote) {
  const Octets quote = ipv4({.protocol = kUdp, .total_length = 200}, udp(4000, 53, "12345678", 180));
  const Decoded d = v4(icmp(3, 3, 9U << 16U, quote + text("extension objects")));
  ASSERT_TRUE(d.packet.icmp.has_quote);
  EXPECT_EQ(quoted_payload(d), "12345678") << "RFC 4884: nine words";
}

TEST(Icmp, CutQuoteGivesWhatIsThere) {
  const Octets whole = icmp(3, 1, 0, ipv4({}, tcp({.source = 7, .destination = 8, .sequence = 9})));
  const auto cut = [&](std::ptrdiff_t n) { return v4({whole.begin(), whole.begin() + n}); };
  EXPECT_EQ(cut(8 + 20 + 7).packet.icmp.quoted.destination_port, 8);
  EXPECT_EQ(cut(8 + 20 + 7).packet.icmp.quoted_sequence, 0U);
  EXPECT_EQ(cut(8 + 20 + 3).packet.icmp.quoted.source_port, 0);
  EXPECT_TRUE(cut(8 + 20).packet.icmp.has_quote);
  EXPECT_FALSE(cut(8 + 19).packet.icmp.has_quote);
  EXPECT_EQ(cut(8 + 19).packet.transport, Transport::icmp);
}

TEST(Icmp, QuotedLaterFragmentHasNoPorts) {
  const Decoded d = v4(icmp(11, 1, 0, ipv4({.fragment = 3}, tcp({}))));
  EXPECT_TRUE(d.packet.icmp.has_quote);
  EXPECT_EQ(d.packet.icmp.quoted.source_port, 0);
}

TEST(Icmp, QuotedNonsenseIsNoQuote) {
  EXPECT_FALSE(v4(icmp(3, 1, 0, Octets(40, 0xff))).packet.icmp.has_quote);
  EXPECT_FALSE(v6(icmp(1, 1, 0, Octets(60, 0xff))).packet.icmp.has_quote);
}

TEST(Icmpv6, QuoteIsReadThroughExtensionHeaders) {
  const Octets hop = be(17, 1) + be(0, 1) + zeros(6);
  const Decoded d = v6(icmp(1, 4, 0, ipv6({.protocol = 0, .swapped = true}, hop + udp(4000, 53, "question"))));
  ASSERT_TRUE(d.packet.icmp.has_quote);
  EXPECT_EQ(d.packet.icmp.quoted.source.to_string(), "2001:db8::2");
  EXPECT_EQ(d.packet.icmp.quoted.protocol, kUdp);
  EXPECT_EQ(d.packet.icmp.quoted.destination_port, 53);
  EXPECT_EQ(quoted_payload(d), "question");
}

TEST(Icmp, CutOffHeaderIsOther) {
  const Decoded d = v4(icmp(8, 0, 0, {}), 23);
  EXPECT_EQ(d.packet.transport, Transport::other);
  EXPECT_EQ(d.reason(Reason::transport_truncated), 1U);
}

TEST(Icmp, FieldsOfTheLastPacketDoNotLinger) {
  Packet packet;
  Decoder decoder;
  for (const Octets& bytes :
       {ipv4({.protocol = kIcmp}, icmp(3, 1, 0, ipv4({}, tcp({})))), ipv4({.protocol = kIcmp}, icmp(8, 0, 0, {}))}) {
    capture::Frame f;
    f.data = bytes.data();
    f.captured = f.length = static_cast<std::uint32_t>(bytes.size());
    f.link = LinkType::raw_ip;
    ASSERT_EQ(decoder.decode(f, packet), Verdict::packet);
  }
  EXPECT_FALSE(packet.icmp.has_quote);
  EXPECT_EQ(packet.icmp.quoted_payload, nullptr);
}

}  // namespace
}  // namespace pastmon::decode::testing
