// SPDX-License-Identifier: MIT
// How transactions end (metrics.md, "Transactions").
#include <gtest/gtest.h>

#include "scene.h"

namespace pastmon::signature::test {
namespace {

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

TEST(Outcome, AnAnsweredRequestHasAllItsTimes) {
  Connection c(80);
  c.client(1000, "GET / HTTP/1.1\r\n")
      .client(1500, "\r\n")
      .server(4000, kOk.substr(0, 20))
      .server(4700, kOk.substr(20));
  const Said& t = c.only("HTTP GET");
  EXPECT_EQ(t.outcome, Outcome::answered);
  EXPECT_EQ(t.request_begin, 1000);
  EXPECT_EQ(t.request_end, 1500);
  EXPECT_EQ(t.response_begin, 4000);
  EXPECT_EQ(t.response_end, 4700);
  EXPECT_EQ(t.at, 4700);
  EXPECT_EQ(t.server_from, 1500);
  EXPECT_EQ(t.server_rtt, 6000);
  EXPECT_EQ(t.client_rtt, 4000);
  EXPECT_EQ(t.request_bytes, 18);
  EXPECT_EQ(t.response_bytes, static_cast<std::int64_t>(kOk.size()));
  EXPECT_TRUE(t.complete);
}

TEST(Outcome, ATcpRequestIsNeverTimedOut) {
  Connection c(80);
  c.client(0, kGet);
  c.wait(600 * base::kSecond);
  EXPECT_EQ(c.rows(), "");
  c.server(601 * base::kSecond, kOk);
  EXPECT_EQ(c.only("HTTP GET").response_time(), 601 * base::kSecond);
}

TEST(Outcome, NothingCameBeforeTheEndOfTheFlow) {
  Connection c(80);
  c.client(0, kGet).end(50, flow::EndReason::idle);
  EXPECT_EQ(c.rows(), "HTTP GET unanswered");
  EXPECT_EQ(c.only("HTTP GET").at, 50);
}

TEST(Outcome, ResetBeforeTheResponseIsCompleteAborts) {
  Connection c(80);
  c.client(0, kGet).client(1, kGet).server(10, kOk).server(20, kOk.substr(0, 30)).rst(1, 30);
  EXPECT_EQ(c.rows(), "HTTP GET answered, HTTP GET aborted");
}

TEST(Outcome, TheServersFinAbortsWhatItDoesNotDelimit) {
  Connection c(80);
  c.client(0, kGet).server(20, kOk.substr(0, 30)).fin(1, 30);
  EXPECT_EQ(c.rows(), "HTTP GET aborted");
  EXPECT_EQ(c.only("HTTP GET").at, 30);
}

TEST(Outcome, AFinThatDelimitsTheResponseCompletesIt) {
  Connection c(80);
  c.client(0, kGet).server(20, "HTTP/1.0 200 OK\r\n\r\nsome").server(40, "thing").fin(1, 60);
  EXPECT_EQ(c.rows(), "HTTP GET answered");
  EXPECT_EQ(c.only("HTTP GET").response_end, 40);
  EXPECT_TRUE(c.only("HTTP GET").complete);
}

TEST(Outcome, AClientsFinAloneEndsNothing) {
  Connection c(80);
  c.client(0, kGet).fin(0, 10);
  EXPECT_EQ(c.rows(), "");
  c.server(20, kOk);
  EXPECT_EQ(c.rows(), "HTTP GET answered");
}

TEST(Outcome, AResponseThatHadBegunWhenTheCaptureEndedIsAnsweredButNotComplete) {
  Connection c(80);
  c.client(0, kGet).server(20, kOk.substr(0, 30)).end(100, flow::EndReason::capture);
  EXPECT_EQ(c.rows(), "HTTP GET answered");
  EXPECT_FALSE(c.only("HTTP GET").complete);
  EXPECT_EQ(c.only("HTTP GET").response_time(), 20);
}

TEST(Outcome, AFinalResponseBeforeTheEndOfTheRequestIsEarly) {
  Connection c(80);
  c.client(0, "POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nab")
      .server(20, "HTTP/1.1 413 No\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(c.rows(), "");
  c.client(30, "cd");
  EXPECT_EQ(c.rows(), "HTTP POST answered early");
  EXPECT_EQ(c.only("HTTP POST").request_end, 30);
}

TEST(Outcome, AnErrorIsAnAnswer) {
  Connection c(80);
  c.client(0, kGet).server(20, "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
  c.client(30, kGet).server(40, "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(c.rows(), "HTTP GET answered error, HTTP GET answered");
}

TEST(Outcome, AnInterimAnswerIsNeitherFirstByteNorEnd) {
  Connection c(80);
  c.client(0, "POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
      .server(10, "HTTP/1.1 100 Continue\r\n\r\n")
      .client(20, "ab")
      .server(50, kOk);
  EXPECT_EQ(c.rows(), "HTTP POST answered");
  EXPECT_EQ(c.only("HTTP POST").response_time(), 30);
}

TEST(Outcome, PipelinedRequestsPairInOrderAndTheServerStartsWhenItCan) {
  Connection c(80);
  c.client(0, std::string(kGet) + "HEAD / HTTP/1.1\r\n\r\n" + std::string(kGet));
  c.server(100, kOk).server(150, "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n").server(400, kOk);
  EXPECT_EQ(c.rows(), "HTTP GET answered, HTTP HEAD answered, HTTP GET answered");
  EXPECT_EQ(c.transactions[1].server_from, 0);
  EXPECT_EQ(c.transactions[2].server_from, 100);
  EXPECT_EQ(c.transactions[3].server_from, 150);
  EXPECT_EQ(c.transactions[3].response_time(), 400);
}

TEST(Outcome, ARequestRepeatedBehindTheSensorDelaysTheResponseNotTheServer) {
  Connection c(80);
  c.client(0, kGet).again(0, 200'000, 0, kGet.size(), 200'000).server(230'000, kOk);
  const Said& t = c.only("HTTP GET");
  EXPECT_EQ(t.request_delay, 200'000);
  EXPECT_EQ(t.request_gap_delay, 0);
  EXPECT_EQ(t.response_time(), 230'000);
}

TEST(Outcome, AGapInTheRequestLengthensTheRequestOnly) {
  Connection c(80);
  c.client(0, kGet.substr(0, 10)).client(300'000, kGet.substr(10), 300'000).server(310'000, kOk);
  const Said& t = c.only("HTTP GET");
  EXPECT_EQ(t.request_gap_delay, 300'000);
  EXPECT_EQ(t.request_delay, 0);
  EXPECT_EQ(t.response_time(), 10'000);
}

TEST(Outcome, GapsOfTheResponseAreCountedOnceHoweverTheyOverlap) {
  Connection c(80);
  c.client(0, kGet).server(10'000, kOk.substr(0, 10));
  c.server(50'000, kOk.substr(10, 10), 40'000).server(60'000, kOk.substr(20), 45'000);
  EXPECT_EQ(c.only("HTTP GET").response_delay, 50'000);
}

TEST(Outcome, WithoutAHandshakeTheSmallestPureAckIsTheRoundTrip) {
  MidStream c(80);
  c.client(0, kGet).ack(1, 900, 900).server(5000, kOk).ack(0, 5100, 100);
  c.client(6000, kGet).ack(1, 6400, 400).server(7000, kOk);
  EXPECT_EQ(c.transactions.at(0).server_rtt, 900);
  EXPECT_EQ(c.transactions.at(0).client_rtt, base::kNone);
  EXPECT_EQ(c.transactions.at(1).server_rtt, 400);
  EXPECT_EQ(c.transactions.at(1).client_rtt, 100);
}

TEST(Outcome, ARepeatedHandshakeGivesNoRoundTrip) {
  Scene s;
  Flow f(s, 1, decode::Transport::tcp, 80);
  f.handshake(0, 3'000'000, 3'001'000, true).client(3'002'000, kGet).server(3'003'000, kOk);
  EXPECT_EQ(s.only("HTTP GET").server_rtt, base::kNone);
  ASSERT_EQ(s.handshakes.size(), 1U);
  EXPECT_EQ(s.handshakes[0].connect_time, 3'001'000);
  EXPECT_EQ(s.handshakes[0].rtt_server, base::kNone);
  EXPECT_EQ(s.only("TCP SYNACK").response_time(), 3'000'000);
}

TEST(Outcome, HandshakesAreTransactionsWithoutServerTime) {
  Connection c(80);
  const Said& t = c.only("TCP SYNACK");
  EXPECT_EQ(t.outcome, Outcome::answered);
  EXPECT_EQ(t.response_time(), 6000);
  EXPECT_EQ(t.server_rtt, base::kNone);
  ASSERT_EQ(c.handshakes.size(), 1U);
  EXPECT_EQ(c.handshakes[0].connect_time, 10'000);
  EXPECT_EQ(c.handshakes[0].rtt_server, 6000);
  EXPECT_EQ(c.handshakes[0].rtt_client, 4000);
}

TEST(Outcome, AHandshakeWhoseSynAckWasNotSeenIsALostTransaction) {
  Scene s;
  Flow f(s, 1, decode::Transport::tcp, 80);
  f.event(flow::EventKind::established, 0, 900, {0, base::kNone, 900, false});
  EXPECT_TRUE(s.of("TCP SYNACK").empty());
  EXPECT_EQ(s.engine.counters().lost_transactions, 1U);
  ASSERT_EQ(s.handshakes.size(), 1U);
  EXPECT_EQ(s.handshakes[0].connect_time, 900);
  EXPECT_EQ(s.handshakes[0].rtt_server, base::kNone);
}

TEST(Outcome, RefusedAndUnansweredSyns) {
  Scene s;
  Flow a(s, 1, decode::Transport::tcp, 80), b(s, 2, decode::Transport::tcp, 80);
  a.event(flow::EventKind::refused, 1, 500, {0, base::kNone, base::kNone, false});
  b.event(flow::EventKind::unanswered, 1, 30'000'000, {10, base::kNone, base::kNone, false});
  ASSERT_EQ(s.of("TCP SYNACK").size(), 2U);
  EXPECT_EQ(s.of("TCP SYNACK")[0].outcome, Outcome::refused);
  EXPECT_EQ(s.of("TCP SYNACK")[1].outcome, Outcome::unanswered);
}

}  // namespace
}  // namespace pastmon::signature::test
