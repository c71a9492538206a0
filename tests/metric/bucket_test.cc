// SPDX-License-Identifier: MIT
#include "pastmon/metric/bucket.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "records.h"

namespace pastmon::metric {
namespace {

using base::kNone;
using base::kSecond;
using signature::Endpoints;
using testing_support::address;
using testing_support::RecordMaker;

constexpr base::Micros kStart = 1'700'000'100LL * kSecond;  // a multiple of 300 s

std::string_view name_of(signature::NameId id) {
  static constexpr std::string_view names[] = {"TCP SYNACK", "HTTP GET", "HTTP POST", "DNS A"};
  return names[id % 4];
}

Endpoints pair(std::uint32_t client, std::uint32_t server = 1, std::uint16_t port = 80) {
  return {address(client), address(0xff0000 + server), port};
}

BucketOptions options(base::Seconds seconds = 300) {
  BucketOptions o;
  o.seconds = seconds;
  return o;
}

std::int64_t packets(const std::vector<Bucket>& buckets) {
  std::int64_t sum = 0;
  for (const Bucket& bucket : buckets) {
    for (const Row& row : bucket.rows) sum += row.values[Counter::packets_client] + row.values[Counter::packets_server];
  }
  return sum;
}

const Row* row_of(const Bucket& bucket, std::string_view signature, const Endpoints& e) {
  for (const Row& row : bucket.rows) {
    if (row.signature == signature && row.client == e.client && row.server == e.server && row.port == e.port)
      return &row;
  }
  return nullptr;
}

class BucketTest : public ::testing::Test {
 protected:
  void packet(BucketSet& set, base::Micros at, std::uint32_t client = 1, signature::NameId name = 1) {
    maker.clear();
    maker.packet(client, name, pair(client), at);
    set.add(maker.records);
  }
  RecordMaker maker;
};

TEST_F(BucketTest, AlignsBucketsToTheClock) {
  BucketSet set(options(), name_of);
  packet(set, kStart + 299 * kSecond + 999'999);
  packet(set, kStart + 300 * kSecond);
  set.close_all();
  const auto buckets = set.take_closed();
  ASSERT_EQ(buckets.size(), 2U);
  EXPECT_EQ(buckets[0].start, kStart / kSecond);
  EXPECT_EQ(buckets[1].start, kStart / kSecond + 300);
  EXPECT_EQ(buckets[0].seconds, 300);
  EXPECT_TRUE(buckets[0].closed);
  EXPECT_TRUE(set.take_closed().empty());
}

TEST_F(BucketTest, ClosesTwoSecondsOfPacketTimeAfterItsEnd) {
  BucketSet set(options(), name_of);
  packet(set, kStart);
  set.advance(kStart + 302 * kSecond - 1, kNone);
  EXPECT_TRUE(set.take_closed().empty());
  set.advance(kStart + 302 * kSecond, kNone);
  EXPECT_EQ(set.take_closed().size(), 1U);
}

TEST_F(BucketTest, ClosesTenSecondsOfWallClockAfterItsEndWhenTheLineIsIdle) {
  BucketSet set(options(), name_of);
  packet(set, kStart);
  set.advance(kNone, kStart + 310 * kSecond - 1);
  EXPECT_TRUE(set.take_closed().empty());
  set.advance(kNone, kStart + 310 * kSecond);
  EXPECT_EQ(set.take_closed().size(), 1U);
}

TEST_F(BucketTest, ARecordWithinTheGraceGoesToItsOwnBucket) {
  BucketSet set(options(), name_of);
  packet(set, kStart);
  packet(set, kStart + 301 * kSecond);
  set.advance(kStart + 301 * kSecond, kNone);
  packet(set, kStart + 299 * kSecond);
  set.advance(kStart + 302 * kSecond, kNone);
  const auto buckets = set.take_closed();
  ASSERT_EQ(buckets.size(), 1U);
  EXPECT_EQ(packets(buckets), 2);
  EXPECT_EQ(set.counters().late, 0U);
}

TEST_F(BucketTest, ALateRecordGoesToTheOpenBucket) {
  BucketSet set(options(), name_of);
  packet(set, kStart);
  packet(set, kStart + 303 * kSecond);
  set.advance(kStart + 303 * kSecond, kNone);
  ASSERT_EQ(set.take_closed().size(), 1U);
  packet(set, kStart + 299 * kSecond);
  EXPECT_EQ(set.counters().late, 1U);
  set.close_all();
  const auto buckets = set.take_closed();
  ASSERT_EQ(buckets.size(), 1U);
  EXPECT_EQ(buckets[0].start, kStart / kSecond + 300);
  EXPECT_EQ(packets(buckets), 2);
}

TEST_F(BucketTest, ALateRecordWithNothingOpenOpensTheNextBucket) {
  BucketSet set(options(), name_of);
  packet(set, kStart);
  set.advance(kNone, kStart + 310 * kSecond);
  packet(set, kStart + 10 * kSecond);
  set.close_all();
  const auto buckets = set.take_closed();
  ASSERT_EQ(buckets.size(), 2U);
  EXPECT_EQ(buckets[1].start, kStart / kSecond + 300);
}

TEST_F(BucketTest, ABatchOverManyBucketsKeepsThemApart) {
  BucketSet set(options(), name_of);
  maker.clear();
  for (int i = 0; i < 5; ++i) maker.packet(1, 1, pair(1), kStart + i * 300 * kSecond);
  maker.transaction(1, 1, pair(1), kStart + 1);  // stands behind the packets, but is not late
  set.add(maker.records);
  set.advance(kStart + 1200 * kSecond, kNone);
  set.close_all();
  const auto buckets = set.take_closed();
  ASSERT_EQ(buckets.size(), 5U);
  EXPECT_TRUE(std::is_sorted(buckets.begin(), buckets.end(), [](auto& a, auto& b) { return a.start < b.start; }));
  EXPECT_EQ(buckets[0].rows[0].values[Counter::transactions], 1);
  EXPECT_EQ(set.counters().late, 0U);
}

TEST_F(BucketTest, ZeroSecondsIsOneBucketForEverything) {
  BucketSet set(options(0), name_of);
  packet(set, 5);
  packet(set, kStart + 86'400 * kSecond);
  set.advance(kStart * 2, kStart * 2);
  EXPECT_TRUE(set.take_closed().empty());
  packet(set, kStart);
  set.close_all();
  const auto buckets = set.take_closed();
  ASSERT_EQ(buckets.size(), 1U);
  EXPECT_EQ(buckets[0].start, 0);
  EXPECT_EQ(packets(buckets), 3);
  EXPECT_EQ(set.counters().late, 0U);
}

TEST_F(BucketTest, WildTimestampsDoNoHarm) {
  BucketSet set(options(), name_of);
  for (const base::Micros at : {INT64_MIN, base::Micros{-5}, base::Micros{0}, INT64_MAX, INT64_MAX / 2})
    packet(set, at);
  set.advance(INT64_MAX / 2, INT64_MAX / 2);
  set.close_all();
  EXPECT_EQ(packets(set.take_closed()), 5);
}

TEST_F(BucketTest, OneStrayTimestampClosesNothing) {
  BucketSet set(options(), name_of);
  packet(set, kStart);
  packet(set, kStart + 86'400 * kSecond);
  set.advance(kStart + 86'400 * kSecond, kNone);
  EXPECT_TRUE(set.take_closed().empty());
  packet(set, kStart + kSecond);
  set.advance(kStart + 86'400 * kSecond, kNone);  // still the newest packet's time
  EXPECT_TRUE(set.take_closed().empty());
  packet(set, kStart + 302 * kSecond);
  set.advance(kStart + 302 * kSecond, kNone);
  const auto buckets = set.take_closed();
  ASSERT_EQ(buckets.size(), 1U);
  EXPECT_EQ(packets(buckets), 2);
  EXPECT_EQ(set.counters().late, 0U);
}

TEST_F(BucketTest, AStrayFirstTimestampIsOvercome) {
  BucketSet set(options(), name_of);
  packet(set, kStart + 86'400 * kSecond);
  packet(set, kStart);
  packet(set, kStart + kSecond);
  set.advance(kStart + 86'400 * kSecond, kNone);
  const auto closed = set.take_closed();
  ASSERT_EQ(closed.size(), 1U);
  EXPECT_GT(closed[0].start, kStart / kSecond + 80'000) << "that of the stray only";
}

TEST_F(BucketTest, TwoPacketsMakeAJumpOfTheClockBelievable) {
  BucketSet set(options(), name_of);
  packet(set, kStart);
  packet(set, kStart + 86'400 * kSecond);
  packet(set, kStart + 86'401 * kSecond);
  set.advance(kStart + 86'401 * kSecond, kNone);
  EXPECT_EQ(set.take_closed().size(), 1U);
}

TEST_F(BucketTest, AConversationMayChangeItsNameAndItsEndpoints) {
  BucketSet set(options(), name_of);
  maker.clear();
  maker.packet(7, 1, pair(1), kStart);
  maker.packet(7, 2, pair(1), kStart);
  maker.packet(7, 1, pair(1), kStart);
  maker.packet(7, 1, pair(2), kStart);  // the id was given to another conversation
  maker.packet(7, 1, pair(1, 1, 8080), kStart);
  set.add(maker.records);
  set.close_all();
  const auto buckets = set.take_closed();
  ASSERT_EQ(buckets.size(), 1U);
  EXPECT_EQ(buckets[0].rows.size(), 4U);
  ASSERT_NE(row_of(buckets[0], "HTTP GET", pair(1)), nullptr);
  EXPECT_EQ(row_of(buckets[0], "HTTP GET", pair(1))->values[Counter::packets_client], 2);
  ASSERT_NE(row_of(buckets[0], "HTTP POST", pair(1)), nullptr);
  ASSERT_NE(row_of(buckets[0], "HTTP GET", pair(1, 1, 8080)), nullptr);
}

TEST_F(BucketTest, ConversationsShareTheRowOfTheirEndpoints) {
  BucketSet set(options(), name_of);
  maker.clear();
  for (signature::ConversationId id : {0U, 5U, 1'000'000U, 0xffffffffU}) maker.packet(id, 1, pair(1), kStart, id != 5);
  set.add(maker.records);
  EXPECT_EQ(set.counters().rows, 1U);
  set.close_all();
  const auto buckets = set.take_closed();
  EXPECT_EQ(buckets[0].rows[0].values[Counter::packets_client], 3);
  EXPECT_EQ(buckets[0].rows[0].values[Counter::packets_server], 1);
}

TEST_F(BucketTest, AllKindsOfRecordsAreAddedUp) {
  BucketSet set(options(), name_of);
  const Endpoints endpoints = pair(1);
  maker.packet(1, 1, endpoints, kStart);
  auto& t = maker.transaction(1, 1, endpoints, kStart + 10);
  t.request_begin = t.request_end = kStart;
  t.response_begin = t.response_end = kStart + 10;
  maker.records.handshakes.push_back({1, 0, &endpoints, kStart, 30, 20, 10});
  maker.records.late.push_back({1, 3, &endpoints, kStart});
  set.add(maker.records);
  set.close_all();
  const auto buckets = set.take_closed();
  ASSERT_EQ(buckets.size(), 1U);
  const Row* http = row_of(buckets[0], "HTTP GET", endpoints);
  ASSERT_NE(http, nullptr);
  EXPECT_EQ(http->values[Distribution::response_time].summary.sum, 10);
  EXPECT_EQ(http->values.first, kStart);
  EXPECT_EQ(http->values.last, kStart + 10);
  ASSERT_NE(row_of(buckets[0], "TCP SYNACK", endpoints), nullptr);
  EXPECT_EQ(row_of(buckets[0], "TCP SYNACK", endpoints)->values[Distribution::connect_time].summary.sum, 30);
  ASSERT_NE(row_of(buckets[0], "DNS A", endpoints), nullptr);
  EXPECT_EQ(row_of(buckets[0], "DNS A", endpoints)->values[Counter::late], 1);
}

TEST_F(BucketTest, SnapshotsGiveWhatChangedSinceTheLast) {
  BucketSet set(options(), name_of);
  packet(set, kStart, 1);
  packet(set, kStart, 2);
  auto snapshot = set.snapshot();
  ASSERT_EQ(snapshot.size(), 1U);
  EXPECT_FALSE(snapshot[0].closed);
  EXPECT_EQ(snapshot[0].rows.size(), 2U);
  EXPECT_TRUE(set.snapshot().empty());
  packet(set, kStart + 1, 2);
  packet(set, kStart + 2, 2);
  snapshot = set.snapshot();
  ASSERT_EQ(snapshot.size(), 1U);
  ASSERT_EQ(snapshot[0].rows.size(), 1U);
  EXPECT_EQ(snapshot[0].rows[0].client, pair(2).client);
  EXPECT_EQ(snapshot[0].rows[0].values[Counter::packets_client], 3) << "all since the bucket opened";
  EXPECT_EQ(set.snapshot(true)[0].rows.size(), 2U);
  set.close_all();
  EXPECT_EQ(packets(set.take_closed()), 4) << "a snapshot takes nothing away";
  EXPECT_TRUE(set.snapshot(true).empty());
}

TEST_F(BucketTest, AFloodOfClientsIsAddedUpWithoutThem) {
  BucketOptions few = options();
  few.max_rows = 100;
  BucketSet set(few, name_of);
  for (std::uint32_t i = 0; i < 1'000; ++i) packet(set, kStart, i);
  EXPECT_EQ(set.counters().rows, 101U);
  EXPECT_EQ(set.counters().merged, 900U);
  packet(set, kStart, 999);  // has its row
  EXPECT_EQ(set.counters().merged, 900U);
  set.close_all();
  const auto buckets = set.take_closed();
  EXPECT_EQ(packets(buckets), 1'001);
  const Row* many = row_of(buckets[0], "HTTP GET", {base::Address::many(), pair(1).server, 80});
  ASSERT_NE(many, nullptr);
  EXPECT_EQ(many->values[Counter::packets_client], 900);
  EXPECT_EQ(set.counters().rows, 0U);
}

TEST_F(BucketTest, AFloodOfServersIsBoundedToo) {
  BucketOptions few = options();
  few.max_rows = 80;
  BucketSet set(few, name_of);
  for (std::uint32_t i = 0; i < 5'000; ++i) {
    maker.clear();
    maker.packet(i, i % 4, pair(i, i, static_cast<std::uint16_t>(i)), kStart);
    set.add(maker.records);
  }
  EXPECT_LE(set.counters().rows, 80U + 10U + 4U);
  set.close_all();
  const auto buckets = set.take_closed();
  EXPECT_EQ(packets(buckets), 5'000);
  EXPECT_NE(row_of(buckets[0], "DNS A", {base::Address::many(), base::Address::many(), 0}), nullptr);
}

TEST_F(BucketTest, PacketsAndOutcomesArePreservedWhateverComes) {
  std::mt19937 generator(2);
  const auto below = [&generator](unsigned bound) { return static_cast<unsigned>(generator() % bound); };
  BucketOptions few = options(60);
  few.max_rows = 50;
  BucketSet set(few, name_of);
  std::vector<Bucket> closed;
  std::int64_t sent = 0, ended = 0;
  base::Micros now = kStart;
  for (int batch = 0; batch < 500; ++batch) {
    maker.clear();
    for (unsigned i = 0; i < below(64); ++i) {
      const auto at = now - static_cast<base::Micros>(below(90'000'000));
      const Endpoints endpoints = pair(below(40), below(3));
      maker.packet(below(100), below(4), endpoints, at, below(2) == 0);
      ++sent;
      if (below(3) != 0) continue;
      maker.transaction(below(100), below(4), endpoints, at, static_cast<signature::Outcome>(below(4)));
      ++ended;
    }
    set.add(maker.records);
    now += static_cast<base::Micros>(below(5'000'000));
    set.advance(now, kNone);
    if (batch % 10 == 0) set.snapshot();
    for (Bucket& bucket : set.take_closed()) closed.push_back(std::move(bucket));
  }
  set.close_all();
  for (Bucket& bucket : set.take_closed()) closed.push_back(std::move(bucket));
  EXPECT_EQ(packets(closed), sent);
  EXPECT_GT(set.counters().merged, 0U);
  EXPECT_GT(set.counters().late, 0U);
  std::int64_t transactions = 0;
  for (std::size_t i = 0; i < closed.size(); ++i) {
    if (i > 0) {
      EXPECT_LT(closed[i - 1].start, closed[i].start) << "a closed bucket came back";
    }
    for (const Row& row : closed[i].rows) {
      const Aggregate& v = row.values;
      transactions += v[Counter::transactions];
      EXPECT_EQ(v[Counter::transactions],
                v[Counter::answered] + v[Counter::unanswered] + v[Counter::refused] + v[Counter::aborted]);
    }
  }
  EXPECT_EQ(transactions, ended);
}

}  // namespace
}  // namespace pastmon::metric
