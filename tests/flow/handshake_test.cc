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

TEST(Handshake, SynWithoutAnswerIsUnansweredAtTheEndOfTheCapture) {
  Lab lab;
  lab(Connection().client.syn(0));
  lab.finish();
  ASSERT_EQ(lab.last.size(), 2U);
  EXPECT_EQ(lab.last[0].kind, EventKind::unanswered);
  EXPECT_EQ(lab.last[1].end_reason, EndReason::capture);
}

TEST(Handshake, RepeatedSynOrSynAckIsNoNewConnectionAndSpoilsRoundTrips) {
  for (const bool repeat_syn : {true, false}) {
    Lab lab;
    const Connection c;
    lab(c.client.syn(0));
    if (repeat_syn) {
      EXPECT_TRUE(lab(c.client.syn(1'000'000)).facts.handshake);
    }
    lab(c.server.syn_ack(1'010'000));
    if (!repeat_syn) {
      EXPECT_TRUE(lab(c.server.syn_ack(2'010'000)).facts.handshake);
      EXPECT_EQ(lab.count(EventKind::syn_ack), 0U);
    }
    lab(c.client.ack(2'015'000, 0, 0));
    const Seen done = lab.of(EventKind::established).at(0);
    EXPECT_TRUE(done.handshake.repeated);
    EXPECT_EQ(done.handshake.syn, kStart);
    EXPECT_EQ(done.handshake.syn_ack, kStart + 1'010'000);
    EXPECT_EQ(lab.tracker.counters().flows, 1U);
  }
}

TEST(Handshake, SynAckRepeatedAfterTheAckChangesNothing) {
  Lab lab;
  const Connection c;
  lab.open(c);
  EXPECT_FALSE(lab.of(EventKind::established).at(0).handshake.repeated);
  EXPECT_TRUE(lab(c.server.syn_ack(20'000)).facts.handshake);
  EXPECT_EQ(lab.last.size(), 1U);
}

TEST(Handshake, TheFirstOfSeveralSynAcksCounts) {
  Lab lab;
  const Connection c;
  Connection other;
  other.server.isn = 77'777;
  lab(c.client.syn(0));
  lab(c.server.syn_ack(10'000));
  EXPECT_TRUE(lab(other.server.syn_ack(11'000)).facts.handshake);
  EXPECT_EQ(lab.last.size(), 1U);
  lab(c.client.ack(15'000, 0, 0));
  EXPECT_EQ(lab.of(EventKind::established).at(0).handshake.syn_ack, kStart + 10'000);
  EXPECT_FALSE(lab.of(EventKind::established).at(0).handshake.repeated);
  EXPECT_EQ(lab(c.server.data(20'000, 0, 0, "hello")).text, "hello");
}

// A server that forgot its first SYN-ACK begins anew; only the client's acknowledgement says which one holds.
TEST(Handshake, TheSynAckThatTheClientAcknowledgesHolds) {
  for (const bool syn_seen : {true, false}) {
    Lab lab;
    const Connection first;
    Connection stray, c;
    stray.server.isn = 77'777;
    c.client.peer_isn = c.server.isn = 2'829'651'200;
    if (syn_seen) lab(first.client.syn(0));
    lab(first.server.syn_ack(10'000));
    lab(stray.server.syn_ack(11'000));
    lab(c.server.syn_ack(12'000));
    EXPECT_EQ(lab.count(EventKind::syn_ack), 0U);
    EXPECT_EQ(lab(c.client.data(20'000, 0, 0, "hello")).text, "hello");
    const Seen answer = lab(c.server.data(30'000, 0, 5, "answer"));
    EXPECT_EQ(answer.text, "answer");
    EXPECT_EQ(answer.time, kStart + 30'000);
  }
}

TEST(Handshake, SynAckForAnotherSynIsNoAnswer) {
  Lab lab;
  const Connection c;
  Connection other;
  other.server.peer_isn = 5;
  lab(c.client.syn(0));
  lab(other.server.syn_ack(1'000));
  EXPECT_EQ(lab.count(EventKind::syn_ack), 0U);
  lab(c.server.syn_ack(2'000));
  EXPECT_EQ(lab.count(EventKind::syn_ack), 1U);
}

TEST(Handshake, RstWithoutAMatchingAckDoesNotRefuse) {
  Lab lab;
  const Connection c;
  lab(c.client.syn(0));
  EXPECT_TRUE(lab(c.server.rst(1'000, 0)).facts.tcp_reset);
  EXPECT_EQ(lab.last.size(), 1U);
  lab(c.server.segment(1'000, flag::rst | flag::ack, 0, 500));
  EXPECT_EQ(lab.last.size(), 1U);
  lab(c.server.syn_ack(2'000));
  EXPECT_EQ(lab.count(EventKind::syn_ack), 1U);
}

TEST(Handshake, ASynRepeatedAfterItWasRefusedIsNoNewConnection) {
  Lab lab;
  const Connection c;
  lab(c.client.syn(0));
  lab(c.server.segment(1'000, flag::rst | flag::ack, -1, 0));
  lab(c.client.syn(500'000));
  EXPECT_EQ(lab.last.size(), 1U);
  lab(c.server.segment(501'000, flag::rst | flag::ack, -1, 0));
  EXPECT_EQ(lab.count(EventKind::refused), 0U);
  EXPECT_EQ(lab.tracker.counters().flows, 1U);
}

TEST(Handshake, AResetByTheClientLeavesItsSynUnanswered) {
  Lab lab;
  const Connection c;
  lab(c.client.syn(0));
  lab(c.client.rst(1'000, 0));
  EXPECT_EQ(lab.count(EventKind::unanswered), 1U);
  EXPECT_EQ(lab.count(EventKind::reset), 1U);
  lab.finish();
  EXPECT_EQ(lab.count(EventKind::unanswered), 0U);
}

TEST(Handshake, SynAckFirstMakesItsReceiverTheClient) {
  Lab lab;
  const Connection c(80, 40'000);  // by ports it would be the other way round
  const Seen syn_ack = lab(c.server.syn_ack(0));
  EXPECT_EQ(syn_ack.side, 0);
  EXPECT_EQ(syn_ack.client, 1);
  EXPECT_EQ(syn_ack.client_by, ClientBy::syn_ack);
  EXPECT_EQ(lab.of(EventKind::syn_ack).at(0).handshake.syn, base::kNone);
  lab(c.client.ack(5'000, 0, 0));
  const Handshake h = lab.of(EventKind::established).at(0).handshake;
  EXPECT_EQ(h.syn, base::kNone);
  EXPECT_EQ(h.syn_ack, kStart);
  EXPECT_EQ(h.ack, kStart + 5'000);
  EXPECT_EQ(lab(c.client.data(6'000, 0, 0, "hello")).parts.at(0).offset, 0U);
}

TEST(Handshake, AMissedSynAckLeavesOnlyConnectTime) {
  Lab lab;
  const Connection c;
  lab(c.client.syn(0));
  EXPECT_TRUE(lab(c.client.ack(15'000, 0, 0)).facts.handshake);
  const Handshake h = lab.of(EventKind::established).at(0).handshake;
  EXPECT_EQ(h.syn_ack, base::kNone);
  EXPECT_EQ(h.ack, kStart + 15'000);
  EXPECT_EQ(lab(c.server.data(20'000, 0, 0, "220 ")).text, "220 ");
  lab.finish();
  EXPECT_EQ(lab.count(EventKind::unanswered), 0U);
}

TEST(Handshake, DataOfTheServerShowsThatTheSynWasAnswered) {
  Lab lab;
  const Connection c;
  lab(c.client.syn(0));
  EXPECT_EQ(lab(c.server.data(20'000, 0, 0, "220 ")).text, "220 ");
  const Handshake h = lab.of(EventKind::established).at(0).handshake;
  EXPECT_EQ(h.syn_ack, base::kNone);
  EXPECT_EQ(h.ack, base::kNone);
}

TEST(Handshake, AnAckForAnOlderConnectionAnswersNoSyn) {
  Lab lab;
  const Connection c;
  lab(c.client.syn(0));
  lab(c.server.data(1'000, 0, 700'000, "old"));  // RFC 5961 challenge ACK, or what the old connection still sends
  ASSERT_EQ(lab.last.size(), 1U);
  EXPECT_EQ(lab.last[0].text, "");
  lab(c.server.syn_ack(2'000));
  EXPECT_EQ(lab.count(EventKind::syn_ack), 1U);
}

TEST(Handshake, CompletingAckWithPayloadIsNotOfTheHandshakeAlone) {
  Lab lab;
  const Connection c;
  lab.feed({c.client.syn(0), c.server.syn_ack(10'000)});
  const Seen data = lab(c.client.data(15'000, 0, 0, "GET /"));
  EXPECT_FALSE(data.facts.handshake);
  EXPECT_EQ(data.text, "GET /");
  EXPECT_EQ(lab.of(EventKind::established).at(0).handshake.ack, kStart + 15'000);
}

TEST(Handshake, SynMayCarryData) {  // RFC 7413
  Lab lab;
  const Connection c;
  const Seen syn = lab(c.client.segment(0, flag::syn, -1, 0, "GET /"));
  EXPECT_TRUE(syn.facts.handshake);
  EXPECT_EQ(syn.text, "GET /");
  EXPECT_EQ(syn.parts.at(0).offset, 0U);
  lab(c.server.segment(10'000, flag::syn | flag::ack, -1, 5));
  EXPECT_EQ(lab.count(EventKind::syn_ack), 1U);
  EXPECT_EQ(lab(c.server.data(11'000, 0, 5, "200")).text, "200");
  lab(c.client.ack(15'000, 5, 3));
  EXPECT_EQ(lab.count(EventKind::established), 1U);
}

TEST(Handshake, DataOfASynThatIsNotTakenIsSentAgain) {
  Lab lab;
  const Connection c;
  lab(c.client.segment(0, flag::syn, -1, 0, "GET /"));
  lab(c.server.syn_ack(10'000));
  EXPECT_EQ(lab.count(EventKind::syn_ack), 1U);
  const Seen again = lab(c.client.data(15'000, 0, 0, "GET /"));
  EXPECT_EQ(lab.count(EventKind::established), 1U);
  EXPECT_TRUE(again.facts.retransmission);
  EXPECT_EQ(again.text, "");
}

TEST(Handshake, RstThatAcknowledgesTheDataOfASynRefusesIt) {
  Lab lab;
  const Connection c;
  lab(c.client.segment(0, flag::syn, -1, 0, "GET /"));
  lab(c.server.segment(1'000, flag::rst | flag::ack, -1, 5));
  EXPECT_EQ(lab.count(EventKind::refused), 1U);
}

TEST(Handshake, SimultaneousOpenIsOneConnection) {
  Lab lab;
  const Connection c;
  lab(c.client.syn(0));
  lab(c.server.syn(1'000));
  lab(c.server.syn_ack(10'000));
  EXPECT_EQ(lab.count(EventKind::syn_ack), 1U);
  lab(c.client.syn_ack(10'500));
  EXPECT_EQ(lab.count(EventKind::established), 1U);
  EXPECT_EQ(lab(c.client.data(20'000, 0, 0, "a")).text, "a");
  EXPECT_EQ(lab(c.server.data(21'000, 0, 1, "b")).text, "b");
  EXPECT_EQ(lab.tracker.counters().flows, 1U);
  EXPECT_EQ(lab.last.back().client, 0);
}

TEST(Handshake, NewSynOnAClosedConnectionStartsANewFlow) {
  Lab lab;
  const Connection c;
  lab.open(c);
  lab(c.client.fin(20'000, 0, 0));
  lab(c.server.fin(21'000, 0, 1));
  EXPECT_EQ(lab.count(EventKind::side_closed), 1U);
  Connection next;
  next.client.isn = next.server.peer_isn = 500'000;
  lab(next.client.syn(30'000));
  ASSERT_EQ(lab.last.size(), 2U);
  EXPECT_EQ(lab.last[0].kind, EventKind::end);
  EXPECT_EQ(lab.last[0].end_reason, EndReason::closed);
  EXPECT_NE(lab.last[0].flow, lab.last[1].flow);
  lab(next.server.syn_ack(31'000));
  EXPECT_EQ(lab.of(EventKind::syn_ack).at(0).handshake.syn, kStart + 30'000);
  EXPECT_EQ(lab.tracker.counters().flows, 2U);
}

TEST(Handshake, NewSynFromTheOtherSideOfAClosedConnectionTurnsItRound) {
  Lab lab;
  const Connection c;
  lab.open(c);
  lab(c.server.rst(20'000, 0));
  Connection next;
  next.server.isn = 700'000;
  const Seen syn = lab(next.server.syn(30'000));
  EXPECT_EQ(syn.key->address[0], kServer);
  EXPECT_EQ(syn.client, 0);
}

TEST(Handshake, NewSynWhileTheOldOneIsOpenLeavesTheOldOneUnanswered) {
  Lab lab;
  const Connection c;
  Connection next;
  next.client.isn = next.server.peer_isn = 500'000;
  lab(c.client.syn(0));
  lab(next.client.syn(1'000'000));
  EXPECT_EQ(lab.count(EventKind::unanswered), 1U);
  EXPECT_EQ(lab.count(EventKind::end), 1U);
  EXPECT_EQ(lab.count(EventKind::packet), 1U);
}

TEST(Handshake, SynOnALivingConnectionCountsOnlyWhenItIsAnswered) {
  Lab lab;
  const Connection c;
  Connection next;
  next.client.isn = next.server.peer_isn = 500'000;
  next.server.isn = next.client.peer_isn = 600'000;
  lab.open(c);
  EXPECT_TRUE(lab(next.client.syn(20'000)).facts.handshake);
  EXPECT_EQ(lab.last.size(), 1U);
  EXPECT_EQ(lab(c.client.data(25'000, 0, 0, "GET ")).text, "GET ");  // a blind SYN does no harm
  lab(next.server.syn_ack(30'000));
  EXPECT_EQ(lab.of(EventKind::end).at(0).end_reason, EndReason::closed);
  const Seen answered = lab.of(EventKind::syn_ack).at(0);
  EXPECT_EQ(answered.handshake.syn, kStart + 20'000);
  EXPECT_EQ(answered.client, 0);
  EXPECT_EQ(answered.client_by, ClientBy::syn);
  lab(next.client.ack(35'000, 0, 0));
  EXPECT_EQ(lab.of(EventKind::established).at(0).handshake.ack, kStart + 35'000);
  EXPECT_EQ(lab(next.client.data(40'000, 0, 0, "new")).text, "new");
}

TEST(Handshake, SynOnALongIdleConnectionStartsANewFlow) {
  Lab lab;
  const Connection c;
  Connection next;
  next.client.isn = next.server.peer_isn = 500'000;
  lab.open(c);
  lab(next.client.syn(60'000'000));
  EXPECT_EQ(lab.count(EventKind::end), 1U);
  lab.finish();
  EXPECT_EQ(lab.count(EventKind::unanswered), 1U);
}

TEST(Handshake, WindowsAreScaledOnlyWhenBothSynsHadTheOption) {
  for (const bool both : {true, false}) {
    Lab lab;
    const Connection c;
    decode::Packet syn = c.client.syn(0), syn_ack = c.server.syn_ack(10'000);
    syn.tcp.window_scale = 7;
    syn.tcp.mss = 1460;
    if (both) syn_ack.tcp.window_scale = 3;
    const Seen first = lab(syn);
    EXPECT_EQ(first.facts.window, 8192);
    EXPECT_EQ(first.facts.mss, 1460);
    EXPECT_EQ(lab(syn_ack).facts.window, 8192);  // RFC 7323: a SYN's window is never scaled
    EXPECT_EQ(lab(c.client.ack(15'000, 0, 0)).facts.window, both ? 8192 << 7 : 8192);
    EXPECT_EQ(lab(c.server.ack(16'000, 0, 0)).facts.window, both ? 8192 << 3 : 8192);
  }
}

TEST(Handshake, AWindowScaleAboveItsLimitIsTheLimit) {  // RFC 7323, 2.3
  Lab lab;
  const Connection c;
  decode::Packet syn = c.client.syn(0), syn_ack = c.server.syn_ack(10'000);
  syn.tcp.window_scale = syn_ack.tcp.window_scale = 200;
  lab.feed({syn, syn_ack});
  End client = c.client;
  client.window = 0xffff;
  EXPECT_EQ(lab(client.ack(15'000, 0, 0)).facts.window, 0xffff << 14);
}

TEST(Handshake, SynAckAfterARefusalIsFollowedSilently) {
  Lab lab;
  const Connection c;
  lab(c.client.syn(0));
  lab(c.server.segment(1'000, flag::rst | flag::ack, -1, 0));
  lab(c.client.syn(500'000));
  lab(c.server.syn_ack(510'000));
  EXPECT_EQ(lab.last.size(), 1U);
  lab(c.client.ack(515'000, 0, 0));
  EXPECT_EQ(lab.last.size(), 1U);
  EXPECT_EQ(lab(c.client.data(520'000, 0, 0, "GET")).text, "GET");
}

}  // namespace
}  // namespace pastmon::flow::test
