// SPDX-License-Identifier: MIT
#include "preprocess.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "schema.h"

namespace pastmon::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

const Schema kSchema{"", {{.name = "a", .type = Type::integer}, {.name = "b", .type = Type::integer}}};

class Preprocess : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "pastmon-config-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override { fs::remove_all(directory_); }

  std::string write(const std::string& name, const std::string& text) {
    const fs::path path = directory_ / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
    return path.string();
  }

  fs::path directory_;
};

TEST_F(Preprocess, IncludeIsLookedUpBesideTheFileThatNamesIt) {
  write("more/inner.conf", "b = 2;\n");
  write("more/outer.conf", "@include \"inner.conf\"\n");
  const auto section = read_file(write("main.conf", "a = 1;\n  @include \"more/outer.conf\"\n"), kSchema);
  ASSERT_TRUE(section) << section.message();
  EXPECT_EQ(section->integer("a"), 1);
  EXPECT_EQ(section->integer("b"), 2);
  EXPECT_EQ(section->place("b").text(), (directory_ / "more/inner.conf").string() + ":1");
}

TEST_F(Preprocess, LinesBehindAnIncludeKeepTheirNumbers) {
  write("inner.conf", "b = 2;\n\n\n\n");
  const auto section = read_file(write("main.conf", "@include \"inner.conf\"\n\nwrong = 1;"), kSchema);
  ASSERT_FALSE(section);
  EXPECT_THAT(section.message(), HasSubstr("main.conf:3: unknown key wrong"));
}

TEST_F(Preprocess, ErrorInAnIncludedFileNamesThatFile) {
  write("inner.conf", "\nb = ;\n");
  const auto section = read_file(write("main.conf", "@include \"inner.conf\"\n"), kSchema);
  ASSERT_FALSE(section);
  EXPECT_THAT(section.message(), HasSubstr("inner.conf:2: syntax error"));
}

TEST_F(Preprocess, IncludeDirectoryTakesConfFilesInOrder) {
  write("d/20.conf", "b = 2;\n");
  write("d/10.conf", "a = 1;\n");
  write("d/notes.txt", "not configuration");
  write("d/.hidden.conf", "not configuration");
  const auto section = read_file(write("main.conf", "@include_dir \"d\"\n"), kSchema);
  ASSERT_TRUE(section) << section.message();
  EXPECT_EQ(section->integer("b"), 2);
  const auto files = conf_files((directory_ / "d").string());
  ASSERT_TRUE(files);
  EXPECT_THAT(*files, ElementsAre(HasSubstr("10.conf"), HasSubstr("20.conf")));
}

TEST_F(Preprocess, FilesThatIncludeThemselvesAreRefused) {
  const auto section = read_file(write("main.conf", "@include \"main.conf\"\n"), kSchema);
  ASSERT_FALSE(section);
  EXPECT_THAT(section.message(), HasSubstr("main.conf:1: files include each other more than 8 deep"));
}

TEST_F(Preprocess, DirectiveInCommentOrStringIsText) {
  const Schema texts{"", {{.name = "t", .type = Type::text}}};
  const auto section = read_file(write("main.conf", "/*\n@include \"gone.conf\"\n*/\nt = \"\n@include\";\n"), texts);
  ASSERT_TRUE(section) << section.message();
  EXPECT_EQ(section->text("t"), "\n@include");
}

TEST_F(Preprocess, MissingFilesAreNamed) {
  const auto none = read_file((directory_ / "none.conf").string(), kSchema);
  ASSERT_FALSE(none);
  EXPECT_THAT(none.message(), HasSubstr("none.conf: no such file"));
  const auto included = read_file(write("main.conf", "\n@include \"gone.conf\"\n"), kSchema);
  ASSERT_FALSE(included);
  EXPECT_THAT(included.message(), HasSubstr("main.conf:2: "));
  EXPECT_THAT(included.message(), HasSubstr("gone.conf: no such file"));
  const auto directory = read_file(directory_.string(), kSchema);
  ASSERT_FALSE(directory);
  EXPECT_THAT(directory.message(), HasSubstr("is a directory"));
}

}  // namespace
}  // namespace pastmon::config
