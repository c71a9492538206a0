// SPDX-License-Identifier: MIT
// A sensor's name belongs to one machine; what a journal of an earlier version holds belongs to none.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "backend.h"
#include "journal.h"
#include "pastmon/store/sensors.h"
#include "pastmon/store/spool.h"

namespace pastmon::store {
namespace {

namespace fs = std::filesystem;
using test::batch;
using test::bucket;
using test::every_metric;
using test::row;
using testing::AllOf;
using testing::HasSubstr;

constexpr base::Seconds kStart = 1'700'000'100;
constexpr base::Micros kPatience = 60 * base::kSecond;
const std::string kMine(32, 'a'), kOther(32, 'b');
const std::string kEarlierFiles = std::string(PASTMON_SOURCE_DIR) + "/tests/store/journal_v1";

Batch of(const std::string& identity, std::int64_t run) {
  Batch made = batch(1, {bucket(kStart, {row(1, run)})});
  made.run = run;
  made.identity = identity;
  return made;
}

std::string content(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

class Sensor : public test::DatabaseTest {
 protected:
  SpoolOptions options(const std::string& directory) const {
    SpoolOptions spool;
    spool.directory = directory_.path() + "/" + directory;
    spool.sensor = "sensor one";
    spool.run = 1;
    spool.retry_min = spool.retry_max = 10'000;
    spool.repeat = 50'000;
    return spool;
  }
  std::string identity() const { return sql("SELECT identity FROM sensor"); }
  std::string rows() const { return sql("SELECT COUNT(*) FROM level_1"); }
};
INSTANTIATE_TEST_SUITE_P(Databases, Sensor, testing::Values("sqlite3", "pgsql"), [](const auto& d) { return d.param; });

TEST_P(Sensor, TheFirstMachineTakesTheNameAndAnotherIsRefused) {
  const auto database = writer();
  ASSERT_TRUE(database->write(of(kMine, 1)));
  EXPECT_EQ(identity(), kMine);
  const auto refused = database->write(of(kOther, 2));
  ASSERT_FALSE(refused);
  EXPECT_FALSE(refused.error().temporary);
  EXPECT_THAT(refused.message(), AllOf(HasSubstr("another machine"), HasSubstr("\"sensor one\""),
                                       HasSubstr("sensor = \"…\""), HasSubstr("sensor release 'sensor one'")));
  EXPECT_FALSE(database->write_open(of(kOther, 2)));
  EXPECT_EQ(rows(), "1");
  EXPECT_EQ(sql("SELECT COUNT(*) FROM level_1_open"), "0");
  EXPECT_EQ(identity(), kMine);
  ASSERT_TRUE(database->write(of(kMine, 3)));
}

TEST_P(Sensor, AReleasedNameIsTheNextMachines) {
  const auto database = writer();
  ASSERT_TRUE(database->write(of(kMine, 1)));
  ASSERT_TRUE(release_sensor(options_, "sensor one"));
  EXPECT_EQ(identity(), "");
  ASSERT_TRUE(database->write(of(kOther, 2)));
  EXPECT_FALSE(database->write(of(kMine, 3)));
  EXPECT_EQ(rows(), "2");
  const auto nobody = release_sensor(options_, "sensor two");
  ASSERT_FALSE(nobody);
  EXPECT_THAT(nobody.message(), HasSubstr("there is no sensor \"sensor two\""));
}

TEST_P(Sensor, AFileIsNoMachine) {
  const auto database = writer();
  ASSERT_TRUE(database->write(of("", 1)));
  EXPECT_EQ(identity(), "");
  ASSERT_TRUE(database->write(of(kMine, 2)));
  ASSERT_TRUE(database->write(of("", 3)));
  EXPECT_EQ(identity(), kMine);
  EXPECT_EQ(rows(), "3");
}

TEST_P(Sensor, TwoMachinesWithOneNameAreToldApartAtTheStartAndNothingIsLost) {
  (void)writer();
  auto first = Spool::start(options("first"), options_);
  ASSERT_TRUE(first);
  ASSERT_TRUE((*first)->close({bucket(kStart, {row(1, 1)})}, {}, {}));
  ASSERT_TRUE((*first)->stop(kPatience));
  EXPECT_EQ(identity().size(), 32U);

  testing::internal::CaptureStderr();
  SpoolOptions second_options = options("second");
  second_options.run = 2;
  auto second = Spool::start(second_options, options_);
  ASSERT_TRUE(second);
  std::this_thread::sleep_for(std::chrono::milliseconds(600));
  ASSERT_TRUE((*second)->close({bucket(kStart, {row(1, 2)})}, {}, {}));
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_EQ((*second)->counters().batches_waiting, 1U);
  EXPECT_EQ((*second)->counters().batches_refused, 0U);
  ASSERT_TRUE(release_sensor(options_, "sensor one"));
  ASSERT_TRUE((*second)->stop(kPatience));
  const std::string log = testing::internal::GetCapturedStderr();
  std::size_t complaints = 0;
  for (std::size_t at = 0; (at = log.find("another machine", at)) != std::string::npos; ++at) ++complaints;
  EXPECT_GE(complaints, 2U) << log;
  EXPECT_LE(complaints, 20U) << log;
  EXPECT_EQ(rows(), "2");
  EXPECT_EQ((*second)->counters().batches_written, 1U);
}

TEST_P(Sensor, AMachineKeepsItsIdentity) {
  (void)writer();
  std::string before;
  for (int i = 0; i < 2; ++i) {
    SpoolOptions each = options("journal");
    each.run = i + 1;
    auto spool = Spool::start(each, options_);
    ASSERT_TRUE(spool);
    ASSERT_TRUE((*spool)->close({bucket(kStart, {row(1, 1)})}, {}, {}));
    ASSERT_TRUE((*spool)->stop(kPatience));
    const std::string kept = content(directory_.path() + "/journal/identity");
    EXPECT_EQ(kept.size(), 33U);
    EXPECT_EQ(kept, i == 0 ? kept : before);
    before = kept;
  }
  EXPECT_EQ(identity() + "\n", before);
  EXPECT_EQ(rows(), "2");
  std::ofstream(directory_.path() + "/journal/identity") << "somebody";
  const auto damaged = Spool::start(options("journal"), options_);
  ASSERT_FALSE(damaged);
  EXPECT_THAT(damaged.message(), HasSubstr("/journal/identity does not hold 32 hexadecimal digits"));
}

TEST_P(Sensor, FilesOfVersion1AreStillRead) {
  const auto second = decode_journal(content(kEarlierFiles + "/00000000000000000002.batch"), JournalKind::batch);
  ASSERT_TRUE(second) << second.message();
  EXPECT_EQ(second->sensor, "sensor one");
  EXPECT_EQ(second->identity, "");
  EXPECT_EQ(second->run, 77);
  EXPECT_EQ(second->number, 2);
  ASSERT_EQ(second->buckets.size(), 1U);
  EXPECT_EQ(second->buckets[0].rows.at(0).values, every_metric(3));

  const auto database = writer();
  Batch taken = of(kOther, 5);
  ASSERT_TRUE(database->write(taken));  // whoever has the name: what was measured before must get in
  SpoolOptions upgraded = options("journal");
  upgraded.sensor = "sensor two";
  fs::copy(kEarlierFiles, upgraded.directory);
  auto spool = Spool::start(upgraded, options_);
  ASSERT_TRUE(spool) << spool.message();
  ASSERT_TRUE((*spool)->stop(kPatience));
  EXPECT_EQ((*spool)->counters().batches_written, 3U);
  EXPECT_EQ((*spool)->counters().batches_damaged, 0U);
  EXPECT_EQ(rows(), "6");
}

}  // namespace
}  // namespace pastmon::store
