// SPDX-License-Identifier: MIT
// QUIC: what its captures cannot show.
#include <gtest/gtest.h>

#include "scene.h"

namespace pastmon::signature::test {
namespace {

using namespace std::string_literals;

const std::string kV1 = "\0\0\0\1"s, kV2 = "\x6b\x33\x43\xcf"s, kDraft29 = "\xff\0\0\x1d"s;

std::string id(const std::string& bytes) { return static_cast<char>(bytes.size()) + bytes; }

/// A packet with a long header, filled up to `size` bytes.
std::string packet(char first, const std::string& version, const std::string& to, const std::string& from,
                   std::size_t size = 1200) {
  std::string bytes = first + version + id(to) + id(from);
  bytes.resize(std::max(size, bytes.size()), '\x5a');
  return bytes;
}
std::string initial(const std::string& to, const std::string& from, std::size_t size = 1200) {
  return packet('\xc3', kV1, to, from, size);
}
const std::string kShort = "\x4f" + std::string(60, '\x77');

TEST(Quic, OneHandshakeAndPackets) {
  Datagrams c(443);
  c.client(0, initial("12345678", "abc")).server(7'000, initial("abc", "serverid"));
  c.client(7'500, initial("serverid", "abc"));  // its acknowledgement is an Initial again
  c.client(8'000, kShort).server(9'000, kShort).server(9'100, kShort).end(90'000);
  EXPECT_EQ(c.rows(), "QUIC HANDSHAKE answered");
  EXPECT_EQ(c.only("QUIC HANDSHAKE").response_time(), 7'000);
  EXPECT_EQ(c.packet_rows(), "QUIC HANDSHAKE 6");
  EXPECT_EQ(c.only("QUIC HANDSHAKE").who.port, 443);
}

TEST(Quic, AClientWithoutAnIdAndAHelloInTwoDatagrams) {
  Datagrams c(4711);
  c.client(0, initial("12345678", "")).client(40, initial("12345678", "")).server(5'000, initial("", "serverid"));
  c.client(6'000, initial("serverid", "")).server(6'100, packet('\xe1', kV1, "", "serverid", 80)).end(9'000);
  EXPECT_EQ(c.rows(), "QUIC HANDSHAKE answered");
  EXPECT_EQ(c.only("QUIC HANDSHAKE").response_time(), 5'000);
  EXPECT_EQ(c.observations.size(), 3U);  // every Initial may hold a piece of the ClientHello
  EXPECT_EQ(c.observations[0].first, "quic");
}

TEST(Quic, RetryIsTheFirstByteAndNotTheEnd) {
  Datagrams c(443);
  c.client(0, initial("12345678", "abc")).server(1'000, packet('\xf0', kV1, "abc", "new", 90));
  c.client(1'500, initial("new", "abc")).server(4'000, initial("abc", "other"));
  c.client(4'500, kShort).end(9'000);
  EXPECT_EQ(c.rows(), "QUIC HANDSHAKE answered");
  EXPECT_EQ(c.only("QUIC HANDSHAKE").response_begin, 1'000);
  EXPECT_EQ(c.only("QUIC HANDSHAKE").response_end, 4'000);
}

TEST(Quic, VersionNegotiationIsTheFirstByteAndNotTheEnd) {
  Datagrams c(443);
  c.client(0, packet('\xc0', kDraft29, "12345678", "abc"));
  c.server(1'000, packet('\x80', "\0\0\0\0"s, "abc", "12345678", 0) + kV1 + kV2);
  c.client(1'200, initial("12345678", "abc")).server(3'000, packet('\xc0', kV1, "abc", "s")).end(9'000);
  EXPECT_EQ(c.rows(), "QUIC HANDSHAKE answered");
  EXPECT_EQ(c.only("QUIC HANDSHAKE").response_begin, 1'000);
  EXPECT_EQ(c.only("QUIC HANDSHAKE").response_end, 3'000);
}

TEST(Quic, AClientThatGivesUpAfterVersionNegotiationWasAnswered) {
  Datagrams c(443);
  c.client(0, packet('\xc0', kDraft29, "12345678", "abc"));
  c.server(1'000, packet('\x80', "\0\0\0\0"s, "abc", "12345678", 0) + kV1).end(200'000'000);
  EXPECT_EQ(c.rows(), "QUIC HANDSHAKE answered");
  EXPECT_FALSE(c.only("QUIC HANDSHAKE").complete);
}

TEST(Quic, NobodyAnswers) {
  Datagrams c(443);
  c.client(0, initial("12345678", "abc")).client(1'000'000, initial("12345678", "abc"));
  c.wait(60'000'000);
  EXPECT_EQ(c.rows(), "QUIC HANDSHAKE unanswered");
}

TEST(Quic, TheSecondVersionHasOtherTypes) {
  Datagrams c(4433);
  c.client(0, packet('\xd0', kV2, "12345678", "abc")).client(10, packet('\xe0', kV2, "12345678", "abc"));  // 0-RTT
  c.server(900, packet('\xc0', kV2, "abc", "new", 90));                                                    // Retry
  c.client(1'000, packet('\xd0', kV2, "new", "abc")).server(3'000, packet('\x9f', kV2, "abc", "s")).end(9'000);
  EXPECT_EQ(c.rows(), "QUIC HANDSHAKE answered");
  EXPECT_EQ(c.only("QUIC HANDSHAKE").response_begin, 900);
  EXPECT_EQ(c.only("QUIC HANDSHAKE").response_end, 3'000);
}

TEST(Quic, AnAnswerToAnotherIdIsNoAnswer) {
  Datagrams c(443);
  c.client(0, initial("12345678", "abc")).server(7'000, initial("xyz", "serverid")).end(60'000'000);
  EXPECT_EQ(c.rows(), "QUIC HANDSHAKE unanswered");
}

TEST(Quic, GooglesVersionsBeforeTheStandard) {
  Datagrams c(443);
  const std::string hello = "\x0d"s + "clientid" + "Q043" + "\x01" + std::string(12, 'h') + "\xa0\x01\x04\0CHLO"s;
  c.client(0, hello + std::string(1'200, '-')).server(2'000, "\x0c"s + "clientid" + std::string(40, 'r'));
  c.client(2'500, hello + std::string(1'200, '-')).server(4'000, "\x08"s + "clientid" + std::string(60, 's'));
  c.end(9'000);
  EXPECT_EQ(c.rows(), "QUIC HANDSHAKE answered");
  EXPECT_EQ(c.only("QUIC HANDSHAKE").response_time(), 2'000);

  Datagrams d(443);
  d.client(0, "\xc3Q046\x50"s + "clientid" + std::string(1'300, '-'));
  d.server(3'000, "\xc3Q046\x05"s + "clientid" + std::string(900, '-')).end(9'000);
  EXPECT_EQ(d.rows(), "QUIC HANDSHAKE answered");
}

TEST(Quic, NothingElseIsCalledSo) {
  const std::string others[] = {
      initial("12345678", "abc", 1'199),                           // too short for a client's first
      initial("1234567", "abc"),                                   // a client's first id is longer
      packet('\x43', kV1, "12345678", "abc"),                      // no long header
      packet('\xc3', "\0\0\0\2"s, "12345678", "abc"),              // a version that is none
      initial("12345678", std::string(21, 'x')),                   // an id that is too long
      "\x16\xfe\xfd\0\0\0\0\0\0\0\0\0\x50"s + std::string(80, 1),  // DTLS
      "\x01\0\0\0"s + std::string(144, 'w'),                       // WireGuard
      "\x80\0\0\0\0"s + std::string(1'300, 'r'),                   // RTP
      std::string(1'300, '\xc0'),
  };
  for (const std::string& bytes : others) {
    for (const std::uint16_t port : {std::uint16_t{443}, std::uint16_t{4444}}) {
      Datagrams c(port);
      c.client(0, bytes).server(1'000, std::string(30, 'r')).client(2'000, bytes).end(90'000'000);
      EXPECT_TRUE(c.of("QUIC HANDSHAKE").empty())
          << "begins with " << static_cast<unsigned>(static_cast<unsigned char>(bytes[0]));
      EXPECT_EQ(c.packet_rows().find("QUIC"), std::string::npos);
    }
  }
}

TEST(Quic, CutDatagramsAreRecognisedByThePair) {
  Datagrams c(443);
  c.cut(0, 0, initial("12345678", "abc"), 54).cut(1, 2'000, initial("abc", "serverid"), 54).end(9'000);
  EXPECT_EQ(c.rows(), "QUIC HANDSHAKE answered");
}

TEST(Quic, IsNoTls) {
  Datagrams c(443);
  c.client(0, initial("12345678", "abc") + "\x16\x03\x01").server(2'000, initial("abc", "s")).end(9'000);
  EXPECT_EQ(c.packet_rows(), "QUIC HANDSHAKE 2");
}

}  // namespace
}  // namespace pastmon::signature::test
