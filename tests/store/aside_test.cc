// SPDX-License-Identifier: MIT
#include "aside.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "backend.h"

namespace pastmon::store {
namespace {

namespace fs = std::filesystem;

class AsideTest : public testing::Test {
 protected:
  AsideTest() { EXPECT_TRUE(directory_.take(temporary_.path() + "/journal")); }

  /// Each a second younger than the one before.
  void put(const std::string& name, std::size_t bytes) {
    const fs::path path = fs::path(directory_.path()) / name;
    std::ofstream(path) << std::string(bytes, 'x');
    fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::hours(10) + std::chrono::seconds(n_++));
  }
  bool there(const std::string& name) const { return directory_.exists(name); }
  static std::string batch(std::uint64_t n, const std::string& end) { return JournalDirectory::batch_name(n) + end; }

  test::TemporaryDirectory temporary_;
  JournalDirectory directory_;
  int n_ = 0;
};

TEST_F(AsideTest, CountsWhatLiesThereAndNothingElse) {
  put(batch(1, ".damaged"), 10);
  put(batch(2, ".refused.2"), 20);
  put("checkpoint.damaged", 30);
  put("checkpoint.damaged.2", 40);
  for (const std::string& other :
       {batch(3, ""), batch(4, ".damaged.new"), std::string("checkpoint"), std::string("identity"),
        std::string("letter.damaged"), std::string("notes.refused")})
    put(other, 1000);
  Aside aside(directory_, 100, base::kSecond);
  aside.find();
  EXPECT_EQ(aside.files(), 4U);
  EXPECT_EQ(aside.bytes(), 100U);
  EXPECT_EQ(aside.deleted(), 0U);
}

TEST_F(AsideTest, BeyondTheBytesTheOldestGoFirst) {
  put(batch(9, ".damaged"), 40);
  put("checkpoint.damaged", 40);
  put(batch(3, ".refused"), 40);
  Aside aside(directory_, 100, base::kSecond);
  testing::internal::CaptureStderr();
  aside.find();
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_NE(log.find("deleted the 1 oldest"), std::string::npos) << log;
  EXPECT_FALSE(there(batch(9, ".damaged")));
  EXPECT_TRUE(there("checkpoint.damaged"));
  EXPECT_EQ(aside.bytes(), 80U);

  put(batch(10, ""), 30);
  EXPECT_EQ(aside.add(batch(10, ""), JournalDirectory::kDamaged), batch(10, ".damaged"));
  EXPECT_FALSE(there("checkpoint.damaged"));
  EXPECT_TRUE(there(batch(3, ".refused")));
  EXPECT_TRUE(there(batch(10, ".damaged")));
  EXPECT_EQ(aside.files(), 2U);
  EXPECT_EQ(aside.bytes(), 70U);
  EXPECT_EQ(aside.deleted(), 2U);
}

TEST_F(AsideTest, TheirNumberIsBoundedToo) {
  for (std::size_t n = 1; n <= Aside::kMaxFiles + 5; ++n) put(batch(n, ".damaged"), 1);
  Aside aside(directory_, 1'000'000, base::kSecond);
  aside.find();
  EXPECT_EQ(aside.files(), Aside::kMaxFiles);
  EXPECT_EQ(aside.deleted(), 5U);
  EXPECT_FALSE(there(batch(5, ".damaged")));
  EXPECT_TRUE(there(batch(6, ".damaged")));
}

TEST_F(AsideTest, WhatWasDeletedIsLoggedNowAndThenNotEachTime) {
  Aside aside(directory_, 0, 60 * base::kSecond);
  testing::internal::CaptureStderr();
  for (std::size_t n = 1; n <= 20; ++n) {
    put(batch(n, ""), 1);
    (void)aside.add(batch(n, ""), JournalDirectory::kDamaged);
  }
  aside.report(true);
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 2) << log;
  EXPECT_NE(log.find("20 since the start"), std::string::npos) << log;
}

}  // namespace
}  // namespace pastmon::store
