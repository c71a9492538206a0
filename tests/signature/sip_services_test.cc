// SPDX-License-Identifier: MIT
// SIP over UDP and TCP, and RTSP: what their captures cannot show.
#include <gtest/gtest.h>

#include "scene.h"

namespace pastmon::signature::test {
namespace {

std::string via(const std::string& branch) {
  return "Via: SIP/2.0/UDP 10.0.0.1;rport;branch=z9hG4bK" + branch + "\r\n";
}

/// Headers that a telephone system may put in front of what pairs, more than patterns usually see.
std::string far() { return "Record-Route: <sip:10.0.0.9;lr=on;ftag=" + std::string(600, 'f') + ">\r\n"; }

std::string ask(const std::string& method, int number, const std::string& call = "a1@x",
                const std::string& front = "") {
  return method + " sip:bob@example.net SIP/2.0\r\n" + front +
         "From: <sip:a@example.net>;tag=1\r\nTo: <sip:bob@example.net>\r\n" + "Call-ID: " + call +
         "\r\nCSeq: " + std::to_string(number) + " " + method + "\r\nContent-Length: 0\r\n\r\n";
}
std::string say(const std::string& status, int number, const std::string& method, const std::string& call = "a1@x",
                const std::string& front = "") {
  return "SIP/2.0 " + status + "\r\n" + front + "CSeq: " + std::to_string(number) + " " + method +
         "\r\nCall-ID: " + call + "\r\nContent-Length: 0\r\n\r\n";
}

TEST(Sip, ACallRingsBeforeItIsAnswered) {
  Datagrams c(5060);
  c.client(0, ask("INVITE", 1))
      .server(100, say("100 Trying", 1, "INVITE"))
      .server(5'000, say("180 Ringing", 1, "INVITE"));
  c.server(70'000'000, say("200 OK", 1, "INVITE")).client(70'001'000, ask("ACK", 1));
  c.server(90'000'000, ask("BYE", 7)).client(90'000'500, say("200 OK", 7, "BYE")).end(91'000'000);
  EXPECT_EQ(c.rows(), "SIP INVITE answered, SIP BYE answered");
  EXPECT_EQ(c.only("SIP INVITE").response_begin, 5'000);
  EXPECT_EQ(c.only("SIP INVITE").response_end, 70'000'000);
  EXPECT_EQ(c.only("SIP BYE").who.port, c.key.port[0]);  // the called side hung up: it is the client
  EXPECT_EQ(c.packet_rows(), "SIP INVITE 4, SIP ACK 1, SIP BYE 2");
}

TEST(Sip, ACallThatRingsForEverHasBegunItsAnswer) {
  Datagrams c(5060);
  c.client(0, ask("INVITE", 1)).server(5'000, say("180 Ringing", 1, "INVITE"));
  c.wait(200'000'000);
  EXPECT_EQ(c.rows(), "SIP INVITE answered");
  EXPECT_FALSE(c.only("SIP INVITE").complete);
}

TEST(Sip, AQuestionForAPasswordIsNoError) {
  Datagrams c(5060);
  c.client(0, ask("REGISTER", 1)).server(10, say("401 Unauthorized", 1, "REGISTER"));
  c.client(20, ask("REGISTER", 2)).server(30, say("403 Forbidden", 2, "REGISTER"));
  ASSERT_EQ(c.of("SIP REGISTER").size(), 2U);
  EXPECT_FALSE(c.of("SIP REGISTER")[0].error);
  EXPECT_TRUE(c.of("SIP REGISTER")[1].error);
}

TEST(Sip, ARepeatedRequestIsOneTransactionAlsoBehindItsAnswer) {
  Datagrams c(5060);
  c.client(0, ask("OPTIONS", 1)).client(500'000, ask("OPTIONS", 1)).server(600'000, say("200 OK", 1, "OPTIONS"));
  c.client(700'000, ask("OPTIONS", 1)).server(700'100, say("200 OK", 1, "OPTIONS")).end(800'000);
  EXPECT_EQ(c.rows(), "SIP OPTIONS answered");
  EXPECT_EQ(c.only("SIP OPTIONS").response_time(), 600'000);
  EXPECT_TRUE(c.late.empty());
}

TEST(Sip, CancelHasItsOwnAnswer) {
  Datagrams c(5060);
  c.client(0, ask("INVITE", 3, "c", via("1"))).client(1'000, ask("CANCEL", 3, "c", via("1")));
  c.server(2'000, say("487 Request Terminated", 3, "INVITE", "c", via("1")));
  c.server(3'000, say("200 OK", 3, "CANCEL", "c", via("1"))).end(4'000);
  EXPECT_EQ(c.rows(), "SIP INVITE answered error, SIP CANCEL answered");
  EXPECT_TRUE(c.only("SIP INVITE").error);
  EXPECT_EQ(c.only("SIP CANCEL").response_time(), 2'000);
}

TEST(Sip, HeadersStandInAnyOrderFormAndPlace) {
  Datagrams c(5060);
  const std::string request = "FROB sip:b SIP/2.0\r\n" + far() +
                              "cseq:\r\n  007   FROB\r\ni: x1\r\nv: SIP/2.0/UDP a ; branch = q\r\nl: 0\r\n\r\n";
  c.client(0, request)
      .server(40, "SIP/2.0 200 OK\r\n" + far() + "Via: SIP/2.0/UDP a;branch=q\r\nCall-ID : x1\r\nCSeq: 7 FROB\r\n\r\n");
  EXPECT_EQ(c.rows(), "SIP OTHER answered");
}

TEST(Sip, BothSidesOfAProxyAreToldApart) {
  Scene s;
  Flow in(s, 1, decode::Transport::udp, 5060, flow::ClientBy::first),
      out(s, 2, decode::Transport::udp, 5060, flow::ClientBy::first);
  in.client(0, ask("INVITE", 1, "p", via("a")));
  out.client(10, ask("INVITE", 1, "p", via("b") + via("a")));
  in.server(20, say("180 Ringing", 1, "INVITE", "p", via("a")));
  out.server(30, say("200 OK", 1, "INVITE", "p", via("b") + via("a")));
  in.server(40, say("200 OK", 1, "INVITE", "p", via("a")));
  in.end(100), out.end(100);
  ASSERT_EQ(s.of("SIP INVITE").size(), 2U);
  EXPECT_EQ(s.of("SIP INVITE")[0].response_begin, 30);
  EXPECT_EQ(s.of("SIP INVITE")[1].response_begin, 20);
}

TEST(Sip, TheAnswerMayComeToThePortThatViaNames) {
  Scene s;
  Flow there(s, 1, decode::Transport::udp, 5060, flow::ClientBy::first),
      back(s, 2, decode::Transport::udp, 5060, flow::ClientBy::first);
  there.client(0, ask("REGISTER", 1, "q", via("c")));
  back.client(50, say("200 OK", 1, "REGISTER", "q", via("c")));
  there.end(100), back.end(100);
  EXPECT_EQ(s.rows(), "SIP REGISTER answered");
}

TEST(Sip, OverTcpMessagesHaveBodiesAndKeepAlivesBetweenThem) {
  Connection c(5060);
  const std::string body = "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\n";
  std::string invite = ask("INVITE", 1, "t", far());
  invite.replace(invite.find("Content-Length: 0"), 17, "l: " + std::to_string(body.size()));
  c.client(100, invite.substr(0, 400)).client(200, invite.substr(400) + body);
  c.server(300, say("100 Trying", 1, "INVITE", "t") + say("180 Ringing", 1, "INVITE", "t"));
  for (int i = 0; i < 6; ++i) c.client(30'000'000 + i, "\r\n\r\n").server(30'000'100 + i, "\r\n");
  c.server(60'000'000, say("200 OK", 1, "INVITE", "t")).client(60'001'000, ask("ACK", 1, "t"));
  c.server(90'000'000, ask("BYE", 2, "t")).client(90'000'010, say("481 No such call", 2, "BYE", "t"));
  c.fin(0, 91'000'000).fin(1, 91'000'010);
  EXPECT_EQ(c.rows(), "SIP INVITE answered, SIP BYE answered error");
  EXPECT_EQ(c.only("SIP INVITE").request_begin, 100);
  EXPECT_EQ(c.only("SIP INVITE").request_bytes, static_cast<std::int64_t>(invite.size() + body.size()));
  EXPECT_EQ(c.only("SIP INVITE").response_begin, 300);
  EXPECT_EQ(c.only("SIP INVITE").response_end, 60'000'000);
  EXPECT_EQ(c.only("SIP BYE").request_begin, 90'000'000);
  EXPECT_TRUE(c.only("SIP BYE").error);
  EXPECT_EQ(c.only("SIP BYE").who.port, c.key.port[0]);
}

TEST(Sip, WhatLooksAlikeIsNotSip) {
  for (const char* text :
       {"NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n\r\n", "OPTIONS rtsp://a/b RTSP/1.0\r\nCSeq: 1\r\n\r\n",
        "OPTIONS icap://a/b ICAP/1.0\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "INVITE sip:a@b SIP/3.0\r\n\r\n"}) {
    Datagrams c(5060);
    c.client(0, text).end(10);
    EXPECT_EQ(c.packet_rows().find("SIP"), std::string::npos) << text;
  }
}

std::string rtsp(const std::string& line, int number) {
  return line + "\r\nCSeq: " + std::to_string(number) + "\r\n\r\n";
}

/// Sound or picture between the messages.
std::string data(std::size_t size) {
  return std::string("$\0", 2) + static_cast<char>(size >> 8U) + static_cast<char>(size & 255U) +
         std::string(size, 'R');
}

TEST(Rtsp, DataBetweenMessagesAnswersNothing) {
  Connection c(8554);
  c.client(0, rtsp("PLAY rtsp://a/b RTSP/1.0", 4))
      .server(100, data(700) + data(20))
      .server(200, data(300).substr(0, 100));
  c.server(300, data(300).substr(100) + rtsp("RTSP/1.0 200 OK", 4) + data(10)).client(400, data(40));
  c.client(500, rtsp("GET_PARAMETER rtsp://a/b RTSP/1.0", 5))
      .server(600, data(65'000))
      .server(700, rtsp("RTSP/1.0 200 OK", 5));
  c.fin(0, 800).fin(1, 900);
  EXPECT_EQ(c.rows(), "RTSP PLAY answered, RTSP GET_PARAMETER answered");
  EXPECT_EQ(c.only("RTSP PLAY").response_time(), 300);
  EXPECT_EQ(c.only("RTSP GET_PARAMETER").response_time(), 200);
}

TEST(Rtsp, TheServerMayAskToo) {
  Connection c(554);
  c.client(0, rtsp("SETUP rtsp://a/b RTSP/1.0", 1)).server(100, rtsp("ANNOUNCE rtsp://a/b RTSP/1.0", 1));
  c.server(200, rtsp("RTSP/1.0 461 Unsupported Transport", 1)).client(350, rtsp("RTSP/1.0 200 OK", 1));
  c.client(400, rtsp("DESCRIBE rtsp://a/b RTSP/1.0", 2)).server(500, rtsp("RTSP/1.0 401 Unauthorized", 2));
  EXPECT_EQ(c.rows(), "RTSP SETUP answered error, RTSP ANNOUNCE answered, RTSP DESCRIBE answered");
  EXPECT_TRUE(c.only("RTSP SETUP").error);
  EXPECT_FALSE(c.only("RTSP DESCRIBE").error);
  EXPECT_EQ(c.only("RTSP ANNOUNCE").response_time(), 250);
  EXPECT_EQ(c.only("RTSP ANNOUNCE").who.port, c.key.port[0]);
}

TEST(Rtsp, AnswersComeInAnyOrder) {
  Connection c(9999);
  c.client(0, rtsp("SETUP rtsp://a/1 RTSP/1.0", 1) + rtsp("PLAY rtsp://a RTSP/2.0", 2));
  c.server(100, rtsp("RTSP/1.0 200 OK", 2)).server(200, rtsp("RTSP/1.0 200 OK", 1));
  EXPECT_EQ(c.only("RTSP PLAY").response_time(), 100);
  EXPECT_EQ(c.only("RTSP SETUP").response_time(), 200);
}

TEST(Rtsp, ThroughHttpItIsHttp) {
  Connection c(554);
  c.client(0, "GET /live HTTP/1.0\r\nx-sessioncookie: 1\r\nAccept: application/x-rtsp-tunnelled\r\n\r\n");
  c.server(10,
           "HTTP/1.0 200 OK\r\nContent-Type: application/x-rtsp-tunnelled\r\n\r\nRTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n");
  c.fin(1, 20);
  EXPECT_EQ(c.rows(), "HTTP GET answered");
}

}  // namespace
}  // namespace pastmon::signature::test
