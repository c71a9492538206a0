// SPDX-License-Identifier: MIT
#include "schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace pastmon::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const Schema kInner{"section inner",
                    {{.name = "host", .type = Type::text, .required = true, .description = "where it is"},
                     {.name = "password", .type = Type::text, .secret = true},
                     {.name = "keys", .type = Type::open}}};
const Schema kSchema{"",
                     {{.name = "number", .type = Type::integer, .min = 1, .max = 100, .initial = "7"},
                      {.name = "large", .type = Type::integer},
                      {.name = "flag", .type = Type::boolean, .initial = "true"},
                      {.name = "word", .type = Type::text, .choices = {"red", "green"}},
                      {.name = "buffer", .type = Type::size, .min = 1024, .max = 1LL << 40U, .initial = "32M"},
                      {.name = "wait", .type = Type::duration, .min = 0, .max = 3'600'000'000, .initial = "5m"},
                      {.name = "names", .type = Type::texts, .min = 1, .initial = "a b"},
                      {.name = "ports", .type = Type::integers, .min = 1, .max = 65535},
                      {.name = "inner", .type = Type::group, .group = &kInner},
                      {.name = "many", .type = Type::groups, .group = &kInner}}};

base::Result<Section> read(std::string_view text) { return read_text(text, "test.conf", kSchema); }

std::string refusal(std::string_view text) {
  const base::Result<Section> section = read(text);
  return section ? "accepted" : section.message();
}

TEST(Schema, EmptyTextGivesDefaults) {
  const auto section = read("");
  ASSERT_TRUE(section) << section.message();
  EXPECT_EQ(section->integer("number"), 7);
  EXPECT_TRUE(section->boolean("flag"));
  EXPECT_EQ(section->integer("buffer"), 32 << 20);
  EXPECT_EQ(section->integer("wait"), 300'000'000);
  EXPECT_THAT(section->texts("names"), ElementsAre("a", "b"));
  EXPECT_FALSE(section->given("number"));
  EXPECT_FALSE(section->has("word"));
}

TEST(Schema, ValuesOfEveryType) {
  const auto section = read(R"(
    number = 9; flag = false; word = "green"; buffer = "2G"; wait = 90; names = "single"; ports = [ 80, 443 ];
    inner: { host = "db"; keys: { sslmode = "require"; retries = 3; }; };
    many = ( { host = "one"; }, { host = "two"; } );
    large = 12345678901L;)");
  ASSERT_TRUE(section) << section.message();
  EXPECT_EQ(section->integer("number"), 9);
  EXPECT_FALSE(section->boolean("flag"));
  EXPECT_EQ(section->text("word"), "green");
  EXPECT_EQ(section->integer("buffer"), 2LL << 30);
  EXPECT_EQ(section->integer("wait"), 90'000'000);
  EXPECT_THAT(section->texts("names"), ElementsAre("single"));
  EXPECT_THAT(section->integers("ports"), ElementsAre(80, 443));
  EXPECT_EQ(section->group("inner").text("host"), "db");
  EXPECT_EQ(section->group("inner").group("keys").text("sslmode"), "require");
  EXPECT_EQ(section->group("inner").group("keys").text("retries"), "3");
  ASSERT_EQ(section->groups("many").size(), 2U);
  EXPECT_EQ(section->groups("many")[1].text("host"), "two");
  EXPECT_EQ(section->integer("large"), 12345678901);
  EXPECT_TRUE(section->given("number"));
  EXPECT_EQ(section->place("inner").text(), "test.conf:3");
}

TEST(Schema, UnknownKeyNamesItsLineAndTheNearestKey) {
  EXPECT_EQ(refusal("\n\nnumbr = 5;"), "test.conf:3: unknown key numbr; did you mean number?");
  EXPECT_EQ(refusal("zzzzzzzz = 5;"), "test.conf:1: unknown key zzzzzzzz");
  EXPECT_EQ(refusal("inner: { host = \"a\";\n hots = \"b\"; };"),
            "test.conf:2: unknown key hots in section inner; did you mean host?");
}

TEST(Schema, WrongTypesAreRefused) {
  EXPECT_EQ(refusal("number = \"7\";"), "test.conf:1: number must be a whole number");
  EXPECT_EQ(refusal("flag = 1;"), "test.conf:1: flag must be true or false");
  EXPECT_EQ(refusal("word = 1;"), "test.conf:1: word must be text in quotes");
  EXPECT_EQ(refusal("buffer = \"12 elephants\";"), "test.conf:1: buffer must be a size such as \"100M\"");
  EXPECT_THAT(refusal("wait = \"5 weeks\";"), HasSubstr("wait must be a duration"));
  EXPECT_THAT(refusal("ports = [ \"80\" ];"), HasSubstr("ports must be a list of whole numbers"));
  EXPECT_THAT(refusal("inner = 5;"), HasSubstr("inner must be a group"));
  EXPECT_THAT(refusal("many = [ 1 ];"), HasSubstr("many must be a list of groups"));
}

TEST(Schema, ValuesOutOfRangeAreRefused) {
  EXPECT_EQ(refusal("number = 101;"), "test.conf:1: number must be from 1 to 100");
  EXPECT_EQ(refusal("number = -1;"), "test.conf:1: number must be from 1 to 100");
  EXPECT_EQ(refusal("buffer = \"1\";"), "test.conf:1: buffer must be from \"1K\" to \"1T\"");
  EXPECT_EQ(refusal("wait = \"2h\";"), "test.conf:1: wait must be from \"0s\" to \"1h\"");
  EXPECT_EQ(refusal("wait = -1;"), "test.conf:1: wait must be from \"0s\" to \"1h\"");
  EXPECT_EQ(refusal("ports = [ 80, 70000 ];"), "test.conf:1: each of ports must be from 1 to 65535");
  EXPECT_EQ(refusal("word = \"blue\";"), "test.conf:1: word is \"blue\" but must be one of \"red\", \"green\"");
  EXPECT_EQ(refusal("names = [ \"\" ];"), "test.conf:1: names must not be empty");
}

TEST(Schema, IntegerOverThirtyTwoBitsIsRefusedInsteadOfWrapped) {
  EXPECT_THAT(refusal("large = 4294967297;"), HasSubstr("test.conf:1: 4294967297 is too large"));
  EXPECT_THAT(refusal("large = -2147483649;"), HasSubstr("too large"));
  EXPECT_THAT(refusal("large = 0xFFFFFFFF;"), HasSubstr("too large"));
  EXPECT_THAT(refusal("large = 99999999999999999999L;"), HasSubstr("too large"));
  EXPECT_EQ(refusal("large = 2147483647; # 99999999999"), "accepted");
  EXPECT_EQ(refusal("word = \"red\"; /* 99999999999 */ names = \"99999999999\";"), "accepted");
}

TEST(Schema, KeyThatStandsTwiceIsRefused) {
  EXPECT_THAT(refusal("number = 1;\nnumber = 2;"), HasSubstr("test.conf:2: duplicate"));
}

TEST(Schema, RequiredKeyMissing) {
  EXPECT_EQ(refusal("\ninner: { };"), "test.conf:2: section inner lacks host (where it is)");
}

TEST(Schema, SyntaxErrorNamesItsLine) {
  EXPECT_THAT(refusal("number = 1;\nflag = ;\n"), HasSubstr("test.conf:2: syntax error"));
  EXPECT_THAT(refusal("number = 1;\nword = \"red\n\n"), HasSubstr("test.conf:2: this string never ends"));
  EXPECT_THAT(refusal("/* no end\n"), HasSubstr("test.conf:1: this comment never ends"));
}

TEST(Schema, NulBytesAreRefused) {
  EXPECT_THAT(refusal(std::string_view("number = 1;\n\0", 13)), HasSubstr("test.conf:2: a NUL byte"));
  EXPECT_THAT(refusal("names = \"a\\x00b\";"), HasSubstr("NUL byte cannot stand in a string"));
  EXPECT_EQ(refusal("names = \"a\\\\x00b\";"), "accepted");
}

TEST(Schema, DeepNestingIsNoCrash) {
  EXPECT_NE(refusal(std::string(50'000, '{')), "accepted");
  EXPECT_NE(refusal("names = " + std::string(50'000, '(')), "accepted");
}

TEST(Schema, PrintMasksSecretsAndReadsBack) {
  const auto section = read(R"(word = "red"; wait = "90s"; inner: { host = "d\"b"; password = "swordfish";
                               keys: { sslpassword = "swordfish"; sslmode = "require"; }; };)");
  ASSERT_TRUE(section) << section.message();
  const std::string text = print(*section, kSchema);
  EXPECT_THAT(text, Not(HasSubstr("swordfish")));
  EXPECT_THAT(text, HasSubstr("password = \"(hidden)\";"));
  EXPECT_THAT(text, HasSubstr("wait = \"90s\";"));
  const auto again = read_text(text, "printed", kSchema);
  ASSERT_TRUE(again) << again.message() << "\n" << text;
  EXPECT_EQ(again->group("inner").text("host"), "d\"b");
  EXPECT_EQ(print(*again, kSchema), text);
}

TEST(Schema, NearestWord) {
  EXPECT_EQ(nearest("interfces", {"interface", "interfaces"}), "interfaces");
  EXPECT_EQ(nearest("Password", {"password"}), "password");
  EXPECT_EQ(nearest("elephant", {"password", "port"}), "");
}

}  // namespace
}  // namespace pastmon::config
