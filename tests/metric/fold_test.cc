// SPDX-License-Identifier: MIT
#include "pastmon/metric/fold.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "random_aggregate.h"
#include "records.h"

namespace pastmon::metric {
namespace {

using base::Address;
using testing_support::address;
using testing_support::random_aggregate;

const Address kMany = Address::many();

Row row(std::string_view signature, const Address& client, const Address& server, std::uint16_t port,
        std::int64_t answered = 0) {
  Row made{std::string(signature), client, server, port, {}};
  made.values[Counter::transactions] = std::max<std::int64_t>(answered, 1);
  made.values[Counter::answered] = answered;
  made.values[Counter::unanswered] = answered > 0 ? 0 : 1;
  made.values[Counter::packets_client] = 1 + 5 * answered;
  made.values[Counter::payload_server] = 1'000 * answered;
  return made;
}

auto key(const Row& r) { return std::tie(r.signature, r.client, r.server, r.port); }

void sort(Bucket& bucket) {
  std::sort(bucket.rows.begin(), bucket.rows.end(), [](const Row& a, const Row& b) { return key(a) < key(b); });
}

const Row* find(const Bucket& bucket, std::string_view signature, const Address& client, const Address& server,
                std::uint16_t port) {
  for (const Row& r : bucket.rows) {
    if (r.signature == signature && r.client == client && r.server == server && r.port == port) return &r;
  }
  return nullptr;
}

Aggregate total(const Bucket& bucket) {
  Aggregate sum;
  for (const Row& r : bucket.rows) sum.merge(r.values);
  return sum;
}

bool keys_are_unique(const Bucket& bucket) {
  std::set<std::tuple<std::string, Address, Address, std::uint16_t>> keys;
  for (const Row& r : bucket.rows) keys.insert({r.signature, r.client, r.server, r.port});
  return keys.size() == bucket.rows.size();
}

/// 100 services in use beside the SYNs of 3,000 clients to one port.
Bucket scanned() {
  Bucket bucket;
  for (std::uint32_t i = 0; i < 3'000; ++i) bucket.rows.push_back(row("TCP SYNACK", address(i), address(9), 80));
  for (std::uint32_t i = 0; i < 100; ++i)
    bucket.rows.push_back(row("HTTP GET", address(70'000 + i), address(9), 80, 1 + i));
  return bucket;
}

TEST(Fold, LeavesABucketWithinTheBoundAsItIs) {
  Bucket bucket = scanned();
  EXPECT_EQ(fold(bucket, 3'100).rows, 0U);
  EXPECT_EQ(bucket.rows.size(), 3'100U);
}

TEST(Fold, WhatWasAnsweredIsKeptAndAScanIsOneRowOfManyClients) {
  Bucket bucket = scanned();
  const Aggregate before = total(bucket);
  const Folded folded = fold(bucket, 1'000);
  EXPECT_EQ(bucket.rows.size(), 1'000U) << "no room is left unused";
  EXPECT_EQ(folded.rows, 2'100U);
  EXPECT_EQ(folded.signature, "TCP SYNACK");
  EXPECT_EQ(folded.most, 2'100U);
  EXPECT_EQ(total(bucket), before);
  for (std::uint32_t i = 0; i < 100; ++i) {
    const Row* kept = find(bucket, "HTTP GET", address(70'000 + i), address(9), 80);
    ASSERT_NE(kept, nullptr) << i;
    EXPECT_EQ(kept->values[Counter::answered], 1 + i);
  }
  const Row* many = find(bucket, "TCP SYNACK", kMany, address(9), 80);
  ASSERT_NE(many, nullptr);
  EXPECT_EQ(many->values[Counter::transactions], 3'000 - 899);
  EXPECT_EQ(many->client.to_string(), "(many)");
}

TEST(Fold, UnansweredRowsThatCarryPayloadOutliveAScan) {
  Bucket bucket = scanned();
  Row syslog = row("UDP OTHER", address(80'000), address(9), 514);
  syslog.values[Counter::transactions] = 0;
  syslog.values[Counter::unanswered] = 0;
  syslog.values[Counter::payload_client] = 500;
  bucket.rows.insert(bucket.rows.begin() + 1'500, syslog);
  syslog.client = address(80'002);
  bucket.rows.insert(bucket.rows.begin() + 500, syslog);
  Row down = row("TCP SYNACK", address(80'001), address(8), 22);  // a real client that tries again and again
  down.values[Counter::packets_client] = 30;
  bucket.rows.push_back(down);
  down.client = address(80'003);
  bucket.rows.push_back(down);
  fold(bucket, 105);
  EXPECT_EQ(bucket.rows.size(), 105U);
  EXPECT_NE(find(bucket, "UDP OTHER", address(80'000), address(9), 514), nullptr);
  EXPECT_NE(find(bucket, "UDP OTHER", address(80'002), address(9), 514), nullptr);
  EXPECT_NE(find(bucket, "TCP SYNACK", address(80'001), address(8), 22), nullptr);
  EXPECT_NE(find(bucket, "TCP SYNACK", address(80'003), address(8), 22), nullptr);
}

TEST(Fold, AScanOfManyServersIsFoldedWithoutServersToo) {
  Bucket bucket;
  for (std::uint32_t i = 0; i < 6'000; ++i)
    bucket.rows.push_back(row("TCP SYNACK", address(7), address(i), static_cast<std::uint16_t>(1 + i % 9)));
  for (std::uint32_t i = 0; i < 50; ++i) bucket.rows.push_back(row("HTTP GET", address(i), address(i % 5), 80, 3));
  const Aggregate before = total(bucket);
  const Folded folded = fold(bucket, 1'000);
  EXPECT_EQ(bucket.rows.size(), 1'000U);
  EXPECT_EQ(folded.rows, 5'050U);
  EXPECT_EQ(total(bucket), before);
  EXPECT_TRUE(keys_are_unique(bucket));
  const Row* all = find(bucket, "TCP SYNACK", kMany, kMany, 0);
  ASSERT_NE(all, nullptr);
  EXPECT_EQ(all->values[Counter::transactions], 6'000 - 949);
  for (std::uint32_t i = 0; i < 50; ++i) EXPECT_NE(find(bucket, "HTTP GET", address(i), address(i % 5), 80), nullptr);
}

TEST(Fold, ARowAloneInItsGroupKeepsItsClient) {
  Bucket bucket = scanned();
  bucket.rows.push_back(row("DNS A", address(80'000), address(8), 53));
  bucket.rows.back().values[Counter::packets_client] = 0;  // the lightest of all
  fold(bucket, 200);
  EXPECT_EQ(bucket.rows.size(), 200U);
  EXPECT_NE(find(bucket, "DNS A", address(80'000), address(8), 53), nullptr);
  EXPECT_EQ(find(bucket, "DNS A", kMany, address(8), 53), nullptr);
}

TEST(Fold, SumsThatAreThereAlreadyTakeMoreIn) {
  Bucket bucket = scanned();
  bucket.rows.push_back(row("TCP SYNACK", kMany, address(9), 80, 7));
  bucket.rows.push_back(row("TCP SYNACK", kMany, kMany, 0, 8));
  const Aggregate before = total(bucket);
  fold(bucket, 500);
  EXPECT_TRUE(keys_are_unique(bucket));
  EXPECT_LE(bucket.rows.size(), 500U);
  EXPECT_EQ(total(bucket), before);
  EXPECT_EQ(find(bucket, "TCP SYNACK", kMany, address(9), 80)->values[Counter::answered], 7);
  EXPECT_EQ(find(bucket, "TCP SYNACK", kMany, kMany, 0)->values[Counter::answered], 8);
}

/// Any rows with any values: ties, sums that are there already, several signatures.
Bucket anything(std::mt19937_64& random) {
  Bucket bucket;
  std::set<std::tuple<std::string, Address, Address, std::uint16_t>> keys;
  const std::size_t size = 50 + random() % 700;
  const auto hosts = static_cast<std::uint32_t>(1 + random() % 500);
  const auto some_address = [&] {
    return random() % 50 == 0 ? kMany : address(static_cast<std::uint32_t>(random() % hosts));
  };
  while (bucket.rows.size() < size && keys.size() < size) {
    Row made{std::string(1 + random() % 3, static_cast<char>('A' + random() % 6)),
             some_address(),
             some_address(),
             static_cast<std::uint16_t>(random() % 40),
             {}};
    if (!keys.insert({made.signature, made.client, made.server, made.port}).second) {
      if (random() % 200 == 0) break;
      continue;
    }
    if (random() % 2 == 0) {
      made.values = random_aggregate(random);
    } else {
      made.values[Counter::packets_client] = 1;
    }
    bucket.rows.push_back(std::move(made));
  }
  return bucket;
}

TEST(Fold, KeepsEveryTotalAndTheBoundAndDependsOnNoOrder) {
  std::mt19937_64 random(7);
  int folded = 0;
  for (int round = 0; round < 60; ++round) {
    const Bucket original = anything(random);
    const std::size_t most = 40 + random() % 300;
    const Aggregate before = total(original);
    Bucket first = original;
    folded += fold(first, most).rows > 0 ? 1 : 0;
    EXPECT_LE(first.rows.size(), most);
    EXPECT_TRUE(total(first) == before) << "round " << round;
    EXPECT_TRUE(keys_are_unique(first));
    sort(first);
    for (int again = 0; again < 3; ++again) {
      Bucket shuffled = original;
      std::shuffle(shuffled.rows.begin(), shuffled.rows.end(), random);
      fold(shuffled, most);
      sort(shuffled);
      ASSERT_EQ(shuffled.rows.size(), first.rows.size());
      for (std::size_t i = 0; i < first.rows.size(); ++i) {
        ASSERT_EQ(key(shuffled.rows[i]), key(first.rows[i])) << "round " << round;
        ASSERT_TRUE(shuffled.rows[i].values == first.rows[i].values) << "round " << round;
        ASSERT_EQ(shuffled.rows[i].values.encode_detail(), first.rows[i].values.encode_detail());
      }
    }
  }
  EXPECT_GT(folded, 30);
}

}  // namespace
}  // namespace pastmon::metric
