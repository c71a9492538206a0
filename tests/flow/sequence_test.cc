// SPDX-License-Identifier: MIT
#include "sequence.h"

#include <gtest/gtest.h>

namespace pastmon::flow {
namespace {

TEST(Sequence, DistanceIsSignedAcrossTheWrap) {
  EXPECT_EQ(sequence_distance(0xfffffff0, 0x10), 0x20);
  EXPECT_EQ(sequence_distance(0x10, 0xfffffff0), -0x20);
}

TEST(Sequence, OffsetIsTheOneNearestToWhereTheStreamStands) {
  EXPECT_EQ(stream_offset(1000, 0, 1000), 0);
  EXPECT_EQ(stream_offset(1000, 0, 999), -1);
  EXPECT_EQ(stream_offset(0xffffffff, 0, 4), 5);
  const std::uint64_t far = 3 * (std::uint64_t{1} << 32) + 77;
  const std::uint32_t at_far = 1000U + 77;
  EXPECT_EQ(stream_offset(1000, far, at_far), static_cast<std::int64_t>(far));
  EXPECT_EQ(stream_offset(1000, far, at_far - 100), static_cast<std::int64_t>(far) - 100);
}

}  // namespace
}  // namespace pastmon::flow
