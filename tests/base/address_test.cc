// SPDX-License-Identifier: MIT
#include "pastmon/base/address.h"

#include <gtest/gtest.h>

namespace pastmon::base {
namespace {

TEST(Address, WritesItsCanonicalText) {
  for (const char* text : {"192.0.2.1", "2001:db8::1", "::", "::1", "fe80::1:0:0:1"}) {
    const auto a = Address::parse(text);
    ASSERT_TRUE(a.has_value()) << text;
    EXPECT_EQ(a->to_string(), text);
  }
  EXPECT_EQ(Address::parse("2001:DB8:0:0:0:0:0:1")->to_string(), "2001:db8::1");
}

TEST(Address, RefusesWhatIsNone) {
  using namespace std::string_view_literals;
  for (const auto text : {""sv, "192.0.2"sv, "192.0.2.256"sv, "web1"sv, "192.0.2.1\0x"sv, "1:2"sv}) {
    EXPECT_FALSE(Address::parse(text).has_value()) << text;
  }
}

TEST(Address, KnowsItsFamily) {
  EXPECT_TRUE(Address::parse("10.0.0.1")->is_v4());
  EXPECT_FALSE(Address::parse("::a00:1")->is_v4());
  EXPECT_NE(Address::parse("10.0.0.1")->hash(), Address::parse("10.0.0.2")->hash());
}

TEST(Address, ManyStandsForNoHost) {
  EXPECT_EQ(Address::many().to_string(), "(many)");
  EXPECT_EQ(Address::parse("(many)"), Address::many());
  EXPECT_EQ(Address::parse("100::6d61:6e79"), Address::many()) << "in the discard-only prefix";
  EXPECT_TRUE(Address::many().is_many());
  EXPECT_FALSE(Address::many().is_v4());
  EXPECT_FALSE(Address().is_many());
  EXPECT_EQ(Address().to_string(), "::");
}

}  // namespace
}  // namespace pastmon::base
