// SPDX-License-Identifier: MIT
// However the parts of a bucket are grouped, ordered, sent through the journal and spread over runs: added up they are
// the same rows, bit for bit.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "backend.h"
#include "journal.h"
#include "metric/random_aggregate.h"
#include "rows.h"

namespace pastmon::store {
namespace {

constexpr base::Seconds kStart = 1'700'000'100;

/// Rows by bucket and encoded key, encoded: equal when they are equal to the last bit.
using Image = std::map<std::pair<base::Seconds, std::string>, std::string>;

Image image(const std::vector<metric::Bucket>& buckets) {
  Image all;
  for (const metric::Bucket& bucket : buckets) {
    for (const metric::Row& row : bucket.rows) {
      EncodedRow encoded = encode_row(row);
      EXPECT_TRUE(all.emplace(std::pair(bucket.start, encoded.key), encoded.values).second) << "a key stands twice";
    }
  }
  return all;
}

class Merge : public test::DatabaseTest {
 protected:
  /// Buckets of one row each, few keys, two bucket starts.
  std::vector<metric::Bucket> parts(std::size_t count) {
    std::vector<metric::Bucket> made;
    for (std::size_t i = 0; i < count; ++i) {
      metric::Row row = test::row(static_cast<std::uint32_t>(random_() % 3), 1);
      row.signature = random_() % 2 == 0 ? "HTTP GET" : "DNS A";
      row.values = testing_support::random_aggregate(random_);
      made.push_back(test::bucket(kStart + 300 * static_cast<base::Seconds>(random_() % 2), {std::move(row)}));
    }
    return made;
  }
  /// Merges neighbours in random groups until one group is left.
  std::vector<metric::Bucket> merged_at_random(std::vector<metric::Bucket> buckets) {
    std::vector<std::vector<metric::Bucket>> groups;
    for (metric::Bucket& bucket : buckets) groups.push_back({std::move(bucket)});
    while (groups.size() > 1) {
      std::shuffle(groups.begin(), groups.end(), random_);
      std::vector<std::vector<metric::Bucket>> fewer;
      for (std::size_t i = 0; i < groups.size();) {
        std::vector<metric::Bucket> together;
        for (std::size_t n = std::min(groups.size() - i, std::size_t{2} + random_() % 3); n > 0; --n, ++i)
          std::move(groups[i].begin(), groups[i].end(), std::back_inserter(together));
        fewer.push_back(random_() % 2 == 0 ? through_the_journal(merge_buckets(std::move(together)))
                                           : merge_buckets(std::move(together)));
      }
      groups = std::move(fewer);
    }
    return merge_buckets(std::move(groups.front()));
  }
  static std::vector<metric::Bucket> through_the_journal(std::vector<metric::Bucket> buckets) {
    auto batch = decode_journal(encode_batch(test::batch(1, std::move(buckets))), JournalKind::batch);
    EXPECT_TRUE(batch) << batch.message();
    return std::move(batch->buckets);
  }
  /// What the database gives when it adds up over runs.
  Image stored(const store::Options& options) {
    const auto reader = open_read_only(options);
    std::vector<metric::Bucket> buckets;
    for (const base::Seconds start : {kStart, kStart + 300}) {
      ListQuery query;
      query.selection.from = start;
      query.selection.to = start + 300;
      query.group_by = {.signature = true, .client = true, .server = true, .port = true, .sensor = false};
      const auto listed = (*reader)->list(query);
      EXPECT_TRUE(listed) << listed.message();
      metric::Bucket& bucket = buckets.emplace_back(test::bucket(start, {}));
      for (const Listed& each : *listed) {
        metric::Row& row = bucket.rows.emplace_back(test::row(0, 1));
        row.signature = each.signature == id_of_name("DNS A") ? "DNS A" : "HTTP GET";
        for (std::uint32_t client = 0; client < 3; ++client)
          if (id_of(test::address(0x0a000000 + client)) == each.client) row.client = test::address(0x0a000000 + client);
        row.values = each.values;
      }
    }
    return image(buckets);
  }

  std::mt19937_64 random_{4711};
};
INSTANTIATE_TEST_SUITE_P(Databases, Merge, testing::Values("sqlite3", "pgsql"), [](const auto& d) { return d.param; });

TEST_P(Merge, AnyOrderAndGroupingGivesTheSameRows) {
  for (int round = 0; round < (postgresql() ? 1 : 20); ++round) {
    const std::vector<metric::Bucket> all = parts(2 + random_() % 40);
    const Image expected = image(merge_buckets(all));
    for (int i = 0; i < 5; ++i) EXPECT_EQ(image(merged_at_random(all)), expected);
  }
}

TEST_P(Merge, RunsAddUpToTheSameRows) {
  const auto database = writer();
  std::vector<metric::Bucket> all = parts(60);
  const Image expected = image(merge_buckets(all));
  std::shuffle(all.begin(), all.end(), random_);
  std::int64_t run = 0;
  for (std::size_t i = 0; i < all.size();) {
    std::vector<metric::Bucket> some;
    for (std::size_t n = std::min(all.size() - i, std::size_t{1} + random_() % 9); n > 0; --n) some.push_back(all[i++]);
    Batch batch = test::batch(1, merged_at_random(std::move(some)));
    batch.run = ++run;
    const auto written = database->write(batch);
    ASSERT_TRUE(written) << written.message();
  }
  EXPECT_EQ(stored(options_), expected);
}

}  // namespace
}  // namespace pastmon::store
