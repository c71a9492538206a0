// SPDX-License-Identifier: MIT
#include "pastmon/base/cursor.h"

#include <gtest/gtest.h>

namespace pastmon::base {
namespace {

TEST(Cursor, ReadsBothByteOrders) {
  const std::uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  Cursor c(bytes);
  EXPECT_EQ(c.u8(), 1);
  EXPECT_EQ(c.be16(), 0x0203);
  EXPECT_EQ(c.le16(), 0x0504);
  EXPECT_EQ(c.be32(), 0x06070809U);
  EXPECT_TRUE(c.ok());
  EXPECT_EQ(c.left(), 0U);
}

TEST(Cursor, FailsForGoodPastTheEnd) {
  const std::uint8_t bytes[] = {1, 2, 3};
  Cursor c(bytes);
  EXPECT_EQ(c.be32(), 0U);
  EXPECT_FALSE(c.ok());
  EXPECT_EQ(c.u8(), 0) << "the bytes that are left are not handed out after a failure";
  EXPECT_TRUE(c.bytes(1).empty());
}

}  // namespace
}  // namespace pastmon::base
