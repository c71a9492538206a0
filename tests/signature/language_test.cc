// SPDX-License-Identifier: MIT
// Words of the signature language, each in a small service of its own.
#include <gtest/gtest.h>

#include "scene.h"

namespace pastmon::signature::test {
namespace {

/// A service "Deep" whose command stands behind `depth` bytes.
std::string deep(std::size_t depth, const std::string& more) {
  return R"x(service = { name = "Deep"; over = { transport = "tcp"; framing = "line"; ports = 7; }; )x" + more +
         R"x( signatures = ( { name = "Deep {word}"; values = { word = "GO"; }; request = "-{)x" +
         std::to_string(depth) + R"x(}(?<word>[A-Z]+)"; response = "ok"; } ); };)x";
}

TEST(Language, PatternsSeeTheFirst256BytesUnlessAWindowSaysOtherwise) {
  const std::string line = std::string(300, '-') + "GO\n";
  Connection narrow(7, written(deep(300, "")));
  narrow.client(0, line).server(1, "ok\n").fin(1, 2);
  EXPECT_EQ(narrow.rows(), "TCP OTHER answered");
  Connection wide(7, written(deep(300, "window = 512;")));
  wide.client(0, line).server(1, "ok\n").fin(1, 2);
  EXPECT_EQ(wide.rows(), "Deep GO answered");
}

TEST(Language, AWindowIsFilledFromSeveralSegments) {
  const std::string line = std::string(700, '-') + "GO and more\n";
  Connection c(7, written(deep(700, "window = 1024;")));
  c.client(0, std::string(700, '-') + "GO\n").server(1, "ok\n");  // recognised by a whole one
  for (std::size_t i = 0; i < line.size(); i += 100) c.client(10 + static_cast<base::Micros>(i), line.substr(i, 100));
  c.server(2000, "ok\n");
  EXPECT_EQ(c.rows(), "Deep GO answered, Deep GO answered");
  EXPECT_EQ(c.of("Deep GO")[1].request_begin, 10);
}

constexpr const char* kObserving = R"x(
service = {
  name = "Asked";
  over = { transport = "tcp"; framing = "line"; ports = 7; };
  window = 1024;
  signatures = ( { name = "Asked"; request = "GET (?<detail>[^\\r\\n]+)"; response = "ok"; observe_request = "page"; } );
};)x";

TEST(Language, OneRequestOfAConnectionIsHandedOn) {
  Connection c(7, written(kObserving));
  c.client(0, "GET a\nGET b\n").server(1, "ok\nok\n").client(2, "GET c\n");
  ASSERT_EQ(c.observations.size(), 1U);
  EXPECT_EQ(c.observations[0], (std::pair<std::string, std::string>("page", "a")));
}

TEST(Language, ARequestOfSeveralSegmentsIsHandedOnWhole) {
  Connection c(7, written(kObserving));
  c.client(0, "GET " + std::string(300, 'x')).client(1, std::string(300, 'y')).client(2, "z\n").server(3, "ok\n");
  ASSERT_EQ(c.observations.size(), 1U);
  EXPECT_EQ(c.observations[0].second, std::string(300, 'x') + std::string(300, 'y') + "z");
}

constexpr const char* kMatching = R"x(
service = {
  name = "Chat";
  over = { transport = "tcp"; framing = "line"; ports = 7; };
  pairing = "match";
  signatures = (
    { name = "Chat MOVE"; request = "MOVE"; response = "moved"; no_reply = true; },
    { name = "Chat LIST"; request = "LIST"; response = "item|done"; response_end = "done"; },
    { name = "Chat ASK"; request = "ASK"; response = "told"; interim = "wait"; },
    { name = "Chat SAY"; request = "SAY"; no_reply = true; } );
};)x";

TEST(Language, PairingByMatchTakesTheFirstRequestThatTheAnswerFits) {
  Connection c(7, written(kMatching));
  c.client(0, "SAY\nASK\nLIST\nASK\n").server(10, "news\nitem\n").server(20, "wait\ntold\ndone\n").server(30, "told\n");
  EXPECT_EQ(c.rows(), "Chat ASK answered, Chat LIST answered, Chat ASK answered");
  EXPECT_EQ(c.only("Chat LIST").response_time(), 10);
  EXPECT_EQ(c.only("Chat LIST").response_end, 20);
}

TEST(Language, PairingByMatchForgetsWhatExpectedNoAnswerOnceALaterRequestHasOne) {
  Connection c(7, written(kMatching));
  c.client(0, "MOVE\nASK\n").server(10, "told\n").client(20, "MOVE\n").server(50, "moved\n").server(60, "moved\n");
  EXPECT_EQ(c.rows(), "Chat ASK answered, Chat MOVE answered");
  EXPECT_EQ(c.only("Chat MOVE").response_time(), 30);
}

TEST(Language, PairingByMatchKeepsALimitedNumberOfRequestsOpen) {
  Connection c(7, written(kMatching));
  for (int i = 0; i < 130; ++i) c.client(i, "ASK\n");
  EXPECT_EQ(c.of("Chat ASK").size(), 2U);
  EXPECT_EQ(c.of("Chat ASK")[0].outcome, Outcome::unanswered);
}

TEST(Language, PairingByMatchNeedsAResponse) {
  EXPECT_NE(refused(R"x(service = { name = "Chat"; over = { transport = "tcp"; framing = "line"; ports = 7; };
    pairing = "match"; signatures = ( { name = "Chat"; request = "A"; } ); };)x")
                .find("needs a response"),
            std::string::npos);
}

constexpr const char* kUpgrading = R"x(
service = (
  {
    name = "Plain";
    over = { transport = "tcp"; framing = "line"; ports = 7; };
    signatures = ( { name = "Plain SECURE"; request = "SECURE"; request_upgrade = "Other"; silent = true; },
                   { name = "Plain ASK"; request = "ASK"; response = "ok"; } );
  },
  {
    name = "Other";
    over = { transport = "tcp"; framing = "length"; length = { width = 1; adjust = 1; }; };
    part_of = "Plain";
    signatures = ( { name = "Plain ASK"; request = "."; response = "."; recognise = "never"; } );
  }
);)x";

TEST(Language, BehindARequestAnotherServiceTakesOver) {
  Connection c(7, written(kUpgrading));
  c.client(0, "ASK\n").server(10, "ok\n");
  c.client(20, std::string("SECURE\n\x02xx", 10)).server(30, "\x01y");
  EXPECT_EQ(c.rows(), "Plain ASK answered, Plain ASK answered");
  EXPECT_EQ(c.of("Plain ASK")[1].request_bytes, 3);
}

TEST(Language, OnlyAPartOfAServiceMayGiveItsNames) {
  const std::string text = kUpgrading;
  const std::size_t at = text.find("part_of = \"Plain\";");
  EXPECT_EQ(refused(text.substr(0, at) + text.substr(at + 18)),
            "signatures.conf:13: the name 'Plain ASK' is given by service 'Plain' already");
  EXPECT_EQ(refused(std::string(text).replace(at, 18, "part_of = \"Plainn\";")),
            "signatures.conf:9: part_of: there is no service 'Plainn'");
}

TEST(Language, AnUpgradeBehindARequestNamesAService) {
  std::string text = kUpgrading;
  text.replace(text.find("\"Other\"; silent"), 7, "\"Othr\"");
  EXPECT_EQ(refused(text), "signatures.conf:6: request_upgrade: there is no service 'Othr'");
}

TEST(Language, PaddingBehindAMessageBelongsToIt) {
  Connection c(7, written(R"x(
service = {
  name = "Padded";
  over = { transport = "tcp"; framing = "length"; length = { width = 1; adjust = 2; pad_at = 1; }; ports = 7; };
  signatures = ( { name = "Padded"; request = "..ask"; response = "..ok"; } );
};)x"));
  c.client(0, std::string("\3\4ask____\3\0ask", 14)).server(1, std::string("\2\1ok_\2\0ok", 9));
  EXPECT_EQ(c.rows(), "Padded answered, Padded answered");
  EXPECT_EQ(c.of("Padded")[0].request_bytes, 9);
  EXPECT_EQ(c.of("Padded")[1].request_bytes, 5);
}

/// Messages of five bytes: kind, id, whether it is the last one of its request or response, two more.
constexpr const char* kInterleaved = R"x(
service = {
  name = "Weave";
  over = { transport = "tcp"; framing = "length"; length = { width = 0; adjust = 5; }; ports = 7; };
  pairing = "id";
  abort = "X(?<id>.)";
  abort_above = "G(?<id>.)";
  signatures = ( { name = "Weave {what}"; values = { what = "ASK=A STREAM=S"; };
                   request = "(?<what>[AS])(?<id>.)"; request_part = "D(?<id>.)"; request_end = ".{2}!";
                   response = "R(?<id>.)"; response_end = ".{2}!"; early_waits = true; } );
};)x";

TEST(Language, RequestsOfSeveralMessagesMayInterleave) {
  Connection c(7, written(kInterleaved));
  c.client(0, "A1---A2---").client(10, "D1---").client(20, "D2!--").server(25, "R2---").client(30, "D1!--D9!--");
  c.server(40, "R1---R2!--").server(50, "R1!--");
  EXPECT_EQ(c.rows(), "Weave ASK answered, Weave ASK answered");
  const auto said = c.of("Weave ASK");  // reported in the order of their ends
  EXPECT_EQ(said[0].request_end, 20);
  EXPECT_EQ(said[0].response_time(), 5);
  EXPECT_EQ(said[0].response_end, 40);
  EXPECT_EQ(said[0].request_bytes, 10);
  EXPECT_EQ(said[1].request_end, 30);
  EXPECT_EQ(said[1].response_end, 50);
  EXPECT_EQ(said[1].request_bytes, 15);
  EXPECT_FALSE(said[0].waiting || said[1].waiting);
}

TEST(Language, AResponseBeforeTheRequestsEndMayBeADialogue) {
  Connection c(7, written(kInterleaved));
  c.client(0, "S1---A2!--").server(10, "R1---R2---").client(20, "D1!--").server(30, "R2!--R1!--");
  EXPECT_TRUE(c.only("Weave STREAM").waiting);
  EXPECT_FALSE(c.only("Weave ASK").waiting);
}

TEST(Language, AMessageOfEitherSideAbortsTheTransactionOfItsId) {
  Connection c(7, written(kInterleaved));
  c.client(0, "A1!--A2!--A3---").server(10, "R2---R3!--X2---").client(20, "X1---X3---").server(30, "R1!--");
  EXPECT_EQ(c.rows(), "Weave ASK aborted, Weave ASK aborted, Weave ASK answered early waiting");
}

TEST(Language, AMessageAbortsTheTransactionsWithLargerIds) {
  Connection c(7, written(kInterleaved));
  c.client(0, "A1!--A2!--A3!--A4!--").client(5, "G0---").server(10, "G2---").server(20, "R2!--R1!--");
  EXPECT_EQ(c.rows(), "Weave ASK aborted, Weave ASK aborted, Weave ASK answered, Weave ASK answered");
}

TEST(Language, PartsAndAbortsNeedAnId) {
  std::string text = kInterleaved;
  text.replace(text.find("X(?<id>.)"), 9, "X..");
  EXPECT_EQ(refused(text), "signatures.conf:2: abort and abort_above need pairing = \"id\" and a group 'id'");
  text = kInterleaved;
  text.replace(text.find(" request_end = \".{2}!\";"), 23, "");
  EXPECT_EQ(refused(text), "signatures.conf:8: request_part needs pairing = \"id\", a group 'id' and request_end");
}

constexpr const char* kNext = R"x(
service = {
  name = "Counted";
  over = { transport = "tcp"; framing = "line"; ports = 7; };
  signatures = ( { name = "Counted"; request = "ASK"; response = "[0-9]"; response_until = "turn"; response_next = "1"; } );
};)x";

TEST(Language, AMessageBeginsTheResponseToTheNextOfSeveralRequests) {
  Connection c(7, written(kNext));
  c.client(0, "ASK\nASK\n").server(10, "1\n2\n").server(30, "1\n2\n1\n").client(50, "ASK\n").server(60, "1\n");
  EXPECT_EQ(c.rows(), "Counted answered, Counted answered");
  EXPECT_EQ(c.of("Counted")[0].response_end, 10);
  EXPECT_EQ(c.of("Counted")[1].response_begin, 30);
  EXPECT_EQ(c.of("Counted")[1].response_bytes, 6);  // with one request open the message has no such meaning
}

TEST(Language, ARequestGoesOnInAServiceThatHasAName) {
  const auto with = [](const std::string& rule) {
    return refused(R"x(service = { name = "Old"; over = { transport = "tcp"; framing = "line"; ports = 7; };
      signatures = { name = "Old"; request = "Q"; response = "R"; interim = "I"; upgrade = { response = "I"; )x" +
                   rule + "}; }; };");
  };
  EXPECT_EQ(with(R"(to = "Old"; goes_on_as = "0x51";)"), "accepted");
  const std::string why =
      "/signatures.conf:2: goes_on_as needs bytes in hexadecimal (0x0001) and the name of a service";
  EXPECT_TRUE(with(R"(to = "*"; goes_on_as = "0x51";)").ends_with(why));
  EXPECT_TRUE(with(R"(to = "Old"; goes_on_as = "0x5";)").ends_with(why));
}

TEST(Language, ARequestThatGoesOnKeepsItsNameInAnyService) {
  Connection c(7, written(R"x(service = (
    { name = "Old"; over = { transport = "tcp"; framing = "line"; ports = 7; };
      signatures = { name = "Old {what}"; values = { what = "A B"; }; request = "Q(?<what>.)"; response = "R";
        interim = "[IJ]"; upgrade = ( { response = "I"; to = "New"; goes_on_as = "0x4e"; },
                                      { response = "J"; to = "New"; goes_on_as = "0x58"; } ); }; },
    { name = "New"; over = { transport = "tcp"; framing = "line"; };
      signatures = { name = "New"; request = "N"; response = "!"; error = "!!"; }; });)x"));
  c.client(0, "QA\nQB\n").server(10, "I\n").client(20, "N\n").server(30, "!!\n").server(40, "!\n");
  EXPECT_EQ(c.rows(), "Old B aborted, Old A answered error, New answered");
  EXPECT_EQ(c.only("Old A").response_time(), 30);
  EXPECT_EQ(c.only("New").response_time(), 20);
}

constexpr char kLanes[] = R"x(service = {
  name = "Lane"; over = { transport = "tcp"; framing = "line"; ports = 7; }; pairing = "id"; in_order = true;
  closes = "X(?<id>.)";
  signatures = { name = "Lane"; request = "Q(?<id>.)(?<id_even>.)"; response = "[RX](?<id>.)(?<id_even>.)"; };
};)x";

TEST(Language, OneIdInItsOrderUntilItIsClosed) {
  Connection c(7, written(kLanes));
  c.client(0, "Qa0\n").client(5, "Qa0\n").client(10, "Qa2\nQb0\nQa0\n").server(20, "Ra1\nRa3\n");
  EXPECT_EQ(c.rows(), "Lane answered, Lane answered");
  EXPECT_EQ(c.of("Lane")[0].request_end, 0);
  EXPECT_EQ(c.of("Lane")[1].request_end, 10);
  c.server(30, "Xa1\n").server(40, "Rb1\n");  // answers the oldest of its kind, ends the others of "a"
  EXPECT_EQ(c.rows(), "Lane answered, Lane answered, Lane aborted, Lane answered, Lane answered");
  EXPECT_EQ(c.of("Lane")[3].request_end, 5);
  EXPECT_EQ(c.of("Lane")[4].response_time(), 30);
  c.client(50, "Qa0\n").server(60, "Ra1\n");
  EXPECT_EQ(c.of("Lane")[5].response_time(), 10);
}

TEST(Language, AnOrderWithinIdsNeedsIds) {
  std::string text = kLanes;
  EXPECT_EQ(refused(text.replace(text.find("X(?<id>.)"), 9, "X.")),
            "signatures.conf:1: closes needs in_order and a group 'id'");
  text = kLanes;
  EXPECT_EQ(refused(text.replace(text.find("\"tcp\"; framing = \"line\""), 23, "\"udp\"; framing = \"datagram\"")),
            "signatures.conf:1: in_order is for pairing = \"id\" over TCP");
}

TEST(Language, TheNextResponseNeedsResponsesThatRunToTheTurn) {
  std::string text = kNext;
  text.erase(text.find("response_until"), 24);
  EXPECT_EQ(refused(text), "signatures.conf:5: response_next is for response_until = \"turn\" and pairing by order");
}

TEST(Language, MutedRequestsGetNoAnswerAndShiftNoPair) {
  const auto ask = [](std::string_view word) { return "*2\r\n$3\r\nGET\r\n$1\r\n" + std::string(word) + "\r\n"; };
  const auto reply = [](std::string_view word) {
    return "*3\r\n$6\r\nCLIENT\r\n$5\r\nREPLY\r\n$" + std::to_string(word.size()) + "\r\n" + std::string(word) + "\r\n";
  };
  Connection c(6379);
  c.client(0, ask("a") + reply("SKIP") + ask("b") + ask("c")).server(10, "+A\r\n").server(20, "+C\r\n");
  EXPECT_EQ(c.rows(), "Redis GET answered, Redis GET answered");
  EXPECT_EQ(c.of("Redis GET")[1].response_begin, 20);
  c.client(30, reply("off") + ask("d") + ask("e")).client(40, reply("ON") + ask("f")).server(50, "+OK\r\n+F\r\n");
  EXPECT_EQ(c.rows(), "Redis GET answered, Redis GET answered, Redis CLIENT answered, Redis GET answered");
  c.fin(0, 60).end(70);
  EXPECT_EQ(c.of("Redis GET").size(), 3U);
}

TEST(Language, OnlyPairingByOrderCanBeMuted) {
  EXPECT_EQ(refused(R"x(
service = {
  name = "M";
  over = { transport = "tcp"; framing = "line"; };
  pairing = "id";
  signatures = ( { name = "M"; request = "(?<id>.)"; response = "(?<id>.)"; mutes = "next"; } );
};)x"),
            "signatures.conf:6: mutes is for pairing = \"order\"");
}

}  // namespace
}  // namespace pastmon::signature::test
