// SPDX-License-Identifier: MIT
#include "rows.h"

#include <gtest/gtest.h>

#include "backend.h"

namespace pastmon::store {
namespace {

using test::bucket;
using test::every_metric;
using test::row;

TEST(Rows, StandInTheOrderOfTheKeyAndOnce) {
  const std::vector<metric::Bucket> buckets = {bucket(600, {row(2, 1), row(1, 1)}),
                                               bucket(300, {row(1, 1), row(1, 2), row(1, 3)})};
  const SortedRows sorted(buckets, nullptr);
  ASSERT_EQ(sorted.rows().size(), 3U);
  EXPECT_EQ(sorted.rows()[0].bucket, 300);
  metric::Aggregate sum = every_metric(1);
  sum.merge(every_metric(2));
  sum.merge(every_metric(3));
  EXPECT_EQ(sorted.rows()[0].row->values, sum);
  EXPECT_EQ(buckets[1].rows[0].values, every_metric(1));  // the caller's rows stay as they are
  EXPECT_LT(sorted.rows()[1].client, sorted.rows()[2].client);
}

TEST(Rows, LeaveOutWhatIsSkippedOrOutOfTime) {
  const SortedRows sorted({bucket(300, {row(1, 1)}), bucket(600, {row(1, 1)}), bucket(-1, {row(1, 1)})},
                          [](base::Seconds start) { return start == 300; });
  ASSERT_EQ(sorted.rows().size(), 1U);
  EXPECT_EQ(sorted.rows()[0].bucket, 600);
  EXPECT_EQ(sorted.refused_buckets(), 1U);
}

TEST(Rows, BucketsOfOneStartBecomeOne) {
  const auto merged =
      merge_buckets({bucket(600, {row(1, 1)}), bucket(300, {row(1, 1)}), bucket(600, {row(1, 2), row(2, 3)})});
  ASSERT_EQ(merged.size(), 2U);
  EXPECT_EQ(merged[0].start, 300);
  ASSERT_EQ(merged[1].rows.size(), 2U);
  metric::Aggregate sum = every_metric(1);
  sum.merge(every_metric(2));
  EXPECT_EQ(merged[1].rows[0].values, sum);
  EXPECT_EQ(merged[1].rows[1].values, every_metric(3));
}

TEST(Rows, IdsAreHashesOfWhatTheyName) {
  EXPECT_EQ(id_of_name("HTTP GET"), id_of_name(std::string("HTTP ") + "GET"));
  EXPECT_NE(id_of(*base::Address::parse("192.0.2.1")), id_of(*base::Address::parse("192.0.2.2")));
  EXPECT_EQ(id_of(*base::Address::parse("192.0.2.1")), id_of(*base::Address::parse("::ffff:192.0.2.1")));
  // Part of the stored format: these never change.
  EXPECT_EQ(id_of_name(""), 0x2d06800538d394c2);
}

}  // namespace
}  // namespace pastmon::store
