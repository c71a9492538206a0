// SPDX-License-Identifier: MIT
// Hosts that nothing refers to go; those of a batch that is on its way do not; tests of both databases.
#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "backend.h"
#include "pastmon/store/archive.h"

namespace pastmon::store {
namespace {

using test::address;
using test::batch;
using test::bucket;
using test::row;

constexpr base::Seconds kDay = 86'400;
constexpr base::Seconds kStart = 1'700'006'400;

class ArchiveHosts : public test::DatabaseTest {
 protected:
  ArchiveReport run(base::Seconds now, base::Seconds keep = 0) const {
    ArchiveOptions options;
    options.now = now;
    options.remove = true;
    options.keep_level_2 = keep;
    const auto archive = Archive::open(options_);
    EXPECT_TRUE(archive) << archive.message();
    const auto report = (*archive)->run(options, {});
    EXPECT_TRUE(report) << report.message();
    return report ? *report : ArchiveReport();
  }
};
INSTANTIATE_TEST_SUITE_P(Databases, ArchiveHosts, testing::Values("sqlite3", "pgsql"),
                         [](const auto& driver) { return driver.param; });

TEST_P(ArchiveHosts, ThatNothingRefersToGo) {
  const auto database = writer();
  ASSERT_TRUE(database->write(batch(1, {bucket(kStart, {row(1, 5)}), bucket(kStart + 10 * kDay, {row(2, 5)})})));
  ASSERT_TRUE(database->write_open(batch(0, {bucket(kStart + 40 * kDay, {row(3, 5)})})));
  Batch names = batch(2, {});
  names.names = {{address(0x0a000001), "old.example", "dns", kStart},
                 {address(0x0a000007), "never.example", "dns", kStart},
                 {address(0x0a000008), "lately.example", "dns", kStart + 39 * kDay}};
  ASSERT_TRUE(database->write(names));
  EXPECT_EQ(run(kStart + 40 * kDay).hosts_removed, 1);  // 10.0.0.7 has a name and no rows
  EXPECT_EQ(sql("SELECT address FROM host ORDER BY address"), "10.0.0.1\n10.0.0.2\n10.0.0.3\n10.0.0.8\n192.0.2.1");
  EXPECT_EQ(run(kStart + 40 * kDay, 35 * kDay).hosts_removed, 1);  // its rows of level 2 went
  EXPECT_EQ(sql("SELECT address FROM host ORDER BY address"), "10.0.0.2\n10.0.0.3\n10.0.0.8\n192.0.2.1");
}

// The writer remembers which hosts it has put in, and puts them in before the transaction of their rows.
TEST_P(ArchiveHosts, AWriterPutsInAgainWhatWasPurged) {
  const auto database = writer();
  ASSERT_TRUE(database->write(batch(1, {bucket(kStart, {row(1, 5)})})));
  EXPECT_EQ(run(kStart + 40 * kDay, 33 * kDay).hosts_removed, 2);
  ASSERT_TRUE(database->write(batch(2, {bucket(kStart + 300, {row(1, 6)})})));
  EXPECT_EQ(sql("SELECT COUNT(*) FROM host"), "2");
  ASSERT_TRUE(database->write_open(batch(0, {bucket(kStart + 600, {row(9, 6)})})));
  EXPECT_EQ(sql("SELECT COUNT(*) FROM host"), "3");
}

TEST_P(ArchiveHosts, NoRowLacksItsHostsWhenBothWorkAtOnce) {
  const auto database = writer();
  std::atomic<bool> done = false;
  std::thread purge([&] {
    while (!done) run(kStart + 40 * kDay, 33 * kDay);
  });
  for (std::int64_t number = 1; number <= 12; ++number) {
    std::vector<metric::Row> rows;
    for (std::uint32_t client = 1; client <= 20; ++client) rows.push_back(row(client, client));
    const Batch one = batch(number, {bucket(kStart + 300 * (number % 7), std::move(rows))});
    // Its day may be dropped between its being made and the rows: the spool tries again.
    for (int tries = 1; !database->write(one); ++tries) ASSERT_LT(tries, 50);
    const std::string lost =
        sql("SELECT COUNT(*) FROM (SELECT client AS id FROM level_1 UNION ALL SELECT server FROM level_1 UNION ALL "
            "SELECT client FROM level_2) r WHERE NOT EXISTS (SELECT 1 FROM host WHERE host.id = r.id)");
    ASSERT_EQ(lost, "0") << number;
  }
  done = true;
  purge.join();
}

}  // namespace
}  // namespace pastmon::store
