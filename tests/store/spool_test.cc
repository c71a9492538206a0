// SPDX-License-Identifier: MIT
#include "pastmon/store/spool.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "backend.h"
#include "journal.h"
#include "private_postgres.h"

namespace pastmon::store {
namespace {

namespace fs = std::filesystem;
using test::address;
using test::batch;
using test::bucket;
using test::every_metric;
using test::everything;
using test::row;

constexpr base::Seconds kStart = 1'700'000'100;
constexpr base::Micros kPatience = 60 * base::kSecond;

class SpoolTest : public test::DatabaseTest {
 protected:
  SpoolTest() {
    spool_.directory = directory_.path() + "/journal";
    spool_.sensor = "sensor one";
    spool_.run = 77;
    spool_.retry_min = 1000;
    spool_.retry_max = 20'000;
  }

  std::unique_ptr<Spool> start() { return start(spool_, options_); }
  static std::unique_ptr<Spool> start(const SpoolOptions& options, const Options& database) {
    base::Result<std::unique_ptr<Spool>> spool = Spool::start(options, database);
    if (!spool) {
      ADD_FAILURE() << spool.message();
      std::abort();
    }
    return *std::move(spool);
  }
  /// A database that is not there: nothing can be written.
  Options nowhere() const {
    Options options;
    options.dbname = directory_.path() + "/missing/test.db";
    return options;
  }
  std::vector<std::string> files(const std::string& end) const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(spool_.directory))
      if (entry.path().string().ends_with(end)) names.push_back(entry.path().string());
    std::sort(names.begin(), names.end());
    return names;
  }
  metric::Aggregate stored() const {
    const auto listed = reader()->list(everything());
    EXPECT_TRUE(listed) << listed.message();
    return listed && !listed->empty() ? listed->front().values : metric::Aggregate();
  }
  /// Waits for the thread, which has its own pace.
  template <class Condition>
  static bool eventually(const Condition& condition) {
    for (int i = 0; i < 6000; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
  }

  SpoolOptions spool_;
};

class SpoolOnBoth : public SpoolTest {};
INSTANTIATE_TEST_SUITE_P(Databases, SpoolOnBoth, testing::Values("sqlite3", "pgsql"),
                         [](const auto& driver) { return driver.param; });
class SpoolOnSqlite : public SpoolTest {};
INSTANTIATE_TEST_SUITE_P(Databases, SpoolOnSqlite, testing::Values("sqlite3"),
                         [](const auto& driver) { return driver.param; });
class SpoolOnPostgresql : public SpoolTest {};
INSTANTIATE_TEST_SUITE_P(Databases, SpoolOnPostgresql, testing::Values("pgsql"),
                         [](const auto& driver) { return driver.param; });

TEST_P(SpoolOnBoth, CarriesOpenAndClosedBucketsIntoTheDatabase) {
  (void)writer();
  const auto spool = start();
  ASSERT_TRUE(spool->checkpoint({bucket(kStart, {row(1, 2)})}, {{kStart, {{"flows", "", {1, 5, 5, 5}}}}},
                                {{address(0x0a000001), "client.example", "dns", 1}}));
  ASSERT_TRUE(eventually([&] { return stored() == every_metric(2); }));
  ASSERT_TRUE(spool->close({bucket(kStart, {row(1, 3)})}, {{kStart, {{"flows", "", {2, 9, 4, 5}}}}}, {}));
  const auto stopped = spool->stop(kPatience);
  EXPECT_TRUE(stopped) << stopped.message();
  EXPECT_EQ(stored(), every_metric(3));
  EXPECT_EQ(reader()->statistics(0, 4'000'000'000)->at(0).value, (metric::Summary{2, 9, 4, 5}));
  EXPECT_EQ(spool->counters().batches_written, 1U);
  EXPECT_EQ(spool->counters().rows_written, 1U);
  EXPECT_TRUE(files(".batch").empty());
  EXPECT_TRUE(files("checkpoint").empty());
}

TEST_P(SpoolOnSqlite, ClosedBucketsAreOnDiskBeforeTheDatabaseIsThere) {
  const auto spool = start(spool_, nowhere());
  ASSERT_TRUE(spool->close({bucket(kStart, {row(1, 1)}), bucket(kStart + 300, {row(1, 2)})}, {}, {}));
  EXPECT_EQ(files(".batch").size(), 2U);
  EXPECT_EQ(spool->counters().batches_waiting, 2U);
  fs::create_directory(directory_.path() + "/missing");
  ASSERT_TRUE(spool->stop(kPatience));
  EXPECT_EQ(spool->counters().batches_written, 2U);
  EXPECT_EQ(spool->counters().bytes_waiting, 0U);
  EXPECT_TRUE(files(".batch").empty());
}

TEST_P(SpoolOnSqlite, TheTablesAreThereBeforeTheFirstRow) {
  const auto spool = start();
  EXPECT_TRUE(eventually([&] {
    const auto database = open_read_only(options_);
    return database && (*database)->check();
  }));
}

TEST_P(SpoolOnSqlite, StopDoesNotWaitLongerThanItsPatience) {
  const auto spool = start(spool_, nowhere());
  ASSERT_TRUE(spool->close({bucket(kStart, {row(1, 1)})}, {}, {}));
  ASSERT_TRUE(spool->stop(10'000));
  EXPECT_EQ(files(".batch").size(), 1U);
}

TEST_P(SpoolOnBoth, WhatAnEarlierRunLeftIsWrittenUnderItsRun) {
  {
    const auto spool = start(spool_, nowhere());
    ASSERT_TRUE(spool->close({bucket(kStart, {row(1, 1)})}, {}, {}));
    ASSERT_TRUE(spool->checkpoint({bucket(kStart + 300, {row(1, 2)})}, {}, {}));
    ASSERT_TRUE(spool->checkpoint({bucket(kStart + 300, {row(2, 3)})}, {}, {}));
    ASSERT_TRUE(spool->stop(0));
    EXPECT_EQ(files("checkpoint").size(), 1U);
  }
  spool_.run = 78;
  const auto spool = start();
  ASSERT_TRUE(spool->checkpoint({bucket(kStart + 300, {row(1, 4)})}, {}, {}));
  ASSERT_TRUE(spool->stop(kPatience));
  metric::Aggregate expected = every_metric(1);
  for (const std::int64_t seed : {2, 3, 4}) expected.merge(every_metric(seed));
  EXPECT_EQ(stored(), expected);
  EXPECT_EQ(sql("SELECT COUNT(DISTINCT run) FROM level_1"), "1");
  EXPECT_EQ(sql("SELECT COUNT(*) FROM level_1_open"), "1");
}

// A process that dies between the file of a closed bucket and the next checkpoint leaves the bucket in both, whichever
// of the open buckets it was.
TEST_P(SpoolOnBoth, ABucketInJournalAndCheckpointIsStoredOnce) {
  for (const base::Seconds closed : {base::Seconds{0}, base::Seconds{300}}) {
    const base::Seconds first = kStart + 10 * closed;
    spool_.run += 10;
    {
      const auto spool = start(spool_, nowhere());
      ASSERT_TRUE(spool->checkpoint({bucket(first, {row(1, 1)}), bucket(first + 300, {row(1, 1)})}, {}, {}));
      fs::copy_file(files("checkpoint").at(0), directory_.path() + "/copy");
      ASSERT_TRUE(spool->close({bucket(first + closed, {row(1, 5)})}, {}, {}));
      ASSERT_TRUE(spool->stop(0));
    }
    fs::rename(directory_.path() + "/copy", spool_.directory + "/checkpoint");
    spool_.run += 1;
    ASSERT_TRUE(start()->stop(kPatience));
    metric::Aggregate expected = every_metric(5);
    expected.merge(every_metric(1));
    ListQuery query = everything();
    query.selection.from = first;
    query.selection.to = first + 600;
    const auto listed = reader()->list(query);
    ASSERT_TRUE(listed && listed->size() == 1);
    EXPECT_EQ(listed->front().values, expected);
    std::int64_t total = 0;
    const auto totals = reader()->totals();
    for (const Total& each : *totals) total += each.values[metric::Counter::transactions];
    EXPECT_EQ(std::to_string(total), sql("SELECT SUM(transactions) FROM level_1"));
  }
}

TEST_P(SpoolOnBoth, AFileReadTwiceIsStoredOnce) {
  for (int i = 0; i < 2; ++i) {
    const auto spool = start();
    ASSERT_TRUE(spool->checkpoint({bucket(kStart + 300, {row(1, 1)})}, {}, {}));
    ASSERT_TRUE(spool->close({bucket(kStart, {row(1, 1)}), bucket(kStart + 300, {row(1, 2)})}, {}, {}));
    ASSERT_TRUE(spool->stop(kPatience));
  }
  metric::Aggregate expected = every_metric(1);
  expected.merge(every_metric(2));
  EXPECT_EQ(stored(), expected);
}

TEST_P(SpoolOnBoth, AFileWhoseFirstReadingWasKilledIsStoredWhole) {
  {
    const auto spool = start();
    ASSERT_TRUE(spool->close({bucket(kStart, {row(1, 1)})}, {}, {}));
    ASSERT_TRUE(spool->checkpoint({bucket(kStart + 300, {row(1, 1)})}, {}, {}));
    ASSERT_TRUE(spool->stop(kPatience));
  }
  const auto spool = start();
  ASSERT_TRUE(spool->close({bucket(kStart, {row(1, 1)}), bucket(kStart + 300, {row(1, 2)})}, {}, {}));
  ASSERT_TRUE(spool->stop(kPatience));
  metric::Aggregate expected = every_metric(1);
  expected.merge(every_metric(2));
  EXPECT_EQ(stored(), expected);
}

TEST_P(SpoolOnSqlite, KilledAtAnyMomentItLosesAtMostWhatCameAfterTheLastCheckpoint) {
  (void)writer();
  for (int round = 0; round < 12; ++round) {
    int ready[2];
    ASSERT_EQ(pipe(ready), 0);
    spool_.run = 100 + round;
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      const auto spool = start();
      for (int i = 0; i < 50; ++i) {
        const base::Seconds at = kStart + (round * 1000 + i) * 300;
        if (!spool->checkpoint({bucket(at, {row(1, 1)})}, {}, {}) || write(ready[1], "o", 1) != 1) _exit(1);
        if (!spool->close({bucket(at, {row(1, 1)})}, {}, {})) _exit(1);
      }
      _exit(0);
    }
    ::close(ready[1]);
    int promised = 0;  // checkpoints that had returned when the child was killed
    char byte = 0;
    while (promised < 4 * round && read(ready[0], &byte, 1) == 1) ++promised;
    kill(child, SIGKILL);
    while (read(ready[0], &byte, 1) == 1) ++promised;
    waitpid(child, nullptr, 0);
    ::close(ready[0]);
    spool_.run = 1000 + round;
    ASSERT_TRUE(start()->stop(kPatience));
    ListQuery query = everything();
    query.selection.from = kStart + round * 300'000;
    query.selection.to = query.selection.from + 300'000;
    const auto listed = reader()->list(query);
    ASSERT_TRUE(listed) << listed.message();
    const std::int64_t one = every_metric(1)[metric::Counter::transactions];
    const std::int64_t found = listed->empty() ? 0 : listed->front().values[metric::Counter::transactions] / one;
    EXPECT_GE(found, promised);
    EXPECT_LE(found, promised + 1);
  }
}

TEST_P(SpoolOnSqlite, DamagedFilesAreKeptAsideAndCounted) {
  {
    const auto spool = start(spool_, nowhere());
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(spool->close({bucket(kStart + 300 * i, {row(1, 1)})}, {}, {}));
    ASSERT_TRUE(spool->checkpoint({bucket(kStart + 900, {row(1, 2)})}, {}, {}));
    ASSERT_TRUE(spool->stop(0));
  }
  const std::string second = files(".batch").at(1);
  fs::resize_file(second, fs::file_size(second) / 2);
  {
    std::fstream file(files("checkpoint").at(0), std::ios::in | std::ios::out);
    file.seekp(60);
    file.put('\x7f');
  }
  const auto spool = start();
  ASSERT_TRUE(spool->stop(kPatience));
  EXPECT_EQ(spool->counters().batches_damaged, 2U);
  EXPECT_EQ(spool->counters().batches_written, 2U);
  EXPECT_EQ(files(".damaged").size(), 2U);
  EXPECT_EQ(sql("SELECT COUNT(*) FROM level_1"), "2");
}

TEST_P(SpoolOnSqlite, WhatIsSetAsideIsCountedAndBounded) {
  fs::create_directory(spool_.directory);
  for (const char* name : {"00000000000000000001.batch.refused", "00000000000000000002.batch", "checkpoint"})
    std::ofstream(spool_.directory + "/" + name) << std::string(100, 'x');
  fs::last_write_time(spool_.directory + "/00000000000000000001.batch.refused", fs::file_time_type());
  spool_.max_bytes = 800;  // a quarter of it: two of these
  const auto spool = start();
  ASSERT_TRUE(spool->stop(kPatience));
  EXPECT_EQ(spool->counters().batches_damaged, 2U);
  EXPECT_EQ(spool->counters().batches_aside, 2U);
  EXPECT_EQ(spool->counters().bytes_aside, 200U);
  EXPECT_EQ(spool->counters().aside_deleted, 1U);
  EXPECT_TRUE(files(".refused").empty());
  EXPECT_EQ(files(".damaged").size(), 2U);
}

TEST_P(SpoolOnSqlite, BeyondItsBoundTheOldestBatchesAreLostAndCounted) {
  spool_.max_bytes = encode_batch(batch(1, {bucket(kStart, {row(1, 1)})})).size() * 7 / 2;
  {
    const auto spool = start(spool_, nowhere());
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(spool->close({bucket(kStart + 300 * i, {row(1, 1)})}, {}, {}));
    EXPECT_LE(spool->counters().bytes_waiting, spool_.max_bytes);
    EXPECT_GE(spool->counters().batches_lost, 6U);
    ASSERT_TRUE(spool->stop(0));
  }
  ASSERT_TRUE(start()->stop(kPatience));
  EXPECT_EQ(sql("SELECT MAX(bucket) FROM level_1"), std::to_string(kStart + 2700));
  EXPECT_LE(std::stoi(sql("SELECT COUNT(*) FROM level_1")), 4);
}

TEST_P(SpoolOnSqlite, LossesAreLoggedOnceAMinuteNotOnceABatch) {
  spool_.max_bytes = encode_batch(batch(1, {bucket(kStart, {row(1, 1)})})).size();
  testing::internal::CaptureStderr();
  const auto spool = start(spool_, nowhere());
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(spool->close({bucket(kStart + 300 * i, {row(1, 1)})}, {}, {}));
  const auto complaints = [](const std::string& log) {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = log.find("is full", at)) != std::string::npos; ++at) ++count;
    return count;
  };
  const std::uint64_t lost = spool->counters().batches_lost;
  EXPECT_GE(lost, 18U);
  ASSERT_TRUE(spool->stop(0));
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_EQ(complaints(log), 2U) << log;  // the first, and the rest at the end
  EXPECT_NE(log.find(" " + std::to_string(lost) + " since the start"), std::string::npos) << log;
}

TEST_P(SpoolOnSqlite, WhatSomebodyMustMendIsLoggedAgainAndAgain) {
  spool_.repeat = 50'000;
  testing::internal::CaptureStderr();
  const auto spool = start(spool_, nowhere());
  std::this_thread::sleep_for(std::chrono::milliseconds(400));
  ASSERT_TRUE(spool->stop(0));
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_GE(std::count(log.begin(), log.end(), '\n'), 3) << log;
}

TEST_P(SpoolOnSqlite, ATornTailIsNoDamage) {
  {
    const auto spool = start(spool_, nowhere());
    for (int i = 0; i < 2; ++i) ASSERT_TRUE(spool->close({bucket(kStart + 300 * i, {row(1, 1)})}, {}, {}));
    ASSERT_TRUE(spool->stop(0));
  }
  const std::string last = files(".batch").at(1);
  fs::rename(last, last + ".new");
  fs::resize_file(last + ".new", fs::file_size(last + ".new") / 2);
  const auto spool = start();
  ASSERT_TRUE(spool->stop(kPatience));
  EXPECT_EQ(spool->counters().batches_damaged, 0U);
  EXPECT_EQ(spool->counters().batches_written, 1U);
  EXPECT_TRUE(files(".new").empty());
}

TEST_P(SpoolOnSqlite, ASecondProcessIsRefused) {
  const auto spool = start();
  const auto second = Spool::start(spool_, options_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.message(),
            "the journal directory " + spool_.directory + " is in use by process " + std::to_string(getpid()));
}

TEST_P(SpoolOnSqlite, AnUnusableDirectoryIsSaid) {
  spool_.directory = directory_.path() + "/no/such";
  const auto missing = Spool::start(spool_, options_);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.message(), "cannot make the journal directory " + spool_.directory + ": No such file or directory");
}

TEST_P(SpoolOnSqlite, TheDirectoryIsTheGroupsToo) {
  const auto spool = start();
  struct stat status {};
  ASSERT_EQ(::stat(spool_.directory.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 02750U);
}

TEST_P(SpoolOnPostgresql, ARestartOfTheServerCostsNothing) {
  test::PrivatePostgres& server = test::PrivatePostgres::get();
  const auto spool = start();
  ASSERT_TRUE(spool->close({bucket(kStart, {row(1, 1)})}, {}, {}));
  ASSERT_TRUE(eventually([&] { return spool->counters().batches_written == 1; }));
  server.stop();
  ASSERT_TRUE(spool->close({bucket(kStart + 300, {row(1, 2)})}, {}, {}));
  ASSERT_TRUE(spool->checkpoint({bucket(kStart + 600, {row(1, 3)})}, {}, {}));
  EXPECT_EQ(spool->counters().batches_written, 1U);
  server.start();
  ASSERT_TRUE(spool->close({bucket(kStart + 600, {row(1, 4)})}, {}, {}));
  ASSERT_TRUE(spool->stop(kPatience));
  EXPECT_EQ(spool->counters().batches_written, 3U);
  metric::Aggregate expected = every_metric(1);
  expected.merge(every_metric(2));
  expected.merge(every_metric(4));
  EXPECT_EQ(stored(), expected);
}

}  // namespace
}  // namespace pastmon::store
