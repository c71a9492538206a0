// SPDX-License-Identifier: MIT
#include "report_text.h"

#include <gtest/gtest.h>

namespace pastmon::daemon {
namespace {

TEST(ReportTextTest, DurationsHaveThreeDigitsAndAUnit) {
  EXPECT_EQ(duration_text(0), "0us");
  EXPECT_EQ(duration_text(870.4), "870us");
  EXPECT_EQ(duration_text(999), "999us");
  EXPECT_EQ(duration_text(999.6), "1.00ms");
  EXPECT_EQ(duration_text(1'234), "1.23ms");
  EXPECT_EQ(duration_text(12'345), "12.3ms");
  EXPECT_EQ(duration_text(123'456), "123ms");
  EXPECT_EQ(duration_text(9'996), "10.0ms");
  EXPECT_EQ(duration_text(99'960), "100ms");
  EXPECT_EQ(duration_text(999'700), "1.00s");
  EXPECT_EQ(duration_text(305e6), "305s");
  EXPECT_EQ(duration_text(10080e6), "2.80h");
  EXPECT_EQ(duration_text(1.5 * 8.64e10 * 4), "6.00d");
}

TEST(ReportTextTest, AmountsHaveThreeDigitsAndAMultiple) {
  EXPECT_EQ(amount_text(0), "0");
  EXPECT_EQ(amount_text(999), "999");
  EXPECT_EQ(amount_text(1'500), "1.50k");
  EXPECT_EQ(amount_text(12'345'678), "12.3M");
  EXPECT_EQ(amount_text(4'000'000'000), "4.00G");
  EXPECT_EQ(amount_text(2'000'000'000'000'000), "2000T");
}

TEST(ReportTextTest, TimesAreInUtc) { EXPECT_EQ(time_text(1'700'000'100), "2023-11-14 22:15:00 UTC"); }

TEST(ReportTextTest, NothingFromTheWireReachesTheTerminalRaw) {
  EXPECT_EQ(printable("a\x1b[2J\n\xff", true), "a\\x1b[2J\\n\xef\xbf\xbd");
  EXPECT_EQ(printable("a\x1b[2J\n\xff", false), "a\\x1b[2J\\n?");
  EXPECT_EQ(printable("caf\xc3\xa9", true), "caf\xc3\xa9");
  EXPECT_EQ(printable("caf\xc3\xa9", false), "caf?");
}

TEST(ReportTextTest, CellsTakeTheirWidthExactly) {
  EXPECT_EQ(fitted("ab", 4, false, true), "ab  ");
  EXPECT_EQ(fitted("ab", 4, true, true), "  ab");
  EXPECT_EQ(fitted("abcdef", 4, false, false), "abc~");
  EXPECT_EQ(fitted("\xc3\xa9\xc3\xa9\xc3\xa9", 2, false, true), "\xc3\xa9…");
  EXPECT_EQ(fitted("\xc3\xa9", 3, true, true), "  \xc3\xa9");
  EXPECT_EQ(fitted("abc", 0, true, true), "");
}

}  // namespace
}  // namespace pastmon::daemon
