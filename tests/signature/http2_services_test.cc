// SPDX-License-Identifier: MIT
// HTTP/2 in clear text and gRPC: streams, headers, and what is left when they cannot be read.
#include <gtest/gtest.h>

#include "header_reader.h"
#include "scene.h"

namespace pastmon::signature::test {
namespace {

constexpr int kEnd = 1, kAll = 4;  // END_STREAM, END_HEADERS
const std::string kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

std::string number(std::size_t value, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) text.push_back(static_cast<char>(value >> (8 * i)));
  return text;
}
std::string h2(int type, int flags, std::uint32_t stream, const std::string& payload) {
  return number(payload.size(), 3) + static_cast<char>(type) + static_cast<char>(flags) + number(stream, 4) + payload;
}
/// A header that leaves no trace in the table, and one that does.
std::string plain(const std::string& name, const std::string& value) {
  return std::string(1, '\0') + static_cast<char>(name.size()) + name + static_cast<char>(value.size()) + value;
}
std::string kept(const std::string& name, const std::string& value) { return "\x40" + plain(name, value).substr(1); }
std::string ask(std::uint32_t stream, const std::string& method, int flags = kEnd | kAll) {
  return h2(1, flags, stream, plain(":method", method) + "\x84\x86" + plain("cookie", "s3cret"));
}
std::string call(std::uint32_t stream, int flags = kAll) {
  return h2(1, flags, stream,
            "\x83" + plain(":path", "/shop.Orders/Get") + plain("content-type", "application/grpc+proto"));
}
std::string say(std::uint32_t stream, const std::string& status, int flags = kAll) {
  return h2(1, flags, stream, plain(":status", status) + plain("server", "x"));
}
std::string trailers(std::uint32_t stream, const std::string& status) {
  return h2(1, kEnd | kAll, stream, plain("grpc-status", status));
}
std::string data(std::uint32_t stream, std::size_t size, int flags = 0) {
  return h2(0, flags, stream, std::string(size, 'd'));
}
const std::string kSettings = h2(4, 0, 0, ""), kSettingsAck = h2(4, 1, 0, "");

struct Http2 : Connection {
  explicit Http2(std::uint16_t port = 8080) : Connection(port) {
    client(0, kPreface + kSettings).server(1, kSettings + kSettingsAck).client(2, kSettingsAck);
  }
};

TEST(Http2Row, StreamsInterleaveAndPairById) {
  Http2 c;
  c.client(10, ask(1, "GET") + ask(3, "POST", kAll))
      .client(20, data(3, 1000))
      .client(30, ask(5, "BREW") + data(3, 0, kEnd));
  c.server(40, say(5, "200", kEnd | kAll))
      .server(50, say(3, "200") + say(1, "503"))
      .server(60, data(3, 3000) + data(1, 20, kEnd));
  c.server(70, data(3, 10, kEnd));
  EXPECT_EQ(c.rows(), "HTTP2 OTHER answered, HTTP2 GET answered error, HTTP2 POST answered");
  EXPECT_EQ(c.only("HTTP2 POST").request_begin, 10);
  EXPECT_EQ(c.only("HTTP2 POST").request_end, 30);
  EXPECT_EQ(c.only("HTTP2 POST").response_begin, 50);
  EXPECT_EQ(c.only("HTTP2 POST").response_end, 70);
  EXPECT_EQ(c.only("HTTP2 POST").response_bytes, static_cast<std::int64_t>(say(3, "200").size()) + 3009 + 19);
  EXPECT_EQ(c.only("HTTP2 GET").response_time(), 40);
}

TEST(Http2Row, HeadersRememberWhatWasSentBefore) {
  Http2 c;
  c.client(10, h2(1, 5, 1, kept(":method", "PATCH") + "\x84")).server(20, say(1, "200", 5));
  c.client(30, h2(1, 5, 3, "\xbe\x84")).server(40, say(3, "200", 5));  // the newest entry of the table
  EXPECT_EQ(c.rows(), "HTTP2 PATCH answered, HTTP2 PATCH answered");
}

TEST(Http2Row, ContinuationsPaddingAndPriorityBelongToTheHeaders) {
  Http2 c;
  const std::string block = plain(":method", "PUT") + plain("x", std::string(100, 'x')) + "\x84";
  const std::string padded =
      h2(1, kEnd | 0x8 | 0x20, 1, "\x03" + std::string("\0\0\0\0\x10", 5) + block.substr(0, 7) + "ppp");
  const std::string rest = h2(9, 0, 1, block.substr(7, 40)) + h2(9, kAll, 1, block.substr(47));
  c.client(10, padded.substr(0, 12))
      .server(11, h2(6, 0, 0, "12345678"))
      .client(12, padded.substr(12) + rest.substr(0, 30));
  c.client(13, rest.substr(30)).server(20, say(1, "204", 5));
  EXPECT_EQ(c.rows(), "HTTP2 PUT answered");
  EXPECT_EQ(c.only("HTTP2 PUT").request_begin, 10);
  EXPECT_EQ(c.only("HTTP2 PUT").request_end, 13);
}

TEST(Http2Row, InterimAnswersAndTrailers) {
  Http2 c;
  c.client(10, ask(1, "PUT", kAll))
      .server(20, say(1, "100"))
      .client(30, data(1, 9))
      .client(40, h2(1, 5, 1, plain("x-sum", "1")));
  c.server(50, say(1, "200")).server(60, data(1, 5)).server(70, h2(1, 5, 1, plain("x-sum", "2")));
  EXPECT_EQ(c.rows(), "HTTP2 PUT answered");
  EXPECT_EQ(c.only("HTTP2 PUT").request_end, 40);
  EXPECT_EQ(c.only("HTTP2 PUT").response_begin, 50);
  EXPECT_EQ(c.only("HTTP2 PUT").response_end, 70);
}

TEST(Http2Row, PushesAndWindowsAnswerNothing) {
  Http2 c;
  c.client(10, ask(1, "GET"))
      .server(20, h2(5, kAll, 1, number(2, 4) + kept(":method", "GET") + "\x84"))
      .server(30, say(2, "200", 5));
  c.client(35, h2(8, 0, 1, "1234") + h2(2, 0, 1, "12345"))
      .server(40, h2(8, 0, 1, "1234"))
      .server(50, h2(1, 5, 1, "\x88"));
  EXPECT_EQ(c.rows(), "HTTP2 GET answered");
  EXPECT_EQ(c.only("HTTP2 GET").response_begin, 50);
}

TEST(Http2Row, ResetsAbortTheirStreamAndGoAwayTheLaterOnes) {
  Http2 c;
  c.client(10, ask(1, "GET") + ask(3, "GET") + ask(5, "PUT") + ask(7, "POST"))
      .server(20, say(1, "200") + h2(3, 0, 1, "1234"));
  c.client(30, h2(3, 0, 3, "1234"))
      .server(40, h2(7, 0, 0, number(0x7fffffff, 4) + "1234"))
      .server(50, h2(7, 0, 0, number(5, 4) + "1234"));
  c.server(60, say(5, "200", 5)).fin(1, 70);
  EXPECT_EQ(c.rows(), "HTTP2 GET aborted, HTTP2 GET aborted, HTTP2 POST aborted, HTTP2 PUT answered");
}

TEST(Http2Row, AfterALossTheRestIsOtherWithTimes) {
  Http2 c;
  c.client(10, ask(1, "GET")).server(20, say(1, "200", 5)).lost(0, 25, 40);
  c.client(30, ask(5, "GET")).server(40, say(5, "500", 5));
  EXPECT_EQ(c.rows(), "HTTP2 GET answered, HTTP2 OTHER answered error");
  EXPECT_EQ(c.only("HTTP2 OTHER").response_time(), 10);
  EXPECT_EQ(c.engine.counters().unread_headers, 1U);
}

TEST(Http2Row, ADamagedBlockEndsTheReading) {
  Http2 c;
  c.client(10, h2(1, 5, 1, "\xff\xff\xff\xff\xff\xff"))
      .server(20, say(1, "200", 5))
      .client(30, ask(3, "GET"))
      .server(40, say(3, "200", 5));
  EXPECT_EQ(c.rows(), "HTTP2 OTHER answered, HTTP2 OTHER answered");
}

TEST(Http2Row, TakenUpInTheMiddleItIsOther) {
  MidStream c(9000);
  c.client(10, ask(41, "GET"))
      .server(20, say(41, "200", kAll))
      .server(30, data(41, 10, kEnd))
      .client(40, ask(43, "PUT", kAll));
  c.client(50, data(43, 5, kEnd)).server(60, say(43, "200", 5));
  EXPECT_EQ(c.rows(), "HTTP2 OTHER answered, HTTP2 OTHER answered");
  EXPECT_EQ(c.of("HTTP2 OTHER")[1].response_time(), 10);
}

TEST(Http2Row, WhatHasManyZerosIsNotHttp2) {
  // Lengths in four bytes, as BitTorrent has them: "unchoke", "have"; then a length of 256 and more.
  const std::string unchoke("\0\0\0\1\1\0\0\0\5\4\0\0\0\7", 14),
      longer = std::string("\0\0\1\1\4\0\0\0", 8) + std::string(249, '\2');
  for (const std::uint16_t port : {std::uint16_t{6881}, std::uint16_t{50051}}) {
    for (const std::string& text : {unchoke, longer, std::string(64, '\0')}) {
      Connection c(port);
      c.client(0, text).server(10, text).client(20, text).server(30, text).fin(1, 40);
      EXPECT_EQ(c.packet_rows().find("HTTP2"), std::string::npos) << port << " " << text.size();
      Connection d(port);
      d.server(0, text).client(10, text).server(20, text).fin(1, 40);
      EXPECT_EQ(d.packet_rows().find("HTTP2"), std::string::npos) << port << " " << text.size();
    }
  }
}

TEST(Http2Row, BehindAnUpgradeTheServerMaySpeakFirst) {
  Connection c(80);
  c.client(0,
           "GET / HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n");
  c.server(10, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n" + kSettings +
                   say(1, "200") + data(1, 9, kEnd));
  c.client(20, kPreface + kSettings + ask(3, "GET")).server(30, h2(1, 5, 3, plain(":status", "500")));
  EXPECT_EQ(c.rows(), "HTTP GET answered, HTTP2 GET answered error");
}

const std::string kUpgrade = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n";
const std::string kSwitch = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";

TEST(Http2Row, StreamOneAnswersTheUpgradedRequest) {
  Connection c(80);
  c.client(0, "GET /a HTTP/1.1\r\n" + kUpgrade).server(10, kSwitch + kSettings).client(20, kPreface + kSettings);
  c.server(25, say(1, "103")).client(30, ask(3, "GET")).server(35, say(3, "200", kEnd | kAll));
  EXPECT_EQ(c.rows(), "HTTP2 GET answered");
  c.server(40, say(1, "502")).server(50, data(1, 9)).server(60, data(1, 9, kEnd));
  EXPECT_EQ(c.rows(), "HTTP2 GET answered, HTTP GET answered error");
  const Said& get = c.only("HTTP GET");
  EXPECT_EQ(get.response_time(), 40);
  EXPECT_EQ(get.response_end, 60);
  EXPECT_EQ(get.request_bytes, static_cast<std::int64_t>(17 + kUpgrade.size()));
  EXPECT_EQ(get.response_bytes, static_cast<std::int64_t>(say(1, "502").size()) + 36);
}

TEST(Http2Row, AnUpgradedRequestMayBeGivenUp) {
  for (const std::string& end : {h2(3, 0, 1, "1234"), h2(7, 0, 0, number(0, 8))}) {
    Connection c(80);
    c.client(0, "POST /a HTTP/1.1\r\nContent-Length: 2\r\n" + kUpgrade + "ab").server(10, kSwitch + kSettings);
    c.client(20, kPreface + kSettings).server(30, end);
    EXPECT_EQ(c.rows(), "HTTP POST aborted");
  }
  Connection c(80);
  c.client(0, "GET /a HTTP/1.1\r\n" + kUpgrade).server(10, kSwitch + kSettings).fin(1, 20);
  EXPECT_EQ(c.rows(), "HTTP GET aborted");
}

TEST(Http2Row, ARefusedUpgradeIsAnsweredInHttp1) {
  Connection c(80);
  c.client(0, "GET /a HTTP/1.1\r\n" + kUpgrade).server(10, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  c.client(20, "GET /b HTTP/1.1\r\n\r\n").server(25, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(c.rows(), "HTTP GET answered, HTTP GET answered");
}

TEST(Http2Row, HeadersOverSeveralFramesMayHaveAnySize) {
  Http2 c;
  std::string long_block = h2(1, kEnd, 1, kept(":method", "PUT") + "\x84");
  for (int i = 0; i < 6; ++i) {
    std::string fragment;
    while (fragment.size() < 16'000) fragment += plain("x-long", std::string(120, 'x'));
    long_block += h2(9, 0, 1, fragment);
  }
  long_block += h2(9, kAll, 1, kept("content-type", "text/html"));  // the table's newest entry, in front of the method
  for (std::size_t at = 0; at < long_block.size(); at += 1400) c.client(10, long_block.substr(at, 1400));
  c.server(20, say(1, "200", 5));
  c.client(30, h2(1, 5, 3, "\xbf\x84")).server(40, say(3, "200", 5));
  EXPECT_EQ(c.rows(), "HTTP2 PUT answered, HTTP2 PUT answered");
  EXPECT_EQ(c.of("HTTP2 PUT")[0].request_bytes, static_cast<std::int64_t>(long_block.size()));
  EXPECT_EQ(c.engine.counters().unread_headers, 0U);
}

TEST(Http2Row, BehindAFrameThatIsTooLongTheRestIsOther) {
  Http2 c;
  const std::string large = h2(1, kEnd, 1, plain(":method", "PUT") + std::string(17'000, '\x84'));
  c.client(10, large.substr(0, 9000)).client(11, large.substr(9000) + h2(9, kAll, 1, "\x84"));
  c.server(20, say(1, "200", 5)).client(30, ask(3, "GET")).server(40, say(3, "500", 5));
  EXPECT_EQ(c.rows(), "HTTP2 OTHER answered, HTTP2 OTHER answered error");
  EXPECT_EQ(c.engine.counters().unread_headers, 2U);
}

TEST(Http2Row, ATunnelIsCountedButNotTimed) {
  Http2 c;
  c.client(10, ask(1, "CONNECT", kAll))
      .server(20, say(1, "200"))
      .client(30, data(1, 9))
      .server(40, data(1, 9))
      .client(50, data(1, 0, kEnd));
  c.server(60, data(1, 0, kEnd))
      .client(70, ask(3, "CONNECT", kAll))
      .server(80, say(3, "502", kEnd | kAll))
      .client(90, h2(3, 0, 3, "1234"));
  EXPECT_EQ(c.rows(), "HTTP2 CONNECT answered early waiting, HTTP2 CONNECT answered error early waiting");
}

TEST(Grpc, AnUnaryCallIsTimedAndItsStatusJudged) {
  Http2 c(50051);
  c.client(10, call(1))
      .client(20, data(1, 30, kEnd))
      .server(50, say(1, "200") + data(1, 5))
      .server(60, trailers(1, "0"));
  c.client(70, call(3) + data(3, 30, kEnd));
  c.server(80, h2(1, 5, 3, "\x88" + plain("content-type", "application/grpc") + plain("grpc-status", "12")));
  EXPECT_EQ(c.rows(), "GRPC answered, GRPC answered error");
  EXPECT_EQ(c.of("GRPC")[0].response_time(), 30);
  EXPECT_EQ(c.of("GRPC")[0].response_end, 60);
}

TEST(Grpc, ADialogueIsCountedButNotTimed) {
  Http2 c;
  c.client(10, call(1) + data(1, 5))
      .server(20, say(1, "200") + data(1, 5))
      .client(30, data(1, 5))
      .server(40, data(1, 5));
  c.client(50, data(1, 0, kEnd)).server(60, trailers(1, "0"));
  EXPECT_EQ(c.rows(), "GRPC answered early waiting");
}

TEST(HeaderReader, ShowsNoSecretAndKeepsItsBound) {
  std::size_t in_use = 0;
  std::vector<std::uint8_t> text;
  {
    HeaderReader reader(in_use);
    EXPECT_EQ(in_use, 1U);
    const std::string block = h2(
        1, 5, 1, plain(":path", "/a?token=s3cret") + plain("authorization", "s3cret") + plain("content-type", "a\nb"));
    ASSERT_TRUE(reader.read({reinterpret_cast<const std::uint8_t*>(block.data()), block.size()}, text));
    EXPECT_EQ(std::string(text.begin() + 9, text.end()), "\n:path: /a\ncontent-type: a b\n");
    std::string many;
    for (int i = 0; i < 50; ++i) many += plain(":x", std::string(120, 'y'));
    const std::string large = h2(1, 5, 3, many);
    ASSERT_TRUE(reader.read({reinterpret_cast<const std::uint8_t*>(large.data()), large.size()}, text));
    EXPECT_LE(text.size(), HeaderReader::kMaxText);
  }
  EXPECT_EQ(in_use, 0U);
}

}  // namespace
}  // namespace pastmon::signature::test
