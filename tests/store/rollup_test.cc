// SPDX-License-Identifier: MIT
// A query that is answered from roll-ups gives what the rows give, whatever of the range is rolled up.
#include "rollup.h"

#include <gmock/gmock.h>

#include <random>
#include <utility>

#include "backend.h"
#include "forwarding_connection.h"

namespace pastmon::store {
namespace {

using metric::Counter;
using metric::Distribution;
using test::address;
using test::bucket;

constexpr base::Seconds kHour = 3'600;
constexpr base::Seconds kStart = 1'699'999'200;  // on the hour
constexpr base::Seconds kEver = 4'000'000'000;

/// Every field that a page shows.
bool same(const metric::Aggregate& a, const metric::Aggregate& b) {
  return a == b && a.first == b.first && a.last == b.last && a.encode_detail() == b.encode_detail();
}

class Rolled : public test::DatabaseTest {
 protected:
  Rolled() : database_(writer()) {}

  std::unique_ptr<Connection> connection() const {
    auto made = postgresql() ? connect_postgresql(options_, false) : connect_sqlite(options_, false);
    EXPECT_TRUE(made) << made.message();
    return *std::move(made);
  }

  void store(base::Seconds start, std::vector<metric::Row> rows, const std::string& sensor = "sensor one") {
    Batch made = test::batch(++number_, {bucket(start, std::move(rows))});
    made.sensor = sensor;
    const auto written = database_->write(made);
    ASSERT_TRUE(written) << written.message();
  }

  /// Six hours of three services, six clients and four servers, on two sensors.
  void store_hours() { store_times(kStart - 900, kStart + 6 * kHour, 900); }
  void store_times(base::Seconds from, base::Seconds to, base::Seconds every) {
    std::mt19937 generator(20261126);
    const auto pick = [&generator](std::uint32_t below) { return static_cast<std::uint32_t>(generator() % below); };
    for (base::Seconds start = from; start < to; start += every) {
      for (const char* sensor : {"sensor one", "sensor two"}) {
        std::map<std::tuple<std::string, unsigned, unsigned, unsigned>, metric::Row> rows;
        for (int i = 0; i < 8; ++i) {
          const char* signatures[] = {"HTTP GET", "DNS A", "TCP SYNACK"};
          const std::string signature = signatures[pick(3)];
          const unsigned client = pick(6), server = pick(4);
          const auto port = static_cast<std::uint16_t>(80 + pick(2));
          metric::Row& row = rows[{signature, client, server, port}];
          row.signature = signature;
          row.client = address(0x0a000000 + client);
          row.server = address(0xc0000200 + server);
          row.port = port;
          row.values.merge(test::every_metric(pick(1000)));
          row.values.seen(start * base::kSecond + pick(300'000'000));
        }
        std::vector<metric::Row> list;
        for (auto& [key, row] : rows) list.push_back(std::move(row));
        store(start, std::move(list), sensor);
      }
    }
  }

  /// As after an upgrade: no bucket has its own roll-up.
  void all_buckets_due() {
    database_.reset();
    sql("INSERT INTO due_bucket SELECT DISTINCT bucket, sensor, 1 FROM level_1; DELETE FROM rollup WHERE kind = 4");
    database_ = writer();
  }

  /// How many were made.
  int roll_all(const std::string& sensor) {
    int made = 0;
    for (int i = 0; i < 300; ++i) {
      const auto one = database_->roll_up(sensor, kEver);
      EXPECT_TRUE(one) << one.message();
      if (!one || !*one) break;
      ++made;
    }
    return made;
  }

  std::vector<ListQuery> list_queries() const {
    std::vector<ListQuery> queries;
    for (int bits = 0; bits < 32; ++bits) {
      ListQuery query;
      query.selection.from = kStart - 300;
      query.selection.to = end_;
      query.group_by = {(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0, (bits & 16) != 0};
      queries.push_back(query);
      query.details = false;
      queries.push_back(query);
      query.order = Order::response_mean;
      query.selection.signatures = {{id_of_name("HTTP GET"), id_of_name("DNS A")}};
      queries.push_back(query);
      query.selection.clients = {{id_of(address(0x0a000001)), id_of(address(0x0a000002))}};
      queries.push_back(query);
      query.selection.clients.reset();
      query.selection.port = 81;
      query.selection.sensors = {{id_of_name("sensor two")}};
      queries.push_back(query);
    }
    return queries;
  }

  std::vector<std::vector<Listed>> lists() {
    std::vector<std::vector<Listed>> answers;
    for (const ListQuery& query : list_queries()) {
      auto listed = database_->list(query);
      EXPECT_TRUE(listed) << listed.message();
      answers.push_back(listed ? *std::move(listed) : std::vector<Listed>());
    }
    return answers;
  }
  std::vector<std::vector<Point>> graphs() {
    std::vector<std::vector<Point>> answers;
    for (const base::Seconds step : {base::Seconds{0}, base::Seconds{300}, kHour, 2 * kHour, 12 * kHour, 48 * kHour}) {
      for (const bool one_server : {false, true}) {
        Selection selection;
        selection.from = kStart - 300;
        selection.to = end_;
        if (one_server) selection.servers = {{id_of(address(0xc0000201))}};
        auto points = database_->series(selection, step);
        EXPECT_TRUE(points) << points.message();
        answers.push_back(points ? *std::move(points) : std::vector<Point>());
      }
    }
    return answers;
  }

  static void expect_same(const std::vector<std::vector<Listed>>& a, const std::vector<std::vector<Listed>>& b) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t q = 0; q < a.size(); ++q) {
      ASSERT_EQ(a[q].size(), b[q].size()) << q;
      for (std::size_t i = 0; i < a[q].size(); ++i) {
        EXPECT_EQ(std::tie(a[q][i].signature, a[q][i].client, a[q][i].server, a[q][i].port, a[q][i].sensor),
                  std::tie(b[q][i].signature, b[q][i].client, b[q][i].server, b[q][i].port, b[q][i].sensor))
            << q;
        EXPECT_TRUE(same(a[q][i].values, b[q][i].values)) << q;
      }
    }
  }
  static void expect_same(const std::vector<std::vector<Point>>& a, const std::vector<std::vector<Point>>& b) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t q = 0; q < a.size(); ++q) {
      ASSERT_EQ(a[q].size(), b[q].size()) << q;
      for (std::size_t i = 0; i < a[q].size(); ++i) {
        EXPECT_EQ(a[q][i].start, b[q][i].start) << q;
        EXPECT_TRUE(same(a[q][i].values, b[q][i].values)) << q;
      }
    }
  }

  base::Seconds end_ = kStart + 5 * kHour + 600;  // of what is asked
  std::unique_ptr<Database> database_;
  std::int64_t number_ = 0;
};
INSTANTIATE_TEST_SUITE_P(Databases, Rolled, testing::Values("sqlite3", "pgsql"),
                         [](const auto& driver) { return driver.param; });

TEST_P(Rolled, ListsAndGraphsAreThoseOfTheRows) {
  constexpr int kMade = 7 + 25 + 2 + 2;  // hours, buckets, quarters of a day, days
  store_hours();
  const auto lists_at_once = lists();
  const auto graphs_at_once = graphs();
  all_buckets_due();
  const auto lists_before = lists();
  const auto graphs_before = graphs();
  expect_same(lists_before, lists_at_once);
  expect_same(graphs_before, graphs_at_once);
  EXPECT_EQ(roll_all("sensor one"), kMade);
  expect_same(lists_before, lists());  // one sensor's hours are rolled up, the other's are not
  expect_same(graphs_before, graphs());
  EXPECT_EQ(roll_all("sensor two"), kMade);
  expect_same(lists_before, lists());
  expect_same(graphs_before, graphs());
}

TEST_P(Rolled, ListsAndGraphsOverDaysAreThoseOfTheRows) {
  end_ = kStart + 60 * kHour + 600;
  store_times(kStart - 2 * kHour, kStart + 64 * kHour, 7'200);
  const auto lists_before = lists();
  const auto graphs_before = graphs();
  roll_all("sensor one");
  expect_same(lists_before, lists());  // one sensor's days are rolled up, the other's are not
  expect_same(graphs_before, graphs());
  roll_all("sensor two");
  expect_same(lists_before, lists());
  expect_same(graphs_before, graphs());
  database_.reset();
  sql("UPDATE rolled_up SET ready = 0 WHERE bucket >= " + std::to_string(kStart + 8 * kHour) + " AND bucket < " +
      std::to_string(kStart + 9 * kHour));
  database_ = writer();
  expect_same(lists_before, lists());  // the days' own remain as they are, a quarter's and an hour's are missing
  expect_same(graphs_before, graphs());
}

TEST_P(Rolled, WholeDaysAreReadByTheirOwnRollUp) {
  store_times(kStart - 2 * kHour, kStart + 64 * kHour, 7'200);
  roll_all("sensor one");
  roll_all("sensor two");
  const base::Seconds midnight = kStart + 2 * kHour;
  ListQuery days;
  days.selection.from = midnight;
  days.selection.to = midnight + 48 * kHour;
  days.group_by = {true, false, true, true, false};
  ListQuery and_a_quarter = days;
  and_a_quarter.selection.to += 6 * kHour;
  and_a_quarter.details = false;
  const std::vector<std::vector<Listed>> before = {*database_->list(days), *database_->list(and_a_quarter)};
  ASSERT_FALSE(before[0].empty());
  database_.reset();
  sql("DELETE FROM level_1; DELETE FROM rollup WHERE level = 1; DELETE FROM rollup WHERE level = 3 AND bucket < " +
      std::to_string(midnight + 48 * kHour));
  database_ = writer();
  expect_same(before, {*database_->list(days), *database_->list(and_a_quarter)});
}

TEST_P(Rolled, ADayWaitsForItsHours) {
  store(kStart, {test::row(1, 1)});
  const std::unique_ptr<Connection> mine = connection();
  Rollups rollups(*mine);
  for (const Tier tier : {Tier::quarter_day, Tier::day}) {
    const auto due = rollups.due(tier, kEver, std::nullopt, 10);
    ASSERT_TRUE(due) << due.message();
    ASSERT_EQ(due->size(), 1U);
    EXPECT_FALSE(*rollups.make(due->front()));
  }
  EXPECT_EQ(roll_all("sensor one"), 3);
  EXPECT_EQ(sql("SELECT COUNT(*) FROM rolled_up WHERE ready = 1"), "3");
  ASSERT_NO_FATAL_FAILURE(store(kStart + 600, {test::row(2, 2)}));
  EXPECT_EQ(sql("SELECT COUNT(*) FROM rolled_up WHERE ready = 0"), "3");
}

TEST_P(Rolled, LongRangesDoNotReadTheRows) {
  store_hours();
  roll_all("sensor one");
  roll_all("sensor two");
  Selection selection;
  selection.from = kStart;
  selection.to = kStart + 6 * kHour;
  const auto before = database_->series(selection, kHour);
  ASSERT_TRUE(before) << before.message();
  ASSERT_EQ(before->size(), 6U);
  database_.reset();
  sql("DELETE FROM level_1");
  database_ = writer();
  const auto after = database_->series(selection, kHour);
  ASSERT_TRUE(after) << after.message();
  expect_same({*before}, {*after});
  ListQuery query;
  query.selection = selection;
  query.group_by.client = true;
  EXPECT_EQ(database_->list(query)->size(), 6U);
  query.details = false;
  EXPECT_EQ(database_->list(query)->size(), 6U);
  query.group_by = {};
  query.group_by.server = true;
  EXPECT_EQ(database_->list(query)->size(), 4U);
}

TEST_P(Rolled, ALateBatchIsSeenAtOnceAndRolledUpAgain) {
  store_hours();
  roll_all("sensor one");
  ListQuery query;
  query.selection.from = kStart;
  query.selection.to = kStart + kHour;
  query.selection.sensors = {{id_of_name("sensor one")}};
  const std::int64_t before = database_->list(query)->at(0).values[Counter::transactions];
  metric::Row late = test::row(1, 5);
  const std::int64_t more = late.values[Counter::transactions];
  ASSERT_GT(more, 0);
  Batch batch = test::batch(1, {bucket(kStart + 300, {late})});
  batch.sensor = "sensor one";
  batch.run = 78;
  ASSERT_TRUE(database_->write(batch));
  EXPECT_EQ(database_->list(query)->at(0).values[Counter::transactions], before + more);
  EXPECT_EQ(roll_all("sensor one"), 3);
  EXPECT_EQ(database_->list(query)->at(0).values[Counter::transactions], before + more);
}

TEST_P(Rolled, AnHourThatIsNotOverIsNotDue) {
  store(kStart, {test::row(1, 1)});
  EXPECT_FALSE(*database_->roll_up("sensor one", kStart + kHour - 1));
  EXPECT_FALSE(*database_->roll_up("another sensor", kEver));
  EXPECT_TRUE(*database_->roll_up("sensor one", kStart + kHour));
  EXPECT_FALSE(*database_->roll_up("sensor one", kStart + kHour));
}

TEST_P(Rolled, AnHourWhoseRowsWentLosesItsRollUpAndItsMark) {
  store(kStart, {test::row(1, 1)});
  EXPECT_EQ(roll_all("sensor one"), 3);
  database_.reset();
  sql("INSERT INTO due_bucket SELECT bucket, sensor, 1 FROM level_1; DELETE FROM level_1; UPDATE rolled_up SET ready = "
      "0");
  database_ = writer();
  EXPECT_EQ(roll_all("sensor one"), 4);
  EXPECT_EQ(sql("SELECT (SELECT COUNT(*) FROM rollup), (SELECT COUNT(*) FROM rolled_up), (SELECT COUNT(*) FROM "
                "due_bucket)"),
            "0|0|0");
}

/// Does something else just before each reading.
class Interrupted final : public test::ForwardingConnection {
 public:
  Interrupted(Connection& inner, std::function<void()> before)
      : ForwardingConnection(inner), before_(std::move(before)) {}
  base::Result<void> begin_read() override {
    before_();
    return ForwardingConnection::begin_read();
  }

 private:
  std::function<void()> before_;
};

TEST_P(Rolled, WhatComesWhileARollUpIsMadeLeavesItDue) {
  store(kStart, {test::row(1, 1)});
  const std::unique_ptr<Connection> mine = connection();
  Interrupted interrupted(*mine, [&] {
    if (number_ == 1) store(kStart + 300, {test::row(2, 2)});
  });
  Rollups rollups(interrupted);
  const auto due = rollups.due(Tier::hour, kEver, std::nullopt, 10);
  ASSERT_TRUE(due) << due.message();
  ASSERT_EQ(due->size(), 1U);
  EXPECT_FALSE(*rollups.make(due->front()));
  EXPECT_EQ(number_, 2);
  EXPECT_EQ(rollups.due(Tier::hour, kEver, std::nullopt, 10)->size(), 1U);
  EXPECT_TRUE(*rollups.make(due->front()));
  EXPECT_TRUE(rollups.due(Tier::hour, kEver, std::nullopt, 10)->empty());
}

TEST_P(Rolled, OfTwoProgramsThatMakeOneOnlyOneFinishes) {
  store(kStart, {test::row(1, 1)});
  const std::unique_ptr<Connection> mine = connection();
  const std::unique_ptr<Connection> other = connection();
  Rollups theirs(*other);
  const auto due = theirs.due(Tier::hour, kEver, std::nullopt, 10);
  ASSERT_TRUE(due) << due.message();
  bool first = true;
  Interrupted interrupted(*mine, [&] {
    if (!std::exchange(first, false)) return;
    EXPECT_TRUE(*theirs.make(due->front()));
  });
  EXPECT_FALSE(*Rollups(interrupted).make(due->front()));
  EXPECT_EQ(sql("SELECT ready FROM rolled_up WHERE level = 1"), "1");
  EXPECT_EQ(sql("SELECT COUNT(*) FROM rollup WHERE kind <> 4"), "5");
}

TEST_P(Rolled, TotalsGrowWithEveryBatchOnce) {
  Batch batch =
      test::batch(1, {bucket(kStart, {test::row(1, 1), test::row(2, 2)}), bucket(kStart + 300, {test::row(1, 3)})});
  batch.statistics[kStart] = {{"packets_received", "eth0", {1, 500, 500, 500}}};
  ASSERT_TRUE(database_->write(batch));
  ASSERT_TRUE(database_->write(batch));  // applied before
  batch.number = 2;
  batch.buckets = {bucket(kStart + 600, {test::row(3, 4)})};
  batch.statistics = {{kStart + 600, {{"packets_received", "eth0", {1, 700, 700, 700}}}}};
  ASSERT_TRUE(database_->write(batch));
  metric::Aggregate expected;
  for (const std::int64_t seed : {1, 2, 3, 4}) expected.merge(test::row(1, seed).values);
  const auto totals = database_->totals();
  ASSERT_TRUE(totals) << totals.message();
  ASSERT_EQ(totals->size(), 1U);
  EXPECT_EQ(totals->at(0).signature, id_of_name("HTTP GET"));
  EXPECT_TRUE(same(totals->at(0).values, expected));
  const auto statistics = database_->statistic_totals();
  ASSERT_TRUE(statistics) << statistics.message();
  ASSERT_EQ(statistics->size(), 1U);
  EXPECT_EQ(statistics->at(0).interface, "eth0");
  EXPECT_EQ(statistics->at(0).value, (metric::Summary{2, 1200, 500, 700}));
}

TEST_P(Rolled, AnAddressRemembersItsNewestNames) {
  Batch batch = test::batch(1, {bucket(kStart, {test::row(1, 1)})});
  for (int i = 0; i < 12; ++i)
    batch.names.push_back({address(0x0a000001), "name" + std::to_string(i), "dns", kStart + i});
  batch.names.push_back({address(0x0a000001), "name3", "sni", kStart + 100});
  ASSERT_TRUE(database_->write(batch));
  const auto names = database_->host_names(id_of(address(0x0a000001)));
  ASSERT_TRUE(names) << names.message();
  ASSERT_EQ(names->size(), 8U);
  EXPECT_EQ(names->at(0).name, "name3");
  EXPECT_EQ(names->at(0).source, "sni");
  EXPECT_EQ(names->at(0).address, address(0x0a000001));
  EXPECT_EQ(names->at(1).name, "name11");
  EXPECT_EQ(names->at(7).name, "name5");
  EXPECT_EQ(database_->hosts()->size(), 2U);
}

TEST_P(Rolled, AllLevelsCountArchivedRowsOnce) {
  store(kStart, {test::row(1, 1), test::row(2, 2)});
  store(kStart + 300, {test::row(1, 3)});
  ListQuery query;
  query.selection.from = 0;
  query.selection.to = kEver;
  query.selection.level = Level::all;
  const metric::Aggregate whole = database_->list(query)->at(0).values;
  database_.reset();
  sql("INSERT INTO level_2 SELECT * FROM level_1 WHERE bucket = " + std::to_string(kStart) +
      "; INSERT INTO archived SELECT DISTINCT bucket, sensor, run, -1 FROM level_2"
      "; INSERT INTO rolled_up SELECT DISTINCT 2, bucket - bucket % 86400, sensor, 0, 1 FROM level_2");
  database_ = writer();
  EXPECT_TRUE(same(database_->list(query)->at(0).values, whole));
  roll_all("sensor one");
  EXPECT_TRUE(same(database_->list(query)->at(0).values, whole));
}

}  // namespace
}  // namespace pastmon::store
