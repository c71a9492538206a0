// SPDX-License-Identifier: MIT
// TLS: what its captures cannot show.
#include <gtest/gtest.h>

#include "scene.h"

namespace pastmon::signature::test {
namespace {

using namespace std::string_literals;

std::string record(char type, const std::string& body) {
  return type + "\x03\x03"s + static_cast<char>(body.size() >> 8) + static_cast<char>(body.size()) + body;
}
std::string message(char type, const std::string& body) {
  return record(22, type + "\0\0"s + static_cast<char>(body.size()) + body);
}

const std::string kHello = message(1, "\x03\x03" + std::string(90, 'c'));
const std::string kServerHello = message(2, "\x03\x03" + std::string(80, 's'));
const std::string kRetry = message(2, "\x03\x03\xcf\x21\xad\x74\xe5\x9a\x61\x11" + std::string(70, 's'));
const std::string kChange = record(20, "\1");
std::string data(std::size_t size) { return record(23, std::string(size, 'd')); }
const std::string kEncryptedAlert = data(19);
const std::string kFlight13 = kServerHello + kChange + data(40) + data(900) + data(60);

/// A handshake of TLS 1.3 up to the client's end of it, at 3 ms.
Connection& thirteen(Connection& c) {
  c.client(0, kHello).server(2'000, kFlight13).client(3'000, kChange + data(69));
  return c;
}

TEST(Tls, TheEndOfAHandshakeAndItsAnswerAreNoData) {
  Connection c(443);
  thirteen(c).server(4'000, data(250) + data(250)).client(5'000, data(200)).server(9'000, data(800)).end(20'000);
  EXPECT_EQ(c.rows(), "TLS HANDSHAKE answered, TLS DATA answered");
  EXPECT_EQ(c.only("TLS DATA").response_time(), 4'000);
  EXPECT_EQ(c.only("TLS HANDSHAKE").response_time(), 2'000);
}

TEST(Tls, TicketsThatNobodyAskedForOpenNothing) {
  Connection c(443);
  thirteen(c).server(4'000, data(250)).server(900'000, data(250)).end(2'000'000);
  EXPECT_EQ(c.rows(), "TLS HANDSHAKE answered");
}

TEST(Tls, ARetryIsTheFirstByteAndNotTheEnd) {
  Connection c(443);
  c.client(0, kHello).server(2'000, kRetry + kChange).client(3'000, kChange + kHello).server(7'000, kFlight13);
  c.client(8'000, data(69)).server(9'000, data(250)).client(10'000, data(90)).server(12'000, data(90)).end(20'000);
  EXPECT_EQ(c.rows(), "TLS HANDSHAKE answered, TLS DATA answered");
  EXPECT_EQ(c.only("TLS HANDSHAKE").response_begin, 2'000);
  EXPECT_EQ(c.only("TLS HANDSHAKE").response_end, 7'000);
}

TEST(Tls, EarlyDataIsNoTransaction) {
  Connection c(443);
  c.client(0, kHello + kChange + data(300)).client(500, data(100));
  c.server(2'000, kFlight13 + data(700)).client(3'000, data(24) + data(69)).server(4'000, data(250));
  c.client(5'000, data(300)).server(8'000, data(500)).end(20'000);
  EXPECT_EQ(c.rows(), "TLS HANDSHAKE answered, TLS DATA answered");
  EXPECT_EQ(c.only("TLS HANDSHAKE").response_time(), 2'000);
  EXPECT_EQ(c.only("TLS DATA").response_time(), 3'000);
}

TEST(Tls, AClientThatClosesIsNotAborted) {
  Connection c(443);
  thirteen(c).server(4'000, data(250)).client(5'000, data(200)).server(9'000, data(800));
  c.client(10'000, kEncryptedAlert).fin(0, 10'000).fin(1, 10'100).end(20'000, flow::EndReason::closed);
  EXPECT_EQ(c.rows(), "TLS HANDSHAKE answered, TLS DATA answered");
}

TEST(Tls, AClientsLastWordsAreNotAbortedButAQuestionIs) {
  Connection c(443);
  thirteen(c).server(4'000, data(250)).client(5'000, data(29) + kEncryptedAlert).fin(0, 5'000).rst(0, 5'100);
  EXPECT_EQ(c.rows(), "TLS HANDSHAKE answered");
  Connection d(443);
  thirteen(d).server(4'000, data(250)).client(5'000, data(29)).rst(1, 5'100);
  EXPECT_EQ(d.rows(), "TLS HANDSHAKE answered, TLS DATA aborted");
}

TEST(Tls, AServerThatClosesLaterHasNotSentAllTheTime) {
  for (const std::string& alert : {kEncryptedAlert, record(21, "\1\0"s)}) {
    Connection c(443);
    thirteen(c).server(4'000, data(250)).client(5'000, data(200)).server(9'000, data(800)).server(65'000'000, alert);
    c.fin(1, 65'000'000).fin(0, 65'000'100).end(65'000'200, flow::EndReason::closed);
    EXPECT_EQ(c.rows(), "TLS HANDSHAKE answered, TLS DATA answered");
    EXPECT_EQ(c.only("TLS DATA").response_end, 9'000);
  }
}

TEST(Tls, TwelveEndsItsHandshakeInClearText) {
  Connection c(443);
  c.client(0, kHello).server(2'000, kServerHello + message(11, std::string(100, 'k')) + message(14, ""));
  c.client(3'000, message(16, std::string(60, 'x')) + kChange + record(22, std::string(40, 'f')));
  c.server(5'000, kChange + record(22, std::string(40, 'f'))).client(6'000, data(100)).server(9'000, data(100));
  c.end(20'000);
  EXPECT_EQ(c.rows(), "TLS HANDSHAKE answered, TLS DATA answered");
  EXPECT_EQ(c.only("TLS DATA").response_time(), 3'000);
}

TEST(Tls, ARefusalIsAnErrorAndAClientCertificateIsNoRequest) {
  Connection c(443);
  c.client(0, kHello).server(2'000, record(21, "\2\x46"s)).end(20'000);
  EXPECT_EQ(c.rows(), "TLS HANDSHAKE answered error");
  Connection d(443);
  d.client(0, kHello).server(2'000, kServerHello + message(13, "ask"));
  d.client(3'000, message(11, std::string(100, 'k')) + message(16, "x") + message(15, "v") + kChange).end(9'000);
  EXPECT_EQ(d.rows(), "TLS HANDSHAKE answered");
}

TEST(Tls, SeenFromTheMiddleItsDataArePairs) {
  MidStream c(443);
  c.client(0, data(100)).server(3'000, data(100)).client(4'000, data(100)).server(9'000, data(100)).end(20'000);
  EXPECT_EQ(c.rows(), "TLS DATA answered, TLS DATA answered");
}

TEST(Tls, DtlsIsNoTls) {
  for (const std::uint16_t port : {std::uint16_t{443}, std::uint16_t{4433}}) {
    Datagrams c(port);
    const std::string hello = "\x16\xfe\xfd\0\0\0\0\0\0\0\0\0\x50\1\0\0\x44\0\0\0\0\0\0\0\x44"s + std::string(68, 1);
    c.client(0, hello).server(1'000, hello).client(2'000, hello).server(3'000, hello).end(9'000);
    EXPECT_EQ(c.packet_rows(), "UDP OTHER 4");
  }
}

}  // namespace
}  // namespace pastmon::signature::test
