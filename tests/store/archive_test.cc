// SPDX-License-Identifier: MIT
// Level 2: the same rows whatever the order, the grouping and the moment at which a run was cut; tests of both
// databases.
#include "pastmon/store/archive.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <random>
#include <thread>

#include "backend.h"
#include "pastmon/base/text.h"

namespace pastmon::store {
namespace {

using base::cat;
using test::batch;
using test::bucket;
using test::every_metric;
using test::everything;
using test::row;

constexpr base::Seconds kDay = 86'400;
constexpr base::Seconds kStart = 1'700'006'400;  // midnight, 2023-11-15
constexpr base::Seconds kNow = kStart + 40 * kDay;

/// The first line that differs, shortened: the whole would be unreadable.
std::string difference(const std::string& a, const std::string& b) {
  const auto left = base::split(a, '\n'), right = base::split(b, '\n');
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    const std::string_view x = i < left.size() ? left[i] : "(end)", y = i < right.size() ? right[i] : "(end)";
    if (x != y) return cat("line ", i, ": ", x.substr(0, 150), " | ", y.substr(0, 150));
  }
  return {};
}

class ArchiveTest : public test::DatabaseTest {
 protected:
  static ArchiveOptions all(bool remove = false) {
    ArchiveOptions options;
    options.now = kNow;
    options.remove = remove;
    return options;
  }
  ArchiveReport run(const ArchiveOptions& options, const ArchiveWatch& watch = {}) const {
    const auto archive = Archive::open(options_);
    EXPECT_TRUE(archive) << archive.message();
    const auto report = (*archive)->run(options, watch);
    EXPECT_TRUE(report) << report.message();
    return report ? *report : ArchiveReport();
  }
  /// All that summarising writes, as text.
  std::string tables() const {
    const std::string detail = postgresql() ? "encode(detail, 'hex')" : "hex(detail)";
    std::string text;
    for (const char* table : {"level_1", "level_2"})
      text += sql(
          cat("SELECT bucket, \\\"interval\\\", sensor, run, signature, client, server, port, first_seen, last_seen, "
              "transactions, response_time_min, server_time_max, ",
              detail, " FROM ", table, " ORDER BY bucket, sensor, run, signature, client, server, port"));
    text += sql("SELECT * FROM archived ORDER BY bucket, sensor, run, part");
    text += sql("SELECT * FROM statistic ORDER BY bucket, sensor, run, name, interface");
    return text + sql("SELECT * FROM host ORDER BY id");
  }
  std::string sql(std::string statement) const {
    if (postgresql()) statement.erase(std::remove(statement.begin(), statement.end(), '\\'), statement.end());
    return DatabaseTest::sql(statement);
  }
  std::string count(const std::string& from) const { return sql("SELECT COUNT(*) FROM " + from); }
  metric::Aggregate level(Level level) const {
    ListQuery query = everything();
    query.selection.level = level;
    const auto listed = writer()->list(query);
    EXPECT_TRUE(listed) << listed.message();
    return listed && !listed->empty() ? listed->front().values : metric::Aggregate();
  }
};
INSTANTIATE_TEST_SUITE_P(Databases, ArchiveTest, testing::Values("sqlite3", "pgsql"),
                         [](const auto& driver) { return driver.param; });

/// Two hours and a day's end, two sensors, two runs; the keys repeat from bucket to bucket.
std::vector<Batch> some_batches() {
  std::vector<Batch> batches;
  std::int64_t number = 0;
  for (const base::Seconds start : {kStart, kStart + 300, kStart + 3'300, kStart + 3'600, kStart + kDay - 300}) {
    for (const char* sensor : {"north", "south"}) {
      for (const std::int64_t run : {77, 78}) {
        std::vector<metric::Row> rows;
        for (std::uint32_t client = 1; client <= 70; ++client)
          if ((client + static_cast<std::uint32_t>(number)) % 3 != 0) rows.push_back(row(client, client + number));
        Batch one = batch(++number, {bucket(start, std::move(rows))});
        one.sensor = sensor;
        one.run = run;
        one.statistics[start] = {{"packets_received", "eth0", {1, 10 + number, 10 + number, 10 + number}},
                                 {"flows_active", "", {1, number, number, number}}};
        batches.push_back(std::move(one));
      }
    }
  }
  return batches;
}

/// The same of one sensor, in two hours.
std::vector<Batch> few_batches() {
  std::vector<Batch> batches = some_batches();
  std::erase_if(batches,
                [](const Batch& one) { return one.sensor == "south" || one.buckets.front().start > kStart + 3'600; });
  return batches;
}

TEST_P(ArchiveTest, LevelTwoIsTheSumOfLevelOne) {
  const auto database = writer();
  for (const Batch& one : some_batches()) ASSERT_TRUE(database->write(one));
  const ArchiveReport report = run(all());
  EXPECT_TRUE(report.finished);
  EXPECT_EQ(report.intervals, 6);
  EXPECT_EQ(std::to_string(report.rows_read), count("level_1"));
  EXPECT_EQ(std::to_string(report.rows_written), count("level_2"));
  EXPECT_EQ(level(Level::two), level(Level::one));
  EXPECT_EQ(count("archived WHERE part = -1"), "20");
  EXPECT_EQ(sql("SELECT DISTINCT run, \\\"interval\\\" FROM level_2"), "0|3600");
  EXPECT_EQ(sql("SELECT COUNT(DISTINCT bucket) FROM level_2 WHERE bucket % 3600 = 0"), "3");
}

TEST_P(ArchiveTest, DaysOfLevelTwoAreRolledUp) {
  const auto database = writer();
  for (const Batch& one : some_batches()) ASSERT_TRUE(database->write(one));
  const metric::Aggregate whole = level(Level::one);
  EXPECT_GT(run(all(true)).rolled_up, 0);
  EXPECT_EQ(count("rolled_up WHERE ready = 0"), "0");
  EXPECT_EQ(count("rollup WHERE level = 1"), "0");  // nothing is left there
  ListQuery query = everything();
  query.selection.level = Level::two;
  query.selection.from = 0;
  query.selection.to = kNow;
  sql("DELETE FROM level_2");
  const auto listed = writer()->list(query);
  ASSERT_TRUE(listed) << listed.message();
  ASSERT_EQ(listed->size(), 1U);
  EXPECT_EQ(listed->front().values, whole);
}

TEST_P(ArchiveTest, OnlyWhatIsOldEnough) {
  const auto database = writer();
  const base::Seconds cutoff = kNow - 32 * kDay;
  ASSERT_TRUE(database->write(batch(1, {bucket(cutoff - 300, {row(1, 5)}), bucket(cutoff, {row(1, 9)})})));
  ArchiveOptions options = all(true);
  options.now += 3'599;
  run(options);
  EXPECT_EQ(level(Level::two), every_metric(5));
  EXPECT_EQ(level(Level::one), every_metric(9));
}

TEST_P(ArchiveTest, ASecondRunHasNothingToDo) {
  const auto database = writer();
  for (const Batch& one : some_batches()) ASSERT_TRUE(database->write(one));
  run(all());
  const std::string before = tables();
  const ArchiveReport again = run(all());
  EXPECT_TRUE(again.finished);
  EXPECT_EQ(again.rows_read, 0);
  EXPECT_EQ(again.transactions, 0);
  EXPECT_EQ(difference(tables(), before), "");
}

TEST_P(ArchiveTest, AnyOrderAndGroupingGivesTheSameRows) {
  const auto database = writer();
  std::vector<Batch> batches = some_batches();
  for (const Batch& one : batches) ASSERT_TRUE(database->write(one));
  run(all(true));
  const std::string rows = "SELECT * FROM level_2 ORDER BY bucket, sensor, signature, client, server, port";
  const std::string together = sql(rows);

  options_.dbname = fresh();
  const auto other = writer();
  std::mt19937 random(7);
  std::shuffle(batches.begin(), batches.end(), random);
  for (std::size_t i = 0; i < batches.size(); ++i) {
    ASSERT_TRUE(other->write(batches[i]));
    if (i % 3 == 0) run(all(i % 2 == 0));
  }
  run(all(true));
  EXPECT_EQ(difference(sql(rows), together), "");
  EXPECT_EQ(count("level_1"), "0");
}

TEST_P(ArchiveTest, CutAfterAnyTransactionAndRunAgainGivesTheSame) {
  for (const bool remove : {false, true}) {
    SCOPED_TRACE(remove);
    options_.dbname = fresh();
    {
      const auto database = writer();
      for (const Batch& one : few_batches()) ASSERT_TRUE(database->write(one));
    }
    const std::string level_1 = tables();
    run(all(remove));
    const std::string whole = tables();
    ASSERT_NE(whole, level_1);
    for (int n = 1;; ++n) {
      SCOPED_TRACE(n);
      options_.dbname = fresh();
      const auto database = writer();
      for (const Batch& one : few_batches()) ASSERT_TRUE(database->write(one));
      int left = n;
      const ArchiveReport cut = run(all(remove), {[&left] { return --left == 0; }, nullptr});
      if (cut.finished) {
        EXPECT_GT(n, 2);
        break;
      }
      EXPECT_EQ(cut.transactions, n);
      run(all(remove));
      ASSERT_EQ(difference(tables(), whole), "");
    }
  }
}

TEST_P(ArchiveTest, CutInTheMiddleOfAnIntervalGoesOnWithItsOtherParts) {
  const auto fill = [this] {
    const auto database = writer();
    for (std::int64_t number = 1; number <= 3; ++number) {
      std::vector<metric::Row> rows;
      for (std::uint32_t client = 1; client <= 3'000; ++client) {
        rows.push_back(row(client, client % 9 + number));
        rows.back().values = {};
        rows.back().values[metric::Counter::transactions] = client + number;
      }
      ASSERT_TRUE(database->write(batch(number, {bucket(kStart + 300 * number, std::move(rows))})));
    }
  };
  fill();
  const ArchiveReport whole_run = run(all());
  const std::string whole = tables();
  EXPECT_GE(whole_run.transactions, 3);
  for (int n = 1; n <= 2; ++n) {
    options_.dbname = fresh();
    fill();
    int left = n;
    run(all(), {[&left] { return --left == 0; }, nullptr});
    EXPECT_NE(count("archived WHERE part >= 0"), "0");
    // A late batch beside the half of an interval: its rows have all their parts to go.
    ASSERT_TRUE(writer()->write(batch(9, {bucket(kStart + 1'500, {row(3, 3)})})));
    run(all());
    EXPECT_EQ(count("archived WHERE part >= 0"), "0");
    EXPECT_EQ(level(Level::two), level(Level::one));
  }
}

TEST_P(ArchiveTest, ALateBatchIsAddedOnce) {
  const auto database = writer();
  std::vector<Batch> batches = some_batches();
  const Batch late = batches[5];
  batches.erase(batches.begin() + 5);
  for (const Batch& one : batches) ASSERT_TRUE(database->write(one));
  for (const bool remove : {false, true}) {
    run(all(remove));
    ASSERT_TRUE(database->write(late));  // the second time it is known
  }
  run(all(true));
  EXPECT_EQ(count("level_1"), "0");
  metric::Aggregate expected;
  for (const Batch& one : some_batches())
    for (const metric::Row& each : one.buckets.front().rows) expected.merge(each.values);
  EXPECT_EQ(level(Level::two), expected);
  EXPECT_EQ(count("archived"), "0");
}

TEST_P(ArchiveTest, RemovingAfterARunThatKept) {
  const auto database = writer();
  for (const Batch& one : some_batches()) ASSERT_TRUE(database->write(one));
  run(all());
  const metric::Aggregate kept = level(Level::one);
  const ArchiveReport report = run(all(true));
  EXPECT_EQ(report.rows_read, 0);
  EXPECT_EQ(report.days_dropped, postgresql() ? 1 : 0);
  EXPECT_EQ(count("level_1"), "0");
  EXPECT_EQ(count("archived"), "0");
  EXPECT_EQ(level(Level::two), kept);
}

TEST_P(ArchiveTest, ADayThatIsPartlyOldEnoughLosesItsOldRows) {
  const auto database = writer();
  ArchiveOptions options = all(true);
  options.now = kStart + 32 * kDay + 7'200;
  ASSERT_TRUE(database->write(batch(
      1, {bucket(kStart, {row(1, 5)}), bucket(kStart + 3'600, {row(1, 6)}), bucket(kStart + 7'200, {row(1, 7)})})));
  const ArchiveReport report = run(options);
  EXPECT_EQ(report.rows_removed, 2);
  EXPECT_EQ(level(Level::one), every_metric(7));
  EXPECT_EQ(count("archived"), "0");
  options.now += kDay;
  run(options);
  EXPECT_EQ(count("level_1"), "0");
  metric::Aggregate all_three = every_metric(5);
  all_three.merge(every_metric(6));
  all_three.merge(every_metric(7));
  EXPECT_EQ(level(Level::two), all_three);
}

TEST_P(ArchiveTest, BucketsThatDoNotFitStay) {
  const auto database = writer();
  metric::Bucket odd = bucket(kStart, {row(1, 5)});
  odd.seconds = 900;
  ASSERT_TRUE(database->write(batch(1, {odd, bucket(kStart + 900, {row(1, 6)})})));
  ArchiveOptions options = all(true);
  options.interval = 600;
  const ArchiveReport report = run(options);
  EXPECT_EQ(report.rows_unfit, 1);
  EXPECT_EQ(level(Level::one), every_metric(5));
  EXPECT_EQ(level(Level::two), every_metric(6));
}

TEST_P(ArchiveTest, PlanSaysWhatARunWouldDoAndDoesNothing) {
  const auto database = writer();
  for (const Batch& one : some_batches()) ASSERT_TRUE(database->write(one));
  const std::string before = tables();
  const auto archive = Archive::open(options_);
  ASSERT_TRUE(archive) << archive.message();
  const auto plan = (*archive)->plan(all(true));
  ASSERT_TRUE(plan) << plan.message();
  EXPECT_EQ(difference(tables(), before), "");
  EXPECT_EQ(std::to_string(plan->rows), count("level_1"));
  EXPECT_EQ(plan->intervals, 6);
  EXPECT_EQ(plan->removable, plan->rows);
  EXPECT_EQ(plan->cutoff, kNow - 32 * kDay);
}

TEST_P(ArchiveTest, FiguresOfTheProgramAreAddedUp) {
  const auto database = writer();
  for (const Batch& one : some_batches()) ASSERT_TRUE(database->write(one));
  const auto sums = [this](const char* name) {
    return sql(cat(
        "SELECT SUM(\\\"sum\\\"), MIN(\\\"min\\\"), MAX(\\\"max\\\"), SUM(\\\"count\\\") FROM statistic WHERE name = '",
        name, "'"));
  };
  const std::string packets = sums("packets_received"), flows = sums("flows_active");
  run(all());
  EXPECT_EQ(count("statistic WHERE run = 0"), "0");  // nothing goes without `remove`
  run(all(true));
  EXPECT_EQ(count("statistic"), "12");  // three hours, two sensors, two figures
  EXPECT_EQ(count("statistic WHERE run <> 0 OR \\\"interval\\\" <> 3600"), "0");
  EXPECT_EQ(sums("packets_received"), packets);
  EXPECT_EQ(sums("flows_active"), flows);
}

TEST_P(ArchiveTest, LevelTwoIsKeptAsLongAsAsked) {
  const auto database = writer();
  for (const Batch& one : some_batches()) ASSERT_TRUE(database->write(one));
  ArchiveOptions options = all(true);
  options.keep_level_2 = 40 * kDay - 3'600;  // the first hour has just become too old
  const ArchiveReport report = run(options);
  EXPECT_GT(report.level_2_removed, 0);
  EXPECT_EQ(sql("SELECT MIN(bucket) FROM level_2"), std::to_string(kStart + 3'600));
  EXPECT_EQ(sql("SELECT MIN(bucket) FROM statistic"), std::to_string(kStart + 3'600));
}

TEST_P(ArchiveTest, TwoAtOnceExcludeEachOther) {
  const auto database = writer();
  for (const Batch& one : some_batches()) ASSERT_TRUE(database->write(one));
  ArchiveReport second;
  run(all(), {[&] {
                second = run(all(true));
                return false;
              },
              nullptr});
  EXPECT_TRUE(second.excluded);
  EXPECT_EQ(second.transactions, 0);
  EXPECT_FALSE(run(all()).excluded);
}

TEST_P(ArchiveTest, NoTablesNoDatabase) {
  if (!postgresql()) {
    options_.dbname += "-is-not-there";
  }
  const auto archive = Archive::open(options_);
  ASSERT_FALSE(archive);
  EXPECT_THAT(archive.message(), testing::Not(testing::HasSubstr("\n")));
}

}  // namespace
}  // namespace pastmon::store
