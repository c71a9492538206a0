// SPDX-License-Identifier: MIT
#include "handshake.h"

#include <gtest/gtest.h>

#include "packets.h"

namespace pastmon::flow::test {
namespace {

TEST(Handshake, IsTimedBetweenItsThreeParts) {
  Lab lab;
  const Connection c;
  EXPECT_TRUE(lab(c.client.syn(0)).facts.handshake);
  EXPECT_TRUE(lab(c.server.syn_ack(10'000)).facts.handshake);
  ASSERT_EQ(lab.count(EventKind::syn_ack), 1U);
  EXPECT_EQ(lab.of(EventKind::syn_ack)[0].handshake.syn_ack, kStart + 10'000);
  const Seen ack = lab(c.client.ack(15'000, 0, 0));
  EXPECT_TRUE(ack.facts.handshake);
  EXPECT_EQ(ack.facts.ack_rtt, base::kNone);
  ASSERT_EQ(lab.count(EventKind::established), 1U);
  const Seen done = lab.of(EventKind::established)[0];
  EXPECT_EQ(done.handshake.syn, kStart);
  EXPECT_EQ(done.handshake.ack, kStart + 15'000);
  EXPECT_FALSE(done.handshake.repeated);
  EXPECT_EQ(done.client, 0);
  EXPECT_EQ(done.client_by, ClientBy::syn);
}

TEST(Handshake, RstToTheSynRefusesIt) {
  Lab lab;
  const Connection c;
  lab(c.client.syn(0));
  const Seen rst = lab(c.server.segment(2'000, flag::rst | flag::ack, -1, 0));
  EXPECT_TRUE(rst.facts.tcp_reset);
  EXPECT_EQ(lab.count(EventKind::refused), 1U);
  EXPECT_EQ(lab.count(EventKind::reset), 0U);
  EXPECT_EQ(lab.of(EventKind::refused)[0].handshake.syn, kStart);
}

TEST(Handshake, SynWithoutAnswerIsUnansweredAfterItsTimeout) {
  Lab lab;
  const Connection c;
  lab(c.client.syn(0));
  lab(c.client.syn(1'000'000));
  lab.expire(30'999'999);
  EXPECT_TRUE(lab.last.empty());
  lab.expire(31'000'000);
  ASSERT_EQ(lab.last.size(), 2U);
  EXPECT_EQ(lab.last[0].kind, EventKind::unanswered);
  EXPECT_TRUE(lab.last[0].handshake.repeated);
  EXPECT_EQ(lab.last[0].handshake.syn, kStart);
  EXPECT_EQ(lab.last[0].time, kStart + 31'000'000);
  EXPECT_EQ(lab.last[1].kind, EventKind::end);
  EXPECT_EQ(lab.last[1].end_reason, EndReason::idle);
}

}  // namespace
}  // namespace pastmon::flow::test
