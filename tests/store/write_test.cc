// SPDX-License-Identifier: MIT
// What goes in comes out, once; tests of both databases.
#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "backend.h"
#include "pastmon/base/text.h"
#include "private_postgres.h"

namespace pastmon::store {
namespace {

using test::address;
using test::batch;
using test::bucket;
using test::every_metric;
using test::everything;
using test::row;

class Write : public test::DatabaseTest {};
INSTANTIATE_TEST_SUITE_P(Databases, Write, testing::Values("sqlite3", "pgsql"),
                         [](const auto& driver) { return driver.param; });

constexpr base::Seconds kStart = 1'700'000'100;

std::int64_t transactions(Database& database) {
  const auto listed = database.list(everything());
  EXPECT_TRUE(listed) << listed.message();
  return listed && !listed->empty() ? listed->front().values[metric::Counter::transactions] : 0;
}

TEST_P(Write, EveryMetricComesBack) {
  const auto database = writer();
  const auto written = database->write(batch(1, {bucket(kStart, {row(1, 5)})}));
  ASSERT_TRUE(written) << written.message();
  const auto listed = reader()->list(everything());
  ASSERT_TRUE(listed) << listed.message();
  ASSERT_EQ(listed->size(), 1U);
  EXPECT_EQ(listed->front().values, every_metric(5));
}

TEST_P(Write, ARowWithoutAnythingComesBackEmpty) {
  const auto database = writer();
  metric::Row empty = row(1, 5);
  empty.values = {};
  ASSERT_TRUE(database->write(batch(1, {bucket(kStart, {empty})})));
  const auto listed = database->list(everything());
  ASSERT_TRUE(listed) << listed.message();
  ASSERT_EQ(listed->size(), 1U);
  EXPECT_EQ(listed->front().values, metric::Aggregate());
}

TEST_P(Write, TheLargestValuesComeBack) {
  const auto database = writer();
  metric::Row large = row(1, 1);
  large.port = 65535;
  large.values = {};
  large.values[metric::Counter::bytes_client] = std::numeric_limits<std::int64_t>::max();
  large.values[metric::Distribution::response_time].add(4'000'000'000'000'000'000);
  ASSERT_TRUE(database->write(batch(1, {bucket(kStart, {large})})));
  const auto listed = database->list(everything());
  ASSERT_TRUE(listed && listed->size() == 1) << listed.message();
  EXPECT_EQ(listed->front().values, large.values);
}

TEST_P(Write, ABatchIsAppliedOnce) {
  const auto database = writer();
  const Batch first = batch(1, {bucket(kStart, {row(1, 5)})});
  ASSERT_TRUE(database->write(first));
  const std::int64_t once = transactions(*database);
  ASSERT_TRUE(database->write(first));
  ASSERT_TRUE(writer()->write(first));
  EXPECT_EQ(transactions(*database), once);
}

TEST_P(Write, ClosedRowsAreNeverChanged) {
  const auto database = writer();
  ASSERT_TRUE(database->write(batch(1, {bucket(kStart, {row(1, 5)})})));
  ASSERT_TRUE(database->write(batch(2, {bucket(kStart, {row(1, 9), row(2, 1)})})));
  const auto listed = database->list(everything());
  metric::Aggregate expected = every_metric(5);
  expected.merge(every_metric(1));
  ASSERT_TRUE(listed && listed->size() == 1);
  EXPECT_EQ(listed->front().values, expected);
}

TEST_P(Write, RunsAreAddedUp) {
  const auto database = writer();
  Batch other = batch(1, {bucket(kStart, {row(1, 9)})});
  other.run = 78;
  ASSERT_TRUE(database->write(batch(1, {bucket(kStart, {row(1, 5)})})));
  ASSERT_TRUE(database->write(other));
  metric::Aggregate expected = every_metric(5);
  expected.merge(every_metric(9));
  const auto listed = database->list(everything());
  ASSERT_TRUE(listed && listed->size() == 1);
  EXPECT_EQ(listed->front().values, expected);
}

TEST_P(Write, RowsOfOneKeyFromSeveralWorkersAreAddedUp) {
  const auto database = writer();
  ASSERT_TRUE(database->write(batch(1, {bucket(kStart, {row(1, 5), row(1, 6)}), bucket(kStart, {row(1, 7)})})));
  metric::Aggregate expected = every_metric(5);
  expected.merge(every_metric(6));
  expected.merge(every_metric(7));
  const auto listed = database->list(everything());
  ASSERT_TRUE(listed && listed->size() == 1);
  EXPECT_EQ(listed->front().values, expected);
}

TEST_P(Write, OpenRowsAreReplacedAndRemovedWhenTheBucketCloses) {
  const auto database = writer();
  ASSERT_TRUE(database->write_open(batch(0, {bucket(kStart, {row(1, 2), row(2, 3)})})));
  auto written = database->write_open(batch(0, {bucket(kStart, {row(1, 4), row(1, 1)})}));
  ASSERT_TRUE(written) << written.message();
  metric::Aggregate open = every_metric(4);
  open.merge(every_metric(1));
  open.merge(every_metric(3));
  auto listed = database->list(everything());
  ASSERT_TRUE(listed && listed->size() == 1) << listed.message();
  EXPECT_EQ(listed->front().values, open);

  ASSERT_TRUE(database->write(batch(1, {bucket(kStart, {row(1, 10), row(2, 11)})})));
  metric::Aggregate closed = every_metric(10);
  closed.merge(every_metric(11));
  listed = database->list(everything());
  ASSERT_TRUE(listed && listed->size() == 1);
  EXPECT_EQ(listed->front().values, closed);
}

TEST_P(Write, OpenRowsOfAClosedBucketAreNotTaken) {
  const auto database = writer();
  ASSERT_TRUE(database->write(batch(1, {bucket(kStart, {row(1, 10)})})));
  ASSERT_TRUE(
      database->write_open(batch(0, {bucket(kStart, {row(1, 4), row(2, 4)}), bucket(kStart + 300, {row(1, 1)})})));
  metric::Aggregate expected = every_metric(10);
  expected.merge(every_metric(1));
  const auto listed = database->list(everything());
  ASSERT_TRUE(listed && listed->size() == 1);
  EXPECT_EQ(listed->front().values, expected);
}

TEST_P(Write, AnotherRunsOpenRowsStay) {
  const auto database = writer();
  Batch old = batch(0, {bucket(kStart, {row(1, 3)})});
  old.run = 76;
  ASSERT_TRUE(database->write_open(old));
  ASSERT_TRUE(database->write(batch(1, {bucket(kStart, {row(1, 5)})})));
  metric::Aggregate expected = every_metric(3);
  expected.merge(every_metric(5));
  const auto listed = database->list(everything());
  ASSERT_TRUE(listed && listed->size() == 1);
  EXPECT_EQ(listed->front().values, expected);
}

TEST_P(Write, BucketsOfManyDaysFindTheirPlace) {
  const auto database = writer();
  std::vector<metric::Bucket> buckets;
  for (const base::Seconds start : {base::Seconds{0}, base::Seconds{86'399}, base::Seconds{86'400}, kStart,
                                    kStart + 86'400, base::Seconds{253'402'300'500}})
    buckets.push_back(bucket(start, {row(1, 1)}));
  const auto written = database->write(batch(1, buckets));
  ASSERT_TRUE(written) << written.message();
  EXPECT_EQ(transactions(*database), 6 * every_metric(1)[metric::Counter::transactions]);
}

TEST_P(Write, TimesThatNoClockShowsAreLeftOut) {
  const auto database = writer();
  const auto written = database->write(
      batch(1, {bucket(-300, {row(1, 1)}), bucket(253'402'300'800, {row(1, 1)}), bucket(kStart, {row(1, 1)})}));
  ASSERT_TRUE(written) << written.message();
  EXPECT_EQ(transactions(*database), every_metric(1)[metric::Counter::transactions]);
}

TEST_P(Write, HostileNamesAreHarmless) {
  const auto database = writer();
  const std::vector<std::string> names = {"a'); DROP TABLE pastmon.level_1; --",
                                          "\"quoted\\\" {,} NULL",
                                          "back\\slash\\",
                                          std::string("nul\0byte", 8),
                                          "new\nline\t\x1b[31m",
                                          "\xff\xfe broken \xc3",
                                          "$1 ? %s %n :x",
                                          "",
                                          std::string(5000, 'x'),
                                          "NULL",
                                          "{}",
                                          "\xe2\x82\xac"};
  std::vector<metric::Row> rows;
  for (const std::string& name : names) {
    rows.push_back(row(1, 1));
    rows.back().signature = name;
  }
  Batch hostile = batch(1, {bucket(kStart, rows)});
  hostile.sensor = names[0] + names[3];
  hostile.names = {{address(0x0a000001), names[1] + names[5], names[0], kStart}};
  hostile.statistics[kStart] = {{names[0], names[1], {1, 2, 2, 2}}};
  const auto written = database->write(hostile);
  ASSERT_TRUE(written) << written.message();

  const auto signatures = database->signatures();
  ASSERT_TRUE(signatures);
  ASSERT_EQ(signatures->size(), names.size());
  std::map<Id, std::string> found;
  for (const Named& named : *signatures) found[named.id] = named.name;
  for (const std::string& name : names) EXPECT_EQ(found[id_of_name(name)], base::escape_controls(name));
  const auto hosts = database->hosts();
  ASSERT_TRUE(hosts);
  bool named = false;
  for (const Host& host : *hosts) named = named || host.name == base::escape_controls(names[1] + names[5]);
  EXPECT_TRUE(named);
  EXPECT_EQ(database->statistics(0, 4'000'000'000)->at(0).name, names[0]);
}

TEST_P(Write, TwoNamesOfOneSpellingInDifferentTablesAreBothKept) {
  const auto database = writer();
  Batch same = batch(1, {bucket(kStart, {row(1, 1)})});
  same.sensor = "HTTP GET";
  ASSERT_TRUE(database->write(same));
  EXPECT_EQ(database->sensors()->size(), 1U);
  EXPECT_EQ(database->signatures()->size(), 1U);
}

TEST_P(Write, TheNewestNameOfAnAddressWins) {
  const auto database = writer();
  Batch named = batch(1, {bucket(kStart, {row(1, 1)})});
  named.names = {{address(0x0a000001), "new.example", "ptr", 200}, {address(0x0a000001), "old.example", "dns", 100}};
  ASSERT_TRUE(database->write(named));
  Batch older = batch(2, {});
  older.names = {{address(0x0a000001), "oldest.example", "dns", 50}};
  ASSERT_TRUE(database->write(older));
  const auto hosts = database->hosts();
  ASSERT_TRUE(hosts);
  ASSERT_EQ(hosts->size(), 2U);
  for (const Host& host : *hosts) {
    EXPECT_EQ(host.id, id_of(host.address));
    if (host.address == address(0x0a000001)) {
      EXPECT_EQ(host.name, "new.example");
      EXPECT_EQ(host.name_source, "ptr");
    } else {
      EXPECT_EQ(host.name, "");
    }
  }
}

TEST_P(Write, TwentyThousandRowsInOneBatch) {
  const auto database = writer();
  std::vector<metric::Row> rows;
  for (std::uint32_t i = 0; i < 20'000; ++i) rows.push_back(row(i, i % 50));
  const auto written = database->write(batch(1, {bucket(kStart, rows)}));
  ASSERT_TRUE(written) << written.message();
  const auto listed = database->list(everything());
  ASSERT_TRUE(listed && listed->size() == 1) << listed.message();
  metric::Aggregate expected;
  for (const metric::Row& r : rows) expected.merge(r.values);
  EXPECT_EQ(listed->front().values, expected);
  EXPECT_EQ(database->hosts()->size(), 20'001U);
}

TEST_P(Write, StatisticsOfOpenAndClosedBuckets) {
  const auto database = writer();
  Batch open = batch(0, {});
  open.statistics[kStart] = {{"flows_active", "", {1, 7, 7, 7}}, {"packets_received", "eth0", {1, 10, 10, 10}}};
  ASSERT_TRUE(database->write_open(open));
  open.statistics[kStart] = {{"flows_active", "", {2, 16, 7, 9}}};
  ASSERT_TRUE(database->write_open(open));
  auto points = database->statistics(kStart, kStart + 1);
  ASSERT_TRUE(points) << points.message();
  ASSERT_EQ(points->size(), 2U);
  EXPECT_EQ(points->at(0).name, "flows_active");
  EXPECT_EQ(points->at(0).value, (metric::Summary{2, 16, 7, 9}));
  EXPECT_EQ(points->at(1).interface, "eth0");
  EXPECT_EQ(points->at(1).sensor, id_of_name("sensor one"));

  Batch closed = batch(1, {});
  closed.statistics[kStart] = {{"flows_active", "", {3, 20, 4, 9}}};
  ASSERT_TRUE(database->write(closed));
  ASSERT_TRUE(database->write_open(open));
  points = database->statistics(kStart, kStart + 1);
  ASSERT_EQ(points->size(), 1U);
  EXPECT_EQ(points->at(0).value, (metric::Summary{3, 20, 4, 9}));
  EXPECT_TRUE(database->statistics(kStart + 1, kStart + 300)->empty());
}

TEST_P(Write, StatisticsByNameAndSensorAddedUpOverTime) {
  const auto database = writer();
  Batch closed = batch(1, {});
  closed.statistics[kStart] = {{"flows_active", "", {3, 20, 4, 9}}, {"it's", "eth0", {1, 5, 5, 5}}};
  closed.statistics[kStart + 300] = {{"flows_active", "", {1, 30, 30, 30}}, {"it's", "eth0", {1, 6, 6, 6}}};
  ASSERT_TRUE(database->write(closed));
  const auto found = database->statistics({kStart, kStart + 600, 3600, std::vector<std::string>{"it's"}, {}});
  ASSERT_TRUE(found && found->size() == 1) << found.message();
  EXPECT_EQ(found->at(0).start, kStart / 3600 * 3600);
  EXPECT_EQ(found->at(0).value, (metric::Summary{2, 11, 5, 6}));
  EXPECT_EQ(database->statistics({kStart, kStart + 600, 0, {}, {}})->size(), 4U);
  EXPECT_EQ(database->statistics({kStart, kStart + 600, 0, {}, std::vector{id_of_name("another")}})->size(), 0U);
  EXPECT_EQ(database->statistics({kStart, kStart + 600, 0, std::vector<std::string>{}, {}})->size(), 0U);
}

TEST_P(Write, WhoWasSeenByTheRollUps) {
  const auto database = writer();
  constexpr base::Seconds kHour = kStart / 3600 * 3600;
  const metric::Row here = row(1, 5);
  ASSERT_TRUE(database->write(batch(1, {bucket(kStart, {here})})));
  Listed client, service, other_port, stranger;
  client.client = id_of(here.client);
  service.signature = other_port.signature = id_of_name(here.signature);
  service.server = other_port.server = id_of(here.server);
  service.port = here.port;
  other_port.port = static_cast<std::uint16_t>(here.port + 1);
  stranger.client = id_of(here.server);
  const std::vector<Listed> all = {client, other_port, service, stranger};
  EXPECT_EQ(*database->seen(all, 0, kHour + 3600), std::vector<bool>(4, false)) << "not rolled up yet";
  while (*database->roll_up("sensor one", kHour + 7200)) {
  }
  const auto seen = database->seen(all, 0, kHour + 3600);
  ASSERT_TRUE(seen) << seen.message();
  EXPECT_EQ(*seen, (std::vector<bool>{true, false, true, false}));
  EXPECT_EQ(*database->seen(all, 0, kHour), std::vector<bool>(4, false)) << "later";
  EXPECT_TRUE(database->seen({}, 0, kHour)->empty());
}

// While buckets open and close, a reader sees each row once: the sum only grows, and never by a row twice.
TEST_P(Write, AReaderBesideTheWriterSeesEachRowOnce) {
  const auto database = writer();
  std::atomic<bool> done = false;
  std::atomic<int> wrong = 0, reads = 0;
  const std::int64_t one = every_metric(1)[metric::Counter::transactions];
  std::thread reading([&, second = reader()] {
    std::int64_t before = 0;
    while (!done) {
      const std::int64_t now = transactions(*second);
      if (now < before || now % one != 0 || now > 40 * one) ++wrong;
      before = now;
      ++reads;
    }
  });
  for (int i = 0; i < 40; ++i) {
    const base::Seconds start = kStart + 300 * i;
    EXPECT_TRUE(database->write_open(batch(0, {bucket(start, {row(1, 1)})})));
    EXPECT_TRUE(database->write(batch(i + 1, {bucket(start, {row(1, 1)})})));
  }
  while (reads < 3) std::this_thread::yield();
  done = true;
  reading.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(transactions(*database), 40 * one);
}

TEST_P(Write, AnAdministratorReadsTheRowsByName) {
  const auto database = writer();
  Batch named = batch(1, {bucket(kStart, {row(1, 5)})});
  named.names = {{address(0x0a000001), "client.example", "dns", 1}};
  ASSERT_TRUE(database->write(named));
  ASSERT_TRUE(database->write_open(batch(0, {bucket(kStart + 300, {row(1, 5)})})));
  EXPECT_EQ(sql("SELECT sensor, signature, client, client_name, server, port, transactions FROM level_1_by_name ORDER "
                "BY bucket LIMIT 1"),
            base::cat("sensor one|HTTP GET|10.0.0.1|client.example|192.0.2.1|80|",
                      every_metric(5)[metric::Counter::transactions]));
  EXPECT_EQ(sql("SELECT COUNT(*) FROM level_1_by_name"), "2");
  EXPECT_EQ(sql("SELECT COUNT(*) FROM level_2_by_name"), "0");
}

}  // namespace
}  // namespace pastmon::store
