// SPDX-License-Identifier: MIT
// Message queues and peers: what the captures of real programs do not show.
#include <gtest/gtest.h>

#include "scene.h"

namespace pastmon::signature::test {
namespace {

template <std::size_t N>
std::string raw(const char (&text)[N]) {
  return {text, N - 1};
}
std::string big(std::size_t number, int size) {
  std::string s;
  for (int i = size - 1; i >= 0; --i) s += static_cast<char>(number >> (8 * i));
  return s;
}

// AMQP

std::string amqp(std::size_t channel, std::size_t kind, std::size_t number, const std::string& more = {}) {
  const std::string content = big(kind, 2) + big(number, 2) + more;
  return raw("\1") + big(channel, 2) + big(content.size(), 4) + content + "\xce";
}
const std::string kHeartbeat = raw("\10\0\0\0\0\0\0\xce");

TEST(Amqp, TheLoginIsOneDialogue) {
  Connection c(5000);
  c.client(0, raw("AMQP\0\0\11\1")).server(10, amqp(0, 10, 10)).client(20, amqp(0, 10, 11, "guest secret"));
  c.server(30, amqp(0, 10, 30)).client(40, amqp(0, 10, 31) + amqp(0, 10, 40)).server(70, amqp(0, 10, 41));
  EXPECT_EQ(c.rows(), "AMQP CONNECT answered");
  EXPECT_EQ(c.only("AMQP CONNECT").response_time(), 30);
}

TEST(Amqp, MethodsArePairedByTheirChannel) {
  MidStream c(5672);
  c.client(0, amqp(1, 50, 10)).client(10, amqp(2, 60, 20)).server(20, kHeartbeat + amqp(2, 60, 21));
  c.server(30, amqp(2, 60, 60)).server(50, amqp(1, 20, 40, raw("\1\x94\4none\0\x32\0\12")));
  EXPECT_EQ(c.rows(), "AMQP BASIC_CONSUME answered, AMQP QUEUE_DECLARE answered error");
  EXPECT_EQ(c.only("AMQP QUEUE_DECLARE").response_time(), 50);
}

TEST(Amqp, SeveralOfAKindArePairedInTheirOrder) {
  MidStream c(5672);
  c.client(0, amqp(1, 50, 10, raw("\0\0\1a\2\0\0\0\0"))).client(10, amqp(1, 50, 10, raw("\0\0\1b\2\0\0\0\0")));
  c.client(20, amqp(1, 50, 20)).client(30, amqp(2, 50, 10));
  c.server(100, amqp(1, 50, 11)).server(110, amqp(2, 50, 11));
  c.server(120, amqp(1, 50, 11)).server(140, amqp(1, 50, 21));
  const std::vector<Said> declared = c.of("AMQP QUEUE_DECLARE");
  ASSERT_EQ(declared.size(), 3U);
  EXPECT_EQ(declared[0].response_time(), 100);
  EXPECT_EQ(declared[1].response_time(), 80);   // channel 2
  EXPECT_EQ(declared[2].response_time(), 110);  // the second one of channel 1
  EXPECT_EQ(declared[2].server_from, 100);      // when the server was free
  EXPECT_EQ(declared[1].server_from, 30);
  EXPECT_EQ(c.only("AMQP QUEUE_BIND").response_time(), 120);
  EXPECT_EQ(c.only("AMQP QUEUE_BIND").server_from, 120);
}

TEST(Amqp, ManyAtOnceInOneSegment) {
  Connection c(5672);
  std::string asked, answered;
  for (int i = 0; i < 2000; ++i) asked += amqp(1, 50, 10, raw("\0\0\1a\2\0\0\0\0")), answered += amqp(1, 50, 11);
  c.client(0, asked).server(50, answered);
  EXPECT_EQ(c.of("AMQP QUEUE_DECLARE").size(), 2000U);
  for (const Said& s : c.of("AMQP QUEUE_DECLARE")) EXPECT_EQ(s.outcome, Outcome::answered);
}

TEST(Amqp, WhatNeedNotWaitIsNoTransactionAndShiftsNoPair) {
  MidStream c(5672);
  c.client(0, amqp(1, 50, 10, raw("\0\0\4work\x12\0\0\0\0")));                   // QUEUE_DECLARE
  c.client(1, amqp(1, 40, 10, raw("\0\0\1e\21x-consistent-hash\x12\0\0\0\0")));  // EXCHANGE_DECLARE
  c.client(2, amqp(1, 50, 20, raw("\0\0\4work\1e\0\1\0\0\0\0")));                // QUEUE_BIND
  c.client(3, amqp(1, 40, 20, raw("\0\0\1e\2"))).client(4, amqp(1, 50, 30, raw("\0\0\1q\1")));
  c.client(5, amqp(1, 50, 40, raw("\0\0\1q\4"))).client(6, amqp(1, 60, 30, raw("\1c\1")));
  c.client(7, amqp(1, 60, 20, raw("\0\0\1q\x26") + std::string(38, 'c') + raw("\x08\0\0\0\0")));
  c.client(8, amqp(1, 85, 10, raw("\1")));
  EXPECT_EQ(c.rows(), "");
  c.client(10, amqp(1, 50, 10, raw("\0\0\4work\2\0\0\0\0")));
  c.client(11, amqp(1, 40, 10, raw("\0\0\1e\21x-consistent-hash\2\0\0\0\0")));
  c.client(12, amqp(1, 50, 20, raw("\0\0\4work\1e\0\0\0\0\0\0"))).client(13, amqp(1, 85, 10, raw("\0")));
  c.server(20, amqp(1, 50, 11) + amqp(1, 40, 11) + amqp(1, 50, 21) + amqp(1, 85, 11));
  EXPECT_EQ(c.rows(),
            "AMQP QUEUE_DECLARE answered, AMQP EXCHANGE_DECLARE answered, AMQP QUEUE_BIND answered, "
            "AMQP CONFIRM_SELECT answered");
  EXPECT_EQ(c.only("AMQP QUEUE_DECLARE").response_time(), 10);
  EXPECT_EQ(c.only("AMQP EXCHANGE_DECLARE").response_time(), 9);
}

TEST(Amqp, AClosedChannelAnswersWhatItNamesAndAbortsTheRest) {
  MidStream c(5672);
  c.client(0, amqp(1, 60, 70)).client(1, amqp(1, 50, 10)).client(2, amqp(1, 50, 20)).client(3, amqp(2, 50, 20));
  c.server(10, amqp(1, 20, 40, raw("\1\x94\4none\0\x3c\0\x46")));
  EXPECT_EQ(c.rows(), "AMQP QUEUE_DECLARE aborted, AMQP QUEUE_BIND aborted, AMQP BASIC_GET answered error");
  c.client(20, amqp(1, 20, 41) + amqp(1, 20, 10) + amqp(1, 50, 10)).server(30, amqp(1, 20, 11) + amqp(1, 50, 11));
  EXPECT_EQ(c.of("AMQP QUEUE_DECLARE").back().response_time(), 10);
  c.server(40, amqp(2, 50, 21));
  EXPECT_EQ(c.of("AMQP QUEUE_BIND").back().response_time(), 37);
  // A message to an exchange that is not there: nothing that was asked is at fault.
  c.client(50, amqp(3, 60, 40) + amqp(3, 50, 30)).server(60, amqp(3, 20, 40, raw("\1\x94\4none\0\x3c\0\x28")));
  EXPECT_EQ(c.only("AMQP QUEUE_PURGE").outcome, Outcome::aborted);
}

TEST(Amqp, AnswersThatDoNotHaveTheNextNumber) {
  MidStream c(5672);
  c.client(0, amqp(1, 60, 70)).client(5, amqp(1, 60, 70)).client(6, amqp(1, 40, 40));
  c.server(10, amqp(1, 60, 71)).server(30, amqp(1, 60, 72)).server(40, amqp(1, 40, 51));
  const std::vector<Said> got = c.of("AMQP BASIC_GET");
  ASSERT_EQ(got.size(), 2U);
  EXPECT_EQ(got[0].response_time(), 10);
  EXPECT_EQ(got[1].response_time(), 25);
  EXPECT_EQ(c.only("AMQP EXCHANGE_UNBIND").response_time(), 34);
}

TEST(Amqp, ALossShiftsNoPairBehindIt) {
  MidStream c(5672);
  c.client(0, amqp(1, 50, 10)).server(10, amqp(1, 50, 11)).client(20, amqp(1, 50, 10) + amqp(1, 50, 10));
  c.lost(1, 30, 12).server(40, amqp(1, 50, 11));
  c.client(50, amqp(1, 50, 10)).server(70, amqp(1, 50, 11)).client(80, amqp(1, 50, 10)).server(85, amqp(1, 50, 11));
  const std::vector<Said> declared = c.of("AMQP QUEUE_DECLARE");
  ASSERT_EQ(declared.size(), 3U);
  EXPECT_EQ(declared[1].response_time(), 20);
  EXPECT_EQ(declared[2].response_time(), 5);
}

TEST(Amqp, OnOtherPortsAPairIsNeeded) {
  MidStream pair(5000);
  pair.client(0, amqp(1, 50, 10)).server(10, amqp(1, 50, 11));
  EXPECT_EQ(pair.rows(), "AMQP QUEUE_DECLARE answered");
  MidStream other(5000);
  other.client(0, amqp(1, 50, 10)).server(10, amqp(2, 50, 11)).fin(1, 20);
  EXPECT_EQ(other.rows(), "TCP OTHER answered");
}

TEST(Amqp, VersionOneGoesByTurns) {
  Connection c(5672);
  c.client(0, raw("AMQP\3\1\0\0")).server(10, raw("AMQP\3\1\0\0\0\0\0\x20mechanisms"));
  c.client(20, raw("\0\0\0\x20init")).server(50, raw("\0\0\0\x20outcome")).fin(1, 60);
  EXPECT_EQ(c.rows(), "AMQP OTHER answered, AMQP OTHER answered");
}

TEST(Amqp, ItsPortIsNoProofOfVersionOne) {
  Connection c(5672);
  c.client(0, "hello").server(10, raw("\0\0\0\x08what")).fin(1, 20);
  EXPECT_EQ(c.rows(), "TCP OTHER answered");
}

// BitTorrent

std::string peer(char name) { return "\x13" + std::string("BitTorrent protocol") + std::string(48, name); }
std::string query(const std::string& tag) {
  return "d1:ad2:id20:" + std::string(20, 'q') + "6:target20:" + std::string(20, 't') + "e1:q9:find_node1:t2:" + tag +
         "1:y1:qe";
}
std::string found(const std::string& tag) { return "d1:rd2:id20:" + std::string(20, 'r') + "e1:t2:" + tag + "1:y1:re"; }

TEST(BitTorrent, BehindTheHandshakeArePacketsOnly) {
  Connection c(6881);
  c.client(0, peer('a') + raw("\0\0\0\1\2")).server(30, peer('b') + raw("\0\0\0\1\1"));
  c.client(40, raw("\0\0\0\1\2")).server(50, std::string(500, 'x')).fin(1, 60);
  EXPECT_EQ(c.rows(), "BITTORRENT answered");
  EXPECT_EQ(c.only("BITTORRENT").response_time(), 30);
  EXPECT_EQ(c.packet_rows(), "TCP SYNACK 3, BITTORRENT 5");
}

TEST(BitTorrent, EitherPeerAsksTheTable) {
  Datagrams c(6881);
  c.client(0, query("ab")).server(5, query("ab")).server(20, found("ab")).client(50, found("ab"));
  EXPECT_EQ(c.rows(), "BITTORRENT answered, BITTORRENT answered");
  EXPECT_EQ(c.of("BITTORRENT")[0].response_time(), 20);
  EXPECT_EQ(c.of("BITTORRENT")[1].response_time(), 45);
  Datagrams failed(6881);
  failed.client(0, query("ab")).server(20, "d1:eli201e5:errore1:t2:ab1:y1:ee");
  EXPECT_EQ(failed.rows(), "BITTORRENT answered error");
}

TEST(BitTorrent, AnnouncementsAreNoTransactions) {
  Datagrams c(6771);
  c.client(0, "BT-SEARCH * HTTP/1.1\r\nHost: 239.192.152.143:6771\r\n\r\n");
  c.wait(60'000'000);
  EXPECT_EQ(c.rows(), "");
  EXPECT_EQ(c.packet_rows(), "BITTORRENT 1");
}

TEST(BitTorrent, TrackersAreAskedByTheirMagicNumber) {
  Datagrams c(1337);
  c.client(0, raw("\0\0\4\x17\x27\x10\x19\x80\0\0\0\0abcd")).server(10, raw("\0\0\0\0abcdIDENTITY"));
  c.client(20, raw("IDENTITY\0\0\0\1efgh") + std::string(82, 'x')).server(50, raw("\0\0\0\3efghno"));
  EXPECT_EQ(c.rows(), "BITTORRENT answered, BITTORRENT answered error");
}

TEST(BitTorrent, UtpNeedsTheAnswerOfTheSameConnection) {
  const std::string opens = raw("\x41\0ABtime\0\0\0\0size\0\1\0\0");
  Datagrams c(5000);
  c.client(0, opens).server(10, raw("\x21\0ABtime....size\0\1\0\1"));
  EXPECT_EQ(c.rows(), "BITTORRENT answered");
  Datagrams other(5000);
  other.client(0, opens).server(10, raw("\x21\0BAtime....size\0\1\0\1"));
  EXPECT_EQ(other.rows(), "UDP OTHER answered");
}

}  // namespace
}  // namespace pastmon::signature::test
