// SPDX-License-Identifier: MIT
#include "failure_counts.h"

#include <gtest/gtest.h>

namespace pastmon::web {
namespace {

constexpr base::Micros kNow = 1'000'000'000;

TEST(FailureCounts, WhoTriesTooOftenWaitsUntilTheWindowEnds) {
  FailureCounts counts({.allowed = 3, .window = 100, .keys = 10});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(counts.attempt("a", kNow + i), 0);
  EXPECT_EQ(counts.attempt("a", kNow + 10), 90);
  EXPECT_EQ(counts.attempt("b", kNow + 10), 0) << "others need not wait";
  EXPECT_EQ(counts.attempt("a", kNow + 99), 1);
  EXPECT_EQ(counts.attempt("a", kNow + 100), 0);
}

TEST(FailureCounts, SuccessesDoNotCount) {
  FailureCounts counts({.allowed = 2, .window = 100, .keys = 10});
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(counts.attempt("a", kNow), 0);
    counts.take_back("a");
  }
  EXPECT_EQ(counts.size(), 0U);
  EXPECT_EQ(counts.attempt("a", kNow), 0);
  EXPECT_EQ(counts.attempt("a", kNow), 0);
  counts.take_back("a");
  EXPECT_EQ(counts.attempt("a", kNow), 0);
  EXPECT_NE(counts.attempt("a", kNow), 0) << "a success does not forgive what was in vain";
}

TEST(FailureCounts, TheTableIsBounded) {
  FailureCounts counts({.allowed = 1, .window = 100, .keys = 10});
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(counts.attempt(std::to_string(i), kNow + i % 50), 0);
  EXPECT_EQ(counts.size(), 10U);
  EXPECT_NE(counts.attempt("999", kNow + 50), 0) << "the newest are still known";
  EXPECT_EQ(counts.attempt("new", kNow + 500), 0);
  EXPECT_EQ(counts.size(), 1U) << "what is over goes first";
}

}  // namespace
}  // namespace pastmon::web
