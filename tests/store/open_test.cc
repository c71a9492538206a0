// SPDX-License-Identifier: MIT
// What a database that cannot be used gets: one clear line.
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

#include "backend.h"
#include "connection.h"
#include "private_postgres.h"

namespace pastmon::store {
namespace {

namespace fs = std::filesystem;
using test::batch;
using test::bucket;
using test::everything;
using test::row;
using testing::HasSubstr;

constexpr base::Seconds kStart = 1'700'000'100;

class OpenBoth : public test::DatabaseTest {};
INSTANTIATE_TEST_SUITE_P(Databases, OpenBoth, testing::Values("sqlite3", "pgsql"),
                         [](const auto& driver) { return driver.param; });
class OpenSqlite : public test::DatabaseTest {};
INSTANTIATE_TEST_SUITE_P(Databases, OpenSqlite, testing::Values("sqlite3"),
                         [](const auto& driver) { return driver.param; });
class OpenPostgresql : public test::DatabaseTest {};
INSTANTIATE_TEST_SUITE_P(Databases, OpenPostgresql, testing::Values("pgsql"),
                         [](const auto& driver) { return driver.param; });

std::string message_of(const Options& options) {
  const auto database = open(options);
  EXPECT_FALSE(database);
  const std::string message = database ? "" : database.message();
  EXPECT_THAT(message, testing::Not(HasSubstr("\n")));
  return message;
}

/// What `action` returns when it runs as user and group nobody.
std::string as_nobody(const std::function<std::string()>& action) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    if (getuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) _exit(1);
    const std::string text = action();
    _exit(write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0 : 1);
  }
  close(ends[1]);
  std::string text;
  char buffer[1024];
  for (ssize_t n = 0; (n = read(ends[0], buffer, sizeof buffer)) > 0;) text.append(buffer, static_cast<std::size_t>(n));
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return text;
}

TEST_P(OpenBoth, ADatabaseOfANewerProgramIsLeftAlone) {
  (void)writer();
  sql("INSERT INTO schema_version VALUES (7, 0)");
  const auto database = open(options_);
  ASSERT_TRUE(database) << database.message();
  const std::string expected =
      "the schema of " + (*database)->description() + " is version 7, newer than this program's 4: upgrade PasTmon";
  EXPECT_EQ((*database)->prepare().message(), expected);
  EXPECT_EQ((*database)->check().message(), expected);
}

TEST_P(OpenBoth, PreparingTwiceChangesNothing) {
  (void)writer();
  (void)writer();
  EXPECT_EQ(sql("SELECT COUNT(*), MAX(version) FROM schema_version"), "4|4");
}

TEST_P(OpenBoth, AReaderOfAnEmptyDatabaseIsToldWhatToDo) {
  if (!postgresql()) std::ofstream(options_.dbname).close();
  const auto database = open_read_only(options_);
  ASSERT_TRUE(database) << database.message();
  EXPECT_EQ((*database)->check().message(), "no PasTmon tables in " + (*database)->description() +
                                                ": start pastmon, or run pastmon-admin create-database");
}

TEST_P(OpenBoth, AReaderCannotWrite) {
  (void)writer();
  const auto read_only = reader();
  EXPECT_FALSE(read_only->write(batch(1, {bucket(kStart, {row(1, 1)})})));
  EXPECT_TRUE(read_only->list(everything())->empty());
}

TEST(Open, AnUnknownDriverIsRefused) {
  Options options;
  options.driver = "mysql";
  EXPECT_EQ(message_of(options), "unknown database driver \"mysql\": use \"sqlite3\" or \"pgsql\"");
}

TEST_P(OpenSqlite, AReaderMakesNoFile) {
  const auto database = open_read_only(options_);
  ASSERT_FALSE(database);
  EXPECT_EQ(database.message(),
            "no database " + options_.dbname + ": No such file or directory; pastmon makes it when it starts");
  EXPECT_TRUE(fs::is_empty(directory_.path()));

  (void)writer();
  fs::remove(options_.dbname + "-wal");
  fs::remove(options_.dbname + "-shm");
  const auto alone = open_read_only(options_);
  ASSERT_FALSE(alone);
  EXPECT_THAT(alone.message(), HasSubstr("-wal is missing: start pastmon once"));
  EXPECT_FALSE(fs::exists(options_.dbname + "-wal"));
}

TEST_P(OpenSqlite, AFileThatIsNoDatabaseIsRefusedAndKept) {
  std::ofstream(options_.dbname) << std::string(5000, 'x');
  EXPECT_EQ(message_of(options_), options_.dbname + " is not an SQLite database");
  EXPECT_EQ(fs::file_size(options_.dbname), 5000U);
}

TEST_P(OpenSqlite, AnotherProgramsDatabaseIsRefusedAndKept) {
  sql("CREATE TABLE bookmarks (url TEXT)");
  EXPECT_EQ(message_of(options_), options_.dbname + " is the SQLite database of another program: give another file");
  EXPECT_EQ(sql("PRAGMA journal_mode"), "delete");
}

TEST_P(OpenSqlite, AnUnwritableDirectoryIsSaid) {
  chmod(directory_.path().c_str(), 0555);
  EXPECT_EQ(as_nobody([&] { return message_of(options_); }),
            "cannot make the database " + options_.dbname + ": Permission denied");
  options_.dbname = directory_.path() + "/no/such/test.db";
  EXPECT_EQ(message_of(options_), "cannot make the database " + options_.dbname +
                                      ": No such file or directory (its directory does not exist)");
  options_.dbname = directory_.path();
  EXPECT_EQ(message_of(options_), directory_.path() + " is a directory, not a database");
  options_.dbname.clear();
  EXPECT_EQ(message_of(options_), "no database file is given (dbname)");
  chmod(directory_.path().c_str(), 0755);
}

TEST_P(OpenSqlite, TheFilesAreTheGroupsToRead) {
  const mode_t before = umask(077);
  (void)writer();
  umask(before);
  for (const char* end : {"", "-wal", "-shm"}) {
    struct stat status {};
    ASSERT_EQ(stat((options_.dbname + end).c_str(), &status), 0) << end;
    EXPECT_EQ(status.st_mode & 0777U, 0640U) << end;
  }
}

// The web server is another user, and the daemon may be stopped.
TEST_P(OpenSqlite, TheGroupReadsWithTheDaemonStopped) {
  ASSERT_TRUE(writer()->write(batch(1, {bucket(kStart, {row(1, 1)})})));
  if (getuid() == 0) {
    for (const auto& entry : fs::directory_iterator(directory_.path()))
      ASSERT_EQ(chown(entry.path().c_str(), 0, 65534), 0);
  }
  chmod(directory_.path().c_str(), 0755);
  EXPECT_EQ(as_nobody([&]() -> std::string {
              const auto database = open_read_only(options_);
              if (!database) return database.message();
              const auto listed = (*database)->list(everything());
              return listed ? std::to_string(listed->size()) + " group" : listed.message();
            }),
            "1 group");
}

TEST_P(OpenSqlite, TheFileReclaimsSpaceAndKnowsItsOwner) {
  (void)writer();
  EXPECT_EQ(sql("PRAGMA journal_mode"), "wal");
  EXPECT_EQ(sql("PRAGMA auto_vacuum"), "2");
  EXPECT_EQ(sql("PRAGMA application_id"), "1349735502");
}

TEST_P(OpenPostgresql, AMissingDriverNamesItsPackage) {
  const auto connection = connect_postgresql(options_, false, directory_.path());
  ASSERT_FALSE(connection);
  EXPECT_EQ(connection.message(), "libdbd-pgsql is not installed: apt-get install libdbd-pgsql");
}

TEST_P(OpenPostgresql, AMissingDatabaseNamesTheCommandThatMakesIt) {
  options_.dbname = "nothing here";
  EXPECT_EQ(message_of(options_), "database \"nothing here\" does not exist on " + options_.host +
                                      ": make it with pastmon-admin create-database");
}

TEST_P(OpenPostgresql, AWrongPasswordIsSaidWithoutShowingIt) {
  test::PrivatePostgres& server = test::PrivatePostgres::get();
  server.psql("template1", "CREATE ROLE guarded LOGIN PASSWORD 'it''s \\ right'");
  const std::string rules = server.data_directory() + "/pg_hba.conf";
  std::stringstream old;
  old << std::ifstream(rules).rdbuf();
  std::ofstream(rules) << "local all guarded scram-sha-256\n" << old.str();
  server.psql("template1", "SELECT pg_reload_conf()");

  options_.username = "guarded";
  options_.password = "wr'ong \\ secret";
  std::string message;
  for (int i = 0; i < 1000 && message.empty(); ++i) {  // until the rules are read again
    const auto tried = open(options_);
    if (!tried) message = tried.message();
  }
  EXPECT_THAT(message, HasSubstr("password authentication failed for user \"guarded\""));
  EXPECT_THAT(message, testing::Not(HasSubstr("secret")));
  EXPECT_THAT(message, testing::Not(HasSubstr("\n")));
  options_.password = "it's \\ right";
  const auto let_in = open(options_);
  EXPECT_TRUE(let_in) << let_in.message();
}

TEST_P(OpenPostgresql, AServerOutOfReachIsSaid) {
  options_.host = directory_.path();
  EXPECT_THAT(message_of(options_), HasSubstr("No such file or directory"));
}

TEST_P(OpenPostgresql, AnotherProgramsSchemaIsRefused) {
  test::PrivatePostgres::get().psql(options_.dbname, "CREATE SCHEMA pastmon; CREATE TABLE pastmon.other (a INT)");
  const auto database = open(options_);
  ASSERT_TRUE(database);
  EXPECT_THAT((*database)->prepare().message(), HasSubstr("belongs to another program"));
}

TEST_P(OpenPostgresql, ARoleThatMayNothingIsTold) {
  test::PrivatePostgres& server = test::PrivatePostgres::get();
  server.psql("template1", "CREATE ROLE guest LOGIN");
  options_.username = "guest";
  const auto database = open(options_);
  ASSERT_TRUE(database) << database.message();
  EXPECT_THAT((*database)->prepare().message(), HasSubstr("permission denied"));
}

// The partition function runs as its owner: a role that may only write still gets its days.
TEST_P(OpenPostgresql, AWriterNeedsNoRightToMakeTables) {
  (void)writer();
  test::PrivatePostgres& server = test::PrivatePostgres::get();
  server.psql("template1", "CREATE ROLE sensor LOGIN");
  server.psql(options_.dbname,
              "GRANT USAGE ON SCHEMA pastmon TO sensor; "
              "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA pastmon TO sensor");
  options_.username = "sensor";
  const auto database = writer();
  const auto written = database->write(batch(1, {bucket(kStart, {row(1, 1)})}));
  EXPECT_TRUE(written) << written.message();
}

TEST_P(OpenPostgresql, AnEndedSessionIsReplacedAndTheBatchGoesInOnce) {
  const auto database = writer();
  ASSERT_TRUE(database->write(batch(1, {bucket(kStart, {row(1, 1)})})));
  test::PrivatePostgres::get().psql("template1",
                                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'pastmon'");
  const auto written = database->write(batch(2, {bucket(kStart + 300, {row(1, 1)})}));
  EXPECT_TRUE(written) << written.message();
  test::PrivatePostgres::get().stop();
  const auto away = database->write(batch(3, {bucket(kStart + 600, {row(1, 1)})}));
  EXPECT_FALSE(away);
  test::PrivatePostgres::get().start();
  const auto back = database->write(batch(3, {bucket(kStart + 600, {row(1, 1)})}));
  EXPECT_TRUE(back) << back.message();
  EXPECT_EQ(sql("SELECT COUNT(*) FROM level_1"), "3");
}

}  // namespace
}  // namespace pastmon::store
