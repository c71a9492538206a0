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

// Kafka

std::string kafka(int key, std::size_t id, const std::string& client, const std::string& more = {}) {
  const std::string m =
      big(static_cast<std::size_t>(key), 2) + raw("\0\3") + big(id, 4) + big(client.size(), 2) + client;
  return big(m.size() + more.size(), 4) + m + more;
}
std::string kafka_answer(std::size_t id) { return big(10, 4) + big(id, 4) + "answer"; }

TEST(Kafka, RequestsArePairedByTheirNumber) {
  Connection c(4000);
  c.client(0, kafka(18, 0, "app")).server(10, kafka_answer(0));
  c.client(20, kafka(3, 1, "app") + kafka(0, 2, "app", raw("\xff\xff\xff\xff\0\0\x75\x30")));
  c.server(30, kafka_answer(2)).server(60, kafka_answer(1));
  EXPECT_EQ(c.rows(), "Kafka API_VERSIONS answered, Kafka PRODUCE answered, Kafka METADATA answered");
}

TEST(Kafka, AProducerWithoutAcknowledgementIsNoTransactionAndFetchesWait) {
  Connection c(4000);
  c.client(0, kafka(18, 0, "app")).server(10, kafka_answer(0));
  c.client(20, kafka(0, 1, "app", raw("\xff\xff\0\0\0\0\x75\x30"))).client(30, kafka(1, 2, "app")).end(40);
  EXPECT_EQ(c.rows(), "Kafka API_VERSIONS answered, Kafka FETCH answered waiting");
  EXPECT_TRUE(c.only("Kafka FETCH").waiting);
}

TEST(Kafka, OtherProtocolsWithALengthInFrontAreNotClaimed) {
  for (const std::string& answer : {kafka_answer(8), big(10, 4) + std::string(10, '\0')}) {
    Connection c(9092);
    c.client(0, kafka(3, 7, "app")).server(10, answer).fin(1, 20);
    EXPECT_EQ(c.rows(), "TCP OTHER answered");
  }
  Connection zeros(4000);
  zeros.client(0, big(12, 4) + std::string(12, '\0')).server(10, big(12, 4) + std::string(12, '\0')).fin(1, 20);
  EXPECT_EQ(zeros.rows(), "TCP OTHER answered");
}

// TDS

std::string tds(int type, const std::string& content, int status = 1) {
  return std::string{static_cast<char>(type), static_cast<char>(status)} + big(content.size() + 8, 2) +
         raw("\0\0\1\0") + content;
}
std::string prelogin(int type, int encryption) {
  return tds(type,
             raw("\0\0\x0b\0\6\1\0\x11\0\1\xff\x0f\0\x07\xd0\0\0") + std::string(1, static_cast<char>(encryption)));
}
const std::string kLogin7 = raw("\x90\0\0\0\4\0\0\x74\0\x10\0\0") + std::string(130, '\0');
const std::string kDone = raw("\xfd\0\0\xfd\0\0\0\0\0\0\0\0\0");
const std::string kSelect = raw("\x16\0\0\0\x12\0\0\0\2\0\0\0\0\0\0\0\0\0\1\0\0\0s\0e\0l\0");

TEST(TDS, ASessionWithoutEncryption) {
  Connection c(4000);
  c.client(0, prelogin(0x12, 2)).server(10, prelogin(4, 2));
  c.client(20, tds(0x10, kLogin7)).server(30, tds(4, raw("\xad\x10\0") + kDone));
  c.client(40, tds(1, kSelect, 0) + tds(1, kSelect)).server(50, tds(4, "\x81row", 0)).server(70, tds(4, kDone));
  c.client(80, tds(3, kSelect)).server(90, tds(4, raw("\xaa\x20\0\x12\0\0\0\1\x10") + kDone));
  EXPECT_EQ(c.rows(), "TDS OTHER answered, TDS LOGIN answered, TDS BATCH answered, TDS RPC answered error");
  EXPECT_EQ(c.only("TDS BATCH").response_end, 70);
  EXPECT_EQ(c.only("TDS BATCH").request_bytes, 72);
}

TEST(TDS, OnlyTheLoginIsEncrypted) {
  Connection c(1433);
  c.client(0, prelogin(0x12, 0)).server(10, prelogin(4, 0));
  c.client(20, tds(0x12, raw("\x16\3\1\0\4\1abc"))).server(30, tds(0x12, raw("\x16\3\3\0\4\2abc")));
  c.client(40, tds(0x12, raw("\x16\3\3\0\4\x10"
                             "abc")))
      .server(50, tds(0x12, raw("\x14\3\3\0\1\1")));
  c.client(60, raw("\x17\3\3\0\1x") + raw("\x17\3\3\0\2xy")).server(70, tds(4, raw("\xad\x10\0") + kDone));
  c.client(80, tds(1, kSelect)).server(90, tds(4, kDone));
  EXPECT_EQ(c.rows(),
            "TDS OTHER answered, TDS OTHER answered, TDS OTHER answered, TDS LOGIN answered, TDS BATCH answered");
  EXPECT_EQ(c.only("TDS LOGIN").response_time(), 10);
}

TEST(TDS, WhereAllIsEncryptedTheRowsOfTlsFollow) {
  Connection c(1433);
  c.client(0, prelogin(0x12, 1)).server(10, prelogin(4, 1));
  c.client(20, tds(0x12, raw("\x16\3\1\0\4\1abc"))).server(30, tds(0x12, raw("\x14\3\3\0\1\1")));
  c.client(60, raw("\x17\3\3\0\1x")).server(70, raw("\x17\3\3\0\1x")).end(80);
  EXPECT_EQ(c.rows(), "TDS OTHER answered, TDS OTHER answered, TLS DATA answered");
}

TEST(TDS, ACancelAsksForNothing) {
  Connection c(1433);
  c.client(0, tds(1, kSelect)).client(10, tds(6, "")).server(20, tds(4, raw("\xfd\x20\0\0\0\0\0\0\0\0\0\0\0")));
  c.client(30, tds(1, kSelect)).server(40, tds(4, kDone));
  EXPECT_EQ(c.rows(), "TDS BATCH answered, TDS BATCH answered");
  EXPECT_EQ(c.of("TDS BATCH")[0].response_time(), 20);
}

TEST(TDS, ItIsNotClaimedOnOtherPortsWithoutAnAnswer) {
  Connection c(4000);
  c.client(0, tds(3, kSelect)).server(10, tds(3, kSelect)).fin(1, 20);
  EXPECT_EQ(c.rows(), "TCP OTHER answered");
}

// CQL

std::string cql(int version, std::size_t stream, int opcode, const std::string& body = {}) {
  return std::string{static_cast<char>(version), 0} + big(stream, 2) + std::string(1, static_cast<char>(opcode)) +
         big(body.size(), 4) + body;
}
std::string framed(const std::string& message) {
  return little(message.size() | 0x20000, 3) + "crc" + message + "crcx";
}
const std::string kStartup =
    raw("\0\1\0\x0b"
        "CQL_VERSION\0\0053.0.0");

TEST(CQL, RequestsArePairedByTheirStream) {
  Connection c(4000);
  c.client(0, cql(4, 0, 5)).server(10, cql(0x84, 0, 6, "supported")).client(20, cql(4, 0, 1, kStartup));
  c.server(30, cql(0x84, 0, 2)).client(40, cql(4, 1, 7, "select 1") + cql(4, 2, 10, "id"));
  c.server(50, cql(0x84, 0xffff, 12, "event") + cql(0x84, 2, 8)).server(60, cql(0x84, 1, 0, "no such table"));
  EXPECT_EQ(c.rows(), "CQL OPTIONS answered, CQL STARTUP answered, CQL EXECUTE answered, CQL QUERY answered error");
}

TEST(CQL, Version5PacksMessagesIntoFrames) {
  Connection c(4000);
  c.client(0, cql(5, 0, 1, kStartup)).server(10, cql(0x85, 0, 2)).client(20, framed(cql(5, 7, 7, "select 1")));
  c.server(30, framed(cql(0x85, 0xffff, 12, "event"))).server(40, framed(cql(0x85, 7, 8, "rows")));
  EXPECT_EQ(c.rows(), "CQL STARTUP answered, CQL QUERY answered");
  EXPECT_EQ(c.only("CQL QUERY").response_time(), 20);
}

// FastCGI

std::string record(int type, std::size_t id, const std::string& content, int padding = 0) {
  return std::string{1, static_cast<char>(type)} + big(id, 2) + big(content.size(), 2) +
         std::string{static_cast<char>(padding), 0} + content + std::string(static_cast<std::size_t>(padding), 'p');
}
const std::string kBegin = raw("\0\1\1\0\0\0\0\0");

TEST(FastCGI, RequestsInterleaveAndEndWithTheirBody) {
  Connection c(4000);
  c.client(0, record(1, 1, kBegin) + record(4, 1, "params", 2) + record(4, 1, ""));
  c.client(10, record(1, 2, kBegin) + record(4, 2, "") + record(5, 2, ""))
      .client(20, record(5, 1, "body") + record(5, 1, ""));
  c.server(30, record(6, 2, "Status: 503\r\n\r\n", 1) + record(3, 2, std::string(8, '\0')));
  c.server(50, record(6, 1, "Content-type: text/html\r\n\r\n") + record(7, 1, "log"))
      .server(60, record(3, 1, std::string(8, '\0')));
  EXPECT_EQ(c.rows(), "FASTCGI answered error, FASTCGI answered");
  EXPECT_EQ(c.of("FASTCGI")[1].request_end, 20);
  EXPECT_EQ(c.of("FASTCGI")[1].response_end, 60);
}

// Thrift

std::string thrift(int kind, std::size_t number, const std::string& name, bool frame = true) {
  const std::string m = raw("\x80\1\0") + std::string(1, static_cast<char>(kind)) + big(name.size(), 4) + name +
                        big(number, 4) + raw("\0");
  return (frame ? big(m.size(), 4) : std::string()) + m;
}

TEST(Thrift, CallsArePairedByNameAndNumber) {
  for (const bool frame : {true, false}) {
    Connection c(4000);
    c.client(0, thrift(1, 1, "getItem", frame)).server(10, thrift(2, 1, "getItem", frame));
    c.client(20, thrift(1, 2, "getItem", frame)).server(30, thrift(3, 2, "getItem", frame)).fin(1, 40);
    EXPECT_EQ(c.rows(), "Thrift answered, Thrift answered error");
  }
  Connection other(4000);
  other.client(0, thrift(1, 1, "getItem")).server(10, thrift(2, 1, "putItem")).fin(1, 20);
  EXPECT_EQ(other.rows(), "TCP OTHER answered");
}

TEST(Thrift, CallsThatAreNotAnsweredAreNoTransactions) {
  Connection c(4000);
  c.client(0, thrift(1, 1, "getItem")).server(10, thrift(2, 1, "getItem"));
  c.client(20, thrift(4, 2, "note"))
      .client(30, raw("\0\0\0\7\x82\x21\3\3ask"))
      .server(40, raw("\0\0\0\7\x82\x41\3\3ask"));
  c.client(50, raw("\0\0\0\x08\x82\x81\4\4note")).end(60);
  EXPECT_EQ(c.rows(), "Thrift answered, Thrift answered");
}

// Oracle

std::string tns(int type, const std::string& content, bool large = false) {
  const std::size_t n = content.size() + 8;
  return (large ? big(n, 4) : big(n, 2) + raw("\0\0")) + std::string(1, static_cast<char>(type)) + raw("\0\0\0") +
         content;
}
const std::string kConnect = raw("\1\x3e\1\x2c\0\0\x20\0") + "(DESCRIPTION=(CONNECT_DATA=(SERVICE_NAME=orders)))";

TEST(Oracle, TheLengthGrowsWithTheVersionThatIsAccepted) {
  for (const bool large : {false, true}) {
    Connection c(4000);
    c.client(0, tns(1, kConnect)).server(10, tns(11, "")).client(20, tns(1, kConnect));
    c.server(30, tns(2, large ? raw("\1\x3e\0\1\x20\0") : raw("\1\x36\0\1\x20\0")));
    c.client(40, tns(6, raw("\0\0call"), large)).client(41, tns(6, raw("\0\0more"), large));
    c.server(60, tns(6, raw("\0\0rows"), large))
        .server(80, tns(6, raw("\0\0rows"), large))
        .client(90, tns(6, raw("\0\0x"), large));
    c.server(100, tns(6, raw("\0\0y"), large)).fin(1, 110);
    EXPECT_EQ(c.rows(), "Oracle TNS answered, Oracle TNS answered, Oracle TNS answered");
    EXPECT_EQ(c.of("Oracle TNS")[0].response_time(), 10);
    EXPECT_EQ(c.of("Oracle TNS")[1].response_end, 80);
  }
}

TEST(Oracle, ARefusalIsAnError) {
  Connection c(4000);
  c.client(0, tns(1, kConnect)).server(10, tns(4, raw("\4\4\0\0(ERR=12514)"))).fin(1, 20);
  EXPECT_EQ(c.rows(), "Oracle TNS answered error");
}

}  // namespace
}  // namespace pastmon::signature::test
