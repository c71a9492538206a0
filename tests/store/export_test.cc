// SPDX-License-Identifier: MIT
// Exports: every row once, by name, in the order of the key, with the same sums as the lists.
#include "pastmon/store/export.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "backend.h"

namespace pastmon::test {
namespace {

constexpr base::Seconds kStart = 1'700'000'100;

struct Kept {
  base::Seconds bucket = 0;
  std::int64_t run = 0;
  bool open = false;
  std::string sensor, signature, client, client_name, client_name_source, server, server_name;
  std::uint16_t port = 0;
  metric::Aggregate values;
};

class ExportTest : public DatabaseTest {
 protected:
  void write(store::Batch batch) const {
    const auto database = writer();
    const base::Result<void> done = batch.number > 0 ? database->write(batch) : database->write_open(batch);
    ASSERT_TRUE(done) << done.message();
  }

  /// Two sensors, two runs, buckets of two days and of another year, every metric in every row.
  void fill() {
    kept_open_ = writer();
    store::Batch first = batch(1, {bucket(kStart, {row(1, 1), row(2, 2), row(3, 3)}), bucket(kStart + 300, {row(1, 4)}),
                                   bucket(kStart + 86'400, {row(1, 5), row(9, 6)})});
    first.names = {{address(0x0a000001), "=one.example.net", "dns", 1'700'000'000}};
    write(first);
    store::Batch second = batch(2, {bucket(kStart, {row(1, 7)}), bucket(kStart + 40'000'000, {row(2, 8)})});
    second.sensor = "sensor two";
    second.run = -5;
    write(second);
    store::Batch again = batch(1, {bucket(kStart, {row(1, 9)})});
    again.run = 78;
    write(again);
  }

  std::unique_ptr<store::Exporter> exporter() const {
    base::Result<std::unique_ptr<store::Exporter>> exporter = store::Exporter::open(options_);
    if (!exporter) {
      ADD_FAILURE() << exporter.message();
      std::abort();
    }
    return *std::move(exporter);
  }

  std::vector<Kept> exported(store::ExportQuery query) const {
    std::vector<Kept> kept;
    const base::Result<store::Exported> done = exporter()->rows(query, [&](const store::ExportedRow& r) {
      kept.push_back({r.bucket, r.run, r.open, std::string(r.sensor), std::string(r.signature), std::string(r.client),
                      std::string(r.client_name), std::string(r.client_name_source), std::string(r.server),
                      std::string(r.server_name), r.port, r.values});
      return true;
    });
    EXPECT_TRUE(done) << done.message();
    EXPECT_EQ(done ? done->rows : 0, kept.size());
    return kept;
  }

  static store::ExportQuery all(store::Level level = store::Level::one) {
    store::ExportQuery query;
    query.level = level;
    query.to = 253'402'300'800;
    return query;
  }

  metric::Aggregate listed(store::ListQuery query) const {
    const auto found = reader()->list(query);
    EXPECT_TRUE(found) << found.message();
    return found && !found->empty() ? found->front().values : metric::Aggregate();
  }

  static metric::Aggregate sum(const std::vector<Kept>& rows) {
    metric::Aggregate sum;
    for (const Kept& row : rows) sum.merge(row.values);
    return sum;
  }

 private:
  std::unique_ptr<store::Database> kept_open_;  // else sql() would take SQLite's -wal away
};

INSTANTIATE_TEST_SUITE_P(Drivers, ExportTest, testing::Values("sqlite3", "pgsql"));

TEST_P(ExportTest, EveryRowOnceAndTheSumsOfTheLists) {
  fill();
  const std::vector<Kept> rows = exported(all());
  EXPECT_EQ(rows.size(), 9U);
  EXPECT_TRUE(sum(rows) == listed(everything()));
  std::set<std::tuple<base::Seconds, std::string, std::int64_t, std::string>> keys;
  for (const Kept& row : rows) keys.insert({row.bucket, row.sensor, row.run, row.client});
  EXPECT_EQ(keys.size(), rows.size());
  EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end(), [](const Kept& a, const Kept& b) {
    return std::tuple(a.bucket, store::id_of_name(a.sensor), a.run) <
           std::tuple(b.bucket, store::id_of_name(b.sensor), b.run);
  }));
}

TEST_P(ExportTest, RowsComeWithNamesAndAddresses) {
  fill();
  store::ExportQuery query = all();
  query.to = kStart + 1;
  query.sensors = {{store::id_of_name("sensor two")}};
  const std::vector<Kept> rows = exported(query);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(std::tie(rows[0].sensor, rows[0].signature, rows[0].client, rows[0].server),
            std::tuple("sensor two", "HTTP GET", "10.0.0.1", "192.0.2.1"));
  EXPECT_EQ(std::tie(rows[0].client_name, rows[0].client_name_source, rows[0].server_name),
            std::tuple("=one.example.net", "dns", ""));
  EXPECT_EQ(std::tuple(rows[0].bucket, rows[0].run, rows[0].port, rows[0].open), std::tuple(kStart, -5, 80, false));
  EXPECT_TRUE(rows[0].values == every_metric(7));
}

TEST_P(ExportTest, LevelTwoIsItsOwnTable) {
  fill();
  sql("INSERT INTO level_2 SELECT * FROM level_1 WHERE run = 77; INSERT INTO rolled_up SELECT DISTINCT 2, "
      "bucket - bucket % 86400, sensor, 0, 1 FROM level_2");
  const std::vector<Kept> rows = exported(all(store::Level::two));
  EXPECT_EQ(rows.size(), 6U);
  store::ListQuery query = everything();
  query.selection.level = store::Level::two;
  EXPECT_TRUE(sum(rows) == listed(query));
}

TEST_P(ExportTest, FromIsTakenToIsNot) {
  fill();
  store::ExportQuery query = all();
  query.from = kStart + 300;
  query.to = kStart + 86'400;
  EXPECT_EQ(exported(query).size(), 1U);
  ++query.to;
  EXPECT_EQ(exported(query).size(), 3U);
  ++query.from;
  EXPECT_EQ(exported(query).size(), 2U);
}

TEST_P(ExportTest, OpenBucketsOnlyWhenAskedFor) {
  fill();
  store::Batch open = batch(0, {bucket(kStart + 600, {row(1, 10), row(2, 11)})});
  write(open);
  EXPECT_EQ(exported(all()).size(), 9U);
  store::ExportQuery query = all();
  query.open = true;
  const std::vector<Kept> rows = exported(query);
  EXPECT_EQ(rows.size(), 11U);
  EXPECT_EQ(std::count_if(rows.begin(), rows.end(), [](const Kept& row) { return row.open; }), 2);
  EXPECT_TRUE(sum(rows) == listed(everything()));
}

TEST_P(ExportTest, RowsAreOfOneMomentWhateverIsWrittenMeanwhile) {
  fill();
  std::size_t given = 0;
  const auto done = exporter()->rows(all(), [&](const store::ExportedRow&) {
    if (given++ == 0) {
      write(batch(3, {bucket(kStart, {row(50, 1)}), bucket(kStart + 600, {row(1, 1)}),
                      bucket(kStart + 50'000'000, {row(1, 2)})}));
    }
    return true;
  });
  ASSERT_TRUE(done) << done.message();
  EXPECT_EQ(given, 9U);
  EXPECT_EQ(exported(all()).size(), 12U);
}

TEST_P(ExportTest, EndsWhenNobodyWantsMore) {
  fill();
  std::size_t given = 0;
  const auto done = exporter()->rows(all(), [&given](const store::ExportedRow&) { return ++given < 2; });
  EXPECT_TRUE(done) << done.message();
  EXPECT_EQ(given, 2U);
}

TEST_P(ExportTest, ADamagedDetailLeavesTheMainFigures) {
  fill();
  sql(postgresql() ? "UPDATE level_1 SET detail = '\\x09ff'::bytea WHERE run = 78"
                   : "UPDATE level_1 SET detail = x'09ff' WHERE run = 78");
  std::int64_t transactions = 0;
  const auto done = exporter()->rows(all(), [&](const store::ExportedRow& row) {
    if (row.run == 78) transactions = row.values[metric::Counter::transactions];
    return true;
  });
  ASSERT_TRUE(done) << done.message();
  EXPECT_EQ(std::pair(done->rows, done->damaged), std::pair(std::size_t{9}, std::size_t{1}));
  EXPECT_EQ(transactions, every_metric(9)[metric::Counter::transactions]);
}

TEST_P(ExportTest, NoSchemaIsAnError) {
  if (!postgresql()) return;  // an SQLite file without one: tests/admin
  const auto exporter = store::Exporter::open(options_);
  ASSERT_FALSE(exporter);
  EXPECT_NE(exporter.message().find("create-database"), std::string::npos) << exporter.message();
}

}  // namespace
}  // namespace pastmon::test
