// SPDX-License-Identifier: MIT
// SMTP's BDAT: however many chunks, one message, and no pair behind it is shifted.
#include <gtest/gtest.h>

#include "scene.h"

namespace pastmon::signature::test {
namespace {

/// A mail connection that has got as far as its recipient.
struct Mail : Connection {
  explicit Mail(const Options& o = {}) : Connection(25, shipped(), o) {
    server(1, "220 x\r\n").client(2, "EHLO a\r\n").server(3, "250-x\r\n250 CHUNKING\r\n");
    transactions.clear();
    packets.clear();
  }
};

TEST(Bdat, ChunksThatWaitForTheirRepliesAreOneMessage) {
  Mail c;
  c.client(100, "BDAT 4\r\n").client(110, "QU").client(120, "IT").server(200, "250 4 octets\r\n");
  c.client(300, "bdat 6\r\nRSET\r\n").server(400, "250-6 octets\r\n").server(410, "250 received\r\n");
  c.client(500, "BDAT 3 LAST\r\n.\r\n").server(530, "250-queued\r\n").server(540, "250 as 1\r\n");
  c.client(600, "QUIT\r\n").server(610, "221 bye\r\n");
  EXPECT_EQ(c.rows(), "SMTP MESSAGE answered, SMTP QUIT answered");
  const Said& mail = c.only("SMTP MESSAGE");
  EXPECT_EQ(mail.request_begin, 110) << "the first byte of the first chunk's data";
  EXPECT_EQ(mail.request_end, 500);
  EXPECT_EQ(mail.request_bytes, 13);
  EXPECT_EQ(mail.response_begin, 530);
  EXPECT_EQ(mail.response_end, 540);
  EXPECT_FALSE(mail.early);
  EXPECT_EQ(c.packet_rows(), "SMTP MESSAGE 10, SMTP QUIT 2");
}

TEST(Bdat, PipelinedWithTheCommandsAroundItEachReplyGoesWhereItBelongs) {
  Mail c;
  c.client(100, "MAIL FROM:<a>\r\nRCPT TO:<b>\r\nBDAT 2\r\nabBDAT 2\r\ncdBDAT 2 LAST\r\nefMAIL FROM:<c>\r\n");
  c.server(200, "250 sender\r\n250 recipient\r\n250 2\r\n250 2\r\n").server(300, "250 queued\r\n250 sender\r\n");
  EXPECT_EQ(c.rows(), "SMTP MAIL answered, SMTP RCPT answered, SMTP MESSAGE answered, SMTP MAIL answered");
  EXPECT_EQ(c.only("SMTP MESSAGE").response_begin, 300);
  EXPECT_EQ(c.only("SMTP MESSAGE").request_bytes, 6);
}

TEST(Bdat, AnEmptyLastChunkEndsTheMessageWithItsLine) {
  Mail c;
  c.client(100, "BDAT 2\r\nab").server(110, "250 2\r\n").client(200, "BDAT 0 LAST\r\n").server(230, "250 ok\r\n");
  EXPECT_EQ(c.only("SMTP MESSAGE").request_begin, 100);
  EXPECT_EQ(c.only("SMTP MESSAGE").response_time(), 30);
  Mail empty;
  empty.client(100, "BDAT 0 LAST\r\n").server(120, "250 ok\r\n");
  EXPECT_EQ(empty.only("SMTP MESSAGE").request_begin, 100);
  EXPECT_EQ(empty.only("SMTP MESSAGE").request_bytes, 0);
}

TEST(Bdat, TheFirstRefusalIsTheAnswer) {
  Mail c;
  c.client(100, "BDAT 2\r\nab").server(110, "250 2\r\n").client(200, "BDAT 2\r\ncd");
  c.server(230, "452-disk\r\n").server(240, "452 full\r\n").client(300, "RSET\r\n").server(310, "250 ok\r\n");
  EXPECT_EQ(c.rows(), "SMTP MESSAGE answered error, SMTP RSET answered");
  EXPECT_EQ(c.only("SMTP MESSAGE").response_time(), 30);
  EXPECT_EQ(c.only("SMTP MESSAGE").response_end, 240);
  EXPECT_EQ(c.only("SMTP MESSAGE").request_bytes, 4);
  EXPECT_FALSE(c.only("SMTP MESSAGE").early);
  Mail last;
  last.client(100, "BDAT 2\r\nab").server(110, "250 2\r\n").client(200, "BDAT 2 LAST\r\ncd").server(230, "554 no\r\n");
  EXPECT_EQ(last.rows(), "SMTP MESSAGE answered error");
  EXPECT_EQ(last.only("SMTP MESSAGE").response_time(), 30);
}

TEST(Bdat, ChunksBehindARefusalAreAnsweredAndAreNoMessage) {
  for (const bool all_sent_before : {true, false}) {
    Mail c;
    c.client(100, "BDAT 2\r\nab");
    if (!all_sent_before) c.server(150, "552 too large\r\n");
    c.client(200, "BDAT 6\r\nQUIT\r\nBDAT 2 LAST\r\nefNOOP\r\n");
    if (all_sent_before) c.server(250, "552 too large\r\n");
    c.server(300, "503-no\r\n503 no\r\n").server(310, "503 no\r\n250 ok\r\n");
    c.client(400, "QUIT\r\n").server(410, "221 bye\r\n");
    EXPECT_EQ(c.rows(), "SMTP MESSAGE answered error, SMTP NOOP answered, SMTP QUIT answered") << all_sent_before;
    EXPECT_EQ(c.only("SMTP MESSAGE").response_end, all_sent_before ? 250 : 150);
    EXPECT_EQ(c.only("SMTP NOOP").response_begin, 310);
  }
}

TEST(Bdat, RepliesThatNeverComeBehindARefusalChangeNothing) {
  Mail c;
  c.client(100, "BDAT 2\r\nabBDAT 2\r\ncdBDAT 2 LAST\r\nef").server(150, "421 full\r\n").fin(1, 160).rst(0, 170);
  EXPECT_EQ(c.rows(), "SMTP MESSAGE answered error");
}

TEST(Bdat, WhatTheClientWithdrawsOrNeverEndsIsAborted) {
  Mail c;
  c.client(100, "BDAT 2\r\nab").server(110, "250 2\r\n").client(200, "RSET\r\n").server(210, "250 ok\r\n");
  EXPECT_EQ(c.rows(), "SMTP MESSAGE aborted, SMTP RSET answered");
  Mail pipelined;
  pipelined.client(100, "BDAT 2\r\nabRSET\r\nBDAT 1 LAST\r\nc")
      .server(110, "250 2\r\n250 ok\r\n")
      .server(150, "250 1\r\n");
  EXPECT_EQ(pipelined.rows(), "SMTP MESSAGE aborted, SMTP RSET answered, SMTP MESSAGE answered");
  EXPECT_EQ(pipelined.of("SMTP MESSAGE")[1].response_begin, 150);
  EXPECT_EQ(pipelined.of("SMTP MESSAGE")[1].request_bytes, 1);
  Mail refused;
  refused.client(100, "BDAT 2\r\nabRSET\r\n").server(110, "552 no\r\n250 ok\r\n");
  EXPECT_EQ(refused.rows(), "SMTP MESSAGE answered error, SMTP RSET answered");
  Mail broken;
  broken.client(100, "BDAT 2\r\nab").server(110, "250 2\r\n").rst(0, 200);
  EXPECT_EQ(broken.rows(), "SMTP MESSAGE aborted");
  Mail gone;
  gone.client(100, "BDAT 200\r\nab").fin(0, 110).end(120);
  EXPECT_EQ(gone.rows(), "SMTP MESSAGE unanswered");
}

TEST(Bdat, ARefusalBeforeTheChunkIsThereIsEarly) {
  Mail c;
  c.client(100, "BDAT 6 LAST\r\nQUI").server(110, "552 too large\r\n").client(120, "T\r\nQUIT\r\n");
  c.server(130, "221 bye\r\n");
  EXPECT_EQ(c.rows(), "SMTP MESSAGE answered error early, SMTP QUIT answered");
  EXPECT_TRUE(c.only("SMTP MESSAGE").early);
}

TEST(Bdat, TwoMessagesInARowAreTwo) {
  Mail c;
  c.client(100, "BDAT 1\r\naBDAT 1 LAST\r\nbBDAT 1\r\ncBDAT 1 LAST\r\nd");
  c.server(200, "250 1\r\n250 first\r\n").server(300, "250 1\r\n").server(310, "250 second\r\n");
  EXPECT_EQ(c.rows(), "SMTP MESSAGE answered, SMTP MESSAGE answered");
  EXPECT_EQ(c.of("SMTP MESSAGE")[0].response_begin, 200);
  EXPECT_EQ(c.of("SMTP MESSAGE")[1].response_begin, 310);
}

TEST(Bdat, ALossCostsTheMessageAndShiftsNothing) {
  Mail c;
  c.client(100, "BDAT 2\r\nab").server(110, "250 2\r\n").lost(0, 200, 12).client(300, "BDAT 2 LAST\r\ncd");
  c.server(310, "250 ok\r\n").client(400, "QUIT\r\n").server(410, "221 bye\r\n");
  EXPECT_EQ(c.of("SMTP QUIT").size(), 1U);
  EXPECT_EQ(c.only("SMTP QUIT").response_begin, 410);
  EXPECT_EQ(c.engine.counters().lost_transactions, 1U);
}

TEST(Bdat, AConnectionSeenFromItsMiddleIsRecognisedByAChunk) {
  MidStream c(4025);
  c.client(100, "BDAT 2\r\nabBDAT 2 LAST\r\ncd").server(110, "250 2\r\n250 ok\r\n");
  EXPECT_EQ(c.rows(), "SMTP MESSAGE answered");
}

TEST(Bdat, TheKeyIsChecked) {
  const auto with = [](const std::string& keys) {
    const std::string said = refused(
        "service = { name = \"X\"; over = { transport = \"tcp\"; framing = \"line\"; ports = 7; };\n"
        "signatures = { name = \"X\"; " +
        keys + " chunks = true; }; };");
    const std::size_t name = said.find("signatures.conf");
    return name == std::string::npos ? said : said.substr(name);
  };
  EXPECT_EQ(with(R"x(request = "A (?<skip>\\d+)"; request_end = "Z";)x"), "accepted");
  EXPECT_EQ(with(R"x(request = "A (?<skip>\\d+)";)x"),
            "signatures.conf:2: chunks needs pairing = \"order\", request_end and a group 'skip' in request");
  EXPECT_EQ(with(R"x(request = "A"; request_end = "Z";)x"),
            "signatures.conf:2: chunks needs pairing = \"order\", request_end and a group 'skip' in request");
}

}  // namespace
}  // namespace pastmon::signature::test
