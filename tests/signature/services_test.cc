// SPDX-License-Identifier: MIT
// The services that ship, by their rules in docs/signatures.md: rows, pairs and what is no transaction.
#include <gtest/gtest.h>

#include "scene.h"

namespace pastmon::signature::test {
namespace {

std::string bytes(const char* text, std::size_t size) { return {text, size}; }
template <std::size_t N>
std::string raw(const char (&text)[N]) {
  return bytes(text, N - 1);
}
/// A PostgreSQL message.
std::string pg(char type, std::string_view content) {
  const std::size_t n = content.size() + 4;
  return std::string{type, 0, 0, static_cast<char>(n >> 8U), static_cast<char>(n)} + std::string(content);
}
std::string startup() { return raw("\0\0\0\x15\0\3\0\0user\0postgr\0\0"); }
const std::string kReady = pg('Z', "I");

TEST(Http, MethodsOutsideTheListAreOther) {
  Connection c(80);
  c.client(0, "BREW / HTTP/1.1\r\n\r\n").server(1, "HTTP/1.1 418 No\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(c.rows(), "HTTP OTHER answered");
}

TEST(Http, ALongAddressIsRecognisedWithoutTheEndOfItsLine) {
  Connection c(80);
  c.client(0, "GET /" + std::string(3000, 'a') + " HTTP/1.1\r\n\r\n")
      .server(1, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(c.rows(), "HTTP GET answered");
}

TEST(Http, WhatOnlyLooksLikeARequestIsNotClaimed) {
  Connection c(80);
  c.client(0, "GET it now\r\n").server(1, "no\r\n").fin(1, 2);
  EXPECT_EQ(c.rows(), "TCP OTHER answered");
}

TEST(Http, BehindConnectComesAnotherService) {
  Connection c(3128);
  c.client(0, "CONNECT a:80 HTTP/1.1\r\n\r\n").server(10, "HTTP/1.1 200 OK\r\n\r\n");
  c.client(20, "*1\r\n$4\r\nPING\r\n").server(30, "+PONG\r\n");
  EXPECT_EQ(c.rows(), "HTTP CONNECT answered, Redis PING answered");
}

TEST(Http, ARefusedConnectStaysHttp) {
  Connection c(3128);
  c.client(0, "CONNECT a:80 HTTP/1.1\r\n\r\n").server(10, "HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n");
  c.client(20, "GET / HTTP/1.1\r\n\r\n").server(30, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(c.rows(), "HTTP CONNECT answered, HTTP GET answered");
}

TEST(Http, WebSocketFramesArePacketsOnly) {
  Connection c(80);
  c.client(0, "GET /s HTTP/1.1\r\nUpgrade: websocket\r\n\r\n")
      .server(10, "HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n\x81\1a");
  c.client(20, "\x81\x81....a").server(30, "\x81\1b").fin(1, 40);
  EXPECT_EQ(c.rows(), "HTTP GET answered");
  EXPECT_EQ(c.packet_rows(), "TCP SYNACK 3, HTTP GET 2, WEBSOCKET 3");
}

TEST(Http, AResponseToHeadHasNoBody) {
  Connection c(80);
  c.client(0, "HEAD / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n");
  c.server(10, "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(c.rows(), "HTTP HEAD answered, HTTP GET answered");
}

TEST(Smtp, ADialogueFromTheGreetingOn) {
  Connection c(25);
  c.server(20'000, "220-mail\r\n").server(25'000, "220 ESMTP\r\n");
  c.client(30'000, "EHLO a\r\n").server(31'000, "250-mail\r\n250-PIPELINING\r\n").server(32'000, "250 HELP\r\n");
  c.client(40'000, "mail FROM:<a@b>\r\n")
      .server(41'000, "250 ok\r\n")
      .client(50'000, "XYZ\r\n")
      .server(51'000, "500 what\r\n");
  c.client(60'000, "QUIT\r\n").server(61'000, "221 bye\r\n");
  EXPECT_EQ(
      c.rows(),
      "SMTP CONNECT answered, SMTP EHLO answered, SMTP MAIL answered, SMTP OTHER answered error, SMTP QUIT answered");
  const Said& greeting = c.only("SMTP CONNECT");
  EXPECT_EQ(greeting.response_time(), 20'000);
  EXPECT_EQ(greeting.response_end, 25'000);
  EXPECT_EQ(greeting.request_bytes, -1);
  EXPECT_EQ(c.only("SMTP EHLO").response_end, 32'000);
}

TEST(Smtp, TheMessageIsATransactionOfItsOwn) {
  Connection c(25);
  c.server(0, "220 x\r\n")
      .client(10, "EHLO a\r\n")
      .server(20, "250 x\r\n")
      .client(30, "DATA\r\n")
      .server(40, "354 go\r\n");
  c.client(50, "Subject: QUIT\r\n\r\nQUIT\r\n").client(60, ".x\r\n").client(70, ".\r\n").server(100, "250 queued\r\n");
  c.client(110, "QUIT\r\n").server(120, "221 bye\r\n");
  EXPECT_EQ(c.rows(),
            "SMTP CONNECT answered, SMTP EHLO answered, SMTP DATA answered, SMTP MESSAGE answered, SMTP QUIT answered");
  EXPECT_EQ(c.only("SMTP MESSAGE").request_begin, 50);
  EXPECT_EQ(c.only("SMTP MESSAGE").response_time(), 30);
}

TEST(Smtp, PipelinedCommandsAndARefusedData) {
  Connection c(25);
  c.server(0, "220 x\r\n").client(10, "EHLO a\r\n").server(20, "250 x\r\n");
  c.client(30, "MAIL FROM:<a>\r\nRCPT TO:<b>\r\nDATA\r\n")
      .server(40, "250 ok\r\n550 no\r\n554 no valid recipients\r\n");
  c.client(50, "RSET\r\n").server(60, "250 ok\r\n");
  EXPECT_EQ(c.rows(),
            "SMTP CONNECT answered, SMTP EHLO answered, SMTP MAIL answered, SMTP RCPT answered error, "
            "SMTP DATA answered error, SMTP RSET answered");
}

TEST(Smtp, TheAuthDialogueIsOneTransaction) {
  Connection c(587);
  c.server(0, "220 x\r\n")
      .client(10, "EHLO a\r\n")
      .server(20, "250 x\r\n")
      .client(30, "AUTH LOGIN\r\n")
      .server(40, "334 VXNlcg==\r\n");
  c.client(50, "Ym9i\r\n").server(60, "334 UGFzcw==\r\n").client(70, "c2VjcmV0\r\n").server(100, "535 no\r\n");
  EXPECT_EQ(c.rows(), "SMTP CONNECT answered, SMTP EHLO answered, SMTP AUTH answered error");
  EXPECT_EQ(c.only("SMTP AUTH").request_begin, 30);
  EXPECT_EQ(c.only("SMTP AUTH").response_time(), 30);
}

TEST(Smtp, BdatCountsItsBytes) {
  Connection c(25);
  c.server(0, "220 x\r\n").client(10, "EHLO a\r\n").server(20, "250 x\r\n");
  c.client(30, "BDAT 14\r\nQUIT\r\n")
      .client(40, "QUIT\r\n..BDAT 0 LAST\r\n")
      .server(50, "250 ok\r\n")
      .server(60, "250 ok\r\n");
  EXPECT_EQ(c.rows(), "SMTP CONNECT answered, SMTP EHLO answered, SMTP MESSAGE answered");
  EXPECT_EQ(c.only("SMTP MESSAGE").request_bytes, 14);
  EXPECT_EQ(c.only("SMTP MESSAGE").response_time(), 20);
}

TEST(Smtp, OnAnotherPortAGreetingNeedsACommand) {
  Connection mail(4025), files(4025), other(4025);
  mail.server(0, "220 x\r\n").client(10, "EHLO a\r\n").server(20, "250 x\r\n");
  EXPECT_EQ(mail.rows(), "SMTP CONNECT answered, SMTP EHLO answered");
  files.server(0, "220 x\r\n").client(10, "USER a\r\n").server(20, "331 x\r\n").fin(1, 30);
  EXPECT_EQ(files.rows(), "FTP CONNECT answered, FTP USER answered");
  other.server(0, "220 x\r\n").client(10, "OPEN a\r\n").server(20, "331 x\r\n").fin(1, 30);
  EXPECT_EQ(other.rows(), "TCP OTHER answered");
}

TEST(Smtp, BehindStarttlsNothingIsReadAsMail) {
  Connection c(25);
  c.server(0, "220 x\r\n")
      .client(10, "EHLO a\r\n")
      .server(20, "250 x\r\n")
      .client(30, "STARTTLS\r\n")
      .server(40, "220 go\r\n");
  c.client(50, raw("\x16\3\1\0\2\1\0")).server(60, raw("\x16\3\3\0\2\2\0")).fin(1, 70);
  EXPECT_EQ(c.of("SMTP STARTTLS").size(), 1U);
  EXPECT_TRUE(c.of("SMTP OTHER").empty());
}

TEST(Smtp, AGreetingThatNeverCameIsNoTransactionOfAConnectionThatIsNotKnown) {
  Connection c(25);
  c.end(100, flow::EndReason::idle);
  EXPECT_EQ(c.rows(), "");
}

TEST(PostgreSql, LoginWithItsDialogueIsOneStartup) {
  Connection c(5432);
  c.client(0, startup())
      .server(10, pg('R', raw("\0\0\0\x0aSCRAM\0\0")))
      .client(20, pg('p', "SCRAM"))
      .server(30, pg('R', raw("\0\0\0\x0bxx")));
  c.client(40, pg('p', "proof"))
      .server(70, pg('R', raw("\0\0\0\x0cyy")) + pg('R', raw("\0\0\0\0")) + pg('S', "a") + kReady);
  EXPECT_EQ(c.rows(), "PostgreSQL STARTUP answered");
  EXPECT_EQ(c.only("PostgreSQL STARTUP").request_end, 40);
  EXPECT_EQ(c.only("PostgreSQL STARTUP").response_time(), 30);
}

TEST(PostgreSql, ARefusedRequestForTlsIsAnsweredByOneByte) {
  Connection c(5432);
  c.client(0, raw("\0\0\0\x08\4\xd2\x16\x2f")).server(10, "N").client(20, startup());
  c.server(30, pg('R', raw("\0\0\0\0")) + kReady)
      .client(40, pg('Q', raw("SELECT 1\0")))
      .server(50, pg('T', "x") + pg('C', "x") + kReady);
  EXPECT_EQ(c.rows(), "PostgreSQL STARTUP answered, PostgreSQL STARTUP answered, PostgreSQL QUERY answered");
}

TEST(PostgreSql, BehindAnAcceptedRequestForTlsNothingIsReadAsPostgreSql) {
  Connection c(5432);
  c.client(0, raw("\0\0\0\x08\4\xd2\x16\x2f"))
      .server(10, "S")
      .client(20, raw("\x16\3\1\0\2\1\0"))
      .server(30, raw("\x16\3\3\0\2\2\0"));
  EXPECT_EQ(c.of("PostgreSQL STARTUP").size(), 1U);
  EXPECT_TRUE(c.of("PostgreSQL OTHER").empty());
}

TEST(PostgreSql, ABatchRunsToSyncAndItsResponseToReady) {
  Connection c(5432);
  c.client(0, pg('P', "a"))
      .client(10, pg('B', "b") + pg('E', "c") + pg('S', "") + pg('B', "b") + pg('E', "c") + pg('S', ""));
  c.server(20, pg('1', "") + pg('2', ""))
      .server(30, pg('D', "x") + pg('C', "x") + kReady)
      .server(60, pg('2', "") + pg('E', "bad") + kReady);
  EXPECT_EQ(c.rows(), "PostgreSQL EXTENDED answered, PostgreSQL EXTENDED answered error");
  EXPECT_EQ(c.transactions[1].request_end, 10);
  EXPECT_EQ(c.transactions[1].response_end, 30);
  EXPECT_EQ(c.transactions[2].response_time(), 50);
  EXPECT_EQ(c.transactions[2].server_from, 30);
}

TEST(PostgreSql, NoticesAnswerNothing) {
  Connection c(5432);
  c.client(0, pg('Q', raw("DO x\0")))
      .server(10, pg('N', "notice"))
      .server(50, pg('C', "DO") + kReady)
      .server(60, pg('A', "push"));
  EXPECT_EQ(c.only("PostgreSQL QUERY").response_time(), 50);
  EXPECT_EQ(c.engine.counters().unpaired_responses, 0U);
}

TEST(PostgreSql, CopyInExtendsTheRequestAndNamesIt) {
  Connection c(5432);
  c.client(0, pg('Q', raw("COPY t FROM STDIN\0")))
      .server(10, pg('G', "x"))
      .client(20, pg('d', "1"))
      .client(30, pg('d', "2") + pg('c', ""));
  c.server(80, pg('C', "COPY 2") + kReady).client(90, pg('Q', raw("SELECT 1\0"))).server(95, pg('C', "x") + kReady);
  EXPECT_EQ(c.rows(), "PostgreSQL COPY answered, PostgreSQL QUERY answered");
  EXPECT_EQ(c.only("PostgreSQL COPY").request_end, 30);
  EXPECT_EQ(c.only("PostgreSQL COPY").response_time(), 50);
}

TEST(PostgreSql, CopyOutIsNamedByItsResponse) {
  Connection c(5432);
  c.client(0, pg('Q', raw("COPY t TO STDOUT\0")))
      .server(10, pg('H', "x") + pg('d', "1"))
      .server(20, pg('c', "") + pg('C', "x") + kReady);
  EXPECT_EQ(c.rows(), "PostgreSQL COPY answered");
  EXPECT_EQ(c.only("PostgreSQL COPY").response_time(), 10);
}

TEST(PostgreSql, CancelAndTerminateExpectNothing) {
  Connection a(5432), b(5432);
  a.client(0, raw("\0\0\0\x10\4\xd2\x16\x2e\1\2\3\4\5\6\7\x08")).fin(1, 10);
  EXPECT_EQ(a.rows(), "");
  EXPECT_EQ(a.packet_rows(), "TCP SYNACK 3, PostgreSQL OTHER 2");
  b.client(0, pg('Q', raw("SELECT 1\0")))
      .server(10, pg('C', "x") + kReady)
      .client(20, pg('X', ""))
      .fin(0, 21)
      .fin(1, 30);
  EXPECT_EQ(b.rows(), "PostgreSQL QUERY answered");
}

TEST(PostgreSql, OnAnotherPortAQueryNeedsItsAnswer) {
  MidStream yes(4432), no(4432);
  yes.client(0, pg('Q', raw("SELECT 1\0"))).server(10, pg('T', "x") + kReady);
  EXPECT_EQ(yes.rows(), "PostgreSQL QUERY answered");
  no.client(0, pg('Q', raw("SELECT 1\0"))).server(10, "something else").fin(1, 20);
  EXPECT_EQ(no.rows(), "TCP OTHER answered");
}

TEST(Redis, ThousandsInOneSegmentAreCountedOneByOne) {
  Connection c(6379);
  std::string requests, responses;
  for (int i = 0; i < 3000; ++i) requests += "*1\r\n$4\r\nping\r\n", responses += "+PONG\r\n";
  c.client(0, requests).server(50, responses);
  EXPECT_EQ(c.of("Redis PING").size(), 3000U);
}

TEST(Redis, NamesErrorsInlineCommandsAndWaits) {
  Connection c(6379);
  c.client(0, "*2\r\n$3\r\nGet\r\n$1\r\nk\r\n")
      .server(1, "$-1\r\n")
      .client(2, "GET\r\n")
      .server(3, "-ERR wrong number\r\n");
  c.client(4, "*2\r\n$8\r\nMYMODULE\r\n$1\r\nk\r\n").server(5, ":1\r\n");
  c.client(6, "*3\r\n$5\r\nBLPOP\r\n$1\r\nk\r\n$1\r\n0\r\n").server(7'000'000, "*2\r\n$1\r\nk\r\n$1\r\nv\r\n");
  c.client(8'000'000, "*4\r\n$5\r\nXREAD\r\n$5\r\nblock\r\n$1\r\n0\r\n$7\r\nSTREAMS\r\n")
      .end(9'000'000, flow::EndReason::idle);
  EXPECT_EQ(c.rows(),
            "Redis GET answered, Redis GET answered error, Redis OTHER answered, Redis BLPOP answered waiting, "
            "Redis XREAD answered waiting");
}

TEST(Redis, PushesAnswerNothing) {
  Connection c(6379);
  c.client(0, "*1\r\n$4\r\nPING\r\n").server(10, ">2\r\n+invalidate\r\n+k\r\n").server(40, "+PONG\r\n");
  EXPECT_EQ(c.only("Redis PING").response_time(), 40);
}

TEST(Redis, HttpOnItsPortIsHttp) {
  Connection c(6379);
  c.client(0, "GET /health HTTP/1.1\r\nHost: a\r\n\r\n").server(10, "HTTP/1.1 204 No\r\n\r\n");
  EXPECT_EQ(c.rows(), "HTTP GET answered");
  Connection typed(6379);
  typed.client(0, "GET word\r\n").server(10, "$-1\r\n");
  EXPECT_EQ(typed.rows(), "Redis GET answered");
}

TEST(Redis, TypedCommandsAreNotClaimedOnOtherPorts) {
  Connection c(4110);
  c.server(0, "+OK POP3\r\n")
      .client(10, "USER a\r\n")
      .server(20, "+OK\r\n")
      .client(30, "QUIT\r\n")
      .server(40, "+OK\r\n")
      .fin(1, 50);
  EXPECT_EQ(c.rows(), "POP3 CONNECT answered, POP3 USER answered, POP3 QUIT answered");
  Connection other(4110);
  other.client(10, "SET a b\r\n").server(20, "+OK\r\n").client(30, "GET a\r\n").server(40, "$1\r\nb\r\n").fin(1, 50);
  EXPECT_EQ(other.rows(), "TCP OTHER answered, TCP OTHER answered");
}

/// TLS records by their first bytes.
const std::string kClientHello = raw("\x16\3\1\0\6\1\0\0\2\3\3"), kServerHello = raw("\x16\3\3\0\6\2\0\0\2\3\3");
const std::string kCipherSpec = raw("\x14\3\3\0\1\1"), kFinished = raw("\x16\3\3\0\4abcd"),
                  kData = raw("\x17\3\3\0\2xy");

TEST(Tls, TheHandshakeEndsWithTheServersFlightAndDataGoesByTurns) {
  Connection c(443);
  c.client(0, kClientHello).server(10, kServerHello).server(15, raw("\x16\3\3\0\4\x0e\0\0\0"));
  c.client(30, raw("\x16\3\3\0\4\x10\0\0\0") + kCipherSpec + kFinished).server(40, kCipherSpec + kFinished);
  c.client(50, kData).client(55, kData).server(70, kData).server(90, kData).client(100, kData).fin(1, 110);
  EXPECT_EQ(c.rows(), "TLS HANDSHAKE answered, TLS DATA answered, TLS DATA aborted");
  EXPECT_EQ(c.only("TLS HANDSHAKE").response_time(), 10);
  EXPECT_EQ(c.only("TLS HANDSHAKE").response_end, 15);
  EXPECT_EQ(c.of("TLS DATA")[0].response_time(), 15);
  EXPECT_EQ(c.of("TLS DATA")[0].response_end, 90);
}

TEST(Tls, InVersion13TheClientsFirstEncryptedTurnIsPartOfTheHandshake) {
  Connection c(443);
  c.client(0, kClientHello).server(10, kServerHello + kCipherSpec + kData + kData);
  c.client(20, kCipherSpec + kData).server(30, kData).client(40, kData).server(45, kData).fin(1, 50);
  EXPECT_EQ(c.rows(), "TLS HANDSHAKE answered, TLS DATA answered");
  EXPECT_EQ(c.only("TLS DATA").request_begin, 40);
}

TEST(Tls, AHelloRetryRequestIsTheFirstByteButNotTheEnd) {
  Connection c(443);
  const std::string retry = raw("\x16\3\3\0\x0e\2\0\0\x0a\3\3\xcf\x21\xad\x74\xe5\x9a\x61\x11");
  c.client(0, kClientHello)
      .server(10, retry)
      .client(20, kClientHello)
      .server(50, kServerHello + kData)
      .client(60, kData);
  EXPECT_EQ(c.rows(), "TLS HANDSHAKE answered");
  EXPECT_EQ(c.only("TLS HANDSHAKE").response_time(), 10);
  EXPECT_EQ(c.only("TLS HANDSHAKE").response_end, 50);
}

TEST(Tls, AFatalAlertIsAnError) {
  Connection c(443);
  c.client(0, kClientHello).server(10, raw("\x15\3\3\0\2\2\x28")).fin(1, 20);
  EXPECT_EQ(c.rows(), "TLS HANDSHAKE answered error");
}

TEST(Tls, DataIsNeverUnanswered) {
  Connection c(443);
  c.client(0, kClientHello).server(10, kServerHello).client(20, kFinished).server(30, kFinished).client(40, kData);
  c.end(100, flow::EndReason::idle);
  EXPECT_EQ(c.rows(), "TLS HANDSHAKE answered");
}

/// A conversation given in other pieces is the same conversation.
struct Talk {
  const char* name;
  std::uint16_t port;
  std::vector<std::pair<flow::Side, std::string>> turns;
};
class Splits : public testing::TestWithParam<Talk> {};

std::string play(const Talk& talk, std::size_t turn, const std::vector<std::size_t>& splits) {
  Connection c(talk.port);
  base::Micros at = 0;
  for (std::size_t i = 0; i < talk.turns.size(); ++i) {
    const auto& [side, text] = talk.turns[i];
    std::size_t from = 0;
    for (const std::size_t split : i == turn ? splits : std::vector<std::size_t>()) {
      c.send(side, ++at, std::string_view(text).substr(from, split - from));
      from = split;
    }
    c.send(side, ++at, std::string_view(text).substr(from));
  }
  c.fin(1, at + 1).fin(0, at + 2).end(at + 3);
  EXPECT_EQ(c.packets.size(), c.sent);
  std::string text = c.rows();
  for (const Said& t : c.transactions)
    text += " " + std::to_string(t.request_bytes) + "/" + std::to_string(t.response_bytes);
  return text;
}

TEST_P(Splits, AtEveryPositionGiveTheSameTransactions) {
  const Talk& talk = GetParam();
  const std::string whole = play(talk, talk.turns.size(), {});
  EXPECT_EQ(whole.find("TCP OTHER"), std::string::npos) << whole;
  for (std::size_t turn = 0; turn < talk.turns.size(); ++turn) {
    const std::size_t size = talk.turns[turn].second.size();
    std::vector<std::size_t> every;
    for (std::size_t i = 1; i < size; ++i) {
      ASSERT_EQ(play(talk, turn, {i}), whole) << "turn " << turn << " split at " << i;
      every.push_back(i);
    }
    EXPECT_EQ(play(talk, turn, every), whole) << "turn " << turn << " byte by byte";
  }
}

INSTANTIATE_TEST_SUITE_P(
    Talks, Splits,
    testing::Values(
        Talk{"http",
             4080,
             {{0, "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nHEAD / HTTP/1.1\r\n\r\n"},
              {1,
               "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\nHTTP/1.1 500 "
               "No\r\nContent-Length: 9\r\n\r\n"},
              {0, "GET / HTTP/1.1\r\n\r\n"},
              {1, "HTTP/1.1 200 OK\r\n\r\nup to the end"}}},
        Talk{"smtp",
             25,
             {{1, "220-a\r\n220 b\r\n"},
              {0, "EHLO x\r\n"},
              {1, "250-x\r\n250 y\r\n"},
              {0, "MAIL FROM:<a>\r\nRCPT TO:<b>\r\nDATA\r\n"},
              {1, "250 a\r\n250 b\r\n354 go\r\n"},
              {0, "Subject: x\r\n\r\n.\r\n"},
              {1, "250 ok\r\n"},
              {0, "BDAT 3 LAST\r\nabcBDAT 5\r\nRSET\nBDAT 2\r\n..BDAT 0 LAST\r\n"},
              {1, "250 ok\r\n250-so\r\n250 far\r\n250 ok\r\n250 ok\r\n"},
              {0, "BDAT 1\r\naBDAT 1 LAST\r\nbQUIT\r\n"},
              {1, "452 full\r\n503 no\r\n221 bye\r\n"}}},
        Talk{"pgsql",
             5432,
             {{0, raw("\0\0\0\x08\4\xd2\x16\x2f")},
              {1, "N"},
              {0, startup()},
              {1, pg('R', raw("\0\0\0\0")) + pg('K', "abcd") + kReady},
              {0, pg('P', "a") + pg('B', "b") + pg('E', "c") + pg('S', "") + pg('Q', raw("COPY x\0"))},
              {1, pg('1', "") + pg('2', "") + pg('C', "x") + kReady + pg('G', "x")},
              {0, pg('d', "1") + pg('c', "")},
              {1, pg('C', "x") + kReady}}},
        Talk{"redis",
             6379,
             {{0, "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n*1\r\n$4\r\nPING\r\nINFO\r\n"},
              {1, "*2\r\n$1\r\nx\r\n:1\r\n+PONG\r\n-ERR\r\n"}}},
        Talk{"dns",
             53,
             {{0, raw("\0\x13\0\1\1\0\0\1\0\0\0\0\0\0\1a\0\0\1\0\1\0\x13\0\2\1\0\0\1\0\0\0\0\0\0\1b\0\0\x1c\0\1")},
              {1,
               raw("\0\x13\0\2\x81\0\0\1\0\0\0\0\0\0\1b\0\0\x1c\0\1\0\x13\0\1\x81\2\0\1\0\0\0\0\0\0\1a\0\0\1\0\1")}}}),
    [](const auto& talk) { return talk.param.name; });

}  // namespace
}  // namespace pastmon::signature::test
