// SPDX-License-Identifier: MIT
// Databases and caches: what the captures of real programs do not show.
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

// Memcached

std::string binary(int magic, int opcode, int status, std::size_t opaque, const std::string& body = {}) {
  return std::string(1, static_cast<char>(magic)) + std::string(1, static_cast<char>(opcode)) + raw("\0\0\0\0") +
         big(static_cast<std::size_t>(status), 2) + big(body.size(), 4) + big(opaque, 4) + std::string(8, '\0') + body;
}

TEST(Memcached, AnswersOfQuietCommandsGoToNobodyElse) {
  Connection c(11211);
  c.client(0, "mg a v q\r\nmg b v q\r\nmn\r\n").server(10, "VA 2 \r\nxx\r\nMN\r\n");
  c.client(20, "get k\r\nset k 0 0 1 noreply\r\nx\r\nget k\r\n");
  c.server(30, "VALUE k 0 3\r\nEND\r\nEND\r\n").server(50, "END\r\n");
  EXPECT_EQ(c.rows(), "Memcached mn answered, Memcached get answered, Memcached get answered");
  EXPECT_EQ(c.of("Memcached get")[1].response_time(), 30);
}

TEST(Memcached, OnOtherPortsARequestAloneProvesNothing) {
  for (const std::string& request :
       {std::string("get word\r\n"), std::string("version\r\n"), binary(0x80, 0, 0, 9, "k")}) {
    Connection c(4000);
    c.client(0, request).server(10, "250 fine\r\n").fin(1, 20);
    EXPECT_EQ(c.rows(), "TCP OTHER answered");
  }
  Connection odd(4000);
  odd.client(0, binary(0x80, 0, 0, 9, "k")).server(10, binary(0x81, 0, 0, 8, "v")).fin(1, 20);
  EXPECT_EQ(odd.rows(), "TCP OTHER answered");
}

TEST(Memcached, OfTheQuietBinaryCommandsThoseThatAreAnsweredCount) {
  Connection c(11211);
  c.client(0, binary(0x80, 0x0d, 0, 1, "a") + binary(0x80, 0x0d, 0, 2, "b") + binary(0x80, 0x0a, 0, 3));
  c.server(10, binary(0x81, 0x0d, 0, 2, "v") + binary(0x81, 0x0a, 0, 3)).fin(1, 20).fin(0, 30).end(30);
  EXPECT_EQ(c.rows(), "Memcached get answered, Memcached noop answered");
}

TEST(Memcached, WhatIsNotFoundIsNoErrorAndWhatFailsIs) {
  Connection c(11211);
  c.client(0, binary(0x80, 1, 0, 1, "k")).server(10, binary(0x81, 1, 1, 1));
  c.client(20, binary(0x80, 1, 0, 2, "k")).server(30, binary(0x81, 1, 0x82, 2));
  EXPECT_EQ(c.rows(), "Memcached set answered, Memcached set answered error");
}

TEST(Memcached, AnAnswerInSeveralDatagramsIsOne) {
  Datagrams c(11211);
  c.client(0, raw("\0\7\0\0\0\1\0\0get k\r\n"));
  c.server(10, raw("\0\7\0\0\0\2\0\0VALUE k 0 9\r\nabcde")).server(30, raw("\0\7\0\1\0\2\0\0fghi\r\nEND\r\n"));
  EXPECT_EQ(c.rows(), "Memcached get answered");
  EXPECT_EQ(c.only("Memcached get").response_end, 30);
}

// MySQL

std::string mysql(int sequence, const std::string& content) {
  const std::size_t n = content.size();
  return std::string{static_cast<char>(n), static_cast<char>(n >> 8), static_cast<char>(n >> 16),
                     static_cast<char>(sequence)} +
         content;
}
const std::string kHello = mysql(0, raw("\n10.11.6-MariaDB\0\1\0\0\0abcdefgh\0\xfe\xf7") + std::string(40, 'x'));
std::string login(int first = 5) {
  return mysql(1, std::string(1, static_cast<char>(first)) + raw("\xa6\1\0\0\0\0\1\x21") + std::string(19, '\0') +
                      raw("\7\0\0\0app\0"));
}
const std::string kOk = raw("\0\0\0\2\0\0\0");
const std::string kQuery = mysql(0, "\3select 1");

TEST(MySQL, ALoginIsOneTransactionWhateverTheMethodAsks) {
  Connection c(4000);
  c.server(10, kHello).client(20, login());
  c.server(30, mysql(2, raw("\xfe") + "caching_sha2_password")).client(40, mysql(3, "x"));
  c.server(50, mysql(4, "\1\4")).client(60, mysql(5, "\2"));  // the server's public key, please
  c.server(70, mysql(6, "\1-----BEGIN PUBLIC KEY")).client(80, mysql(7, "y"));
  c.server(90, mysql(8, kOk)).client(100, kQuery).server(110, mysql(1, kOk)).client(120, mysql(0, "\1"));
  EXPECT_EQ(c.rows(), "MySQL CONNECT answered, MySQL LOGIN answered, MySQL QUERY answered");
  EXPECT_EQ(c.only("MySQL LOGIN").response_time(), 10);
}

TEST(MySQL, ReportsOfProgressAreNeitherErrorsNorAnswers) {
  Connection c(3306);
  c.server(10, kHello).client(20, login()).server(30, mysql(2, kOk)).client(40, kQuery);
  c.server(50, mysql(1, "\xff\xff\xff\1\1\1")).server(60, mysql(2, "\xff\xff\xff\1\1\2")).server(70, mysql(3, kOk));
  c.client(80, mysql(0, "\x0e")).server(90, mysql(1, "\xff\x15\4#28000no"));
  EXPECT_EQ(c.only("MySQL QUERY").response_time(), 30);
  EXPECT_FALSE(c.only("MySQL QUERY").error);
  c.client(100, mysql(0, "\1"));
  EXPECT_TRUE(c.only("MySQL PING").error);
}

TEST(MySQL, AFileThatTheServerAsksForBelongsToItsQuery) {
  Connection c(3306);
  c.server(10, kHello).client(20, login()).server(30, mysql(2, kOk)).client(40, kQuery).server(50, mysql(1, "\xfb/f"));
  // Sequence numbers start again after 255, and what is in the file looks like a command.
  c.client(60, mysql(255, "row\n")).client(61, mysql(0, "\3drop table t")).client(62, mysql(1, ""));
  c.server(70, mysql(2, kOk)).client(80, mysql(0, "\1"));
  EXPECT_EQ(c.rows(), "MySQL CONNECT answered, MySQL LOGIN answered, MySQL QUERY answered");
  EXPECT_EQ(c.only("MySQL QUERY").request_bytes, 13 + 8 + 17 + 4);
}

TEST(MySQL, OneSeenInTheMiddleIsRecognisedByACommandAndItsAnswer) {
  MidStream c(4000);
  c.client(0, kQuery).server(10, mysql(1, "\1") + mysql(2, "\3def")).client(20, kQuery).server(30, mysql(1, kOk));
  c.client(40, mysql(0, raw("\3\0\1select 2"))).server(50, mysql(1, "\2")).client(60, mysql(0, "\1"));
  EXPECT_EQ(c.rows(), "MySQL QUERY answered, MySQL QUERY answered, MySQL QUERY answered");
}

TEST(MySQL, WhatOnlyLooksSimilarIsNotClaimed) {
  Connection c(4000);
  c.client(0, kQuery).server(10, mysql(1, "hello")).fin(1, 20);
  EXPECT_EQ(c.rows(), "TCP OTHER answered");
  MidStream tls(3306);  // the middle of a TLS connection on MySQL's port
  tls.server(0, "\x17\3\3\4" + std::string(1020, 'x')).client(10, raw("\x17\3\3\0\3xyz")).end(20);
  EXPECT_EQ(tls.rows().find("MySQL"), std::string::npos);
}

TEST(MySQL, ReplicasWait) {
  Connection c(3306);
  c.server(10, kHello).client(20, login()).server(30, mysql(2, kOk));
  c.client(40, mysql(0, raw("\x12\4\0\0\0\0\0\1\0\0\0binlog.1"))).server(50, mysql(1, raw("\0event"))).end(60);
  EXPECT_TRUE(c.only("MySQL BINLOG_DUMP").waiting);
}

// MongoDB

std::string little(std::size_t number, int size) {
  std::string s;
  for (int i = 0; i < size; ++i) s += static_cast<char>(number >> (8 * i));
  return s;
}
std::string mongo(std::size_t id, std::size_t to, std::size_t kind, const std::string& body) {
  return little(body.size() + 16, 4) + little(id, 4) + little(to, 4) + little(kind, 4) + body;
}
std::string mongo_command(std::size_t id, const std::string& name, std::size_t flags = 0,
                          const std::string& more = {}) {
  return mongo(id, 0, 2013, little(flags, 4) + raw("\0\x40\0\0\0\2") + name + raw("\0\2\0\0\0a\0") + more);
}
const std::string kFine = raw("\0\0\0\0\0\x11\0\0\0\1ok\0\0\0\0\0\0\0\xf0\x3f\0");
const std::string kFailed = raw("\0\0\0\0\0\x11\0\0\0\1ok\0\0\0\0\0\0\0\0\0\0");

TEST(MongoDB, RequestsArePairedByNumber) {
  Connection c(4000);
  c.client(0, mongo_command(1, "find") + mongo_command(2, "count"));
  c.server(10, mongo(8, 2, 2013, kFailed)).server(30, mongo(9, 1, 2013, kFine));
  EXPECT_EQ(c.rows(), "MongoDB count answered error, MongoDB find answered");
}

TEST(MongoDB, WhatWantsNoReplyIsNoTransaction) {
  Connection c(4000);
  c.client(0, mongo_command(1, "insert", 2) + mongo(2, 0, 2002, raw("\0\0\0\0shop.item\0") + std::string(40, 'x')));
  c.client(10, mongo_command(3, "ping")).server(20, mongo(9, 3, 2013, kFine)).end(30);
  EXPECT_EQ(c.rows(), "MongoDB ping answered");
}

TEST(MongoDB, AHelloThatWatchesWaits) {
  Connection c(4000);
  const std::string watch = raw("\3topologyVersion\0") + std::string(45, 'x') + raw("\x12maxAwaitTimeMS\0\x10\x27");
  c.client(0, mongo_command(1, "hello", 1U << 16U, watch)).end(10);
  EXPECT_TRUE(c.only("MongoDB hello").waiting);
}

TEST(MongoDB, WhatIsCompressedIsOther) {
  Connection c(4000);
  c.client(0, mongo(1, 0, 2012, little(2013, 4) + little(90, 4) + "\2zzzz"));
  c.server(10, mongo(8, 1, 2012, little(2013, 4) + little(90, 4) + "\2yyyy"));
  EXPECT_EQ(c.rows(), "MongoDB OTHER answered");
}

TEST(MongoDB, OldDriversAreUnderstood) {
  Connection c(4000);
  const std::string old = raw("\0\0\0\0admin.$cmd\0\0\0\0\0\xff\xff\xff\xff\x15\0\0\0\x10");
  c.client(0, mongo(1, 0xffffffff, 2004, old + raw("ismaster\0\1\0\0\0\0")));
  c.server(10, mongo(8, 1, 1, std::string(20, '\0') + kFine.substr(5)));
  EXPECT_EQ(c.rows(), "MongoDB hello answered");
}

}  // namespace
}  // namespace pastmon::signature::test
