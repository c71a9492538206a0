// SPDX-License-Identifier: MIT
// Every framing gives the same messages however its bytes were split. The reader here keeps what the stream keeps: the
// unit that is not all there, and the bytes still to pass.
#include "framing.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace pastmon::signature {
namespace {

using config::FramingKind;
using config::FramingSpec;

/// Sizes of the messages; "bad" ends the list with -1, an unfinished message with -2, one without end with -3.
std::vector<int> cut(const FramingSpec& spec, std::string_view stream, const std::vector<std::size_t>& splits,
                     bool from_client = true, std::uint8_t tag = 0) {
  std::vector<int> sizes;
  FramingState state;
  std::string unit;
  std::uint64_t skip = 0;
  int size = 0;
  bool ends = false;
  std::size_t from = 0;
  for (std::size_t part = 0; part <= splits.size(); ++part) {
    const std::size_t to = part < splits.size() ? splits[part] : stream.size();
    std::string_view bytes = stream.substr(from, to - from);
    from = to;
    while (!bytes.empty()) {
      if (skip > 0) {
        const std::size_t n = skip == kForever ? bytes.size() : std::min<std::uint64_t>(skip, bytes.size());
        bytes.remove_prefix(n);
        size += static_cast<int>(n);
        if (skip != kForever) skip -= n;
      } else {
        const std::string here = unit + std::string(bytes);
        const Step s =
            frame(spec, state, {from_client, tag}, {reinterpret_cast<const std::uint8_t*>(here.data()), here.size()});
        if (s.kind == Step::Kind::bad) {
          sizes.push_back(-1);
          return sizes;
        }
        if (s.kind == Step::Kind::more) {
          unit = here;
          break;
        }
        EXPECT_GT(s.used, unit.size()) << "a step must take more than what was not enough before";
        EXPECT_LE(s.used, here.size());
        bytes.remove_prefix(s.used - unit.size());
        size += static_cast<int>(s.used);
        unit.clear();
        skip = s.skip;
        ends = s.kind == Step::Kind::end;
      }
      if (skip == 0 && ends) {
        sizes.push_back(size);
        size = 0;
        ends = false;
      }
    }
  }
  if (skip == kForever) {
    sizes.push_back(-3);
  } else if (size > 0 || !unit.empty()) {
    sizes.push_back(-2);
  }
  return sizes;
}

/// The same at every split into two, and byte by byte.
void expect_messages(const FramingSpec& spec, std::string_view stream, const std::vector<int>& sizes,
                     bool from_client = true, std::uint8_t tag = 0) {
  EXPECT_EQ(cut(spec, stream, {}, from_client, tag), sizes);
  std::vector<std::size_t> every;
  for (std::size_t i = 1; i < stream.size(); ++i) {
    EXPECT_EQ(cut(spec, stream, {i}, from_client, tag), sizes) << "split at " << i;
    every.push_back(i);
  }
  EXPECT_EQ(cut(spec, stream, every, from_client, tag), sizes) << "byte by byte";
}

FramingSpec kind(FramingKind k) {
  FramingSpec spec;
  spec.kind = k;
  return spec;
}
constexpr bool kServer = false;

TEST(FramingLine, EndsAtTheLineFeed) {
  expect_messages(kind(FramingKind::line), "EHLO x\r\nQUIT\r\n\n", {8, 6, 1});
  expect_messages(kind(FramingKind::line), "250 no end", {-2}, kServer);
}

TEST(FramingLength, CountsWhatTheNumberLeavesOut) {
  FramingSpec pgsql = kind(FramingKind::length);
  pgsql.offset = 1, pgsql.width = 4, pgsql.adjust = 1;
  expect_messages(pgsql, std::string_view("Q\0\0\0\5\0S\0\0\0\4", 11), {6, 5});
  FramingSpec dns = kind(FramingKind::length);
  dns.width = 2, dns.adjust = 2, dns.hide = 2;
  expect_messages(dns, std::string_view("\0\3abc\0\0\0\1d", 10), {5, 2, 3});
}

TEST(FramingLength, ReadsLittleEndianAndJoinsFullPackets) {
  FramingSpec mysql = kind(FramingKind::length);
  mysql.width = 1, mysql.little_endian = true, mysql.adjust = 2, mysql.join = true;
  expect_messages(mysql, std::string("\1\0a", 3) + "\xff" + std::string(256, 'x') + std::string("\2\1yz", 4), {3, 261});
}

TEST(FramingLength, RoundsUpReadsVariableNumbersAndFixedSizes) {
  FramingSpec aligned = kind(FramingKind::length);
  aligned.width = 1, aligned.align = 4, aligned.adjust = 1;
  expect_messages(aligned, std::string_view("\3xxxx\4yyyy", 10), {5, 5});
  FramingSpec mqtt = kind(FramingKind::length);
  mqtt.offset = 1, mqtt.varint = true;
  expect_messages(mqtt, std::string("\x30\x81\x01", 3) + std::string(129, 'x') + std::string("\xc0\0", 2), {132, 2});
  FramingSpec fixed = kind(FramingKind::length);
  fixed.width = 0, fixed.adjust = 3;
  expect_messages(fixed, "abcdefg", {3, 3, -2});
}

TEST(FramingLength, RefusesWhatIsTooLargeOrTooSmall) {
  FramingSpec spec = kind(FramingKind::length);
  spec.max = 1000;
  expect_messages(spec, std::string_view("\0\0\4\0", 4), {-1});
  expect_messages(spec, std::string_view("\0\0\0\3", 4), {-1});
}

TEST(FramingHttp, FindsTheEndOfBodiesByCountChunksAndRule) {
  const FramingSpec http = kind(FramingKind::http);
  expect_messages(
      http, "GET / HTTP/1.1\r\nHost: x\r\n\r\nPOST /a HTTP/1.1\r\ncontent-LENGTH:  3\r\n\r\nabcHEAD / HTTP/1.0\n\n",
      {27, 43, 17});
  expect_messages(
      http,
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nT: 1\r\n\r\n"
      "HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 X\r\n\r\n",
      {91, 50, 25, 18}, kServer);
}

TEST(FramingHttp, AResponseToHeadHasNoBodyAndOneToConnectEndsHttp) {
  const FramingSpec http = kind(FramingKind::http);
  expect_messages(http, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", {39}, kServer, kTagHead);
  expect_messages(http, "HTTP/1.1 200 OK\r\n\r\n", {19}, kServer, kTagConnect);
  expect_messages(http, "HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno", {40}, kServer, kTagConnect);
}

TEST(FramingHttp, WithoutALengthAResponseRunsToTheClose) {
  expect_messages(kind(FramingKind::http), "HTTP/1.0 200 OK\r\nServer: x\r\n\r\nbody", {-3}, kServer);
  expect_messages(kind(FramingKind::http), "SIP/2.0 200 OK\r\nl: 2\r\n\r\nabSIP/2.0 180 Ringing\r\n\r\n", {26, 23},
                  kServer);
}

TEST(FramingHttp, AnEmptyLineBeforeAMessageBelongsToIt) {
  expect_messages(kind(FramingKind::http), "\r\nGET / HTTP/1.1\r\n\r\n", {20});
}

TEST(FramingHttp, RefusesWhatIsNoHttp) {
  expect_messages(kind(FramingKind::http), "\x16\x03\x01", {-1});
  expect_messages(kind(FramingKind::http), "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", {-1});
  expect_messages(kind(FramingKind::http), "HTTP/1.1 2x OK\r\n", {-1}, kServer);
  EXPECT_EQ(cut(kind(FramingKind::http), std::string(70'000, 'A'), {}), std::vector<int>{-1});
}

TEST(FramingTls, EachRecordIsAMessage) {
  expect_messages(kind(FramingKind::tls), std::string_view("\x16\3\1\0\2ab\x17\3\3\0\1c\x15\3\3\0\0", 18), {7, 6, 5});
  expect_messages(kind(FramingKind::tls), "GET / ", {-1});
  expect_messages(kind(FramingKind::tls), std::string_view("\x17\3\3\xff\xff", 5), {-1});
}

TEST(FramingResp, CountsValuesInNestedAggregates) {
  const FramingSpec resp = kind(FramingKind::resp);
  expect_messages(resp, "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n*1\r\n$4\r\nPING\r\n", {20, 14});
  expect_messages(
      resp, "+OK\r\n$-1\r\n*2\r\n*2\r\n:1\r\n:2\r\n$2\r\n\r\n\r\n%1\r\n+a\r\n|1\r\n+x\r\n+y\r\n_\r\n-ERR no\r\n*0\r\n",
      {5, 5, 24, 23, 9, 4}, kServer);
}

TEST(FramingResp, TakesInlineCommandsAndRefusesOthers) {
  expect_messages(kind(FramingKind::resp), "PING\r\n\r\nSET a b\n", {6, 2, 8});
  expect_messages(kind(FramingKind::resp), "*x\r\n", {-1});
  expect_messages(kind(FramingKind::resp), "PONG\r\n", {-1}, kServer);
}

TEST(FramingBer, ReadsShortAndLongLengths) {
  expect_messages(kind(FramingKind::ber), std::string_view("\x30\2ab\x30\x81\3abc\x30\x84\0\0\0\1x", 17), {4, 6, 7});
  expect_messages(kind(FramingKind::ber), std::string_view("\x30\x80", 2), {-1});
  expect_messages(kind(FramingKind::ber), std::string_view("\x3f\x01", 2), {-1});
}

TEST(FramingImap, LiteralsBelongToTheirLine) {
  expect_messages(kind(FramingKind::imap), "a LOGIN {3}\r\nbob {2+}\r\npw\r\nb NOOP\r\n", {27, 8});
  expect_messages(kind(FramingKind::imap), "* 1 FETCH (BODY[] {4}\r\nx\r\ny)\r\na OK {not}\r\n", {30, 12}, kServer);
}

TEST(FramingMemcached, DataBlocksAreCounted) {
  const FramingSpec memcached = kind(FramingKind::memcached);
  expect_messages(memcached, "set k 0 60 5\r\nab\r\nc\r\nget k\r\nms k 2 T0\r\nhi\r\n", {21, 7, 15});
  expect_messages(memcached, "VALUE k 0 2\r\nhi\r\nEND\r\nVA 2 t\r\nhi\r\nSTORED\r\n", {17, 5, 12, 8}, kServer);
  std::string binary(24, '\0');
  binary[0] = '\x80', binary[11] = 3;
  expect_messages(memcached, binary + "abc" + binary + "def", {27, 27});
}

TEST(FramingRpc, FragmentsMakeOneRecord) {
  expect_messages(kind(FramingKind::rpc), std::string_view("\0\0\0\2ab\x80\0\0\1c\x80\0\0\2de", 17), {11, 6});
  expect_messages(kind(FramingKind::rpc), std::string_view("\0\0\0\0", 4), {-1});
}

TEST(FramingSmb2, EachCommandOfACompoundIsAMessage) {
  std::string first = std::string("\xfeSMB", 4) + std::string(68, '\0'),
              second = std::string("\xfeSMB", 4) + std::string(60, '\0');
  first[20] = 72;
  const std::string head("\0\0\0\x88", 4);
  expect_messages(kind(FramingKind::smb2), head + first + second + head + first + second, {76, 64, 76, 64});
  expect_messages(kind(FramingKind::smb2), std::string("\0\0\0\6\xfdSMBxx", 10), {10});
  expect_messages(kind(FramingKind::smb2), "GET / HT", {-1});
  first[20] = 8;
  expect_messages(kind(FramingKind::smb2), head + first + second, {-1});
}

TEST(FramingHttp2, PrefaceAndFrames) {
  const std::string preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  expect_messages(kind(FramingKind::http2), preface + std::string("\0\0\2\4\0\0\0\0\0xy\0\0\0\1\5\0\0\0\1", 20),
                  {24, 11, 9});
  expect_messages(kind(FramingKind::http2), "POST / HTTP/1.1", {-1});
}

TEST(FramingHttp2, AHeaderBlockIsOneMessageWithItsContinuations) {
  const std::string headers("\0\0\2\1\1\0\0\0\3ab", 11), more("\0\0\1\11\0\0\0\0\3c", 10),
      last("\0\0\1\11\4\0\0\0\3d", 10);
  const std::string data("\0\0\1\0\1\0\0\0\3x", 10), other("\0\0\1\11\4\0\0\0\5d", 10);
  expect_messages(kind(FramingKind::http2), headers + more + last + data, {31, 10});
  expect_messages(kind(FramingKind::http2), headers + more + data, {-1});
  expect_messages(kind(FramingKind::http2), headers + other, {-1});
  const std::string large = std::string("\0\x40\0\1\4\0\0\0\3", 9) + std::string(0x4000, 'h');
  EXPECT_EQ(cut(kind(FramingKind::http2), large + data, {5, 20, 9000}), (std::vector<int>{9 + 0x4000, 10}));
  const std::string larger = std::string("\0\x40\1\1\0\0\0\0\3", 9) + std::string(0x4001, 'h');  // passed by count
  EXPECT_EQ(cut(kind(FramingKind::http2), larger + last + data, {5, 20, 9000}), (std::vector<int>{20 + 0x4000, 10}));
}

TEST(FramingWhole, TurnsAndDatagramsHaveNoInnerBoundaries) {
  expect_messages(kind(FramingKind::turn), "anything", {-3});
}

}  // namespace
}  // namespace pastmon::signature
