// SPDX-License-Identifier: MIT
// What can happen to a database while the spool writes into it. Whatever it is: handing over never waits for it, and
// in the end the tables are those of a run in which nothing happened.
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "backend.h"
#include "connection.h"
#include "cutting_proxy.h"
#include "pastmon/store/spool.h"
#include "private_postgres.h"

namespace pastmon::store {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using test::CuttingProxy;
using Cut = CuttingProxy::Cut;

constexpr base::Seconds kStart = 1'700'000'100;
constexpr base::Micros kPatience = 60 * base::kSecond;
constexpr int kBatches = 12;

/// A small disk of its own below the test's directory.
class SmallDisk {
 public:
  SmallDisk(const std::string& path, const char* size) : path_(path) {
    fs::create_directory(path);
    const int mounted = ::mount("tmpfs", path.c_str(), "tmpfs", 0, size);
    EXPECT_EQ(mounted, 0) << "a small disk needs root";
  }
  ~SmallDisk() { ::umount2(path_.c_str(), MNT_DETACH); }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  void fill() const {
    std::ofstream file(path_ + "/filler", std::ios::binary);
    const std::string block(4096, 'x');
    while (file.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
    }
  }
  void empty() const { fs::remove(path_ + "/filler"); }

 private:
  std::string path_;
};

class FaultTest : public test::DatabaseTest {
 protected:
  FaultTest() {
    spool_.directory = directory_.path() + "/journal";
    spool_.sensor = "sensor one";
    spool_.run = 77;
    spool_.retry_min = 1000;
    spool_.retry_max = 50'000;
    options_.connect_timeout = 2;
    options_.query_timeout = 1;
    (void)writer();
  }

  static metric::Bucket nth(int n) {
    return test::bucket(kStart + 300 * n, {test::row(1, n + 1), test::row(2, n + 2), test::row(3, n + 3)});
  }
  static std::map<base::Seconds, std::vector<Statistic>> figures(int n) {
    return {{kStart + 300 * n, {{"flows", "", {1, n, n, n}}}}};
  }

  std::unique_ptr<Spool> start(const Options& database) {
    base::Result<std::unique_ptr<Spool>> spool = Spool::start(spool_, database);
    if (!spool) {
      ADD_FAILURE() << spool.message();
      std::abort();
    }
    return *std::move(spool);
  }
  /// Hands one bucket over, open and then closed, and looks at the watch.
  void hand_over(Spool& spool, int n, bool disk_works = true) {
    const auto begun = steady_clock::now();
    EXPECT_EQ(spool.checkpoint({nth(n)}, figures(n), {}).ok(), disk_works);
    EXPECT_EQ(spool.close({nth(n)}, figures(n), {}).ok(), disk_works);
    EXPECT_LT(steady_clock::now() - begun, milliseconds(3000)) << "handing over waited";
  }
  template <class Condition>
  static bool eventually(const Condition& condition) {
    for (int i = 0; i < 4000; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(milliseconds(5));
    }
    return false;
  }

  /// Every table as text. The batches by the order in which they came.
  std::string tables() const {
    std::string all;
    for (const char* table : {"level_1", "statistic", "level_1_open", "statistic_open", "host", "signature"})
      all += sql(std::string("SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM ") + table + " t");
    return all + sql(std::string("SELECT string_agg(number::text, ' ' ORDER BY ") + (in_order_ ? "ctid" : "number") +
                     ") FROM applied_batch");
  }
  /// Into a database of its own, where nothing happens.
  std::string undisturbed() {
    const Options disturbed = options_;
    options_.dbname = test::PrivatePostgres::get().fresh_database();
    const auto database = writer();
    for (int n = 0; n < kBatches; ++n) {
      Batch batch = test::batch(n + 1, {nth(n)});
      batch.statistics = figures(n);
      EXPECT_TRUE(database->write(batch));
    }
    std::string expected = tables();
    options_ = disturbed;
    return expected;
  }

  /// Some batches in peace, then `fault`, then others, then `mend`.
  void run(const std::function<void()>& fault, const std::function<void(Spool&)>& mend) {
    const auto spool = start(options_);
    for (int n = 0; n < 4; ++n) hand_over(*spool, n);
    ASSERT_TRUE(eventually([&] { return spool->counters().batches_written == 4; }));
    fault();
    for (int n = 4; n < 8; ++n) hand_over(*spool, n);
    mend(*spool);
    for (int n = 8; n < kBatches; ++n) hand_over(*spool, n);
    finish(*spool);
  }
  void finish(Spool& spool) {
    const auto stopped = spool.stop(kPatience);
    EXPECT_TRUE(stopped) << stopped.message();
    EXPECT_EQ(spool.counters().batches_written, std::uint64_t{kBatches});
    EXPECT_EQ(spool.counters().batches_waiting, 0U);
    EXPECT_EQ(spool.counters().bytes_waiting, 0U);
    EXPECT_EQ(spool.counters().batches_lost + spool.counters().batches_refused, 0U);
    EXPECT_EQ(tables(), undisturbed());
  }
  /// The spool meets the proxy, which does its thing at a statement.
  void run_with_proxy(const char* statement, Cut cut, int times, const std::function<void()>& act) {
    CuttingProxy proxy(directory_.path(), test::PrivatePostgres::get().socket_directory());
    Options through = options_;
    through.host = directory_.path();
    const auto spool = start(through);
    for (int n = 0; n < 4; ++n) hand_over(*spool, n);
    ASSERT_TRUE(eventually([&] { return spool->counters().batches_written == 4; }));
    proxy.at(statement, cut, times, act);
    for (int n = 4; n < kBatches; ++n) hand_over(*spool, n);
    ASSERT_TRUE(eventually([&] { return proxy.hits() == times; }));
    finish(*spool);
  }
  void run_behind_a_lock(int seconds) {
    std::thread other;
    run(
        [&] {
          other = std::thread([this, seconds] {
            (void)sql("BEGIN; LOCK TABLE statistic; SELECT pg_sleep(" + std::to_string(seconds) + "); COMMIT");
          });
          ASSERT_TRUE(eventually([&] {
            return as_superuser("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == "1";
          }));
        },
        [&](Spool& spool) {
          EXPECT_TRUE(stuck(spool));
          other.join();
        });
  }
  /// True after the spool has met the fault: nothing arrives any more.
  static bool stuck(const Spool& spool) {
    std::this_thread::sleep_for(milliseconds(300));
    return spool.counters().batches_written == 4 && spool.counters().batches_waiting == 4;
  }
  std::string as_superuser(const std::string& statement) const {
    return test::PrivatePostgres::get().psql("template1", statement);
  }
  void end_sessions() const {
    as_superuser("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '" + options_.dbname +
                 "'");
  }

  SpoolOptions spool_;
  bool in_order_ = true;
};
INSTANTIATE_TEST_SUITE_P(Databases, FaultTest, testing::Values("pgsql"), [](const auto& d) { return d.param; });

TEST_P(FaultTest, TheConnectionIsCutBeforeTheServerGetsTheCommit) { run_with_proxy("COMMIT", Cut::before, 3, {}); }

TEST_P(FaultTest, TheConnectionIsCutBeforeTheAnswerToTheCommit) { run_with_proxy("COMMIT", Cut::answer, 3, {}); }

TEST_P(FaultTest, TheConnectionIsCutInTheMiddleOfABatch) { run_with_proxy("INTO statistic ", Cut::before, 3, {}); }

TEST_P(FaultTest, TheBackendIsKilledInTheMiddleOfABatch) {
  run_with_proxy("INTO level_1 ", Cut::none, 3, [this] { end_sessions(); });
}

TEST_P(FaultTest, TheServerStopsAtOnceInTheMiddleOfABatch) {
  run_with_proxy("INTO statistic ", Cut::none, 1, [] {
    test::PrivatePostgres::get().crash();
    test::PrivatePostgres::get().start();
  });
}

TEST_P(FaultTest, TheServerIsAwayForAWhile) {
  run([] { test::PrivatePostgres::get().crash(); },
      [](Spool& spool) {
        EXPECT_TRUE(stuck(spool));
        test::PrivatePostgres::get().start();
      });
}

/// How long another session holds its lock; $PASTMON_LOCK_SECONDS=65 is the minute of a real one, and longer than the
/// daemon's own limit for a statement. The limits in force here follow from it, so that the same is met in a short run.
int lock_seconds() {
  const char* given = std::getenv("PASTMON_LOCK_SECONDS");
  return std::max(given != nullptr ? std::atoi(given) : 0, 5);
}

TEST_P(FaultTest, AnotherSessionHoldsALockForSeconds) {
  options_.query_timeout = 2 * lock_seconds();  // one statement waits all the time
  run_behind_a_lock(lock_seconds());
}

// A statement is given up and tried again, several times.
TEST_P(FaultTest, AnotherSessionHoldsALockForLongerThanAStatementMayTake) {
  options_.query_timeout = lock_seconds() / 5;
  run_behind_a_lock(lock_seconds());
}

// An administrator may have set a limit for locks of his own; the batch waits for that one, too.
TEST_P(FaultTest, AnotherSessionHoldsALockForLongerThanTheServerWaitsForLocks) {
  options_.query_timeout = 2 * lock_seconds();
  options_.extra["options"] = "-c lock_timeout=" + std::to_string(lock_seconds() * 100);
  run_behind_a_lock(lock_seconds());
}

TEST_P(FaultTest, TheDatabaseIsReadOnly) {
  run(
      [&] {
        as_superuser("ALTER DATABASE " + options_.dbname + " SET default_transaction_read_only = on");
        end_sessions();
      },
      [&](Spool& spool) {
        EXPECT_TRUE(stuck(spool));
        // The spool's session is not ended: it must find out by itself.
        as_superuser("ALTER DATABASE " + options_.dbname + " RESET default_transaction_read_only");
      });
}

/// Sessions that do nothing, until they are ended.
class IdleSessions {
 public:
  ~IdleSessions() { end(); }
  /// As many as the server lets in.
  void fill(const Options& options) {
    while (sessions_.size() < 100) {
      auto session = connect_postgresql(options, true);
      if (!session) {
        refusal_ = session.error();
        return;
      }
      sessions_.push_back(*std::move(session));
    }
  }
  void end() { sessions_.clear(); }
  std::size_t size() const { return sessions_.size(); }
  const base::Error& refusal() const { return refusal_; }

 private:
  std::vector<std::unique_ptr<Connection>> sessions_;
  base::Error refusal_;
};

TEST_P(FaultTest, TheServersConnectionsAreAllInUse) {
  test::PrivatePostgres& server = test::PrivatePostgres::get();
  server.stop();
  server.start("-c max_connections=8 -c superuser_reserved_connections=2");
  as_superuser("CREATE ROLE crowd LOGIN");
  Options crowd = options_;
  crowd.username = "crowd";
  IdleSessions others;
  run(
      [&] {
        as_superuser("ALTER ROLE pastmon CONNECTION LIMIT 0");  // until the others are in
        end_sessions();
        others.fill(crowd);
        EXPECT_EQ(others.size(), 6U);
        EXPECT_NE(others.refusal().message.find("connection slots"), std::string::npos) << others.refusal().message;
        EXPECT_TRUE(others.refusal().temporary);
        as_superuser("ALTER ROLE pastmon CONNECTION LIMIT -1");
      },
      [&](Spool& spool) {
        EXPECT_TRUE(stuck(spool));
        others.end();
      });
  server.stop();
  server.start();
  as_superuser("DROP ROLE crowd");
}

TEST_P(FaultTest, TheServersRoleMayHaveNoMoreConnections) {
  run(
      [&] {
        as_superuser("ALTER ROLE pastmon CONNECTION LIMIT 0");
        end_sessions();
      },
      [&](Spool& spool) {
        EXPECT_TRUE(stuck(spool));
        as_superuser("ALTER ROLE pastmon CONNECTION LIMIT -1");
      });
}

TEST_P(FaultTest, TheServerRefusesConnections) {
  const std::string rules = test::PrivatePostgres::get().data_directory() + "/pg_hba.conf";
  std::string before;
  std::getline(std::ifstream(rules), before, '\0');
  const auto write = [&](const std::string& text) {
    std::ofstream(rules) << text;
    as_superuser("SELECT pg_reload_conf()");
  };
  run(
      [&] {
        write("local all pastmon reject\n" + before);
        end_sessions();
      },
      [&](Spool& spool) {
        EXPECT_TRUE(stuck(spool));
        write(before);
      });
}

// Refused for good, but all of them: nobody's data are set aside for a right that somebody took away.
TEST_P(FaultTest, TheRightToWriteIsTakenAway) {
  in_order_ = false;
  run([&] { (void)sql("REVOKE INSERT ON statistic FROM pastmon"); },
      [&](Spool& spool) {
        std::this_thread::sleep_for(milliseconds(1500));  // every one was refused more often than it may be
        EXPECT_TRUE(stuck(spool));
        (void)sql("GRANT INSERT ON statistic TO pastmon");
      });
}

// One that is refused for good does not hold the others up.
TEST_P(FaultTest, ABatchThatIsRefusedForGoodIsSetAside) {
  (void)sql("ALTER TABLE level_1 ADD CONSTRAINT no_bucket CHECK (bucket <> " + std::to_string(kStart + 300) + ")");
  const auto spool = start(options_);
  for (int n = 0; n < 4; ++n) hand_over(*spool, n);
  ASSERT_TRUE(eventually([&] { return spool->counters().batches_refused == 1; }));
  ASSERT_TRUE(spool->stop(kPatience));
  EXPECT_EQ(spool->counters().batches_written, 3U);
  EXPECT_EQ(spool->counters().batches_lost, 0U);
  EXPECT_TRUE(fs::exists(spool_.directory + "/00000000000000000002.batch.refused"));
  EXPECT_EQ(sql("SELECT string_agg(number::text, ' ' ORDER BY number) FROM applied_batch"), "1 3 4");
}

TEST_P(FaultTest, TheDatabasesDiskIsFull) {
  const std::string place = directory_.path() + "/disk";
  fs::permissions(directory_.path(), fs::perms::all);
  const SmallDisk disk(place, "size=40m");
  struct stat data {};
  ASSERT_EQ(::stat(test::PrivatePostgres::get().data_directory().c_str(), &data), 0);
  ASSERT_EQ(::chown(place.c_str(), data.st_uid, data.st_gid), 0);
  as_superuser("CREATE TABLESPACE small LOCATION '" + place + "'");
  options_.dbname = "on_a_small_disk";
  as_superuser("CREATE DATABASE on_a_small_disk OWNER pastmon TABLESPACE small");
  (void)writer();
  run([&] { disk.fill(); },
      [&](Spool& spool) {
        // A few rows may fit into pages that are there already.
        for (int i = 0; i < 400 && spool.counters().batches_waiting == 0; ++i)
          std::this_thread::sleep_for(milliseconds(5));
        disk.empty();
      });
  as_superuser("DROP DATABASE on_a_small_disk WITH (FORCE)");
  as_superuser("DROP TABLESPACE small");
}

TEST_P(FaultTest, TheJournalsDiskIsFull) {
  const SmallDisk disk(spool_.directory, "size=256k");
  test::PrivatePostgres::get().crash();
  const auto spool = start(options_);
  for (int n = 0; n < 4; ++n) hand_over(*spool, n);
  disk.fill();
  for (int n = 4; n < 8; ++n) hand_over(*spool, n, false);
  EXPECT_EQ(spool->counters().batches_waiting, 8U);
  disk.empty();
  for (int n = 8; n < 10; ++n) hand_over(*spool, n);
  EXPECT_TRUE(fs::exists(spool_.directory + "/00000000000000000008.batch")) << "what was in memory goes to the disk";
  disk.fill();
  for (int n = 10; n < kBatches; ++n) hand_over(*spool, n, false);
  test::PrivatePostgres::get().start();
  finish(*spool);
}

}  // namespace
}  // namespace pastmon::store
