// SPDX-License-Identifier: MIT
// Each bucket of level 1 is rolled up by signature as it is stored, and anew when another batch brings more of it.
#include <gmock/gmock.h>

#include <utility>

#include "backend.h"
#include "forwarding_connection.h"
#include "rollup.h"

namespace pastmon::store {
namespace {

using metric::Counter;
using test::address;
using test::bucket;

constexpr base::Seconds kStart = 1'699'999'200;  // on the hour
constexpr base::Seconds kEver = 4'000'000'000;

class RolledBuckets : public test::DatabaseTest {
 protected:
  RolledBuckets() : database_(writer()) {}

  void store(base::Seconds start, std::vector<metric::Row> rows, std::int64_t run = 77) {
    Batch made = test::batch(++number_, {bucket(start, std::move(rows))});
    made.run = run;
    const auto written = database_->write(made);
    ASSERT_TRUE(written) << written.message();
  }
  /// All of it by buckets, from the roll-ups alone when there are no rows any more.
  std::vector<Point> graph() {
    Selection selection;
    selection.from = kStart;
    selection.to = kStart + 3'600;
    selection.signatures = {{id_of_name("HTTP GET")}};
    auto points = database_->series(selection, 300);
    EXPECT_TRUE(points) << points.message();
    return points ? *std::move(points) : std::vector<Point>();
  }
  std::vector<std::int64_t> transactions() {
    std::vector<std::int64_t> counts;
    for (const Point& point : graph()) counts.push_back(point.values[Counter::transactions]);
    return counts;
  }
  std::unique_ptr<Connection> connection() const {
    auto made = postgresql() ? connect_postgresql(options_, false) : connect_sqlite(options_, false);
    EXPECT_TRUE(made) << made.message();
    return *std::move(made);
  }
  void write_sql(const std::string& statements) {
    database_.reset();
    sql(statements);
    database_ = writer();
  }
  std::string count(const std::string& what) const { return sql("SELECT COUNT(*) FROM " + what); }

  std::unique_ptr<Database> database_;
  std::int64_t number_ = 0;
};
INSTANTIATE_TEST_SUITE_P(Databases, RolledBuckets, testing::Values("sqlite3", "pgsql"),
                         [](const auto& driver) { return driver.param; });

std::int64_t transactions_of(const metric::Row& row) { return row.values[Counter::transactions]; }

TEST_P(RolledBuckets, AShortGraphDoesNotReadTheRows) {
  store(kStart, {test::row(1, 1), test::row(2, 2)});
  store(kStart + 300, {test::row(1, 3)});
  const std::vector<Point> before = graph();
  ASSERT_EQ(before.size(), 2U);
  EXPECT_EQ(before[0].seconds, 300);
  write_sql("DELETE FROM level_1");
  const std::vector<Point> after = graph();
  ASSERT_EQ(after.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(after[i].seconds, before[i].seconds);
    EXPECT_EQ(after[i].values, before[i].values);
    EXPECT_EQ(after[i].values.encode_detail(), before[i].values.encode_detail());
  }
}

TEST_P(RolledBuckets, AnotherRunInABucketIsSeenAtOnceAndRolledUpLater) {
  const metric::Row first = test::row(1, 1), second = test::row(1, 2);
  store(kStart, {first});
  EXPECT_EQ(count("due_bucket"), "0");
  store(kStart, {second}, 78);
  const std::vector<std::int64_t> both = {transactions_of(first) + transactions_of(second)};
  EXPECT_EQ(count("due_bucket"), "1");
  EXPECT_EQ(transactions(), both);
  EXPECT_FALSE(*database_->roll_up("another sensor", kEver));
  EXPECT_TRUE(*database_->roll_up("sensor one", kStart + 300));  // long before the hour is over
  EXPECT_FALSE(*database_->roll_up("sensor one", kStart + 300));
  EXPECT_EQ(count("due_bucket"), "0");
  EXPECT_EQ(transactions(), both);
  write_sql("DELETE FROM level_1");
  EXPECT_EQ(transactions(), both);
}

TEST_P(RolledBuckets, ASignatureThatIsNewInABucketNeedsNoRollingUp) {
  metric::Row other = test::row(1, 2);
  other.signature = "DNS A";
  store(kStart, {test::row(1, 1)});
  store(kStart, {other}, 78);
  EXPECT_EQ(count("due_bucket"), "0");
  EXPECT_EQ(count("rollup WHERE kind = 4"), "2");
}

// Nothing of a bucket that is due may be taken for the whole of it.
TEST_P(RolledBuckets, ABatchForABucketThatIsDueLeavesItDue) {
  const metric::Row first = test::row(1, 1), second = test::row(1, 2);
  store(kStart, {first});
  write_sql("INSERT INTO due_bucket SELECT bucket, sensor, 1 FROM level_1; DELETE FROM rollup");
  store(kStart, {second}, 78);
  EXPECT_EQ(count("due_bucket WHERE version > 1"), "1");
  EXPECT_EQ(transactions(), std::vector<std::int64_t>{transactions_of(first) + transactions_of(second)});
}

/// Does something else just before it writes what it has read.
class InterruptedBucket final : public test::ForwardingConnection {
 public:
  InterruptedBucket(Connection& inner, std::function<void()> before)
      : ForwardingConnection(inner), before_(std::move(before)) {}
  base::Result<void> begin_write() override {
    before_();
    return ForwardingConnection::begin_write();
  }

 private:
  std::function<void()> before_;
};

TEST_P(RolledBuckets, WhatComesWhileABucketIsMadeLeavesItDue) {
  store(kStart, {test::row(1, 1)});
  store(kStart, {test::row(1, 2)}, 78);
  const std::unique_ptr<Connection> mine = connection();
  bool once = true;
  InterruptedBucket interrupted(*mine, [&] {
    if (std::exchange(once, false)) store(kStart, {test::row(1, 3)}, 79);
  });
  Rollups rollups(interrupted);
  const auto due = rollups.due_buckets(kEver, std::nullopt, 10);
  ASSERT_TRUE(due) << due.message();
  ASSERT_EQ(due->size(), 1U);
  EXPECT_FALSE(*rollups.make(due->front()));
  const auto again = rollups.due_buckets(kEver, std::nullopt, 10);
  ASSERT_EQ(again->size(), 1U);
  EXPECT_GT(again->front().version, due->front().version);
  const std::vector<std::int64_t> all = transactions();
  EXPECT_TRUE(*rollups.make(again->front()));
  EXPECT_TRUE(rollups.due_buckets(kEver, std::nullopt, 10)->empty());
  EXPECT_EQ(transactions(), all);
}

}  // namespace
}  // namespace pastmon::store
