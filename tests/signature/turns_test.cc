// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "scene.h"

namespace pastmon::signature::test {
namespace {

TEST(Turns, GiveResponseTimesToAnything) {
  Connection c(4000);
  c.client(10, "\x01").client(20, "\x02").server(50, "\x03").server(90, "\x04").client(200, "\x05").server(210, "\x06");
  c.fin(1, 300);
  ASSERT_EQ(c.rows(), "TCP OTHER answered, TCP OTHER answered");
  const Said t = c.of("TCP OTHER")[0];
  EXPECT_EQ(t.request_begin, 10);
  EXPECT_EQ(t.request_end, 20);
  EXPECT_EQ(t.response_begin, 50);
  EXPECT_EQ(t.response_end, 90);
  EXPECT_EQ(t.request_bytes, 2);
  EXPECT_EQ(t.server_rtt, 6000);
  EXPECT_EQ(c.of("TCP OTHER")[1].server_from, 200);
}

TEST(Turns, AreNeverUnanswered) {
  Connection c(4000);
  c.client(10, "\x01").end(100, flow::EndReason::idle);
  EXPECT_EQ(c.rows(), "");
}

TEST(Turns, AResetBeforeAnyAnswerAborts) {
  Connection c(4000);
  c.client(10, "\x01").rst(1, 100);
  EXPECT_EQ(c.rows(), "TCP OTHER aborted");
}

TEST(Turns, AResponseThatHasBegunIsCompleteAtTheReset) {
  Connection c(4000);
  c.client(10, "\x01").server(20, "\x02").rst(0, 100);
  EXPECT_EQ(c.rows(), "TCP OTHER answered");
  EXPECT_TRUE(c.only("TCP OTHER").complete);
}

TEST(Turns, AtTheEndOfTheCaptureNobodyKnowsWhetherMoreWouldHaveCome) {
  Connection c(4000);
  c.client(10, "\x01").server(20, "\x02").end(100, flow::EndReason::capture);
  EXPECT_FALSE(c.only("TCP OTHER").complete);
}

TEST(Turns, WhatTheServerSendsFirstOpensNothing) {
  Connection c(4000);
  c.server(10, "\x01").client(20, "\x02").server(30, "\x03").fin(1, 40);
  EXPECT_EQ(c.rows(), "TCP OTHER answered");
  EXPECT_EQ(c.only("TCP OTHER").response_time(), 10);
}

TEST(Turns, ATurnOfLostBytesIsNoTransaction) {
  Connection c(4000);
  c.client(10, "\x01").server(20, "\x02").lost(0, 30, 100).server(40, "\x03").client(50, "\x04").server(60, "\x05");
  c.fin(1, 70);
  EXPECT_EQ(c.rows(), "TCP OTHER answered, TCP OTHER answered");
  EXPECT_EQ(c.engine.counters().lost_transactions, 1U);
}

TEST(Turns, DatagramsPairByTurns) {
  Datagrams d(4000);
  d.client(0, "\x01").server(5, "\x02").client(10, "\x03").server(30, "\x04");
  EXPECT_EQ(d.rows(), "UDP OTHER answered, UDP OTHER answered");
  EXPECT_EQ(d.of("UDP OTHER")[1].response_time(), 20);
}

TEST(Turns, AUdpFlowInWhichOneSideSendsTwiceInARowStopsMakingTransactions) {
  Datagrams d(4000);
  d.client(0, "\x01").server(5, "\x02").client(10, "\x03").client(20, "\x04").server(30, "\x05").client(40, "\x06");
  d.server(50, "\x07").end(60, flow::EndReason::idle);
  EXPECT_EQ(d.rows(), "UDP OTHER answered");
}

TEST(Turns, AConversationFirstSeenInTheMiddleIsRecognisedAtTheNextMessage) {
  MidStream c(80);
  c.server(0, "rest of something").client(10, "GET / HTTP/1.1\r\n\r\n");
  c.server(30, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(c.rows(), "HTTP GET answered");
  EXPECT_EQ(c.only("HTTP GET").response_time(), 20);
}

TEST(Turns, AStatusLineProvesTheServiceAndClosesTheTurnBeforeIt) {
  MidStream c(80);
  c.client(0, std::string(300, 'b')).server(10, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  c.client(20, "GET / HTTP/1.1\r\n\r\n").server(30, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(c.rows(), "TCP OTHER answered, HTTP GET answered");
}

TEST(Turns, TheReceiverOfAResponseIsTheClient) {
  Scene s;
  Flow f(s, 1, decode::Transport::tcp, 50'000, flow::ClientBy::port);  // side 0 has the lower port
  f.key.port[0] = 8080;
  f.send(0, 0, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").send(1, 10, "GET / HTTP/1.1\r\n\r\n");
  f.send(0, 20, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(s.only("HTTP GET").who.client, f.key.address[1]);
  EXPECT_EQ(s.only("HTTP GET").who.port, 8080);
}

}  // namespace
}  // namespace pastmon::signature::test
