// SPDX-License-Identifier: MIT
// Loss costs the transactions that it touched, and shifts no pair after it.
#include <gtest/gtest.h>

#include "scene.h"

namespace pastmon::signature::test {
namespace {

std::string get(int i) { return "GET /" + std::to_string(i) + " HTTP/1.1\r\n\r\n"; }
std::string ok(int body) { return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body) + "\r\n\r\n"; }

TEST(Loss, InsideABodyCostsNothing) {
  Connection c(80);
  c.client(0, get(1)).server(10, ok(1000) + std::string(300, 'x')).lost(1, 20, 500).server(30, std::string(200, 'x'));
  c.client(40, get(2)).server(50, ok(0));
  EXPECT_EQ(c.rows(), "HTTP GET answered, HTTP GET answered");
  EXPECT_EQ(c.of("HTTP GET")[0].response_end, 30);
  EXPECT_EQ(c.of("HTTP GET")[0].response_bytes, static_cast<std::int64_t>(ok(1000).size()) + 1000);
}

TEST(Loss, OfARequestsLastByteCostsIt) {
  Connection c(80);
  c.client(0, "POST / HTTP/1.1\r\nContent-Length: 50\r\n\r\n").lost(0, 5, 50).server(10, ok(0));
  c.client(20, get(2)).server(50, ok(0));
  EXPECT_EQ(c.rows(), "HTTP GET answered");
}

TEST(Loss, OfAResponsesLastByteLeavesItsEndUnknown) {
  Connection c(80);
  c.client(0, get(1)).server(10, ok(50)).lost(1, 20, 50).client(30, get(2)).server(50, ok(0));
  EXPECT_EQ(c.rows(), "HTTP GET answered, HTTP GET answered");
  EXPECT_FALSE(c.of("HTTP GET")[0].complete);
  EXPECT_TRUE(c.of("HTTP GET")[1].complete);
}

TEST(Loss, OfAResponseCostsThatTransactionOnly) {
  Connection c(80);
  c.client(0, get(1)).lost(1, 20, 500);
  c.client(100, get(2)).server(150, ok(0));
  c.client(200, get(3)).server(270, ok(0));
  EXPECT_EQ(c.rows(), "HTTP GET answered, HTTP GET answered");
  EXPECT_EQ(c.of("HTTP GET")[0].response_time(), 50);
  EXPECT_EQ(c.of("HTTP GET")[1].response_time(), 70);
  EXPECT_EQ(c.engine.counters().lost_transactions, 1U);
}

TEST(Loss, OfARequestDoesNotGiveItsResponseToTheNext) {
  Connection c(80);
  c.client(0, get(1)).server(10, ok(0));
  c.lost(0, 20, static_cast<std::uint32_t>(get(2).size())).server(30, ok(0));
  c.client(100, get(3)).server(170, ok(0));
  EXPECT_EQ(c.rows(), "HTTP GET answered, HTTP GET answered");
  EXPECT_EQ(c.of("HTTP GET")[1].response_time(), 70);
}

TEST(Loss, AmongPipelinedRequestsCostsTheWholeTurn) {
  Connection c(80);
  c.client(0, get(1)).lost(0, 1, static_cast<std::uint32_t>(get(2).size())).client(2, get(3));
  c.server(10, ok(0) + ok(0) + ok(0)).client(100, get(4)).server(150, ok(0));
  EXPECT_EQ(c.rows(), "HTTP GET answered");
  EXPECT_EQ(c.only("HTTP GET").response_time(), 50);
}

TEST(Loss, AmongPipelinedResponsesEndsWithTheBatch) {
  Connection c(80);
  c.client(0, get(1) + get(2) + get(3) + get(4)).server(10, ok(0)).lost(1, 20, 70).server(30, ok(0)).server(40, ok(0));
  c.client(100, get(5) + get(6)).server(150, ok(0)).server(160, ok(0));
  EXPECT_EQ(c.rows(), "HTTP GET answered, HTTP GET answered, HTTP GET answered");
  EXPECT_EQ(c.of("HTTP GET")[1].response_time(), 50);
  EXPECT_EQ(c.of("HTTP GET")[2].response_time(), 60);
}

TEST(Loss, PairingByIdLosesOnlyWhatWasLost) {
  config::ServiceSpec spec;
  spec.where = "test:1";
  spec.name = "BYID";
  spec.pairing = config::Pairing::id;
  spec.over.emplace_back().framing.kind = config::FramingKind::line;
  config::SignatureSpec& s = spec.signatures.emplace_back();
  s.where = "test:2";
  s.name = "BYID";
  s.request = "Q(?<id>\\d)\\n";
  s.response = "R(?<id>\\d)\\n";
  const auto set = compiled({spec});
  Connection c(7, set);
  c.client(0, "Q1\nQ2\nQ3\n").server(10, "R2\n").lost(1, 20, 3).server(30, "R3\n").end(100, flow::EndReason::idle);
  EXPECT_EQ(c.rows(), "BYID answered, BYID answered");
  EXPECT_EQ(c.transactions[1].response_time(), 10);
  EXPECT_EQ(c.transactions[2].response_time(), 30);
  EXPECT_EQ(c.engine.counters().lost_transactions, 1U) << "Q1 may have been answered in the lost bytes";
}

TEST(Loss, ACutMessageIsTakenToRunToTheEndOfItsTurn) {
  Connection c(80);
  const std::string request = "GET / HTTP/1.1\r\nHost: a\r\nCookie: " + std::string(300, 'c') + "\r\n\r\n";
  c.cut(0, 0, request, 40).cut(1, 30, ok(500) + std::string(100, 'x'), 60).cut(1, 40, std::string(400, 'x'), 60);
  c.cut(0, 100, request, 40).cut(1, 150, ok(0), 20).fin(1, 200);
  EXPECT_EQ(c.rows(), "HTTP GET answered, HTTP GET answered");
  EXPECT_EQ(c.of("HTTP GET")[0].response_time(), 30);
  EXPECT_EQ(c.of("HTTP GET")[0].response_end, 40);
  EXPECT_EQ(c.of("HTTP GET")[1].response_time(), 50);
}

TEST(Loss, AMessageThatBreaksItsFramingIsCountedAndTheStreamTakenUpAgain) {
  Connection c(80);
  c.client(0, get(1)).server(10, ok(0)).client(20, "\x01\x02 not http").server(30, ok(0));
  c.client(40, get(2)).server(90, ok(0));
  EXPECT_EQ(c.engine.counters().framing_errors, 1U);
  EXPECT_EQ(c.rows(), "HTTP GET answered, HTTP GET answered");
  EXPECT_EQ(c.of("HTTP GET")[1].response_time(), 50);
}

}  // namespace
}  // namespace pastmon::signature::test
