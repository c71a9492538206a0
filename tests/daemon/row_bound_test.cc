// SPDX-License-Identifier: MIT
#include "row_bound.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "pastmon/base/log.h"

namespace pastmon::daemon {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

base::Address client(std::uint8_t number) {
  const std::uint8_t bytes[4] = {10, 0, 0, number};
  return base::Address::v4(bytes);
}

metric::Bucket bucket(std::uint8_t first, std::uint8_t rows, std::string_view signature = "TCP SYNACK") {
  metric::Bucket made;
  made.closed = true;
  for (std::uint8_t i = 0; i < rows; ++i) {
    metric::Row row{std::string(signature), client(static_cast<std::uint8_t>(first + i)), client(0), 80, {}};
    row.values[metric::Counter::packets_client] = 1;
    made.rows.push_back(std::move(row));
  }
  return made;
}

class RowBoundTest : public ::testing::Test {
 protected:
  std::string said(std::vector<metric::Bucket> closed) {
    ::testing::internal::CaptureStderr();
    base::log::to_stderr("test");
    out_ = bound_.apply(std::move(closed));
    return ::testing::internal::GetCapturedStderr();
  }

  base::ManualClock clock_{1'000 * base::kSecond};
  RowBound bound_{20, clock_};
  std::vector<metric::Bucket> out_;
};

TEST_F(RowBoundTest, PartsOfABucketComeTogetherBeforeTheyAreCounted) {
  EXPECT_THAT(said({bucket(1, 15), bucket(5, 15)}), IsEmpty()) << "19 clients";
  ASSERT_EQ(out_.size(), 1U);
  EXPECT_EQ(out_[0].rows.size(), 19U);
  EXPECT_EQ(bound_.folded(), 0U);
}

TEST_F(RowBoundTest, TellsWhatWasFoldedOnceAMinute) {
  EXPECT_THAT(said({bucket(1, 50)}), HasSubstr("30 rows beyond the 20 of a bucket (max_rows_per_bucket) are added up "
                                               "under \"(many)\": 30 of them of TCP SYNACK"));
  EXPECT_EQ(out_[0].rows.size(), 20U);
  EXPECT_EQ(bound_.folded(), 30U);
  clock_.advance(59 * base::kSecond);
  EXPECT_THAT(said({bucket(1, 50)}), IsEmpty());
  EXPECT_EQ(bound_.folded(), 60U);
  clock_.advance(base::kSecond);
  EXPECT_THAT(said({bucket(1, 50, "DNS A")}),
              ::testing::AllOf(HasSubstr("of DNS A"), HasSubstr("so it was in 1 other buckets since")));
}

}  // namespace
}  // namespace pastmon::daemon
