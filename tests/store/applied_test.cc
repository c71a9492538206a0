// SPDX-License-Identifier: MIT
// A batch counts once, however late it comes again and whatever became of its line and of its rows meanwhile.
#include "applied.h"

#include <chrono>
#include <thread>

#include "backend.h"
#include "batches.h"
#include "pastmon/base/text.h"
#include "pastmon/store/archive.h"

namespace pastmon::store {
namespace {

using test::batch;
using test::bucket;
using test::every_metric;
using test::row;

constexpr base::Seconds kStart = 1'700'006'400;  // on the hour

class AppliedTest : public test::DatabaseTest {
 protected:
  AppliedTest() : database_(writer()) {}

  static Batch nth(std::int64_t number) {
    Batch one = batch(number, {});
    if (number > 0) one.buckets.push_back(bucket(kStart + 300 * number, {row(1, number)}));
    one.statistics[kStart + 300 * std::abs(number)] = {{"flows", number > 0 ? "eth0" : "eth1", {1, 7, 7, 7}}};
    return one;
  }
  void put(std::int64_t first, std::int64_t last) {
    for (std::int64_t n = first; n <= last; ++n) {
      const auto done = database_->write(nth(n));
      ASSERT_TRUE(done) << done.message();
    }
  }
  /// All of it archived, and lines joined, as a night weeks from now would do.
  void summarise() {
    ArchiveOptions options;
    options.now = base::SystemClock().now() / base::kSecond + 40 * 86'400;
    options.remove = true;
    const auto archive = Archive::open(options_);
    ASSERT_TRUE(archive) << archive.message();
    const auto report = (*archive)->run(options, {});
    ASSERT_TRUE(report) << report.message();
  }
  std::string lines() const {
    std::string text =
        sql("SELECT number, CASE WHEN applied < 0 THEN applied ELSE 0 END FROM applied_batch ORDER BY 1");
    for (char& c : text) c = c == '\n' ? ' ' : c;
    return text;
  }
  /// Everything that a batch adds to.
  std::string sums() const {
    return sql(
        "SELECT (SELECT COALESCE(SUM(transactions), 0) FROM level_1) + (SELECT COALESCE(SUM(transactions), 0) FROM "
        "level_2), (SELECT SUM(transactions) FROM total), (SELECT SUM(x.count) FROM statistic x), (SELECT "
        "SUM(x.count) FROM statistic_total x)");
  }

  std::unique_ptr<Database> database_;
};
INSTANTIATE_TEST_SUITE_P(Databases, AppliedTest, testing::Values("sqlite3", "pgsql"),
                         [](const auto& driver) { return driver.param; });

TEST_P(AppliedTest, JoinedLinesKnowAllTheirBatchesAndNoOther) {
  put(1, 6);
  put(8, 20);
  put(-5, -1);
  summarise();
  EXPECT_EQ(lines(), "-1|-5 1|-6 8|-20");
  const std::string before = sums();
  put(1, 6);
  put(8, 20);
  put(-5, -1);
  EXPECT_EQ(sums(), before);
  put(7, 7);
  put(21, 21);
  put(-6, -6);
  EXPECT_NE(sums(), before);
  const std::string more = sums();
  summarise();
  EXPECT_EQ(lines(), "-1|-6 1|-21");
  put(-6, -1);
  put(1, 21);
  EXPECT_EQ(sums(), more);
}

TEST_P(AppliedTest, LinesOfTheLastDayStay) {
  put(1, 3);
  ArchiveOptions options;
  options.now = base::SystemClock().now() / base::kSecond;
  options.remove = true;
  const auto archive = Archive::open(options_);
  ASSERT_TRUE(archive && (*archive)->run(options, {}));
  EXPECT_EQ(lines(), "1|0 2|0 3|0");
}

TEST_P(AppliedTest, ManyLinesAreJoinedInSeveralTransactions) {
  const std::string numbers = postgresql()
                                  ? "INSERT INTO applied_batch SELECT 1, 2, n, 0 FROM generate_series(1, 5003) n"
                                  : "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 5003) INSERT "
                                    "INTO applied_batch SELECT 1, 2, i, 0 FROM n";
  sql(numbers);
  summarise();
  EXPECT_EQ(lines(), "1|-5003");
}

// The lines are being joined while the batch comes again: it waits, and then finds no line of its own.
TEST_P(AppliedTest, ABatchThatComesWhileItsLineIsJoinedIsKnown) {
  put(1, 3);
  const std::string before = sums();
  const auto connection = connect(options_, false);
  ASSERT_TRUE(connection) << connection.message();
  {
    Transaction transaction(**connection);
    ASSERT_TRUE(transaction.begin_write());
    ASSERT_TRUE((*connection)->execute("DELETE FROM applied_batch WHERE number > 1", {}));
    ASSERT_TRUE((*connection)->execute("UPDATE applied_batch SET applied = -3 WHERE number = 1", {}));
    std::thread again([this] { put(2, 2); });
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    ASSERT_TRUE(transaction.commit());
    again.join();
  }
  EXPECT_EQ(sums(), before);
}

TEST_P(AppliedTest, ACheckpointOfArchivedBucketsIsNotAddedAgain) {
  put(1, 3);
  summarise();
  ASSERT_EQ(sql("SELECT COUNT(*) FROM level_1"), "0");
  const std::string before = sums();
  for (const std::int64_t n : {2, 3}) {  // the checkpoint was written when batch 1 had been closed
    Batch orphan = nth(n);
    orphan.number = kOrphanNumbers + n;
    const auto done = database_->write(orphan);
    ASSERT_TRUE(done) << done.message();
  }
  EXPECT_EQ(sums(), before);
}

TEST_P(AppliedTest, ACheckpointOfBucketsThatWereNeverClosedGoesIn) {
  put(1, 3);
  summarise();
  Batch orphan = nth(4);  // of the same hour, which is archived
  orphan.number = kOrphanNumbers + 4;
  ASSERT_TRUE(database_->write(orphan));
  EXPECT_EQ(sql("SELECT SUM(transactions) FROM level_1"),
            std::to_string(every_metric(4)[metric::Counter::transactions]));
  EXPECT_EQ(sql("SELECT COUNT(*) FROM statistic WHERE run <> 0"), "1");
}

}  // namespace
}  // namespace pastmon::store
