// SPDX-License-Identifier: MIT
#include "url.h"

#include <gtest/gtest.h>

#include <string>

namespace pastmon::web {
namespace {

TEST(PercentDecode, UndoesEscapesAndPlus) {
  EXPECT_EQ(percent_decode("HTTP+GET%2F%c3%a9", true), "HTTP GET/é");
  EXPECT_EQ(percent_decode("a+b", false), "a+b");
}

TEST(PercentDecode, RefusesMalformedEscapesAndNul) {
  EXPECT_FALSE(percent_decode("%", true));
  EXPECT_FALSE(percent_decode("%4", true));
  EXPECT_FALSE(percent_decode("%zz", true));
  EXPECT_FALSE(percent_decode("a%00b", true));
}

TEST(PercentDecode, RepairsBrokenUtf8) { EXPECT_EQ(percent_decode("%ff%fe", true), "\xef\xbf\xbd\xef\xbf\xbd"); }

TEST(PercentEncode, LeavesOnlyUnreservedCharacters) {
  EXPECT_EQ(percent_encode("a-b.c_d~e"), "a-b.c_d~e");
  EXPECT_EQ(percent_encode("\"<>&'/ é"), "%22%3C%3E%26%27%2F%20%C3%A9");
}

TEST(PercentEncode, IsUndoneByDecode) {
  const std::string hostile = "^(web|db)[0-9]+\\.example$ & \"x\" <script> %41 +";
  EXPECT_EQ(percent_decode(percent_encode(hostile), true), hostile);
}

TEST(Parameters, GivesTheFirstValueTrimmed) {
  const auto p = Parameters::parse("a=1&b=+x+&a=2&&c&=y");
  ASSERT_TRUE(p);
  EXPECT_EQ(p->get("a"), "1");
  EXPECT_EQ(p->get("b"), "x");
  EXPECT_EQ(p->get("c"), "");
  EXPECT_TRUE(p->has("c"));
  EXPECT_FALSE(p->has("d"));
}

TEST(Parameters, RefusesTooManyTooLongAndMalformed) {
  std::string many;
  for (std::size_t i = 0; i <= Parameters::kMax; ++i) many += "a=1&";
  EXPECT_FALSE(Parameters::parse(many));
  EXPECT_TRUE(Parameters::parse(many.substr(4)));
  EXPECT_FALSE(Parameters::parse(std::string(Parameters::kMaxBytes + 1, 'a')));
  EXPECT_FALSE(Parameters::parse("a=%"));
}

TEST(Parameters, GiveAValueExactlyToo) {
  EXPECT_EQ(Parameters::parse("a=+x+")->get_exactly("a"), " x ");
  EXPECT_EQ(Parameters::parse("a=1")->get_exactly("b"), "");
}

TEST(IsOwnPath, OnlyWhatLeadsBelowOurs) {
  for (const std::string& path : {std::string("/PasTmon/"), std::string("/PasTmon/graph?signature=DNS&x=%3C#y")})
    EXPECT_TRUE(is_own_path(path)) << path;
  for (const std::string& path :
       {std::string(), std::string("/"), std::string("/PasTmon"), std::string("//PasTmon/"),
        std::string("https://attacker.example/PasTmon/"), std::string("/PasTmon/\r\nx: y"), std::string("/PasTmon/ x"),
        std::string("/PasTmon/\\x"), "/PasTmon/" + std::string(5000, 'x')})
    EXPECT_FALSE(is_own_path(path)) << path;
}

TEST(UrlBuilder, LeavesEmptyValuesOut) {
  EXPECT_EQ(UrlBuilder("/p").add("a", "").add("b", "x y").add("c", "1").str(), "/p?b=x%20y&c=1");
  EXPECT_EQ(UrlBuilder("/p").str(), "/p");
}

}  // namespace
}  // namespace pastmon::web
