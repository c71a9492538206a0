// SPDX-License-Identifier: MIT
#include "flow_table.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "packets.h"

namespace pastmon::flow::test {
namespace {

decode::FiveTuple tuple(std::uint32_t number) {
  return {address(0x0a000000 + number), kServer, static_cast<std::uint16_t>(number), 80, 6};
}

TEST(FlowTable, FindsAFlowFromBothSides) {
  FlowTable table;
  const decode::FiveTuple t = tuple(7);
  const FlowId id = table.insert(t, decode::Transport::tcp, symmetric_hash(t), IdleClass::tcp, 0);
  EXPECT_EQ(table.find(t, decode::Transport::tcp, symmetric_hash(t)).side, 0);
  const Found back = table.find(reversed(t), decode::Transport::tcp, symmetric_hash(reversed(t)));
  EXPECT_EQ(back.flow, id);
  EXPECT_EQ(back.side, 1);
  EXPECT_EQ(table.find(t, decode::Transport::fragment, symmetric_hash(t)).flow, kNoIndex);
  EXPECT_EQ(table.find(tuple(8), decode::Transport::tcp, symmetric_hash(tuple(8))).flow, kNoIndex);
}

// Many flows with few different hashes, so that probe sequences run into each other and holes must be closed.
TEST(FlowTable, HoldsWhatAMapHolds) {
  for (const std::uint32_t hashes : {5U, 50U, 0xffffffffU}) {
    std::mt19937 random(hashes);
    FlowTable table;
    std::map<std::uint32_t, FlowId> expected;
    const auto hash = [hashes](std::uint32_t n) { return (n * 2654435761U) % hashes; };
    for (int step = 0; step < 20'000; ++step) {
      const auto n = static_cast<std::uint32_t>(random() % 700);
      const auto known = expected.find(n);
      const Found found = table.find(tuple(n), decode::Transport::tcp, hash(n));
      ASSERT_EQ(found.flow, known == expected.end() ? kNoIndex : known->second);
      if (known == expected.end()) {
        expected[n] = table.insert(tuple(n), decode::Transport::tcp, hash(n), IdleClass::tcp, step);
      } else if (random() % 3 == 0) {
        table.erase(known->second);
        expected.erase(known);
        if (random() % 8 == 0) table.recycle();
      }
      ASSERT_EQ(table.size(), expected.size());
    }
  }
}

TEST(FlowTable, ListsStandInOrderOfTouch) {
  FlowTable table;
  FlowId ids[4];
  for (std::uint32_t i = 0; i < 4; ++i) {
    ids[i] = table.insert(tuple(i), decode::Transport::tcp, symmetric_hash(tuple(i)), IdleClass::tcp, i);
  }
  table.touch(ids[0], table[ids[0]], IdleClass::tcp);
  EXPECT_EQ(table.oldest(IdleClass::tcp), ids[1]);
  table.touch(ids[2], table[ids[2]], IdleClass::linger);
  table.erase(ids[1]);
  EXPECT_EQ(table.oldest(IdleClass::tcp), ids[3]);
  EXPECT_EQ(table.oldest(IdleClass::linger), ids[2]);
  table.erase(ids[3]);
  EXPECT_EQ(table.oldest(IdleClass::tcp), ids[0]);
  table.erase(ids[0]);
  EXPECT_EQ(table.oldest(IdleClass::tcp), kNoIndex);
}

TEST(FlowTable, NumbersAreGivenOutAgainOnlyAfterRecycle) {
  FlowTable table;
  const FlowId first = table.insert(tuple(1), decode::Transport::tcp, 1, IdleClass::tcp, 0);
  const FlowKey* const key = &table[first].key;
  table.erase(first);
  EXPECT_NE(table.insert(tuple(2), decode::Transport::tcp, 2, IdleClass::tcp, 0), first);
  EXPECT_EQ(key->port[0], 1);
  table.recycle();
  EXPECT_EQ(table.insert(tuple(3), decode::Transport::tcp, 3, IdleClass::tcp, 0), first);
}

TEST(FlowTable, StartsSmallAndGrows) {
  FlowTable table;
  EXPECT_LT(table.memory(), 1U << 20U);
  for (std::uint32_t i = 0; i < 50'000; ++i) {
    table.insert(tuple(i), decode::Transport::tcp, symmetric_hash(tuple(i)), IdleClass::tcp, 0);
  }
  for (std::uint32_t i = 0; i < 50'000; ++i) {
    ASSERT_NE(table.find(tuple(i), decode::Transport::tcp, symmetric_hash(tuple(i))).flow, kNoIndex);
  }
  EXPECT_LT(table.memory(), 50'000U * 64 * 2);
}

TEST(FlowTable, ChosenHashesAreFoundOut) {
  FlowTable table;
  FlowId oldest = kNoIndex;
  for (std::uint32_t i = 0; i < 600; ++i) {
    const FlowId id = table.insert(tuple(i), decode::Transport::tcp, 42, IdleClass::tcp, i == 300 ? 1 : 1000);
    if (i == 300) oldest = id;
  }
  EXPECT_EQ(table.crowded(42), oldest);
  EXPECT_EQ(table.crowded(700'000), kNoIndex);
}

TEST(FlowTable, TheSharedHashSpreads) {
  FlowTable table;
  for (std::uint32_t i = 0; i < 200'000; ++i) {
    const decode::FiveTuple t{address(0x0a000000 + i % 50), kServer, static_cast<std::uint16_t>(i / 50), 80, 6};
    ASSERT_EQ(table.crowded(symmetric_hash(t)), kNoIndex);
    table.insert(t, decode::Transport::tcp, symmetric_hash(t), IdleClass::tcp, 0);
  }
}

}  // namespace
}  // namespace pastmon::flow::test
