// SPDX-License-Identifier: MIT
#include "pastmon/base/text.h"

#include <gtest/gtest.h>

namespace pastmon::base {
namespace {

TEST(Text, JoinsTextsAndNumbers) {
  EXPECT_EQ(cat("port ", 80, ' ', std::string("x"), -1, ' ', 1.5, ' ', std::uint8_t{7}), "port 80 x-1 1.5 7");
}

TEST(Text, RepairsUtf8) {
  EXPECT_EQ(repair_utf8("gr\xc3\xbc\xc3\x9f"), "gr\xc3\xbc\xc3\x9f");
  EXPECT_EQ(repair_utf8("\xc0\x80"), "\xef\xbf\xbd\xef\xbf\xbd") << "overlong";
  EXPECT_EQ(repair_utf8("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd") << "surrogate";
  EXPECT_EQ(repair_utf8("a\xe2\x82"), "a\xef\xbf\xbd\xef\xbf\xbd") << "cut short";
  EXPECT_EQ(repair_utf8("\xf4\x90\x80\x80").substr(0, 3), "\xef\xbf\xbd") << "above U+10FFFF";
}

TEST(Text, EscapesControls) {
  EXPECT_EQ(escape_controls(std::string_view("a\0b\x1b\n\xc2\x9b\x7f", 8)), "a\\x00b\\x1b\\n\\x9b\\x7f");
}

TEST(Text, SplitsTrimsAndLowers) {
  EXPECT_EQ(split("a,,b", ',').size(), 3U);
  EXPECT_EQ(trim(" \t a b\n"), "a b");
  EXPECT_EQ(trim("  "), "");
  EXPECT_EQ(lower("A\xc3\x9cz"), "a\xc3\x9cz");
}

}  // namespace
}  // namespace pastmon::base
