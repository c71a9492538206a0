// SPDX-License-Identifier: MIT
#include "tcp.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "packets.h"

namespace pastmon::flow::test {
namespace {

constexpr base::Micros ms = 1'000;

TEST(Tcp, DeliversPayloadInOrderOnce) {
  Lab lab;
  const Connection c;
  lab.open(c);
  const Seen first = lab(c.client.data(20 * ms, 0, 0, "GET "));
  EXPECT_EQ(first.text, "GET ");
  EXPECT_EQ(first.facts.new_payload, 4U);
  EXPECT_EQ(first.facts.segment_size, 4U);
  EXPECT_EQ(first.facts.wire_bytes, 58U);
  EXPECT_EQ(lab(c.client.data(21 * ms, 8, 0, "HTTP")).text, "");
  const Seen fill = lab(c.client.data(22 * ms, 4, 0, "/ab "));
  EXPECT_EQ(fill.text, "/ab HTTP");
  EXPECT_TRUE(fill.facts.out_of_order);
  EXPECT_FALSE(fill.facts.retransmission);
}

TEST(Tcp, SequenceNumbersWrap) {
  Lab lab;
  const Connection c(40'000, 80, 0xfffffff0, 0xfffffffe);
  lab.open(c);
  std::string sent;
  for (int i = 0; i < 20; ++i) {
    lab(c.client.data((20 + i) * ms, 4 * i, 0, "abcd"));
    sent += "abcd";
    EXPECT_EQ(lab(c.server.data((20 + i) * ms + 500, i, 4 * (i + 1), "x")).facts.ack_rtt, 500);
  }
  EXPECT_EQ(lab.stream[0], sent);
  EXPECT_EQ(lab.stream[1], std::string(20, 'x'));
}

TEST(Tcp, StreamsLongerThanFourGigabytesGoOn) {
  Tracker tracker{Options{}};
  Events events;
  decode::Packet p = Connection().client.data(20 * ms, 0, 0, "xxxx");
  p.payload_length = 1U << 20U;
  std::uint64_t offset = 0;
  for (; offset < std::uint64_t{5} << 30U; offset += p.payload_length, p.tcp.sequence += p.payload_length) {
    tracker.process({&p, 1}, events);
    ASSERT_EQ(events.chunks.at(0).offset, offset);
    ASSERT_FALSE(events.events.at(0).facts.retransmission);
  }
}

TEST(Tcp, RetransmissionTellsItsDelayAndItsPlace) {
  Lab lab;
  const Connection c;
  lab.open(c);
  lab(c.client.data(20 * ms, 0, 0, "0123"));
  lab(c.client.data(21 * ms, 4, 0, "4567"));
  const Seen again = lab(c.client.data(300 * ms, 4, 0, "4567"));
  EXPECT_TRUE(again.facts.retransmission);
  EXPECT_EQ(again.facts.retransmission_delay, 279 * ms);
  EXPECT_EQ(again.facts.retransmitted_from, 4U);
  EXPECT_EQ(again.facts.retransmitted_to, 8U);
  EXPECT_EQ(again.facts.new_payload, 0U);
  EXPECT_EQ(again.facts.segment_size, 4U);
  EXPECT_EQ(again.text, "");
  // The second repetition, too, is measured from the first sighting.
  EXPECT_EQ(lab(c.client.data(900 * ms, 4, 0, "4567")).facts.retransmission_delay, 879 * ms);
  // Repacketised: old and new bytes in one segment.
  const Seen both = lab(c.client.data(950 * ms, 6, 0, "6789"));
  EXPECT_TRUE(both.facts.retransmission);
  EXPECT_EQ(both.facts.new_payload, 2U);
  EXPECT_EQ(both.text, "89");
}

TEST(Tcp, RetransmissionOfAcknowledgedBytesIsOneToo) {
  Lab lab;
  const Connection c;
  lab.open(c);
  lab(c.client.data(20 * ms, 0, 0, "0123"));
  lab(c.server.ack(30 * ms, 0, 4));
  const Seen again = lab(c.client.data(300 * ms, 0, 0, "0123"));
  EXPECT_TRUE(again.facts.retransmission);
  EXPECT_EQ(again.facts.retransmission_delay, 280 * ms);
}

TEST(Tcp, ADelayThatIsNotKnownForCertainIsNotGiven) {
  Lab lab;
  const Connection c;
  lab.open(c);
  for (int i = 0; i < 3; ++i) {
    lab(c.client.data((20 + i) * ms, 4 * i, 0, "0123"));
    lab(c.server.ack((20 + i) * ms, 0, 4 * (i + 1)));
  }
  EXPECT_EQ(lab(c.client.data(100 * ms, 2, 0, "230123012345")).facts.new_payload, 2U);  // old bytes and new ones
  // By now the first sighting of bytes 2 and 3 is forgotten; the segment above was not it.
  const Seen again = lab(c.client.data(200 * ms, 2, 0, "23"));
  EXPECT_TRUE(again.facts.retransmission);
  EXPECT_EQ(again.facts.retransmission_delay, base::kNone);
  EXPECT_EQ(lab(c.client.data(300 * ms, 12, 0, "45")).facts.retransmission_delay, 200 * ms);
}

TEST(Tcp, ReorderingAndRetransmissionAreToldApartByConnectTime) {
  const auto filled = [](base::Micros after, bool handshake) {
    Lab lab;
    const Connection c;
    if (handshake) {
      lab.open(c);  // connect_time 15 ms
    } else {
      lab(c.client.data(15 * ms, -4, 0, "????"));
    }
    lab(c.client.data(20 * ms, 4, 0, "4567"));
    return lab(c.client.data(20 * ms + after, 0, 0, "0123")).facts;
  };
  EXPECT_TRUE(filled(15 * ms, true).out_of_order);
  EXPECT_EQ(filled(15 * ms, true).retransmission_delay, base::kNone);
  EXPECT_TRUE(filled(15 * ms + 1, true).retransmission);
  EXPECT_FALSE(filled(15 * ms + 1, true).out_of_order);
  EXPECT_EQ(filled(15 * ms + 1, true).retransmission_delay, 15 * ms + 1);
  EXPECT_TRUE(filled(3 * ms, false).out_of_order);
  EXPECT_TRUE(filled(3 * ms + 1, false).retransmission);
}

TEST(Tcp, ConnectTimeOfARepeatedHandshakeIsUnknown) {  // it holds a time-out, not a round trip
  Lab lab;
  const Connection c;
  lab(c.client.syn(0));
  lab.open(c, 1'000 * ms);
  lab(c.client.data(2'000 * ms, 4, 0, "4567"));
  EXPECT_TRUE(lab(c.client.data(2'004 * ms, 0, 0, "0123")).facts.retransmission);
}

TEST(Tcp, KeepAlivesAreNoDataAndNoRetransmission) {
  Lab lab;
  const Connection c;
  lab.open(c);
  lab(c.client.data(20 * ms, 0, 0, "0123"));
  lab(c.server.ack(21 * ms, 0, 4));
  for (const char* byte : {"", "3"}) {
    const Seen probe = lab(c.client.segment(60'000 * ms, flag::ack, 3, 0, byte));
    EXPECT_TRUE(probe.facts.keep_alive);
    EXPECT_FALSE(probe.facts.retransmission);
    EXPECT_FALSE(probe.facts.pure_ack);
    EXPECT_EQ(probe.facts.segment_size, 0U);
    EXPECT_EQ(probe.facts.new_payload, 0U);
    const Seen answer = lab(c.server.ack(60'010 * ms, 0, 4));
    EXPECT_FALSE(answer.facts.duplicate_ack);
    EXPECT_EQ(answer.facts.ack_rtt, base::kNone);
  }
  // One byte sent again while it is not acknowledged is a retransmission (RFC 9293, 3.8.4).
  lab(c.client.data(70'000 * ms, 4, 0, "4"));
  EXPECT_TRUE(lab(c.client.data(70'300 * ms, 4, 0, "4")).facts.retransmission);
}

TEST(Tcp, KeepAliveOnAFreshConnectionLiesBeforeItsFirstByte) {
  Lab lab;
  const Connection c;
  lab.open(c);
  EXPECT_TRUE(lab(c.client.segment(60'000 * ms, flag::ack, -1, 0, "x")).facts.keep_alive);
  EXPECT_EQ(lab(c.client.data(61'000 * ms, 0, 0, "GET")).text, "GET");
}

TEST(Tcp, ZeroWindowIsNotedExceptOnSynFinAndRst) {
  Lab lab;
  Connection c;
  c.server.window = 0;
  lab(c.client.syn(0));
  EXPECT_FALSE(lab(c.server.syn_ack(1 * ms)).facts.zero_window);
  lab(c.client.ack(2 * ms, 0, 0));
  const Seen zero = lab(c.server.ack(3 * ms, 0, 0));
  EXPECT_TRUE(zero.facts.zero_window);
  EXPECT_EQ(zero.facts.window, 0);
  EXPECT_FALSE(lab(c.server.fin(4 * ms, 0, 0)).facts.zero_window);
  const Seen rst = lab(c.server.rst(5 * ms, 1));
  EXPECT_FALSE(rst.facts.zero_window);
  EXPECT_EQ(rst.facts.window, -1);
}

TEST(Tcp, AConnectionFirstSeenInTheMiddleBeginsWithItsFirstByte) {
  Lab lab;
  const Connection c;
  const Seen first = lab(c.client.data(0, 5'000, 7'000, "GET "));
  EXPECT_EQ(first.text, "GET ");
  EXPECT_EQ(first.parts.at(0).offset, 0U);
  EXPECT_EQ(first.client, 0);
  EXPECT_EQ(first.client_by, ClientBy::port);
  const Seen reply = lab(c.server.data(10 * ms, 7'000, 5'004, "200 "));
  EXPECT_EQ(reply.parts.at(0).offset, 0U);
  EXPECT_EQ(reply.facts.ack_rtt, 10 * ms);
  EXPECT_EQ(lab.count(EventKind::established), 0U);
}

TEST(Tcp, APacketWithoutPayloadDoesNotFixTheFirstByteOfTheMiddle) {
  Lab lab;
  const Connection c;
  lab(c.client.ack(0, 4'999, 7'000));  // a keep-alive: one before the next byte
  EXPECT_EQ(lab(c.server.ack(1 * ms, 7'000, 5'000)).facts.ack_gap, 0U);
  const Seen first = lab(c.client.data(10 * ms, 5'000, 7'000, "GET "));
  EXPECT_EQ(first.text, "GET ");
  EXPECT_EQ(first.parts.at(0).offset, 0U);
}

TEST(Tcp, BytesBeforeTheFirstOneSeenAreNotDelivered) {
  Lab lab;
  const Connection c;
  lab(c.client.data(0, 100, 0, "4567"));
  const Seen before = lab(c.client.data(1 * ms, 96, 0, "0123"));
  EXPECT_EQ(before.text, "");
  EXPECT_FALSE(before.facts.retransmission);
  EXPECT_EQ(lab(c.client.data(2 * ms, 98, 0, "23456789")).text, "89");
}

TEST(Tcp, BothFinsCloseTheConnection) {
  Lab lab;
  const Connection c;
  lab.open(c);
  lab(c.client.segment(20 * ms, flag::ack | flag::fin, 0, 0, "bye"));
  ASSERT_EQ(lab.last.size(), 2U);
  EXPECT_EQ(lab.last[0].text, "bye");
  EXPECT_EQ(lab.last[1].kind, EventKind::side_closed);
  EXPECT_EQ(lab.last[1].side, 0);
  lab(c.client.fin(250 * ms, 3, 0));  // the FIN again
  EXPECT_EQ(lab.count(EventKind::side_closed), 0U);
  lab(c.server.fin(300 * ms, 0, 4));
  EXPECT_EQ(lab.of(EventKind::side_closed).at(0).side, 1);
  lab(c.client.ack(301 * ms, 4, 1));
  lab.expire(5'301 * ms - 1);
  EXPECT_TRUE(lab.last.empty());
  lab.expire(5'301 * ms);
  ASSERT_EQ(lab.last.size(), 1U);
  EXPECT_EQ(lab.last[0].kind, EventKind::end);
  EXPECT_EQ(lab.last[0].end_reason, EndReason::closed);
}

TEST(Tcp, RstInTheWindowResetsAndReleasesWhatWasHeld) {
  Lab lab;
  const Connection c;
  lab.open(c);
  lab(c.client.data(20 * ms, 4, 0, "4567"));
  const Seen rst = lab(c.server.rst(30 * ms, 0));
  EXPECT_TRUE(rst.facts.tcp_reset);
  ASSERT_EQ(lab.last.size(), 3U);
  EXPECT_EQ(lab.last[1].text, "????4567");
  EXPECT_EQ(lab.last[2].kind, EventKind::reset);
  EXPECT_EQ(lab.last[2].side, 1);
  lab(c.server.rst(31 * ms, 0));
  EXPECT_EQ(lab.last.size(), 1U);  // said once
  lab.expire(5'031 * ms);
  EXPECT_EQ(lab.of(EventKind::end).at(0).end_reason, EndReason::closed);
}

TEST(Tcp, RstOutsideTheWindowIsOnlyAPacket) {
  Lab lab;
  const Connection c;
  lab.open(c);
  lab(c.client.data(20 * ms, 0, 0, "0123"));
  lab(c.server.ack(21 * ms, 0, 4));
  for (const std::int64_t offset : {3LL, 1'000'000'000LL, -5'000LL, 4LL + 8192 + 1}) {
    EXPECT_TRUE(lab(c.client.rst(30 * ms, offset)).facts.tcp_reset);
    EXPECT_EQ(lab.last.size(), 1U) << offset;
  }
  lab(c.client.rst(31 * ms, 4));
  EXPECT_EQ(lab.count(EventKind::reset), 1U);
}

TEST(Tcp, ThePayloadOfARstIsNoData) {
  Lab lab;
  const Connection c;
  lab.open(c);
  const Seen rst = lab(c.server.segment(20 * ms, flag::rst, 0, 0, "go away"));
  EXPECT_EQ(rst.text, "");
  EXPECT_EQ(rst.facts.segment_size, 0U);
  EXPECT_EQ(lab.count(EventKind::reset), 1U);
}

TEST(Tcp, ASegmentBeyondAnyWindowIsNotPartOfTheStream) {
  Lab lab;
  const Connection c;
  lab.open(c);
  lab(c.client.data(20 * ms, 0, 0, "0123"));
  lab(c.server.ack(21 * ms, 0, 4));
  EXPECT_EQ(lab(c.client.data(22 * ms, 900'000'000, 0, "junk")).facts.new_payload, 0U);
  lab.expire(20'000 * ms);
  EXPECT_EQ(lab.count(EventKind::data), 0U);
  EXPECT_EQ(lab(c.client.data(20'001 * ms, 4, 0, "4567")).text, "4567");
}

TEST(Tcp, AfterMuchCaptureLossTheStreamIsTakenUpAgain) {
  Lab lab;
  const Connection c;
  lab.open(c);
  lab(c.client.data(20 * ms, 0, 0, "0123"));
  lab(c.server.data(21 * ms, 0, 4, "ok"));
  // Both directions went on by far more than a window while the sensor saw nothing.
  std::int64_t offset = 50'000'000;
  std::string delivered;
  for (int i = 0; i < 8; ++i, offset += 4) {
    lab(c.client.data((100 + i) * ms, offset, 70'000'000, "next"));
    for (const Seen& e : lab.last)
      delivered += e.side == 0 ? e.text.substr(e.text.size() - std::min<std::size_t>(e.text.size(), 4)) : "";
    lab(c.server.ack((100 + i) * ms + 500, 70'000'000, offset + 4));
    for (const Seen& e : lab.last)
      delivered += e.side == 0 ? e.text.substr(e.text.size() - std::min<std::size_t>(e.text.size(), 4)) : "";
  }
  EXPECT_NE(delivered.find("nextnextnext"), std::string::npos) << delivered;
}

}  // namespace
}  // namespace pastmon::flow::test
