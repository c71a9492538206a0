// SPDX-License-Identifier: MIT
// From every version of the schema that there ever was to today's, with data in it, on both databases. An old database
// is made by the committed SQL files and tests/store/versions/NNN.sql alone: no code of today's writes it.
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "backend.h"
#include "forwarding_connection.h"
#include "pastmon/base/text.h"
#include "private_postgres.h"
#include "rows.h"
#include "schema.h"

namespace pastmon::store {
namespace {

namespace fs = std::filesystem;
using base::cat;
using base::Result;
using test::everything;
using testing::HasSubstr;

std::string contents_of(const fs::path& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The fixture in the dialect of a database.
std::string fixture(int version, bool postgresql) {
  const std::string name = std::to_string(1000 + version).substr(1) + ".sql";
  const fs::path path = fs::path(PASTMON_SOURCE_DIR) / "tests/store/versions" / name;
  std::string out;
  std::istringstream lines(contents_of(path));
  constexpr std::string_view kOnly = "-- postgresql: ";
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(kOnly)) line = postgresql ? line.substr(kOnly.size()) : std::string();
    for (std::size_t at = 0; postgresql && (at = line.find("X'", at)) != std::string::npos;)
      line.replace(at, 2, "'\\x");
    out += line + "\n";
  }
  return out;
}

std::vector<fs::path> schema_files(const std::string& driver) {
  std::vector<fs::path> files;
  const char* directory = driver == "pgsql" ? "sql/postgresql" : "sql/sqlite";
  for (const auto& entry : fs::directory_iterator(fs::path(PASTMON_SOURCE_DIR) / directory))
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

/// Everything in the columns and tables that are there now, as text: what has to be there afterwards, too.
class Snapshot {
 public:
  explicit Snapshot(bool postgresql) : postgresql_(postgresql) {}

  void take(Connection& connection) {
    const std::string tables =
        postgresql_ ? "SELECT c.relname::text, a.attname::text, (a.atttypid = 'bytea'::regtype)::int "
                      "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relnamespace = "
                      "'pastmon'::regnamespace "
                      "AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped "
                      "ORDER BY 1, a.attnum"
                    : "SELECT m.name, p.name, p.type = 'BLOB' FROM sqlite_schema m JOIN pragma_table_info(m.name) p "
                      "WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' ORDER BY 1, p.cid";
    const Result<void> done = connection.query(tables, {}, [this](const RowView& row) {
      if (row.text(0) == "schema_version") return;
      if (row.text(0) == "rolled_up" && (row.text(1) == "ready" || row.text(1) == "version")) return;  // may be due
      const std::string column = cat('"', row.text(1), '"');
      const bool blob = row.integer(2) != 0;
      columns_[std::string(row.text(0))].push_back(
          blob ? cat(postgresql_ ? "encode(" : "hex(", column, postgresql_ ? ", 'hex')" : ")") : column);
    });
    ASSERT_TRUE(done) << done.message();
    rows_ = read(connection);
    for (const auto& [table, rows] : rows_) EXPECT_FALSE(rows.empty()) << "the fixture has no row of " << table;
  }
  /// Roll-ups are made of the rows: an upgrade may add some, and marks of what is due.
  void expect_same(Connection& connection) const {
    for (const auto& [table, rows] : read(connection)) {
      if (table == "rollup" || table == "rolled_up") {
        EXPECT_TRUE(std::includes(rows.begin(), rows.end(), rows_.at(table).begin(), rows_.at(table).end()));
      } else {
        EXPECT_EQ(rows, rows_.at(table)) << table;
      }
    }
  }

 private:
  using Rows = std::map<std::string, std::vector<std::string>>;

  Rows read(Connection& connection) const {
    Rows all;
    for (const auto& [table, columns] : columns_) {
      std::string joined;
      for (const std::string& column : columns)
        joined += cat(joined.empty() ? "" : " || '|' || ", "COALESCE(LOWER(CAST(", column, " AS TEXT)), 'NULL')");
      std::vector<std::string>& rows = all[table];
      const Result<void> done = connection.query(cat("SELECT ", joined, " FROM ", table), {},
                                                 [&rows](const RowView& row) { rows.emplace_back(row.text(0)); });
      EXPECT_TRUE(done) << done.message();
      std::sort(rows.begin(), rows.end());
    }
    return all;
  }

  bool postgresql_;
  std::map<std::string, std::vector<std::string>> columns_;
  Rows rows_;
};

class Upgrade : public test::DatabaseTest {
 protected:
  std::unique_ptr<Connection> connect(const Options& options) const {
    auto connection = postgresql() ? connect_postgresql(options, false) : connect_sqlite(options, false);
    EXPECT_TRUE(connection) << connection.message();
    return connection ? *std::move(connection) : nullptr;
  }
  int newest() const { return static_cast<int>(schema_files(GetParam()).size()); }

  /// A database as a program of that version left it.
  Options old_database(int version) const {
    Options options = options_;
    options.dbname = postgresql() ? test::PrivatePostgres::get().fresh_database()
                                  : cat(directory_.path(), "/v", version, ".", ++made_);
    const auto connection = connect(options);
    const std::vector<fs::path> files = schema_files(GetParam());
    for (int i = 1; i <= version; ++i) {
      const std::string script = cat("BEGIN;\n", contents_of(files[static_cast<std::size_t>(i - 1)]),
                                     "\nINSERT INTO schema_version VALUES (", i, ", 1700000000);\nCOMMIT;");
      const Result<void> done = connection->script(script);
      EXPECT_TRUE(done) << done.message();
    }
    const Result<void> filled = connection->script(fixture(version, postgresql()));
    EXPECT_TRUE(filled) << filled.message();
    return options;
  }

  mutable int made_ = 0;
};
INSTANTIATE_TEST_SUITE_P(Databases, Upgrade, testing::Values("sqlite3", "pgsql"),
                         [](const auto& driver) { return driver.param; });

/// The schema files of this program and one more.
class OneMore : public test::ForwardingConnection {
 public:
  OneMore(Connection& inner, std::string_view next) : ForwardingConnection(inner), next_(next) {}
  std::vector<std::string_view> schema_files() const override {
    std::vector<std::string_view> files = ForwardingConnection::schema_files();
    files.push_back(next_);
    return files;
  }

 private:
  std::string_view next_;
};

TEST_P(Upgrade, FilesAreNumberedWithoutGapAndEqualInNumber) {
  const std::vector<fs::path> files = schema_files(GetParam());
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::string number = std::to_string(1001 + i).substr(1) + "_";
    EXPECT_TRUE(files[i].filename().string().starts_with(number)) << files[i];
  }
  EXPECT_EQ(files.size(), schema_files(postgresql() ? "sqlite3" : "pgsql").size());
  EXPECT_EQ(files.size(), connect(options_)->schema_files().size());
}

TEST_P(Upgrade, EveryEarlierVersionKeepsItsRowsAndThePagesReadThem) {
  for (int version = 1; version < std::max(newest(), 2); ++version) {
    SCOPED_TRACE(cat("from version ", version, ", with the rows of tests/store/versions"));
    const Options options = old_database(version);
    Snapshot before(postgresql());
    const auto open = connect(options);  // else the sqlite3 program, as the last to close it, removes the -wal
    before.take(*open);
    options_.dbname = options.dbname;
    const std::string first =
        sql("SELECT SUM(transactions) FROM (SELECT transactions FROM level_1 UNION ALL SELECT transactions FROM "
            "level_1_open) r");
    const std::string second = sql("SELECT SUM(transactions) FROM level_2");

    (void)writer();
    before.expect_same(*open);
    EXPECT_EQ(sql("SELECT MAX(version) FROM schema_version"), cat(newest()));

    const auto database = reader();
    ListQuery query = everything();
    const auto all = database->list(query);
    ASSERT_TRUE(all) << all.message();
    ASSERT_EQ(all->size(), 1U);
    const metric::Aggregate& values = (*all)[0].values;
    EXPECT_EQ(cat(values[metric::Counter::transactions]), first);
    const auto& time = values[metric::Distribution::response_time];
    EXPECT_EQ(static_cast<std::int64_t>(time.sketch.count()), time.summary.count) << "details are read, too";
    query.group_by = {true, true, true, true, true};
    std::int64_t sum = 0;
    const auto rows = database->list(query);
    for (const Listed& row : *rows) sum += row.values[metric::Counter::transactions];
    EXPECT_EQ(cat(sum), first);
    sum = 0;
    const auto points = database->series(query.selection, 3600);
    for (const Point& point : *points) sum += point.values[metric::Counter::transactions];
    EXPECT_EQ(cat(sum), first);
    query.selection.level = Level::two;
    query.group_by = {};
    EXPECT_EQ(cat((*database->list(query))[0].values[metric::Counter::transactions]), second);
    EXPECT_FALSE(database->hosts()->empty());
    EXPECT_FALSE(database->statistics(0, kLastTime)->empty());
  }
}

TEST_P(Upgrade, AnErrorInAFileLeavesTheOldVersionWhole) {
  const Options options = old_database(1);
  const auto connection = connect(options);
  Snapshot before(postgresql());
  before.take(*connection);
  OneMore broken(
      *connection,
      "CREATE TABLE half_done (a INTEGER); UPDATE level_2 SET transactions = 0; SELECT no_such_column FROM host;");
  const Result<void> done = prepare_schema(broken);
  ASSERT_FALSE(done);
  EXPECT_THAT(done.message(), HasSubstr("no_such_column"));
  EXPECT_EQ(*connection->schema_version(), 1);
  EXPECT_FALSE(connection->script("SELECT * FROM half_done"));
  before.expect_same(*connection);
  ASSERT_TRUE(prepare_schema(*connection));
  before.expect_same(*connection);
}

/// Ends the process by a signal when the last file has run, before the transaction is committed.
class Killed : public OneMore {
 public:
  using OneMore::OneMore;
  Result<void> script(std::string_view sql) override {
    Result<void> done = OneMore::script(sql);
    if (sql == schema_files().back()) ::kill(::getpid(), SIGKILL);
    return done;
  }
};

TEST_P(Upgrade, KilledInTheMiddleLeavesTheOldVersionWhole) {
  const Options options = old_database(1);
  Snapshot before(postgresql());
  before.take(*connect(options));
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto connection = connect(options);
    Killed killed(*connection, "CREATE TABLE half_done (a INTEGER); DELETE FROM level_2; DROP TABLE host;");
    (void)prepare_schema(killed);
    ::_exit(1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  const auto connection = connect(options);
  EXPECT_EQ(*connection->schema_version(), 1);
  before.expect_same(*connection);
  ASSERT_TRUE(prepare_schema(*connection));
  EXPECT_FALSE(connection->script("SELECT * FROM half_done"));
  before.expect_same(*connection);
}

TEST_P(Upgrade, SeveralProgramsUpgradeOnce) {
  const Options options = old_database(1);
  std::vector<std::thread> programs;
  for (int i = 0; i < 4; ++i) {
    programs.emplace_back([&options] {
      const auto database = open(options);
      ASSERT_TRUE(database) << database.message();
      const Result<void> prepared = (*database)->prepare();
      EXPECT_TRUE(prepared) << prepared.message();
    });
  }
  for (std::thread& program : programs) program.join();
  options_.dbname = options.dbname;
  EXPECT_EQ(sql("SELECT COUNT(*), MAX(version) FROM schema_version"), cat(newest(), "|", newest()));
}

/// Who waits for a lock gives up after a second.
Options impatient(Options options) {
  if (options.driver == "pgsql") options.extra["options"] = "-c lock_timeout=300";
  options.query_timeout = 1;
  return options;
}

TEST_P(Upgrade, WaitsForABatchThatIsBeingWritten) {
  (void)writer();
  const auto daemon = connect(options_);
  const auto connection = connect(impatient(options_));
  Transaction batch(*daemon);
  ASSERT_TRUE(batch.begin_write());
  ASSERT_TRUE(hold_schema(*daemon));
  OneMore upgrade(*connection, "CREATE TABLE next_version (a INTEGER)");
  const Result<void> early = prepare_schema(upgrade);
  EXPECT_FALSE(early);
  EXPECT_THAT(early.message(), testing::AnyOf(HasSubstr("lock"), HasSubstr("given up")));
  ASSERT_TRUE(batch.commit());
  const Result<void> late = prepare_schema(upgrade);
  EXPECT_TRUE(late) << late.message();
}

TEST_P(Upgrade, ABatchWaitsForTheUpgradeAndIsThenRefused) {
  const auto daemon = open(impatient((writer(), options_)));
  ASSERT_TRUE(daemon);
  ASSERT_TRUE((*daemon)->write(test::batch(1, {test::bucket(1'700'000'100, {test::row(1, 1)})})));
  const auto connection = connect(options_);
  Transaction upgrade(*connection);
  ASSERT_TRUE(upgrade.begin_write());
  ASSERT_TRUE(connection->lock_schema());
  const auto next = test::batch(2, {test::bucket(1'700'000'400, {test::row(1, 1)})});
  const Result<void> early = (*daemon)->write(next);
  EXPECT_FALSE(early);
  ASSERT_TRUE(connection->script(cat("INSERT INTO schema_version VALUES (", newest() + 1, ", 0)")));
  ASSERT_TRUE(upgrade.commit());
  for (const auto& written : {(*daemon)->write(next), (*daemon)->write_open(next)}) {
    ASSERT_FALSE(written);
    EXPECT_THAT(written.message(), HasSubstr("newer than this program's"));
  }
  EXPECT_EQ(sql("SELECT (SELECT COUNT(*) FROM applied_batch), (SELECT COUNT(*) FROM level_1), (SELECT COUNT(*) FROM "
                "level_1_open)"),
            "1|1|0");
}

}  // namespace
}  // namespace pastmon::store
