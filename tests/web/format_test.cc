// SPDX-License-Identifier: MIT
#include "format.h"

#include <gtest/gtest.h>

namespace pastmon::web::format {
namespace {

TEST(Count, GroupsThousands) {
  EXPECT_EQ(count(0), "0");
  EXPECT_EQ(count(999), "999");
  EXPECT_EQ(count(1000), "1,000");
  EXPECT_EQ(count(1'234'567), "1,234,567");
  EXPECT_EQ(count(-1000), "-1,000");
  EXPECT_EQ(count(-100), "-100");
}

TEST(Duration, HasThreeDigitsAndTheUnitThatFits) {
  EXPECT_EQ(duration(0), "0 µs");
  EXPECT_EQ(duration(7), "7 µs");
  EXPECT_EQ(duration(850.4), "850 µs");
  EXPECT_EQ(duration(1240), "1.24 ms");
  EXPECT_EQ(duration(2000), "2.00 ms");
  EXPECT_EQ(duration(12'340), "12.3 ms");
  EXPECT_EQ(duration(999'400), "999 ms");
  EXPECT_EQ(duration(999'600), "1.00 s");
  EXPECT_EQ(duration(12.34e6), "12.3 s");
  EXPECT_EQ(duration(125e6), "2 min 5 s");
  EXPECT_EQ(duration(120e6), "2 min");
  EXPECT_EQ(duration(3.0 * 3600e6 + 12 * 60e6), "3 h 12 min");
  EXPECT_EQ(duration(50.0 * 3600e6), "2 d 2 h");
}

TEST(Bytes, UsesPowersOfThousand) {
  EXPECT_EQ(bytes(0), "0 B");
  EXPECT_EQ(bytes(812), "812 B");
  EXPECT_EQ(bytes(1240), "1.24 kB");
  EXPECT_EQ(bytes(999'700), "1.00 MB");
  EXPECT_EQ(bytes(12.3e9), "12.3 GB");
}

TEST(Decimal, KeepsWhatMatters) {
  EXPECT_EQ(decimal(0.25), "0.25");
  EXPECT_EQ(decimal(5), "5");
  EXPECT_EQ(decimal(12'345.4), "12,345");
}

TEST(Percent, SaysWhenItIsTinyOrMeaningless) {
  EXPECT_EQ(percent(1, 8), "12.5 %");
  EXPECT_EQ(percent(0, 8), "0 %");
  EXPECT_EQ(percent(1, 100'000), "< 0.1 %");
  EXPECT_EQ(percent(1, 0), "–");
  EXPECT_EQ(percent(8, 8), "100 %");
}

TEST(Span, IsInWords) {
  EXPECT_EQ(span(300), "5 minutes");
  EXPECT_EQ(span(60), "60 seconds");
  EXPECT_EQ(span(3 * 3600), "3 hours");
  EXPECT_EQ(span(1), "1 second");
}

TEST(WireText, EscapesControlsAndRemovesWhatTurnsText) {
  EXPECT_EQ(wire_text("a\x1b[2Jb"), "a\\x1b[2Jb");
  EXPECT_EQ(wire_text("exe\xe2\x80\xaetxt.evil"), "exetxt.evil");
  EXPECT_EQ(wire_text("a\xe2\x81\xa6"
                      "b\xe2\x80\x8b"),
            "ab");
  EXPECT_EQ(wire_text("a–b €"), "a–b €");
  EXPECT_EQ(wire_text("\xe2\x80"), "\xef\xbf\xbd\xef\xbf\xbd");
}

TEST(Failures, AreWhatGotNoProperAnswer) {
  metric::Aggregate values;
  values[metric::Counter::transactions] = 10;
  values[metric::Counter::unanswered] = 1;
  values[metric::Counter::refused] = 2;
  values[metric::Counter::aborted] = 3;
  values[metric::Counter::errors] = 4;
  EXPECT_EQ(failures(values), 6);
}

}  // namespace
}  // namespace pastmon::web::format
