// SPDX-License-Identifier: MIT
#include "pastmon/flow/tracker.h"

#include <gtest/gtest.h>

#include "packets.h"

namespace pastmon::flow::test {
namespace {

std::vector<decode::Packet> conversation() {
  static const Connection a(1111), b(2222);
  std::vector<decode::Packet> packets;
  for (const Connection* c : {&a, &b}) {
    for (const decode::Packet& p :
         {c->client.syn(0), c->server.syn_ack(10'000), c->client.ack(15'000, 0, 0),
          c->client.data(20'000, 0, 0, "GET /"), c->server.ack(30'000, 0, 5), c->server.data(31'000, 4, 5, "late"),
          c->server.data(50'000, 0, 5, "soon"), c->client.fin(60'000, 5, 8), c->server.fin(70'000, 8, 6)}) {
      packets.push_back(p);
    }
  }
  return packets;
}

TEST(Tracker, BatchesDoNotChangeTheMeaning) {
  Lab one, all;
  for (const decode::Packet& p : conversation()) one(p);
  all.feed(conversation());
  ASSERT_EQ(one.all.size(), all.all.size());
  for (std::size_t i = 0; i < one.all.size(); ++i) {
    EXPECT_EQ(one.all[i].kind, all.all[i].kind);
    EXPECT_EQ(one.all[i].time, all.all[i].time);
    EXPECT_EQ(one.all[i].flow, all.all[i].flow);
    EXPECT_EQ(one.all[i].text, all.all[i].text);
  }
}

TEST(Tracker, EachPacketGivesExactlyOnePacketEvent) {
  Lab lab;
  lab.feed(conversation());
  lab.finish();
  std::size_t packets = 0;
  for (const Seen& e : lab.all) packets += e.kind == EventKind::packet;
  EXPECT_EQ(packets, conversation().size());
}

TEST(Tracker, EachFlowEndsOnceAndLast) {
  Lab lab;
  lab.feed(conversation());
  lab.finish();
  std::vector<int> ends(2);
  for (const Seen& e : lab.all) {
    EXPECT_EQ(ends.at(e.flow), 0);
    ends.at(e.flow) += e.kind == EventKind::end;
  }
  EXPECT_EQ(ends, std::vector<int>({1, 1}));
  EXPECT_EQ(lab.tracker.counters().flows, 2U);
  EXPECT_EQ(lab.tracker.counters().active, 0U);
  EXPECT_EQ(lab.tracker.counters().one_sided, 0U);
}

TEST(Tracker, FinishSaysABoundedNumberOfEventsACall) {
  Tracker tracker{Options{}};
  Events events;
  std::vector<decode::Packet> packets;
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    packets.push_back(packet(i, decode::Transport::udp, {address(i), kServer, 5000, 53, 17}, "x"));
  }
  tracker.process(packets, events);
  std::size_t calls = 0, ends = 0;
  while (tracker.finish(events)) {
    ++calls;
    ends += events.events.size();
    EXPECT_LE(events.events.size(), 4'100U);
  }
  EXPECT_EQ(calls, 3U);
  EXPECT_EQ(ends, 10'000U);
  EXPECT_TRUE(events.events.empty());
}

TEST(Tracker, ATrackerCanGoOnAfterFinish) {
  Lab lab;
  lab.feed(conversation());
  lab.finish();
  lab.feed(conversation());
  EXPECT_EQ(lab.count(EventKind::established), 2U);
}

TEST(Tracker, KeysStayValidAsLongAsTheEvents) {
  Options options;
  options.max_flows = 1;
  Tracker tracker(options);
  Events events;
  std::vector<decode::Packet> packets;
  for (std::uint16_t i = 0; i < 100; ++i) {
    packets.push_back(packet(i, decode::Transport::udp, {kClient, kServer, i, 53, 17}, "x"));
  }
  tracker.process(packets, events);
  std::uint16_t next = 0;
  for (const Event& e : events.events) {
    if (e.kind == EventKind::packet) {
      EXPECT_EQ(e.key->port[0], next++);
    }
  }
}

}  // namespace
}  // namespace pastmon::flow::test
