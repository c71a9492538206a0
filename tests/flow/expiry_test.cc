// SPDX-License-Identifier: MIT
#include "expiry.h"

#include <gtest/gtest.h>

#include <random>

#include "packets.h"

namespace pastmon::flow::test {
namespace {

using decode::Transport;

decode::Packet datagram(base::Micros at, std::uint32_t host) {
  return packet(at, Transport::udp, {address(0x0a000000 + host), kServer, 5000, 53, 17}, "x");
}

TEST(Expiry, IdleFlowsEndWhenTheirTimeIsUp) {
  Lab lab;
  lab(datagram(0, 1));
  lab(datagram(60 * base::kSecond, 2));
  lab(datagram(119 * base::kSecond, 3));
  EXPECT_EQ(lab.count(EventKind::end), 0U);
  lab(datagram(120 * base::kSecond, 3));
  ASSERT_EQ(lab.last.size(), 2U);
  EXPECT_EQ(lab.last[0].kind, EventKind::end);  // time-outs come first
  EXPECT_EQ(lab.last[0].flow, 0U);
  EXPECT_EQ(lab.last[0].end_reason, EndReason::idle);
  EXPECT_EQ(lab.last[0].time, kStart + 120 * base::kSecond);
}

TEST(Expiry, TimeOutsFallDueWithinABatchToo) {
  Lab lab;
  lab.feed({datagram(0, 1), datagram(121 * base::kSecond, 1), datagram(242 * base::kSecond, 1)});
  EXPECT_EQ(lab.count(EventKind::end), 2U);
  EXPECT_EQ(lab.tracker.counters().flows, 3U);
}

TEST(Expiry, EachClassHasItsOwnTime) {
  Lab lab;
  const Connection c;
  lab.open(c);
  lab(datagram(0, 1));
  lab.expire(121 * base::kSecond);
  EXPECT_EQ(lab.count(EventKind::end), 1U);
  lab.expire(3600 * base::kSecond);
  EXPECT_EQ(lab.count(EventKind::end), 0U);
  lab.expire(3601 * base::kSecond);
  EXPECT_EQ(lab.of(EventKind::end).at(0).end_reason, EndReason::idle);
  EXPECT_EQ(lab.tracker.counters().active, 0U);
}

TEST(Expiry, HalfOpenConnectionsGoAsSoonAsUnansweredOnes) {
  Lab lab;
  const Connection c;
  lab.feed({c.client.syn(0), c.server.syn_ack(10'000)});
  lab.expire(30 * base::kSecond + 10'000);
  ASSERT_EQ(lab.last.size(), 1U);  // it was answered
  EXPECT_EQ(lab.last[0].kind, EventKind::end);

  Lab one_sided;  // the sensor misses all that the client sends after its SYN
  one_sided.feed({c.client.syn(0), c.server.syn_ack(10'000), c.server.data(20'000, 0, 0, "220 ")});
  one_sided.expire(3'000 * base::kSecond);
  EXPECT_TRUE(one_sided.last.empty());
}

TEST(Expiry, AFullTableGivesUpTheLongestIdleFlow) {
  Options options;
  options.max_flows = 3;
  Lab lab(options);
  lab(datagram(0, 1));
  lab(datagram(1'000, 2));
  lab(Connection().client.syn(2'000));
  lab(datagram(3'000, 1));  // now number 2 has been idle longest
  lab(datagram(4'000, 4));
  ASSERT_EQ(lab.count(EventKind::end), 1U);
  EXPECT_EQ(lab.of(EventKind::end)[0].flow, 1U);
  EXPECT_EQ(lab.of(EventKind::end)[0].end_reason, EndReason::evicted);
  lab(datagram(5'000, 5));
  EXPECT_EQ(lab.count(EventKind::unanswered), 1U);  // the SYN
  EXPECT_EQ(lab.tracker.counters().evicted, 2U);
  EXPECT_EQ(lab.tracker.counters().active, 3U);
}

TEST(Expiry, AFloodOfSynsKeepsMemoryBounded) {
  Options options;
  options.max_flows = 1'000;
  Tracker tracker(options);
  Events events;
  std::vector<decode::Packet> batch;
  std::uint64_t ends = 0, unanswered = 0, settled = 0;
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    End attacker;
    attacker.tuple = {address(i * 2654435761U), kServer, static_cast<std::uint16_t>(i), 80, 6};
    batch.push_back(attacker.syn(i));
    if (batch.size() < 32) continue;
    tracker.process(batch, events);
    batch.clear();
    for (const Event& e : events.events) {
      ends += e.kind == EventKind::end;
      unanswered += e.kind == EventKind::unanswered;
    }
    if (i < 10'000) settled = tracker.counters().table_bytes;
  }
  EXPECT_EQ(tracker.counters().active, 1'000U);
  EXPECT_EQ(tracker.counters().evicted, 99'000U);
  EXPECT_EQ(tracker.counters().table_bytes, settled);
  EXPECT_EQ(ends, 99'000U);
  EXPECT_EQ(unanswered, 99'000U);
  EXPECT_EQ(tracker.counters().one_sided, 99'000U);
}

TEST(Expiry, ChosenHashesCostOnlyTheirOwnFlows) {
  Lab lab;
  for (std::uint32_t i = 0; i < 1'000; ++i) {
    decode::Packet p = datagram(i, i);
    p.hash = 42;
    lab(p);
  }
  EXPECT_LE(lab.tracker.counters().active, 520U);
  EXPECT_GT(lab.tracker.counters().evicted, 400U);
}

TEST(Expiry, OneCallLetsGoOfABoundedNumber) {
  Lab lab;
  std::vector<decode::Packet> packets;
  for (std::uint32_t i = 0; i < 20'000; ++i) packets.push_back(datagram(i, i));
  lab.feed(packets);
  lab.expire(1'000 * base::kSecond);
  EXPECT_EQ(lab.count(EventKind::end), 8'192U);
  lab(datagram(1'000 * base::kSecond, 19'999));  // due as well, though its turn has not come
  EXPECT_EQ(lab.count(EventKind::end), 8'193U);
  EXPECT_EQ(lab.packet_event().parts.at(0).offset, 0U);
  lab.expire(1'000 * base::kSecond);
  EXPECT_EQ(lab.tracker.counters().active, 1U);
}

TEST(Expiry, SmallStepsBackAreClampedAndCounted) {
  Lab lab;
  const Connection c;
  lab(c.client.syn(1'000));
  const Seen syn_ack = lab(c.server.syn_ack(900));
  EXPECT_EQ(syn_ack.time, kStart + 1'000);
  EXPECT_EQ(lab.of(EventKind::syn_ack).at(0).handshake.syn_ack, kStart + 1'000);
  EXPECT_EQ(lab.tracker.counters().clock_steps, 1U);
  lab(c.client.ack(2'000, 0, 0));
  lab(c.client.data(3'000, 0, 0, "0123"));
  EXPECT_EQ(lab(c.server.ack(2'950, 0, 4)).facts.ack_rtt, 0);
  EXPECT_EQ(lab.tracker.counters().clock_steps, 2U);
}

TEST(Expiry, AClockThatWasSetBackBeginsFlowsAnew) {
  Lab lab;
  const Connection c;
  lab.open(c, 3'600 * base::kSecond);
  lab(datagram(3'601 * base::kSecond, 1));
  const Seen after = lab(c.client.data(0, 0, 0, "GET "));
  EXPECT_EQ(after.time, kStart);
  EXPECT_EQ(after.text, "GET ");
  EXPECT_EQ(lab.of(EventKind::end).at(0).flow, 0U);
  EXPECT_GE(lab.tracker.counters().clock_steps, 1U);
  lab(c.server.data(10'000, 0, 4, "200 "));
  EXPECT_EQ(lab.of(EventKind::end).at(0).flow, 1U);  // what else lies in the future ends too
  EXPECT_EQ(lab.count(EventKind::end), 1U);
  EXPECT_EQ(lab.packet_event().facts.ack_rtt, 10'000);
}

TEST(Expiry, OnePacketWithAnAbsurdTimeEndsNothingElse) {
  for (const base::Micros absurd : {-kStart, kStart}) {
    Lab lab;
    lab(datagram(0, 1));
    lab(datagram(1'000, 2));
    lab(datagram(absurd, 3));
    EXPECT_EQ(lab.count(EventKind::end), 0U);
    lab(datagram(2'000, 1));
    EXPECT_EQ(lab.count(EventKind::end), 0U);
    lab(datagram(121 * base::kSecond, 2));
    EXPECT_EQ(lab.tracker.counters().active, 1U);
  }
}

TEST(Expiry, NothingIsSaidOnAnIdleTable) {
  Lab lab;
  lab.expire(0);
  EXPECT_TRUE(lab.last.empty());
  lab.finish();
  EXPECT_TRUE(lab.last.empty());
}

}  // namespace
}  // namespace pastmon::flow::test
