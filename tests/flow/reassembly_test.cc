// SPDX-License-Identifier: MIT
#include "reassembly.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "packets.h"

namespace pastmon::flow::test {
namespace {

TEST(Reassembly, FirstSightingOfAByteWins) {
  Lab lab;
  const Connection c;
  lab.open(c);
  lab(c.client.data(20'000, 4, 0, "4567"));
  EXPECT_EQ(lab(c.client.data(21'000, 2, 0, "ABCDEFGH")).facts.new_payload, 4U);  // 2–3 and 8–9
  const Seen fill = lab(c.client.data(22'000, 0, 0, "01xxxxxxxxxx"));
  EXPECT_EQ(fill.facts.new_payload, 4U);
  EXPECT_EQ(fill.text, "01AB4567GHxx");
}

TEST(Reassembly, ChunksCarryTheFirstSightingOfTheirBytes) {
  Lab lab;
  const Connection c;
  lab.open(c);
  lab(c.client.data(20'000, 2, 0, "23"));
  const Seen fill = lab(c.client.data(90'000, 0, 0, "01"));
  ASSERT_EQ(fill.parts.size(), 2U);
  EXPECT_EQ(fill.parts[0].time, kStart + 90'000);
  EXPECT_EQ(fill.parts[0].delay, 70'000);  // a retransmission: longer than connect_time after the gap opened
  EXPECT_EQ(fill.parts[1].time, kStart + 20'000);
  EXPECT_EQ(fill.parts[1].delay, 0);
}

TEST(Reassembly, DelayOfAHeldFillerIsKept) {
  Lab lab;
  const Connection c;
  lab.open(c);
  lab(c.client.data(20'000, 4, 0, "45"));
  lab(c.client.data(120'000, 2, 0, "23"));  // fills half of the gap, 100 ms late, and waits itself
  const Seen fill = lab(c.client.data(130'000, 0, 0, "01"));
  ASSERT_EQ(fill.parts.size(), 3U);
  EXPECT_EQ(fill.parts[0].delay, 110'000);
  EXPECT_EQ(fill.parts[1].delay, 100'000);
  EXPECT_EQ(fill.parts[2].delay, 0);
}

TEST(Reassembly, OnlyTheBytesOfTheGapCarryItsDelay) {
  Lab lab;
  const Connection c;
  lab.open(c);
  lab(c.client.data(20'000, 2, 0, "23"));
  const Seen fill = lab(c.client.data(120'000, 0, 0, "012345"));
  ASSERT_EQ(fill.parts.size(), 3U);
  EXPECT_EQ(fill.parts[0].delay, 100'000);
  EXPECT_EQ(fill.parts[2].offset, 4U);
  EXPECT_EQ(fill.parts[2].delay, 0);  // first seen now
}

TEST(Reassembly, PayloadCutBySnaplenKeepsItsSize) {
  Lab lab;
  const Connection c;
  lab.open(c);
  decode::Packet cut = c.client.data(20'000, 0, 0, "0123");
  cut.payload_length = 10;
  const Seen first = lab(cut);
  EXPECT_EQ(first.text, "0123......");
  EXPECT_EQ(first.parts.at(0).captured, 4U);
  EXPECT_EQ(first.facts.new_payload, 10U);
  decode::Packet held = c.client.data(30'000, 12, 0, "CD");
  held.payload_length = 4;
  lab(held);
  EXPECT_EQ(lab(c.client.data(31'000, 10, 0, "AB")).text, "ABCD..");
}

TEST(Reassembly, AGapIsGivenUpAfterItsTimeout) {
  Lab lab;
  const Connection c;
  lab.open(c);
  lab(c.client.data(20'000, 4, 0, "45"));
  lab(c.client.data(9'000'000, 8, 0, "89"));  // a second gap must not make the first one younger
  lab.expire(10'019'999);
  EXPECT_EQ(lab.count(EventKind::data), 0U);
  lab.expire(10'020'000);
  ASSERT_EQ(lab.count(EventKind::data), 1U);
  const Seen given_up = lab.of(EventKind::data)[0];
  EXPECT_EQ(given_up.text, "????45");
  EXPECT_TRUE(given_up.parts.at(0).lost);
  EXPECT_EQ(given_up.parts.at(0).captured, 0U);
  EXPECT_EQ(lab.tracker.counters().given_up_bytes, 4U);
  lab.expire(19'000'000);
  EXPECT_EQ(lab.of(EventKind::data).at(0).text, "??89");
}

TEST(Reassembly, AGapKeepsItsTurnWhateverComesLater) {
  Lab lab;
  const Connection a(1), b(2);
  lab.open(a);
  lab.open(b);
  lab(a.client.data(20'000, 4, 0, "45"));
  lab(b.client.data(1'000'000, 4, 0, "45"));
  lab(a.client.data(9'000'000, 6, 0, "67"));
  lab.expire(10'020'000);
  ASSERT_EQ(lab.count(EventKind::data), 1U);
  EXPECT_EQ(lab.of(EventKind::data)[0].text, "????4567");
  lab.expire(11'000'000);
  EXPECT_EQ(lab.count(EventKind::data), 1U);
}

TEST(Reassembly, ALateSegmentInWhatWasGivenUpIsNewButNotDelivered) {
  Lab lab;
  const Connection c;
  lab.open(c);
  lab(c.client.data(20'000, 4, 0, "45"));
  lab(c.server.ack(21'000, 0, 6));
  const Seen late = lab(c.client.data(22'000, 0, 0, "0123"));
  EXPECT_EQ(late.text, "");
  EXPECT_EQ(late.facts.new_payload, 4U);
  EXPECT_TRUE(late.facts.out_of_order);
  const Seen again = lab(c.client.data(23'000, 0, 0, "0123"));
  EXPECT_EQ(again.facts.new_payload, 0U);
  EXPECT_TRUE(again.facts.retransmission);
}

TEST(Reassembly, FinWithMissingBytesWaitsForThem) {
  Lab lab;
  const Connection c;
  lab.open(c);
  lab(c.client.fin(20'000, 4, 0));
  EXPECT_EQ(lab.count(EventKind::side_closed), 0U);
  const Seen fill = lab(c.client.data(21'000, 0, 0, "0123"));
  EXPECT_EQ(fill.text, "0123");
  EXPECT_TRUE(fill.facts.out_of_order);
  EXPECT_EQ(lab.count(EventKind::side_closed), 1U);
}

TEST(Reassembly, FinWithMissingBytesIsReachedWhenThePeerAcknowledgesIt) {
  Lab lab;
  const Connection c;
  lab.open(c);
  lab(c.client.fin(20'000, 4, 0));
  lab(c.server.ack(21'000, 0, 5));
  ASSERT_EQ(lab.last.size(), 3U);
  EXPECT_EQ(lab.last[0].kind, EventKind::data);
  EXPECT_EQ(lab.last[0].text, "????");
  EXPECT_EQ(lab.last[1].kind, EventKind::side_closed);
  EXPECT_EQ(lab.last[1].side, 0);
  EXPECT_EQ(lab.last[2].kind, EventKind::packet);
  EXPECT_EQ(lab.last[2].facts.ack_gap, 1U);
}

TEST(Reassembly, FinWithMissingBytesIsReachedWhenItsTimeIsUp) {
  Lab lab;
  const Connection c;
  lab.open(c);
  lab(c.client.fin(20'000, 4, 0));
  lab.expire(10'020'000);
  EXPECT_EQ(lab.of(EventKind::data).at(0).text, "????");
  EXPECT_EQ(lab.count(EventKind::side_closed), 1U);
}

TEST(Reassembly, AConnectionClosedByATimeOutLingersLikeAnyOther) {
  Lab lab;
  const Connection c;
  lab.open(c);
  lab(c.server.fin(20'000, 0, 0));
  lab(c.client.fin(30'000, 4, 0));
  lab.expire(10'030'000);
  EXPECT_EQ(lab.count(EventKind::side_closed), 1U);
  lab.expire(15'030'000);
  ASSERT_EQ(lab.count(EventKind::end), 1U);
  EXPECT_EQ(lab.of(EventKind::end)[0].end_reason, EndReason::closed);
}

TEST(Reassembly, NothingIsDeliveredBehindTheFin) {
  Lab lab;
  const Connection c;
  lab.open(c);
  lab(c.client.segment(20'000, flag::ack | flag::fin, 0, 0, "0123"));
  EXPECT_EQ(lab.count(EventKind::side_closed), 1U);
  EXPECT_EQ(lab(c.client.data(21'000, 4, 0, "more")).text, "");
  EXPECT_EQ(lab.stream[0], "0123");
}

TEST(Reassembly, BoundPerSideGivesUpTheOldestGap) {
  Options options;
  options.max_buffered_per_side = 300;
  Lab lab(options);
  const Connection c;
  lab.open(c);
  const std::string hundred(100, 'x');
  lab(c.client.data(20'000, 100, 0, hundred));
  EXPECT_EQ(lab.tracker.counters().buffered_bytes, 164U);
  const Seen second = lab(c.client.data(21'000, 300, 0, hundred));
  EXPECT_EQ(lab.of(EventKind::data).at(0).text, std::string(100, '?') + hundred);
  EXPECT_EQ(second.text, "");
  EXPECT_EQ(lab.tracker.counters().buffered_bytes, 164U);
  EXPECT_EQ(lab.tracker.counters().given_up_bytes, 100U);
}

TEST(Reassembly, ASegmentLargerThanTheBoundIsDeliveredBehindALostGap) {
  Options options;
  options.max_buffered_per_side = 100;
  Lab lab(options);
  const Connection c;
  lab.open(c);
  const Seen large = lab(c.client.data(20'000, 10, 0, std::string(200, 'x')));
  EXPECT_EQ(large.text, std::string(10, '?') + std::string(200, 'x'));
  EXPECT_EQ(lab.tracker.counters().buffered_bytes, 0U);
}

TEST(Reassembly, BoundInTotalGivesUpTheLongestOpenGapOfAnyFlow) {
  Options options;
  options.max_buffered = 500;
  Lab lab(options);
  const Connection a(1), b(2), c(3);
  const std::string hundred(100, 'x');
  for (const Connection& each : {a, b, c}) lab.open(each);
  lab(a.client.data(20'000, 100, 0, hundred));
  lab(b.client.data(21'000, 100, 0, hundred));
  lab(b.client.data(22'000, 200, 0, hundred));
  EXPECT_EQ(lab.tracker.counters().buffered_bytes, 492U);
  lab(c.client.data(23'000, 100, 0, hundred));
  ASSERT_EQ(lab.count(EventKind::data), 1U);
  EXPECT_EQ(lab.of(EventKind::data)[0].key->port[0], 1);
  EXPECT_LE(lab.tracker.counters().buffered_bytes, 500U);
}

TEST(Reassembly, TinySegmentsWithGapsStayWithinTheBounds) {
  Options options;
  options.max_buffered_per_side = 1U << 20U;
  Lab lab(options);
  const Connection c;
  lab.open(c);
  std::int64_t offset = 1;
  for (int i = 0; i < 10'000; ++i, offset += 2) lab(c.client.data(20'000, offset, 0, "x"));
  EXPECT_LE(lab.tracker.counters().buffered_bytes, 2048U * 65);
  EXPECT_GT(lab.tracker.counters().given_up_bytes, 7'000U);
  lab.finish();
  EXPECT_EQ(lab.tracker.counters().buffered_bytes, 0U);
  EXPECT_EQ(lab.stream[0].size(), static_cast<std::size_t>(offset) - 1);
}

TEST(Reassembly, WhatIsHeldIsDeliveredAtTheEndOfTheCapture) {
  Lab lab;
  const Connection c;
  lab.open(c);
  lab(c.client.data(20'000, 4, 0, "4567"));
  lab.finish();
  ASSERT_EQ(lab.last.size(), 2U);
  EXPECT_EQ(lab.last[0].text, "????4567");
  EXPECT_EQ(lab.last[1].kind, EventKind::end);
}

// A stream cut at random, sent in any order with overlaps and repetitions, comes out once and as it was.
TEST(Reassembly, AnySegmentationGivesTheSameStream) {
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    const auto below = [&random](std::size_t n) {
      return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
    };
    std::string stream(1 + below(3000), ' ');
    for (char& byte : stream) byte = static_cast<char>('a' + below(26));
    const Connection c(40'000, 80, 0xffffff00U + static_cast<std::uint32_t>(below(512)), 5);

    std::vector<decode::Packet> packets;
    const auto add = [&](std::size_t from, std::size_t size) {
      packets.push_back(
          c.client.data(0, static_cast<std::int64_t>(from), 0, std::string_view(stream).substr(from, size)));
    };
    for (std::size_t at = 0; at < stream.size();) {
      const std::size_t size = std::min(stream.size() - at, 1 + below(200));
      add(at, size);
      at += size;
    }
    for (std::size_t extra = below(40); extra > 0; --extra) add(below(stream.size()), 1 + below(400));
    const std::size_t reach = 1 + below(packets.size());
    for (std::size_t i = 0; i < packets.size(); ++i) {
      std::swap(packets[i], packets[std::min(packets.size() - 1, i + below(reach))]);
    }
    packets.push_back(c.client.fin(0, static_cast<std::int64_t>(stream.size()), 0));
    base::Micros at = kStart + 20'000;
    for (decode::Packet& p : packets) p.time = at += static_cast<base::Micros>(below(5'000));

    Lab lab;
    lab.open(c);
    std::uint64_t new_payload = 0;
    for (std::size_t i = 0; i < packets.size();) {
      const std::size_t batch = std::min(packets.size() - i, 1 + below(40));
      lab.feed(
          {packets.begin() + static_cast<std::ptrdiff_t>(i), packets.begin() + static_cast<std::ptrdiff_t>(i + batch)});
      i += batch;
    }
    std::uint64_t next = 0;
    for (const Seen& e : lab.all) {
      new_payload += e.facts.new_payload;
      EXPECT_GE(e.facts.retransmission_delay, base::kNone);
      for (const Chunk& chunk : e.parts) {
        EXPECT_EQ(chunk.offset, next);
        next += chunk.size;
        EXPECT_GE(chunk.delay, 0);
        EXPECT_LE(chunk.time, e.time);
      }
    }
    ASSERT_EQ(lab.stream[0], stream) << "seed " << seed;
    ASSERT_EQ(new_payload, stream.size()) << "seed " << seed;
    ASSERT_EQ(lab.count(EventKind::side_closed), 1U) << "seed " << seed;
    ASSERT_EQ(lab.tracker.counters().buffered_bytes, 0U);
  }
}

}  // namespace
}  // namespace pastmon::flow::test
