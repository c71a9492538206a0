// SPDX-License-Identifier: MIT
#include "pastmon/base/regex.h"

#include <gtest/gtest.h>

namespace pastmon::base {
namespace {

TEST(Regex, FindsNamedGroups) {
  auto r = Regex::compile("(?<method>[A-Z]+) (?<path>\\S+)", {.anchored = true});
  ASSERT_TRUE(r) << r.message();
  MatchState state;
  ASSERT_TRUE(state.match(*r, "GET /x HTTP/1.1"));
  ASSERT_EQ(r->groups().size(), 2U);
  EXPECT_EQ(r->groups()[0].name, "method");
  EXPECT_EQ(state.group(r->groups()[0].number), "GET");
  EXPECT_EQ(state.end(), 6U);
  EXPECT_FALSE(state.match(*r, " GET /x"));
  EXPECT_TRUE(state.group(1).empty());
}

TEST(Regex, SaysWhatIsWrongWithAPattern) {
  const auto r = Regex::compile("a(b", {});
  ASSERT_FALSE(r);
  EXPECT_NE(r.message().find("offset 3"), std::string::npos) << r.message();
}

TEST(Regex, MatchesBytesThatAreNoText) {
  auto r = Regex::compile("\\x00\\xff.\\n", {.anchored = true});
  ASSERT_TRUE(r);
  MatchState state;
  EXPECT_TRUE(state.match(*r, std::string_view("\0\xff\0\n", 4)));
}

TEST(Regex, GivesUpOnAPatternThatExplodes) {
  auto r = Regex::compile("(a+)+$", {});
  ASSERT_TRUE(r);
  MatchState state;
  EXPECT_FALSE(state.match(*r, std::string(64, 'a') + "b"));
  EXPECT_EQ(state.limit_hits(), 1U);
}

TEST(Regex, KnowsTheBytesThatAMatchMayBeginWith) {
  const auto r = Regex::compile("(?:GET|P(?:UT|OST)) |(?i)x|(?=..z)[a-c]", {.anchored = true});
  ASSERT_TRUE(r);
  const auto bytes = r->first_bytes();
  for (const char c : {'G', 'P', 'x', 'X', 'a', 'c'}) EXPECT_TRUE(bytes[static_cast<unsigned char>(c)]) << c;
  EXPECT_FALSE(Regex::compile("GET|P", {.anchored = true})->first_bytes()['T']);
  EXPECT_EQ(Regex::compile(".", {.anchored = true})->first_bytes().count(), 256U);
  EXPECT_EQ(Regex::compile(".{2}!|X", {.anchored = true})->first_bytes().count(), 256U);
  EXPECT_EQ(Regex::compile("(?:.{4}|a).{8}b", {.anchored = true})->first_bytes().count(), 256U);
  EXPECT_EQ(Regex::compile("\\xff\\x00", {.anchored = true})->first_bytes().count(), 1U);
}

TEST(Regex, MatchesAnEmptySubject) {
  auto r = Regex::compile("$", {});
  MatchState state;
  EXPECT_TRUE(state.match(*r, nullptr, 0));
}

}  // namespace
}  // namespace pastmon::base
