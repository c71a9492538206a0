// SPDX-License-Identifier: MIT
// The bounds on open buckets: which rows outlive a flood, and that snapshots show every figure once.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "pastmon/metric/bucket.h"
#include "records.h"

namespace pastmon::metric {
namespace {

using base::Address;
using base::kNone;
using base::kSecond;
using signature::Endpoints;
using testing_support::address;
using testing_support::RecordMaker;

constexpr base::Micros kStart = 1'700'000'100LL * kSecond;
constexpr signature::NameId kSyn = 0, kHttp = 1;

std::string_view name_of(signature::NameId id) {
  static constexpr std::string_view names[] = {"TCP SYNACK", "HTTP GET", "HTTP POST", "DNS A"};
  return names[id % 4];
}

Endpoints pair(std::uint32_t client, std::uint32_t server = 1, std::uint16_t port = 80) {
  return {address(client), address(0xff0000 + server), port};
}

using Key = std::tuple<std::string, Address, Address, std::uint16_t>;
using Rows = std::map<Key, Aggregate>;

Aggregate total(const Rows& rows) {
  Aggregate sum;
  for (const auto& [key, values] : rows) sum.merge(values);
  return sum;
}

/// What a reader has: rows by key, replaced by each snapshot.
struct Reader {
  void take(const std::vector<Bucket>& buckets) {
    for (const Bucket& bucket : buckets)
      for (const Row& row : bucket.rows) rows[{row.signature, row.client, row.server, row.port}] = row.values;
  }
  Rows rows;
};

class OpenBucketTest : public ::testing::Test {
 protected:
  BucketSet& make(std::size_t max_rows, std::size_t max_shown) {
    BucketOptions options;
    options.max_rows = max_rows;
    options.max_shown = max_shown;
    set_ = std::make_unique<BucketSet>(options, name_of);
    return *set_;
  }
  void flood(std::uint32_t first, std::uint32_t count, std::uint32_t server = 1) {
    for (std::uint32_t i = first; i < first + count; ++i) {
      maker_.clear();
      maker_.packet(i, kSyn, pair(i, server), kStart);
      set_->add(maker_.records);
    }
  }
  /// A request and its answer, some packets each.
  void use(std::uint32_t client) {
    maker_.clear();
    for (int i = 0; i < 4; ++i) maker_.packet(client, kHttp, pair(client), kStart, i % 2 == 0);
    maker_.transaction(client, kHttp, pair(client), kStart);
    set_->add(maker_.records);
  }
  Rows close() {
    set_->close_all();
    Reader reader;
    const auto closed = set_->take_closed();
    reader.take(closed);
    std::size_t rows = 0;
    for (const Bucket& bucket : closed) rows += bucket.rows.size();
    EXPECT_EQ(reader.rows.size(), rows) << "a key stands once";
    return reader.rows;
  }

  std::unique_ptr<BucketSet> set_;
  RecordMaker maker_;
};

TEST_F(OpenBucketTest, WhatIsAnsweredBeforeDuringAndAfterAFloodKeepsItsRow) {
  BucketSet& set = make(1'000, 200);
  for (std::uint32_t client = 0; client < 300; ++client) use(100'000 + client);
  set.snapshot();
  for (std::uint32_t client = 0; client < 300; ++client) {
    flood(client * 50, 50);
    use(200'000 + client);
    use(100'000 + client);
  }
  for (std::uint32_t client = 0; client < 300; ++client) use(300'000 + client);
  EXPECT_LE(set.counters().rows, 1'001U);
  EXPECT_GE(set.counters().merged, 14'000U);
  const Rows rows = close();
  for (std::uint32_t client = 0; client < 300; ++client) {
    for (const std::uint32_t base : {100'000U, 200'000U, 300'000U}) {
      const Endpoints e = pair(base + client);
      const auto found = rows.find({"HTTP GET", e.client, e.server, e.port});
      ASSERT_NE(found, rows.end()) << base + client;
      const std::int64_t times = base == 100'000 ? 2 : 1;
      EXPECT_EQ(found->second[Counter::answered], times);
      EXPECT_EQ(found->second[Counter::packets_client], 2 * times);
    }
  }
  EXPECT_EQ(total(rows)[Counter::packets_client], 15'000 + 1'200 * 2);
}

TEST_F(OpenBucketTest, ARowThatHasJustBegunOutlivesOlderOnes) {
  BucketSet& set = make(1'000, 200);
  flood(0, 5'000);
  maker_.clear();
  maker_.packet(9, kSyn, pair(400'000), kStart);  // not answered yet
  set.add(maker_.records);
  flood(10'000, 900);
  const Endpoints e = pair(400'000);
  const Rows rows = close();
  EXPECT_TRUE(rows.contains({"TCP SYNACK", e.client, e.server, e.port}));
}

TEST_F(OpenBucketTest, AFloodInTheLastBucketDoesNotCrowdTheNextOne) {
  BucketSet& set = make(1'000, 200);
  flood(0, 5'000);
  for (std::uint32_t client = 0; client < 400; ++client) {
    maker_.clear();
    maker_.packet(client, kSyn, pair(client), kStart + 300 * kSecond);
    set.add(maker_.records);
  }
  EXPECT_LE(set.counters().rows, 1'001U);
  set.close_all();
  const auto closed = set.take_closed();
  ASSERT_EQ(closed.size(), 2U);
  EXPECT_EQ(closed[1].rows.size(), 400U);
}

TEST_F(OpenBucketTest, SnapshotsOfAFloodAreBoundedAndKeepRoomForWhatIsAnswered) {
  BucketSet& set = make(100'000, 1'000);
  Reader reader;
  flood(0, 20'000);
  reader.take(set.snapshot());
  EXPECT_EQ(reader.rows.size(), 501U) << "half of the room, and the sum";
  for (std::uint32_t client = 0; client < 300; ++client) use(100'000 + client);
  flood(15'000, 10'000);
  reader.take(set.snapshot());
  EXPECT_LE(reader.rows.size(), 1'000U);
  for (std::uint32_t client = 0; client < 300; ++client) {
    const Endpoints e = pair(100'000 + client);
    EXPECT_TRUE(reader.rows.contains({"HTTP GET", e.client, e.server, e.port})) << client;
  }
  EXPECT_EQ(total(reader.rows)[Counter::packets_client], 30'000 + 600);
  EXPECT_EQ(total(reader.rows), total(close()));
}

TEST_F(OpenBucketTest, SnapshotsOfAScanOfManyServersAreBounded) {
  BucketSet& set = make(100'000, 1'000);
  Reader reader;
  for (std::uint32_t server = 0; server < 5'000; ++server) flood(1, 1, server);
  reader.take(set.snapshot());
  EXPECT_LE(reader.rows.size(), 1'000U);
  EXPECT_TRUE(reader.rows.contains({"TCP SYNACK", Address::many(), Address::many(), 0}));
  EXPECT_EQ(total(reader.rows)[Counter::packets_client], 5'000);
}

TEST_F(OpenBucketTest, PacketsForgedWithTheAddressOfManyAreCountedOnce) {
  BucketSet& set = make(100'000, 1'000);
  Reader reader;
  maker_.clear();
  const Endpoints forged{Address::many(), pair(1).server, 80};
  maker_.packet(1, kSyn, forged, kStart);
  set.add(maker_.records);
  flood(0, 5'000);
  set.add(maker_.records);
  reader.take(set.snapshot());
  EXPECT_EQ(total(reader.rows)[Counter::packets_client], 5'002);
  EXPECT_EQ(total(close())[Counter::packets_client], 5'002);
}

/// Whatever comes, at each snapshot a reader has exactly what was recorded, within the bound; and so it is at the
/// close.
TEST_F(OpenBucketTest, AtEverySnapshotAReaderHasEveryFigureOnce) {
  std::mt19937 random(11);
  const auto below = [&random](unsigned bound) { return static_cast<unsigned>(random() % bound); };
  for (int round = 0; round < 30; ++round) {
    const std::size_t max_rows = 60 + below(400);
    const std::size_t max_shown = 32 + below(300);
    BucketSet& set = make(max_rows, max_shown);
    const std::uint32_t clients = 1 + below(2'000), servers = 1 + below(40);
    Reader reader;
    std::int64_t packets = 0, transactions = 0;
    for (int batch = 0; batch < 300; ++batch) {
      maker_.clear();
      for (unsigned i = below(40); i > 0; --i) {
        Endpoints e = pair(below(clients), below(servers), static_cast<std::uint16_t>(below(3)));
        if (below(100) == 0) e.client = Address::many();
        const signature::NameId name = below(4);
        const signature::ConversationId conversation = below(500);
        maker_.packet(conversation, name, e, kStart + batch);
        ++packets;
        if (below(4) != 0) continue;
        maker_.transaction(conversation, name, e, kStart + batch, static_cast<signature::Outcome>(below(4)));
        ++transactions;
      }
      set.add(maker_.records);
      ASSERT_LE(set.counters().rows, max_rows + max_rows / 4 + 4);
      if (below(10) != 0) continue;
      reader.take(set.snapshot());
      const Aggregate seen = total(reader.rows);
      ASSERT_EQ(seen[Counter::packets_client], packets) << "round " << round << " batch " << batch;
      ASSERT_EQ(seen[Counter::transactions], transactions);
      ASSERT_LE(reader.rows.size(), max_shown + 4) << "4 signatures";
    }
    reader.take(set.snapshot());
    Reader anew;
    anew.take(set.snapshot(true));
    EXPECT_EQ(anew.rows, reader.rows);
    EXPECT_EQ(total(close()), total(reader.rows)) << "round " << round;
  }
}

}  // namespace
}  // namespace pastmon::metric
