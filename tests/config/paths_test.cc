// SPDX-License-Identifier: MIT
#include "pastmon/config/paths.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace pastmon::config {
namespace {

namespace fs = std::filesystem;

class PathsTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "pastmon-paths-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
  }
  void TearDown() override { fs::remove_all(root_); }

  fs::path root_;
};

TEST_F(PathsTest, EverythingIsUnderOneDirectoryWhereTheSignaturesLieBesideThePrograms) {
  fs::create_directories(root_ / "etc/signatures.d");
  const Paths paths = paths_of(root_ / "sbin/pastmon");
  EXPECT_EQ(paths.daemon_file, root_ / "etc/pastmon.conf");
  EXPECT_EQ(paths.web_file, root_ / "etc/pastmon-web.conf");
  EXPECT_EQ(paths.signatures, root_ / "etc/signatures.d");
  EXPECT_EQ(paths.data, root_ / "var/lib/pastmon");
}

TEST_F(PathsTest, ProgramsOfADistributionUseItsDirectories) {
  for (const fs::path program : {"/nowhere/usr/sbin/pastmon", "pastmon", ""}) {
    const Paths paths = paths_of(program);
    EXPECT_EQ(paths.daemon_file, "/etc/pastmon/pastmon.conf") << program;
    EXPECT_EQ(paths.web_file, "/etc/pastmon/pastmon-web.conf") << program;
    EXPECT_EQ(paths.signatures, "/etc/pastmon/signatures.d") << program;
    EXPECT_EQ(paths.data, "/var/lib/pastmon") << program;
  }
}

TEST_F(PathsTest, ABuildTreeHasTheSignaturesOfItsSources) {
  fs::create_directories(root_ / "etc/signatures.d");
  const Paths paths = paths_of(root_ / "build/release/bin/pastmon");
  EXPECT_EQ(paths.signatures, root_ / "etc/signatures.d");
  EXPECT_EQ(paths.daemon_file, "/etc/pastmon/pastmon.conf");
  EXPECT_EQ(paths_of(root_ / "other/release/bin/pastmon").signatures, "/etc/pastmon/signatures.d");
}

}  // namespace
}  // namespace pastmon::config
