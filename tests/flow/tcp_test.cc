// SPDX-License-Identifier: MIT
#include "tcp.h"

#include <gtest/gtest.h>

#include "packets.h"

namespace pastmon::flow::test {
namespace {

TEST(Tcp, DeliversPayloadInOrderOnce) {
  Lab lab;
  const Connection c;
  lab.open(c);
  const Seen first = lab(c.client.data(20'000, 0, 0, "GET "));
  EXPECT_EQ(first.text, "GET ");
  EXPECT_EQ(first.facts.new_payload, 4U);
  EXPECT_EQ(first.facts.segment_size, 4U);
  EXPECT_EQ(lab(c.client.data(21'000, 8, 0, "HTTP")).text, "");
  const Seen fill = lab(c.client.data(22'000, 4, 0, "/ab "));
  EXPECT_EQ(fill.text, "/ab HTTP");
  EXPECT_TRUE(fill.facts.out_of_order);
  EXPECT_FALSE(fill.facts.retransmission);
  ASSERT_EQ(fill.parts.size(), 2U);
  EXPECT_EQ(fill.parts[1].time, kStart + 21'000);
  EXPECT_EQ(fill.parts[1].offset, 8U);
  const Seen again = lab(c.client.data(300'000, 0, 0, "GET "));
  EXPECT_TRUE(again.facts.retransmission);
  EXPECT_EQ(again.facts.retransmission_delay, 280'000);
  EXPECT_EQ(again.facts.new_payload, 0U);
  EXPECT_EQ(again.text, "");
}

}  // namespace
}  // namespace pastmon::flow::test
