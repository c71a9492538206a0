// SPDX-License-Identifier: MIT
#include "pastmon/flow/tracker.h"

#include <gtest/gtest.h>

#include "packets.h"

namespace pastmon::flow::test {
namespace {

TEST(Tracker, GivesEachDatagramAsOneChunk) {
  Lab lab;
  const decode::FiveTuple query{kClient, kServer, 5353, 53, 17};
  const Seen q = lab(packet(0, decode::Transport::udp, query, "question"));
  EXPECT_EQ(q.text, "question");
  EXPECT_EQ(q.client, 0);
  EXPECT_EQ(q.client_by, ClientBy::port);
  const Seen r = lab(packet(1'000, decode::Transport::udp, reversed(query), "answer"));
  EXPECT_EQ(r.side, 1);
  EXPECT_EQ(r.flow, q.flow);
  EXPECT_EQ(r.parts.at(0).offset, 0U);
  EXPECT_EQ(lab(packet(2'000, decode::Transport::udp, query, "x")).parts.at(0).offset, 8U);
}

}  // namespace
}  // namespace pastmon::flow::test
