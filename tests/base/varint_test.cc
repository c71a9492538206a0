// SPDX-License-Identifier: MIT
#include "pastmon/base/varint.h"

#include <gtest/gtest.h>
#include <limits>

#include "pastmon/base/hash.h"

namespace pastmon::base {
namespace {

TEST(Varint, ReadsWhatItWrote) {
  std::string s;
  put_varint(s, 0);
  put_varint(s, 300);
  put_varint(s, std::numeric_limits<std::uint64_t>::max());
  put_signed_varint(s, -1);
  put_signed_varint(s, std::numeric_limits<std::int64_t>::min());
  VarintReader r(s);
  EXPECT_EQ(r.get(), 0U);
  EXPECT_EQ(r.get(), 300U);
  EXPECT_EQ(r.get(), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(r.get_signed(), -1);
  EXPECT_EQ(r.get_signed(), std::numeric_limits<std::int64_t>::min());
  EXPECT_TRUE(r.ok() && r.at_end());
}

TEST(Varint, RefusesWhatIsCutOrTooLong) {
  VarintReader cut("\xff");
  EXPECT_EQ(cut.get(), 0U);
  EXPECT_FALSE(cut.ok());
  const std::string too_long(11, '\xff');
  VarintReader r(too_long);
  r.get();
  EXPECT_FALSE(r.ok());
}

TEST(StableId, IsPartOfTheStoredFormat) {
  EXPECT_EQ(stable_id(""), 0x2d06800538d394c2);
  EXPECT_EQ(stable_id("HTTP GET"), stable_id(std::string("HTTP ") + "GET"));
  EXPECT_NE(stable_id("HTTP GET"), stable_id("HTTP PUT"));
}

}  // namespace
}  // namespace pastmon::base
