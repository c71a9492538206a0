// SPDX-License-Identifier: MIT
#include "complaint.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace pastmon::store {
namespace {

const base::Error kAway{"pgsql db/pastmon2: the connection is gone", true};
const base::Error kRefused{"pgsql db/pastmon2: permission denied", false};

std::string logged(base::Micros repeat, const std::vector<const base::Error*>& troubles, bool mended = false) {
  Complaint complaint("/var/lib/pastmon", repeat);
  testing::internal::CaptureStderr();
  for (const base::Error* trouble : troubles) complaint.about(*trouble);
  if (mended) complaint.all_is_well();
  return testing::internal::GetCapturedStderr();
}
auto lines(const std::string& log) { return std::count(log.begin(), log.end(), '\n'); }

TEST(Complaint, WhatPassesByItselfIsToldOnce) {
  const std::string log = logged(base::kSecond, {&kAway, &kAway, &kAway}, true);
  EXPECT_EQ(lines(log), 2) << log;
  EXPECT_NE(log.find("the connection is gone; what is closed waits in /var/lib/pastmon"), std::string::npos) << log;
  EXPECT_NE(log.find("written again"), std::string::npos) << log;
}

TEST(Complaint, WhatSomebodyMustMendIsToldAgain) {
  EXPECT_EQ(lines(logged(0, {&kRefused, &kRefused})), 2);
  EXPECT_EQ(lines(logged(60 * base::kSecond, {&kRefused, &kRefused})), 1);
}

TEST(Complaint, WhatComesOnTopIsTold) { EXPECT_EQ(lines(logged(60 * base::kSecond, {&kAway, &kRefused, &kAway})), 2); }

TEST(Complaint, NothingIsSaidOfADatabaseThatWorks) { EXPECT_EQ(logged(0, {}, true), ""); }

}  // namespace
}  // namespace pastmon::store
