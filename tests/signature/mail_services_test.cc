// SPDX-License-Identifier: MIT
// FTP, POP3, IMAP, SSH: what the captures of real servers do not show.
#include <gtest/gtest.h>

#include "scene.h"

namespace pastmon::signature::test {
namespace {

// FTP

/// A control connection behind its greeting.
struct Files : Connection {
  explicit Files(std::uint16_t port = 21) : Connection(port) {
    server(10, "220-Welcome\r\n files here\r\n220 ready\r\n");
    client(20, "USER a\r\n").server(30, "331 password\r\n");
    transactions.clear();
  }
};

TEST(Ftp, APreliminaryReplyIsTheFirstByteAndNotTheEnd) {
  Files c;
  c.client(100, "RETR a\r\n").server(110, "150 opening\r\n").server(900, "226 done\r\n");
  EXPECT_EQ(c.rows(), "FTP RETR answered");
  EXPECT_EQ(c.only("FTP RETR").response_time(), 10);
  EXPECT_EQ(c.only("FTP RETR").response_end, 900);
}

TEST(Ftp, AbortEndsTheTransferAndHasItsOwnReply) {
  Files c;
  c.client(100, "RETR a\r\n").server(110, "150 opening\r\n");
  c.client(200, std::string("\xff\xf4\xff\xf2") + "ABOR\r\n").server(210, "426 aborted\r\n226 done\r\n");
  EXPECT_EQ(c.rows(), "FTP RETR answered error, FTP ABOR answered");
}

TEST(Ftp, LinesWithinAReplyEndNothing) {
  Files c;
  c.client(100, "FEAT\r\n").server(110, "211-Features:\r\n SIZE\r\n").server(120, "211 end\r\n");
  c.client(200, "PWD\r\n").server(210, "257 \"/\"\r\n");
  EXPECT_EQ(c.rows(), "FTP FEAT answered, FTP PWD answered");
  EXPECT_EQ(c.only("FTP FEAT").response_end, 120);
}

TEST(Ftp, PipelinedCommandsAndErrors) {
  Files c;
  c.client(100, "CWD /none\r\nTYPE I\r\nFROB\r\n").server(110, "550 no\r\n200 ok\r\n").server(120, "500 what\r\n");
  EXPECT_EQ(c.rows(), "FTP CWD answered error, FTP TYPE answered, FTP OTHER answered error");
}

TEST(Ftp, BehindAuthTlsNothingIsReadAsCommands) {
  Files c;
  c.client(100, "AUTH TLS\r\n").server(110, "234 go\r\n").client(120, "\x16\x03\x01").client(130, "USER b\r\n");
  EXPECT_EQ(c.rows(), "FTP AUTH answered");
  Files refused;
  refused.client(100, "AUTH TLS\r\n").server(110, "530 no\r\n").client(120, "PASS b\r\n").server(130, "230 in\r\n");
  EXPECT_EQ(refused.rows(), "FTP AUTH answered error, FTP PASS answered");
}

TEST(Ftp, NewsAndUnknownServersAreNotClaimed) {
  Connection news(1119);
  news.server(0, "200 news\r\n").client(10, "MODE READER\r\n").server(20, "200 ok\r\n");
  news.client(30, "LIST\r\n")
      .server(40, "215 list\r\n.\r\n")
      .client(50, "QUIT\r\n")
      .server(60, "205 bye\r\n")
      .fin(1, 70);
  EXPECT_EQ(news.rows(), "TCP OTHER answered, TCP OTHER answered, TCP OTHER answered");
  Connection silent(21);
  silent.server(0, "hello\r\n").client(10, "Frobnicate\r\n").server(20, "yes\r\n").fin(1, 30);
  EXPECT_EQ(silent.rows(), "TCP OTHER answered");
}

TEST(Ftp, AConnectionSeenFromItsMiddleHasNoGreeting) {
  MidStream c(21);
  c.server(0, "250 ok\r\n").client(10, "PASV\r\n").server(20, "227 Entering\r\n");
  EXPECT_EQ(c.rows(), "FTP PASV answered");
}

// POP3

struct Pop : Connection {
  Pop() : Connection(110) {
    server(10, "+OK ready\r\n");
    transactions.clear();
  }
};

TEST(Pop3, ListOfOneMessageIsOneLineAndOfAllEndsWithADot) {
  Pop c;
  c.client(20, "LIST 1\r\nUIDL 1\r\nLIST\r\n").server(30, "+OK 1 120\r\n+OK 1 xyz\r\n").server(40, "+OK\r\n1 120\r\n");
  c.server(50, ".\r\n").client(60, "STAT\r\n").server(70, "+OK 1 120\r\n");
  EXPECT_EQ(c.rows(), "POP3 LIST answered, POP3 UIDL answered, POP3 LIST answered, POP3 STAT answered");
  EXPECT_EQ(c.of("POP3 LIST")[1].response_end, 50);
}

TEST(Pop3, AnErrorIsOneLineAndTheNextCommandIsNotShifted) {
  Pop c;
  c.client(20, "RETR 9\r\nDELE 1\r\n").server(30, "-ERR none\r\n+OK gone\r\n");
  EXPECT_EQ(c.rows(), "POP3 RETR answered error, POP3 DELE answered");
}

TEST(Pop3, WhatStandsInAMailIsNoReply) {
  Pop c;
  c.client(20, "RETR 1\r\n").server(30, "+OK\r\n-ERR is written here\r\n..\r\n+OK\r\n.\r\n");
  c.client(40, "QUIT\r\n").server(50, "+OK\r\n");
  EXPECT_EQ(c.rows(), "POP3 RETR answered, POP3 QUIT answered");
}

TEST(Pop3, TheAuthDialogueIsOneTransaction) {
  Pop c;
  c.client(20, "AUTH LOGIN\r\n").server(30, "+ VXNlcg==\r\n").client(40, "YQ==\r\n").server(50, "+ UGFzcw==\r\n");
  c.client(60, "Yg==\r\n").server(90, "-ERR no\r\n").client(100, "AUTH\r\n").server(110, "+OK\r\nPLAIN\r\n.\r\n");
  EXPECT_EQ(c.rows(), "POP3 AUTH answered error, POP3 AUTH answered");
  EXPECT_EQ(c.of("POP3 AUTH")[0].response_time(), 30);
}

TEST(Pop3, BehindStlsNothingIsReadAsCommands) {
  Pop c;
  c.client(20, "STLS\r\n").server(30, "+OK go\r\n").client(40, "\x16\x03\x01").client(50, "USER b\r\n");
  EXPECT_EQ(c.rows(), "POP3 STLS answered");
}

TEST(Pop3, OtherServicesThatSayOkAreNotClaimed) {
  Connection c(4222);
  c.server(0, "INFO {}\r\n")
      .client(10, "CONNECT {}\r\n")
      .server(20, "+OK\r\n")
      .client(30, "QUIT\r\n")
      .server(40, "+OK\r\n");
  c.fin(1, 50);
  EXPECT_EQ(c.rows(), "TCP OTHER answered, TCP OTHER answered");
}

// IMAP

struct Imap : Connection {
  explicit Imap(std::uint16_t port = 143) : Connection(port) {
    server(10, "* OK ready\r\n");
    client(20, "a1 LOGIN x y\r\n").server(30, "a1 OK in\r\n");
    transactions.clear();
  }
};

TEST(Imap, UntaggedDataIsTheFirstByteOfTheOldestCommand) {
  Imap c;
  c.client(100, "a2 SELECT INBOX\r\na3 NOOP\r\n").server(110, "* 3 EXISTS\r\n").server(150, "a2 OK\r\na3 OK\r\n");
  EXPECT_EQ(c.rows(), "IMAP SELECT answered, IMAP NOOP answered");
  EXPECT_EQ(c.only("IMAP SELECT").response_time(), 10);
  EXPECT_EQ(c.only("IMAP NOOP").response_time(), 50);
}

TEST(Imap, CommandsArePairedByTheirTags) {
  Imap c;
  c.client(100, "a2 UID SEARCH ALL\r\na3 noop\r\n").server(110, "a3 BAD\r\n").server(150, "a2 NO\r\n");
  EXPECT_EQ(c.rows(), "IMAP NOOP answered error, IMAP SEARCH answered error");
}

TEST(Imap, NewsWhileNothingIsOpenAnswersNothing) {
  Imap c;
  c.server(100, "* 4 EXISTS\r\n").client(200, "a2 UID FETCH 1 FLAGS\r\n").server(230, "* 1 FETCH ()\r\na2 OK\r\n");
  EXPECT_EQ(c.rows(), "IMAP FETCH answered");
  EXPECT_EQ(c.only("IMAP FETCH").response_time(), 30);
}

TEST(Imap, ALiteralThatIsAskedForIsPartOfTheCommand) {
  Imap c;
  c.client(100, "a2 APPEND x {12}\r\n")
      .server(110, "+ go\r\n")
      .client(120, "a9 NOOP\r\n...\r\n")
      .server(150, "a2 OK\r\n");
  EXPECT_EQ(c.rows(), "IMAP APPEND answered");
  EXPECT_EQ(c.only("IMAP APPEND").request_begin, 100);
  EXPECT_EQ(c.only("IMAP APPEND").response_time(), 30);
}

TEST(Imap, ALiteralThatIsRefusedDoesNotSwallowTheNextCommand) {
  Imap c;
  c.client(100, "a2 APPEND none {1200}\r\n").server(110, "a2 NO [TRYCREATE]\r\n");
  c.client(200, "a3 CREATE none\r\n").server(220, "a3 OK\r\n");
  EXPECT_EQ(c.rows(), "IMAP APPEND answered error, IMAP CREATE answered");
  EXPECT_EQ(c.only("IMAP APPEND").response_time(), 10);
  EXPECT_FALSE(c.only("IMAP APPEND").early);
}

TEST(Imap, ALiteralThatIsNotAskedForFollowsInAnyCase) {
  Imap c;
  c.client(100, "a2 APPEND none {9+}\r\na9 NOOP\r\n\r\na3 NOOP\r\n").server(110, "a2 NO\r\na3 OK\r\n");
  EXPECT_EQ(c.rows(), "IMAP APPEND answered error, IMAP NOOP answered");
}

TEST(Imap, LiteralsOfAFetchHideWhatLooksLikeAnAnswer) {
  Imap c;
  c.client(100, "a2 FETCH 1 BODY[]\r\n")
      .server(110, "* 1 FETCH (BODY[] {8}\r\na2 OK\r\n)\r\n")
      .server(120, "a2 OK\r\n");
  EXPECT_EQ(c.only("IMAP FETCH").response_end, 120);
}

TEST(Imap, IdleWaitsAndDoneBelongsToIt) {
  Imap c;
  c.client(100, "a2 IDLE\r\n").server(110, "+ idling\r\n").server(5000, "* 4 EXISTS\r\n").client(6000, "DONE\r\n");
  c.server(6010, "a2 OK\r\n").client(7000, "a3 NOOP\r\n").server(7010, "a3 OK\r\n");
  EXPECT_EQ(c.rows(), "IMAP IDLE answered waiting, IMAP NOOP answered");
  EXPECT_TRUE(c.only("IMAP IDLE").waiting);
}

TEST(Imap, TheAuthenticateDialogueIsOneTransaction) {
  Imap c;
  c.client(100, "a2 AUTHENTICATE PLAIN\r\n").server(110, "+ \r\n").client(120, "AGEAYg==\r\n").server(150, "a2 NO\r\n");
  EXPECT_EQ(c.rows(), "IMAP AUTHENTICATE answered error");
  EXPECT_EQ(c.only("IMAP AUTHENTICATE").response_time(), 30);
}

TEST(Imap, APipelinedCommandBehindALiteralIsItsOwn) {
  Imap c;
  c.client(100, "a2 APPEND x {3}\r\n").server(110, "+ go\r\n").client(120, "abc\r\na3 NOOP\r\n");
  c.server(150, "a2 OK\r\na3 OK\r\n");
  EXPECT_EQ(c.rows(), "IMAP APPEND answered, IMAP NOOP answered");
}

TEST(Imap, ACompressedConnectionIsPacketsOnly) {
  Imap c;
  c.client(100, "a2 COMPRESS DEFLATE\r\n").server(110, "a2 OK\r\n").client(120, "a3 NOOP\r\n").server(130, "a3 OK\r\n");
  EXPECT_EQ(c.rows(), "IMAP COMPRESS answered");
  EXPECT_EQ(c.packets.back().row, "IMAP OTHER");
}

TEST(Imap, OnAnotherPortACommandNeedsItsAnswer) {
  MidStream c(7143);
  c.client(0, "x1 UID FETCH 1 FLAGS\r\n").server(10, "* 1 FETCH ()\r\nx1 OK\r\n");
  EXPECT_EQ(c.rows(), "IMAP FETCH answered");
  MidStream other(7143);
  other.client(0, "get LIST now\r\n").server(10, "none\r\n").fin(1, 20);
  EXPECT_EQ(other.rows(), "TCP OTHER answered");
}

TEST(Imap, UnknownCommandsAreOther) {
  Imap c;
  c.client(100, "a2 XFROB 1\r\n").server(110, "a2 BAD\r\n");
  EXPECT_EQ(c.rows(), "IMAP OTHER answered error");
}

// SSH

TEST(Ssh, AServerThatSpeaksFirstIsTimedFromTheHandshake) {
  Connection c(22);
  c.server(30, "SSH-2.0-x\r\n").client(40, "SSH-2.0-y\r\n").client(50, "\1\2\n\3").server(60, "\4\n\5").fin(1, 70);
  EXPECT_EQ(c.rows(), "SSH HANDSHAKE answered");
  EXPECT_EQ(c.only("SSH HANDSHAKE").response_time(), 30);
  EXPECT_EQ(c.packets.back().row, "SSH HANDSHAKE");
}

TEST(Ssh, AClientThatSpeaksFirstIsTimedFromItsBanner) {
  Connection c(2222);
  c.client(40, "SSH-2.0-y\r\n\1\2\n\3").server(60, "SSH-2.0-x\r\n").client(70, "\1\n\2").server(80, "\4\5").fin(1, 90);
  EXPECT_EQ(c.rows(), "SSH HANDSHAKE answered");
  EXPECT_EQ(c.only("SSH HANDSHAKE").response_time(), 20);
}

TEST(Ssh, LinesMayStandInFrontOfTheServersBanner) {
  Connection c(22);
  c.client(40, "SSH-2.0-y\r\n").server(50, "Authorised users only\r\n").server(60, "SSH-2.0-x\r\n").fin(1, 90);
  EXPECT_EQ(c.rows(), "SSH HANDSHAKE answered");
  Connection first(22);
  first.server(50, "Authorised users only\r\nhere\r\nSSH-2.0-x\r\n").client(60, "SSH-2.0-y\r\n").fin(1, 90);
  EXPECT_EQ(first.rows(), "SSH HANDSHAKE answered");
  Connection other(22);
  other.server(50, "Authorised users only\r\n").client(60, "hello\r\n").server(70, "no\r\n").fin(1, 90);
  EXPECT_EQ(other.rows(), "TCP OTHER answered");
}

TEST(Ssh, ASideAloneMakesNoAnsweredTransaction) {
  MidStream c(22);
  c.server(0, "SSH-2.0-x\r\n").server(10, "\1\2\3").fin(1, 20);
  EXPECT_EQ(c.rows(), "");
}

}  // namespace
}  // namespace pastmon::signature::test
