// SPDX-License-Identifier: MIT
#include "units.h"

#include <gtest/gtest.h>

namespace pastmon::config {
namespace {

TEST(Units, Sizes) {
  EXPECT_EQ(parse_size("0"), 0);
  EXPECT_EQ(parse_size("4096"), 4096);
  EXPECT_EQ(parse_size("100M"), 100LL << 20);
  EXPECT_EQ(parse_size(" 2 G "), 2LL << 30);
  for (const char* bad : {"", "M", "-1", "1.5G", "10X", "10MB", "99999999999999999999", "9000000T"}) {
    EXPECT_FALSE(parse_size(bad)) << bad;
  }
}

TEST(Units, Durations) {
  EXPECT_EQ(parse_duration("250ms"), 250'000);
  EXPECT_EQ(parse_duration("30s"), 30'000'000);
  EXPECT_EQ(parse_duration("5m"), 300'000'000);
  EXPECT_EQ(parse_duration("2d"), 172'800'000'000);
  for (const char* bad : {"", "30", "s", "-5s", "1w", "99999999999999d"}) EXPECT_FALSE(parse_duration(bad)) << bad;
}

TEST(Units, FormattedFormReadsBack) {
  for (const std::int64_t value : {0LL, 1LL, 1023LL, 1024LL, 1536LL, 100LL << 20, 5LL << 40}) {
    EXPECT_EQ(parse_size(format_size(value)), value);
    EXPECT_EQ(parse_duration(format_duration(value)), value);
  }
  EXPECT_EQ(format_size(100LL << 20), "100M");
  EXPECT_EQ(format_duration(300'000'000), "5m");
}

}  // namespace
}  // namespace pastmon::config
