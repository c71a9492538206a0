// SPDX-License-Identifier: MIT
#include "row_table.h"

#include <gtest/gtest.h>

#include <random>
#include <unordered_map>
#include <vector>

#include "records.h"

namespace pastmon::metric {
namespace {

using testing_support::address;

RowKey key(std::uint32_t number) { return {number % 7, {address(number), address(number % 3), 80}}; }

TEST(RowTableTest, FindsEveryRowWhereItWasPut) {
  RowTable table(0, 1);
  EXPECT_EQ(table.find(key(1)), nullptr);
  std::vector<OpenRow*> rows;
  for (std::uint32_t i = 0; i < 20'000; ++i) rows.push_back(&table.insert(key(i)));
  EXPECT_EQ(table.size(), 20'000U);
  for (std::uint32_t i = 0; i < 20'000; ++i) {
    ASSERT_EQ(table.find(key(i)), rows[i]);
    ASSERT_EQ(rows[i]->key, key(i));
  }
  EXPECT_EQ(table.find(key(20'000)), nullptr);
}

TEST(RowTableTest, EveryPartOfTheKeyCounts) {
  RowTable table(0, 1);
  const RowKey whole{1, {address(1), address(2), 80}};
  table.insert(whole);
  for (int part = 0; part < 4; ++part) {
    RowKey other = whole;
    if (part == 0) other.name = 2;
    if (part == 1) other.endpoints.client = address(3);
    if (part == 2) other.endpoints.server = address(3);
    if (part == 3) other.endpoints.port = 81;
    EXPECT_EQ(table.find(other), nullptr) << part;
  }
  EXPECT_NE(table.find(whole), nullptr);
}

TEST(RowTableTest, KeysOfTheSameHashAreToldApart) {
  std::unordered_map<std::uint32_t, std::uint32_t> seen;  // low half of the hash, all that the index keeps → key
  for (std::uint32_t i = 0;; ++i) {
    const auto [first, is_new] = seen.emplace(static_cast<std::uint32_t>(key(i).hash()), i);
    if (is_new) continue;
    RowTable table(0, 1);
    OpenRow& one = table.insert(key(first->second));
    EXPECT_EQ(table.find(key(i)), nullptr);
    OpenRow& other = table.insert(key(i));
    EXPECT_EQ(table.find(key(first->second)), &one);
    EXPECT_EQ(table.find(key(i)), &other);
    return;
  }
}

TEST(RowTableTest, RowsComeBackInTheOrderOfTheirInsertion) {
  RowTable table(300, 2);
  for (std::uint32_t i = 0; i < 200; ++i) table.insert(key(i));
  std::uint32_t next = 0;
  table.for_each([&next](const OpenRow& row) { EXPECT_EQ(row.key, key(next++)); });
  EXPECT_EQ(next, 200U);
}

TEST(RowTableTest, WhatIsTakenOutIsGoneAndTheOthersAreFoundWhereTheyWere) {
  std::mt19937 random(3);
  RowTable table(0, 1);
  std::unordered_map<std::uint32_t, OpenRow*> there;
  for (int step = 0; step < 50'000; ++step) {
    const auto number = static_cast<std::uint32_t>(random() % 300);
    OpenRow* found = table.find(key(number));
    ASSERT_EQ(found != nullptr, there.contains(number)) << step;
    if (found == nullptr) {
      OpenRow& row = table.insert(key(number));
      EXPECT_EQ(row.values[Counter::packets_client], 0) << "nothing is left of who was there before";
      row.values[Counter::packets_client] = number + 1;
      there[number] = &row;
    } else {
      ASSERT_EQ(found, there[number]);
      ASSERT_EQ(found->values[Counter::packets_client], number + 1);
      table.remove(*found);
      EXPECT_TRUE(found->free());
      there.erase(number);
    }
    ASSERT_EQ(table.size(), there.size());
  }
  EXPECT_LE(table.places(), 300U) << "places are used again";
  std::size_t seen = 0;
  table.for_each([&](const OpenRow& row) {
    ++seen;
    EXPECT_FALSE(row.free());
  });
  EXPECT_EQ(seen, there.size());
}

}  // namespace
}  // namespace pastmon::metric
