// SPDX-License-Identifier: MIT
// HTTP/1 as servers and clients speak it that keep to the letter of no standard.
#include <gtest/gtest.h>

#include "scene.h"

namespace pastmon::signature::test {
namespace {

const std::string kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

TEST(HttpOdd, AResponseWithoutALengthEndsWithTheConnection) {
  Connection c(80);
  c.client(0, kGet).server(10, "HTTP/1.0 200 OK\r\nServer: x\r\n\r\nHTTP/1.0 200 OK").server(20, "more").fin(1, 30);
  EXPECT_EQ(c.rows(), "HTTP GET answered");
  EXPECT_EQ(c.only("HTTP GET").response_end, 20);
}

TEST(HttpOdd, AResponseThatForgotToSayThatItIsEmptyDoesNotSwallowTheNext) {
  Connection c(80);
  c.client(0, kGet).server(10, "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\n\r\n");
  c.client(20, kGet).server(30, kOk).client(40, kGet).server(50, kOk);
  EXPECT_EQ(c.rows(), "HTTP GET answered, HTTP GET answered, HTTP GET answered");
  EXPECT_EQ(c.of("HTTP GET")[0].response_end, 10);
  EXPECT_EQ(c.of("HTTP GET")[1].response_begin, 30);
}

TEST(HttpOdd, WithoutAnotherRequestAStatusLineIsPartOfTheBody) {
  Connection c(80);
  c.client(0, "GET /a HTTP/1.0\r\nX: ").client(5, "y\r\n\r\n").server(10, "HTTP/1.0 200 OK\r\n\r\nfirst");
  c.client(20, "?").server(30, kOk).fin(1, 40);
  EXPECT_EQ(c.rows(), "HTTP GET answered");
  EXPECT_EQ(c.only("HTTP GET").response_end, 30);
}

TEST(HttpOdd, ALengthOfMinusOneIsNone) {
  Connection c(80);
  c.client(0, kGet).server(10, "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nbody").fin(1, 30);
  EXPECT_EQ(c.rows(), "HTTP GET answered");
  EXPECT_EQ(c.only("HTTP GET").response_bytes, 43);
}

TEST(HttpOdd, ChunkedMayBeTheLastOfSeveralCodings) {
  Connection c(80);
  c.client(0, kGet + kGet);
  c.server(10, "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n5;x=y\r\nHTTP/\r\n0\r\nTrailer: 1\r\n\r\n");
  c.server(20, kOk);
  EXPECT_EQ(c.rows(), "HTTP GET answered, HTTP GET answered");
  EXPECT_EQ(c.of("HTTP GET")[1].response_begin, 20);
}

TEST(HttpOdd, LinesMayEndInABareLineFeed) {
  Connection c(80);
  c.client(0, "GET /a HTTP/1.1\nHost: x\n\nPOST /b HTTP/1.1\nContent-Length: 3\n\nabcGET /c HTTP/1.1\n\n");
  c.server(10, "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\nabc\n2\nde\n0\n\nHTTP/1.1 204\n\n" + kOk);
  EXPECT_EQ(c.rows(), "HTTP GET answered, HTTP POST answered, HTTP GET answered");
}

TEST(HttpOdd, HeaderLinesMayBeLongerThanASegment) {
  Connection c(80);
  c.client(0, "GET /a HTTP/1.1\r\nCookie: " + std::string(1400, 'c'))
      .client(5, std::string(1460, 'c'))
      .client(7, "\r\n\r\n");
  c.server(100, "HTTP/1.1 200 OK\r\nX: " + std::string(1400, 'x'))
      .server(110, std::string(3000, 'x') + "\r\nContent-Length: 0\r\n\r\n");
  c.client(200, kGet).server(300, kOk);
  EXPECT_EQ(c.rows(), "HTTP GET answered, HTTP GET answered");
  EXPECT_EQ(c.of("HTTP GET")[0].request_end, 7);
  EXPECT_EQ(c.of("HTTP GET")[0].response_end, 110);
}

TEST(HttpOdd, ABodyWithoutALengthTakesNothingFromItsRequest) {
  for (const char* body : {"{\"a\": 1}", "user=1&b=2", "\x01\x02", "a b c\r\nd\r\n"}) {
    Connection c(80);
    c.client(0, "POST /a HTTP/1.0\r\n\r\n" + std::string(body)).server(10, kOk);
    c.client(20, kGet).server(30, kOk);
    EXPECT_EQ(c.rows(), "HTTP POST answered, HTTP GET answered") << body;
  }
}

TEST(HttpOdd, WhatAHiddenRequestWouldGetIsNotPairedWithALaterOne) {
  Connection c(80);
  c.client(0, "POST /a HTTP/1.0\r\n\r\n").client(1, "{}" + kGet).client(2, kGet).server(10, kOk).server(11, kOk + kOk);
  c.client(20, kGet).server(30, kOk);
  EXPECT_EQ(c.rows(), "HTTP POST answered, HTTP GET answered");
  EXPECT_EQ(c.only("HTTP GET").response_time(), 10);
}

TEST(HttpOdd, ShoutcastAnswersIcy) {
  Connection c(8000);
  c.client(0, "GET /stream HTTP/1.0\r\nIcy-MetaData: 1\r\n\r\n")
      .server(10, "ICY 200 OK\r\nicy-br: 128\r\n\r\n\xff\xfbsound")
      .fin(1, 900);
  EXPECT_EQ(c.rows(), "HTTP GET answered");
  EXPECT_EQ(c.only("HTTP GET").response_time(), 10);
}

TEST(HttpOdd, StatusesOfNoStandardAndNoReasonAnswerToo) {
  Connection c(80);
  c.client(0, kGet).server(10, "HTTP/1.1 999 Request denied\r\nContent-Length: 0\r\n\r\n");
  c.client(20, kGet).server(30, "HTTP/1.1 500\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(c.rows(), "HTTP GET answered, HTTP GET answered error");
}

TEST(HttpOdd, AProxyIsAskedForWholeAddresses) {
  Connection c(3128);
  c.client(0, "GET http://a.example.net/x?q HTTP/1.1\r\n\r\n").server(10, kOk);
  EXPECT_EQ(c.rows(), "HTTP GET answered");
}

TEST(HttpOdd, WebDavMethodsHaveTheirNames) {
  for (const char* method :
       {"PROPFIND", "PROPPATCH", "MKCOL", "MKCALENDAR", "REPORT", "VERSION-CONTROL", "BASELINE-CONTROL", "ACL"}) {
    Connection c(80);
    c.client(0, std::string(method) + " /dav HTTP/1.1\r\n\r\n").server(10, kOk);
    EXPECT_EQ(c.rows(), "HTTP " + std::string(method) + " answered");
  }
}

TEST(HttpOdd, WhatLooksAlikeIsNotHttp) {
  for (const char* text :
       {"get / HTTP/1.1\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/2.0\r\n\r\n",
        "OPTIONS rtsp://a RTSP/1.0\r\nCSeq: 1\r\n\r\n", "OPTIONS sip:a@b SIP/2.0\r\nCSeq: 1 OPTIONS\r\n\r\n",
        "REQMOD icap://a/b ICAP/1.0\r\n\r\n"}) {
    Connection c(9999);
    c.client(0, text).fin(1, 10);
    EXPECT_EQ(c.packet_rows().find("HTTP"), std::string::npos) << text;
  }
  Datagrams ssdp(1900);
  ssdp.client(0, "NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n\r\n").end(10);
  EXPECT_EQ(ssdp.packet_rows(), "SSDP 1");
}

TEST(HttpOdd, BehindAnotherUpgradeComesWhatIsRecognised) {
  Connection c(80);
  c.client(0, "POST /containers/1/attach HTTP/1.1\r\nUpgrade: tcp\r\nConnection: Upgrade\r\n\r\n");
  c.server(10, "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
  c.client(20, "*1\r\n$4\r\nPING\r\n").server(30, "+PONG\r\n");
  EXPECT_EQ(c.rows(), "HTTP POST answered, Redis PING answered");
}

}  // namespace
}  // namespace pastmon::signature::test
