// SPDX-License-Identifier: MIT
#include "csv.h"

#include <gtest/gtest.h>

namespace pastmon::web {
namespace {

std::string one(std::string_view text) { return Csv().text(text).take(); }

TEST(Csv, RowsEndAsTheStandardSays) {
  Csv csv;
  csv.text("a").number(std::int64_t{7}).empty().number(1.23456);
  csv.end_row();
  csv.text("b");
  csv.end_row();
  EXPECT_EQ(csv.take(), "a,7,,1.235\r\nb\r\n");
}

TEST(Csv, QuotesWhatNeedsIt) {
  EXPECT_EQ(one("plain text"), "plain text");
  EXPECT_EQ(one("a,b"), "\"a,b\"");
  EXPECT_EQ(one("say \"no\""), "\"say \"\"no\"\"\"");
  EXPECT_EQ(one("two\nlines"), "\"two\nlines\"");
}

TEST(Csv, FormulasAreDefused) {
  for (const char* formula : {"=1+1", "+1", "-1", "@SUM(A1)", "\tx"})
    EXPECT_EQ(one(formula), std::string("'") + formula);
  EXPECT_EQ(one("=cmd|' /C calc'!A0,\"x\""), "\"'=cmd|' /C calc'!A0,\"\"x\"\"\"");
  EXPECT_EQ(one("\n=1"), "\"'\n=1\"");
  EXPECT_EQ(one("a=1"), "a=1");
}

TEST(Csv, NumbersAreNumbers) {
  EXPECT_EQ(Csv().number(-2.5).take(), "-2.5");
  EXPECT_EQ(Csv().number(0.0 / 0.0).take(), "");
}

}  // namespace
}  // namespace pastmon::web
