// SPDX-License-Identifier: MIT
#include "acknowledgement.h"

#include <gtest/gtest.h>

#include "packets.h"

namespace pastmon::flow::test {
namespace {

constexpr base::Micros ms = 1'000;

TEST(Acknowledgement, SamplesTheSegmentItCovers) {
  Lab lab;
  const Connection c;
  lab.open(c);
  lab(c.client.data(20 * ms, 0, 0, "GET "));
  const Seen ack = lab(c.server.ack(31 * ms, 0, 4));
  EXPECT_EQ(ack.facts.ack_rtt, 11 * ms);
  EXPECT_TRUE(ack.facts.pure_ack);
  EXPECT_EQ(lab(c.server.ack(35 * ms, 0, 4)).facts.ack_rtt, base::kNone);
  lab(c.server.data(40 * ms, 0, 4, "200"));
  const Seen data = lab(c.client.data(47 * ms, 4, 3, "GET "));
  EXPECT_EQ(data.facts.ack_rtt, 7 * ms);
  EXPECT_FALSE(data.facts.pure_ack);
}

TEST(Acknowledgement, CumulativeAckSamplesOnlyTheNewestSegment) {
  Lab lab;
  const Connection c;
  lab.open(c);
  lab(c.client.data(20 * ms, 0, 0, "0123"));
  lab(c.client.data(21 * ms, 4, 0, "4567"));
  lab(c.client.data(25 * ms, 8, 0, "89AB"));
  EXPECT_EQ(lab(c.server.ack(31 * ms, 0, 8)).facts.ack_rtt, 10 * ms);
  EXPECT_EQ(lab(c.server.ack(32 * ms, 0, 12)).facts.ack_rtt, 7 * ms);
}

TEST(Acknowledgement, OfAPartOfASegmentSamplesTheOneBefore) {
  Lab lab;
  const Connection c;
  lab.open(c);
  lab(c.client.data(20 * ms, 0, 0, "0123"));
  lab(c.client.data(21 * ms, 4, 0, "4567"));
  EXPECT_EQ(lab(c.server.ack(30 * ms, 0, 6)).facts.ack_rtt, 10 * ms);
  EXPECT_EQ(lab(c.server.ack(33 * ms, 0, 8)).facts.ack_rtt, 12 * ms);
}

TEST(Acknowledgement, OverRetransmittedBytesGivesNoSample) {  // Karn
  Lab lab;
  const Connection c;
  lab.open(c);
  lab(c.client.data(20 * ms, 0, 0, "0123"));
  lab(c.client.data(21 * ms, 4, 0, "4567"));
  lab(c.client.data(25 * ms, 8, 0, "89AB"));
  lab(c.client.data(220 * ms, 4, 0, "4567"));
  EXPECT_EQ(lab(c.server.ack(231 * ms, 0, 4)).facts.ack_rtt, 211 * ms);  // ends before the retransmitted bytes
  EXPECT_EQ(lab(c.server.ack(232 * ms, 0, 12)).facts.ack_rtt, base::kNone);
  lab(c.client.data(240 * ms, 12, 0, "CDEF"));
  EXPECT_EQ(lab(c.server.ack(250 * ms, 0, 16)).facts.ack_rtt, 10 * ms);
}

TEST(Acknowledgement, OverAGapFilledByRetransmissionGivesNoSample) {
  Lab lab;
  const Connection c;
  lab.open(c);
  lab(c.client.data(20 * ms, 4, 0, "4567"));
  EXPECT_TRUE(lab(c.client.data(220 * ms, 0, 0, "0123")).facts.retransmission);
  EXPECT_EQ(lab(c.server.ack(230 * ms, 0, 8)).facts.ack_rtt, base::kNone);
}

TEST(Acknowledgement, AfterReorderingSamplesTheSegmentSightedLast) {
  Lab lab;
  const Connection c;
  lab.open(c);
  lab(c.client.data(20 * ms, 4, 0, "4567"));
  EXPECT_TRUE(lab(c.client.data(22 * ms, 0, 0, "0123")).facts.out_of_order);
  EXPECT_EQ(lab(c.server.ack(32 * ms, 0, 8)).facts.ack_rtt, 10 * ms);
}

TEST(Acknowledgement, OfTheHandshakeGivesNoSample) {
  Lab lab;
  const Connection c;
  lab.open(c);
  for (const Seen& e : lab.all) EXPECT_EQ(e.facts.ack_rtt, base::kNone);
}

TEST(Acknowledgement, OfAFinSamplesTheDataBeforeIt) {
  Lab lab;
  const Connection c;
  lab.open(c);
  lab(c.client.segment(20 * ms, flag::ack | flag::fin, 0, 0, "bye"));
  EXPECT_EQ(lab(c.server.ack(30 * ms, 0, 4)).facts.ack_rtt, 10 * ms);
}

TEST(Acknowledgement, ManySegmentsUnderWayGiveRightSamplesOrNone) {
  Lab lab;
  const Connection c;
  lab.open(c);
  // 200 segments of 10 bytes, 1 ms apart; segment n ends at 10 (n + 1) and was sent at 20 + n ms.
  for (int n = 0; n < 200; ++n) lab(c.client.data((20 + n) * ms, 10 * n, 0, "0123456789"));
  int samples = 0;
  for (int n = 1; n < 200; n += 3) {
    const Seen ack = lab(c.server.ack((300 + n) * ms, 0, 10 * (n + 1)));
    if (ack.facts.ack_rtt == base::kNone) continue;
    ++samples;
    EXPECT_EQ(ack.facts.ack_rtt, 280 * ms);
  }
  EXPECT_GE(samples, 20);
  lab(c.client.data(600 * ms, 2000, 0, "0123456789"));
  EXPECT_EQ(lab(c.server.ack(605 * ms, 0, 2010)).facts.ack_rtt, 5 * ms);
}

TEST(Acknowledgement, DuplicateAckIsAsRfc5681DefinesIt) {
  const auto setup = [](Lab& lab, const Connection& c) {
    lab.open(c);
    lab(c.client.data(20 * ms, 0, 0, "0123"));
    lab(c.server.ack(21 * ms, 0, 4));
    lab(c.client.data(22 * ms, 4, 0, "4567"));
  };
  const Connection c;
  {
    Lab lab;
    setup(lab, c);
    EXPECT_TRUE(lab(c.server.ack(30 * ms, 0, 4)).facts.duplicate_ack);
    EXPECT_TRUE(lab(c.server.ack(31 * ms, 0, 4)).facts.duplicate_ack);
    EXPECT_FALSE(lab(c.server.ack(32 * ms, 0, 0)).facts.duplicate_ack);  // not the greatest
    EXPECT_FALSE(lab(c.server.ack(33 * ms, 0, 8)).facts.duplicate_ack);
    EXPECT_FALSE(lab(c.server.ack(34 * ms, 0, 8)).facts.duplicate_ack);  // no data outstanding
  }
  {
    Lab lab;
    setup(lab, c);
    EXPECT_FALSE(lab(c.server.data(30 * ms, 0, 4, "x")).facts.duplicate_ack);  // payload
    EXPECT_FALSE(lab(c.server.fin(31 * ms, 1, 4)).facts.duplicate_ack);        // FIN
  }
  {
    Lab lab;
    setup(lab, c);
    End server = c.server;
    server.window = 9000;
    EXPECT_FALSE(lab(server.ack(30 * ms, 0, 4)).facts.duplicate_ack);  // a window update
    EXPECT_TRUE(lab(server.ack(31 * ms, 0, 4)).facts.duplicate_ack);
    server.window = 9500;
    decode::Packet sack = server.ack(32 * ms, 0, 4);
    sack.tcp.sack_blocks = true;
    EXPECT_TRUE(lab(sack).facts.duplicate_ack);  // SACK blocks: whatever the window
  }
}

TEST(Acknowledgement, AKeepAliveIsNoDuplicateAck) {
  Lab lab;
  const Connection c;
  lab.open(c);
  lab(c.server.data(20 * ms, 0, 0, "0123"));
  const Seen probe = lab(c.client.ack(60'000 * ms, -1, 0));
  EXPECT_TRUE(probe.facts.keep_alive);
  EXPECT_FALSE(probe.facts.duplicate_ack);
  EXPECT_TRUE(lab(c.client.ack(60'001 * ms, 0, 0)).facts.duplicate_ack);
}

TEST(Acknowledgement, OfUnseenBytesIsAGapAndReleasesThem) {
  Lab lab;
  const Connection c;
  lab.open(c);
  lab(c.client.data(20 * ms, 0, 0, "0123"));
  const Seen ack = lab(c.server.data(30 * ms, 0, 10, "reply"));
  EXPECT_EQ(ack.facts.ack_gap, 1U);
  EXPECT_EQ(ack.facts.ack_rtt, base::kNone);
  ASSERT_EQ(lab.last.size(), 2U);
  EXPECT_EQ(lab.last[0].kind, EventKind::data);  // the lost bytes of the request come before the reply
  EXPECT_EQ(lab.last[0].side, 0);
  EXPECT_EQ(lab.last[0].text, "??????");
  EXPECT_EQ(lab.last[1].text, "reply");
  EXPECT_EQ(lab(c.server.ack(31 * ms, 5, 10)).facts.ack_gap, 0U);  // once for each gap
  EXPECT_EQ(lab(c.server.ack(32 * ms, 5, 12)).facts.ack_gap, 1U);
  EXPECT_EQ(lab(c.client.data(33 * ms, 12, 5, "next")).text, "next");
}

TEST(Acknowledgement, OverAGapReleasesWhatWaitsBehindIt) {
  Lab lab;
  const Connection c;
  lab.open(c);
  lab(c.client.data(20 * ms, 4, 0, "4567"));
  const Seen partial = lab(c.server.ack(25 * ms, 0, 2));  // half of the gap is acknowledged
  EXPECT_EQ(partial.facts.ack_gap, 1U);
  EXPECT_EQ(lab.of(EventKind::data).at(0).text, "??");
  EXPECT_EQ(lab(c.client.data(26 * ms, 2, 0, "23")).text, "234567");
  lab(c.client.data(30 * ms, 10, 0, "AB"));
  lab(c.client.data(31 * ms, 14, 0, "EF"));
  EXPECT_EQ(lab(c.server.ack(32 * ms, 0, 16)).facts.ack_gap, 1U);
  EXPECT_EQ(lab.of(EventKind::data).at(0).text, "??AB??EF");
}

TEST(Acknowledgement, OfBytesThatWereGivenUpBeforeIsAGapToo) {
  Lab lab;
  const Connection c;
  lab.open(c);
  lab(c.client.data(20 * ms, 4, 0, "4567"));
  lab.expire(20'000 * ms);
  EXPECT_EQ(lab.of(EventKind::data).at(0).text, "????4567");
  const Seen ack = lab(c.server.ack(20'001 * ms, 0, 8));
  EXPECT_EQ(ack.facts.ack_gap, 1U);
  EXPECT_EQ(ack.facts.ack_rtt, base::kNone);
  EXPECT_EQ(lab.last.size(), 1U);
  lab(c.client.data(20'010 * ms, 8, 0, "89"));
  EXPECT_EQ(lab(c.server.ack(20'020 * ms, 0, 10)).facts.ack_gap, 0U);
}

TEST(Acknowledgement, OfASideThatWasNeverSeenIsNoGap) {
  Lab lab;
  const Connection c;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(lab(c.server.data(i * ms, i, 100 * i, "x")).facts.ack_gap, 0U);
}

TEST(Acknowledgement, FarBeyondAnyWindowIsIgnored) {
  Lab lab;
  const Connection c;
  lab.open(c);
  EXPECT_EQ(lab(c.server.ack(20 * ms, 0, (std::int64_t{1} << 30) + 1)).facts.ack_gap, 0U);  // RFC 7323, 2.3
  EXPECT_EQ(lab(c.client.data(30 * ms, 0, 0, "GET ")).text, "GET ");
}

}  // namespace
}  // namespace pastmon::flow::test
