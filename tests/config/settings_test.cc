// SPDX-License-Identifier: MIT
#include "pastmon/config/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "pastmon/base/text.h"
#include "settings_schema.h"

namespace pastmon::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
namespace fs = std::filesystem;

class Settings : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "pastmon-settings-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override { fs::remove_all(directory_); }

  std::string write(const std::string& text, mode_t mode = 0640) {
    const fs::path path = directory_ / "test.conf";
    std::ofstream(path) << text;
    chmod(path.c_str(), mode);
    return path.string();
  }
  std::string daemon_refusal(const std::string& text) {
    const auto settings = load_daemon(write(text));
    return settings ? "accepted" : settings.message();
  }
  std::string web_refusal(const std::string& text) {
    const auto settings = load_web(write(text));
    return settings ? "accepted" : settings.message();
  }

  fs::path directory_;
};

/// A line "key = value;" or "key: {", commented out or not; else an empty key.
struct Shown {
  std::string key;
  std::string value;
  bool commented = false;
};
Shown shown_by(std::string_view line) {
  Shown shown;
  line = base::trim(line);
  shown.commented = line.starts_with("// ");
  if (shown.commented) line.remove_prefix(3);
  const auto end = line.find_first_not_of("abcdefghijklmnopqrstuvwxyzDBI_0123456789");
  if (end == 0 || end == std::string_view::npos) return shown;
  const std::string_view rest = base::trim(line.substr(end));
  if (rest.empty() || (rest[0] != '=' && rest[0] != ':')) return shown;
  shown.key = line.substr(0, end);
  shown.value = base::trim(rest.substr(1, rest.find(';') - 1));
  return shown;
}

std::vector<Shown> all_shown(const std::string& path) {
  std::vector<Shown> all;
  std::ifstream lines(path);
  for (std::string line; std::getline(lines, line);) {
    if (Shown shown = shown_by(line); !shown.key.empty()) all.push_back(std::move(shown));
  }
  return all;
}

void expect_documented(const std::vector<Shown>& shown, const Schema& schema) {
  for (const Key& key : schema.keys) {
    EXPECT_TRUE(std::any_of(shown.begin(), shown.end(), [&](const Shown& each) { return each.key == key.name; }))
        << "not in the shipped file: " << key.name;
    if (key.type == Type::group) expect_documented(shown, *key.group);
  }
}

TEST_F(Settings, EffectiveConfigurationSaysWhereEachValueComesFrom) {
  DaemonOverrides overrides;
  overrides.sensor = "here";
  const std::string path = write(
      "snaplen = 1500;\nlimits: {\n  tcp_idle = \"2h\"; };\n"
      "output_DBI: { driver = \"pgsql\"; dbname = \"d\"; password = \"swordfish\"; };");
  const auto settings = load_daemon(path, overrides);
  ASSERT_TRUE(settings) << settings.message();
  using ::testing::ContainsRegex;
  EXPECT_THAT(settings->effective, ContainsRegex("sensor = \"here\"; +// command line\n"));
  EXPECT_THAT(settings->effective, ContainsRegex("snaplen = 1500; +// .*test.conf:1\n"));
  EXPECT_THAT(settings->effective, ContainsRegex("  tcp_idle = \"2h\"; +// .*test.conf:3\n"));
  EXPECT_THAT(settings->effective, ContainsRegex("  tcp_linger = \"5s\"; +// default\n"));
  EXPECT_THAT(settings->effective, ContainsRegex("  password = \"[(]hidden[)]\"; +// .*test.conf:4\n"));

  // It is a configuration again: read back, it means the same.
  const auto again = load_daemon(write(settings->effective));
  ASSERT_TRUE(again) << again.message();
  EXPECT_EQ(again->sensor, "here");
  EXPECT_EQ(again->limits.tcp_idle, 7'200 * base::kSecond);
}

TEST_F(Settings, DefaultsFitIntoTheDefaultMemory) {
  const auto settings = load_daemon("");
  ASSERT_TRUE(settings) << settings.message();
  EXPECT_EQ(settings->limits.max_memory, 4LL << 30U);
  EXPECT_EQ(settings->limits.max_flows, 1'000'000);
  EXPECT_EQ(settings->limits.max_rows, 1'000'000);
}

TEST_F(Settings, BoundsThatAreNotGivenShrinkUntilAllFitIntoTheMemory) {
  for (const char* memory : {"128M", "256M", "1G"}) {
    const auto settings =
        load_daemon(write(base::cat("limits: { max_memory = \"", memory, "\"; max_open_requests = 5000; };")));
    ASSERT_TRUE(settings) << settings.message();
    const Limits& l = settings->limits;
    EXPECT_EQ(l.max_open_requests, 5'000) << "what is given stays";
    EXPECT_LT(l.max_flows, 1'000'000);
    EXPECT_GE(l.max_flows, 1'000);
    EXPECT_LE(l.max_rows_per_bucket, l.max_rows);
    const std::int64_t all = (64LL << 20U) + settings->buffer + l.max_flows * 500 + l.max_buffered + l.max_fragments +
                             l.max_open_requests * 300 + l.max_held + l.max_rows * 1'440 +
                             settings->names.max_names * 400;
    EXPECT_LE(all, l.max_memory) << memory;
    EXPECT_GT(all, l.max_memory * 99 / 100) << "and no more than needed: " << memory;
  }
}

TEST_F(Settings, MemoryThatCannotHoldWhatIsGivenIsRefusedWithWhatWouldDo) {
  EXPECT_THAT(daemon_refusal("limits: { max_memory = \"200M\"; max_buffered = \"1G\"; };"),
              HasSubstr("max_memory is \"200M\", but"));
  EXPECT_THAT(daemon_refusal("limits: { max_memory = \"1M\"; };"), HasSubstr("max_memory"));
}

TEST_F(Settings, ShippedDaemonFileLoadsAndShowsEveryKey) {
  const std::string path = std::string(PASTMON_SOURCE_DIR) + "/etc/pastmon.conf";
  const auto settings = load_daemon(path);
  ASSERT_TRUE(settings) << settings.message();
  EXPECT_EQ(settings->database.driver, "pgsql");
  EXPECT_THAT(settings->warnings, IsEmpty());
  expect_documented(all_shown(path), daemon_schema());
}

TEST_F(Settings, ShippedWebFileLoadsAndShowsEveryKey) {
  const std::string path = std::string(PASTMON_SOURCE_DIR) + "/etc/pastmon-web.conf";
  const auto settings = load_web(path);
  ASSERT_TRUE(settings) << settings.message();
  expect_documented(all_shown(path), web_schema());
}

/// A default that a commented line of the shipped file shows must be the schema's: uncommented, it changes nothing.
TEST_F(Settings, ShippedFilesShowTheDefaultsOfTheSchema) {
  const std::pair<const char*, const Schema*> files[] = {{"pastmon.conf", &daemon_schema()},
                                                         {"pastmon-web.conf", &web_schema()}};
  int compared = 0;
  for (const auto& [name, schema] : files) {
    std::vector<const Schema*> all{schema};
    for (const Key& key : schema->keys) {
      if (key.type == Type::group) all.push_back(key.group);
    }
    for (const Shown& shown : all_shown(std::string(PASTMON_SOURCE_DIR) + "/etc/" + name)) {
      for (const Schema* each : all) {
        const Key* key = each->find(shown.key);
        if (!shown.commented || key == nullptr || key->initial.empty() || key->type == Type::texts) continue;
        if (shown.key == "signatures_directory") continue;  // in a build tree, that of the sources
        const std::string initial(key->initial);
        EXPECT_TRUE(shown.value == initial || shown.value == "\"" + initial + "\"") << name << ": " << shown.key;
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 30);
}

TEST_F(Settings, DefaultsWithoutAFile) {
  const auto settings = load_daemon("");
  ASSERT_TRUE(settings) << settings.message();
  EXPECT_EQ(settings->bucket_seconds, 300);
  EXPECT_EQ(settings->checkpoint, 10 * base::kSecond);
  EXPECT_EQ(settings->buffer, 32 << 20);
  EXPECT_EQ(settings->limits.max_flows, 1'000'000);
  EXPECT_EQ(settings->limits.max_rows_per_bucket, 20'000);
  EXPECT_TRUE(settings->database.driver.empty());
  const auto web = load_web("");
  ASSERT_TRUE(web) << web.message();
  EXPECT_EQ(web->listen_address, "127.0.0.1");
  EXPECT_EQ(web->listen_port, 8080);
  EXPECT_THAT(web->access, ElementsAre("127.0.0.1"));
  EXPECT_TRUE(web->week_starts_on_monday);
  EXPECT_EQ(web->data_directory, "");
  EXPECT_FALSE(web->login_always);
  EXPECT_EQ(web->session_idle, 8 * 3600 * base::kSecond);
  EXPECT_EQ(web->session_lifetime, 7 * 24 * 3600 * base::kSecond);
}

TEST_F(Settings, WhoHasToLogInAndForHowLong) {
  const auto web = load_web(write("login = \"always\"; session_idle = \"15m\"; session_lifetime = \"12h\";"));
  ASSERT_TRUE(web) << web.message();
  EXPECT_TRUE(web->login_always);
  EXPECT_EQ(web->session_idle, 900 * base::kSecond);
  EXPECT_EQ(web->session_lifetime, 12 * 3600 * base::kSecond);
  for (const char* text : {"login = \"never\";", "session_idle = \"10s\";", "session_lifetime = \"400d\";"})
    EXPECT_FALSE(load_web(write(text))) << text;
}

TEST_F(Settings, EveryDefaultIsWithinItsOwnRange) {
  for (const Schema* schema : {&daemon_schema(), &web_schema()}) {
    const auto again = read_text(print(defaults(*schema), *schema), "defaults", *schema);
    EXPECT_TRUE(again) << again.message();
  }
}

TEST_F(Settings, CommandLineGoesBeforeTheFile) {
  DaemonOverrides overrides;
  overrides.interfaces = {"eth1"};
  overrides.filter = "port 80";
  overrides.sensor = "other";
  overrides.bucket_seconds = 60;
  overrides.promiscuous = false;
  const std::string path = write("interfaces = [ \"eth0\" ]; filter = \"tcp\"; sensor = \"one\"; snaplen = 200;");
  const auto settings = load_daemon(path, overrides);
  ASSERT_TRUE(settings) << settings.message();
  EXPECT_THAT(settings->interfaces, ElementsAre("eth1"));
  EXPECT_EQ(settings->filter, "port 80");
  EXPECT_EQ(settings->sensor, "other");
  EXPECT_EQ(settings->bucket_seconds, 60);
  EXPECT_FALSE(settings->promiscuous);
  EXPECT_EQ(settings->snaplen, 200U);
  EXPECT_THAT(settings->effective, HasSubstr("sensor = \"other\";"));
}

TEST_F(Settings, DatabaseSection) {
  const auto settings =
      load_daemon(write(R"(output_DBI: { driver = "pgsql"; dbname = "pastmon2"; host = "db"; port = 5433;
      username = "u"; password = "swordfish"; libpq: { sslmode = "require"; }; };)"));
  ASSERT_TRUE(settings) << settings.message();
  EXPECT_EQ(settings->database.host, "db");
  EXPECT_EQ(settings->database.port, 5433);
  EXPECT_EQ(settings->database.password, "swordfish");
  EXPECT_EQ(settings->database.libpq.at("sslmode"), "require");
  EXPECT_THAT(settings->effective, Not(HasSubstr("swordfish")));
  EXPECT_THAT(settings->warnings, IsEmpty());
}

TEST_F(Settings, PasswordThatEverybodyMayReadIsWarnedOf) {
  const std::string text = "output_DBI: { driver = \"pgsql\"; dbname = \"d\"; password = \"swordfish\"; };";
  const auto settings = load_daemon(write(text, 0644));
  ASSERT_TRUE(settings);
  ASSERT_EQ(settings->warnings.size(), 1U);
  EXPECT_THAT(settings->warnings[0], HasSubstr("chmod 0640"));
  EXPECT_THAT(settings->warnings[0], Not(HasSubstr("swordfish")));
}

TEST_F(Settings, WhatDoesNotFitTogetherIsRefused) {
  EXPECT_THAT(daemon_refusal("\nbucket = \"7m\";"), HasSubstr("test.conf:2: bucket must divide an hour"));
  EXPECT_THAT(daemon_refusal("output_DBI: { driver = \"mysql\"; dbname = \"d\"; };"),
              HasSubstr("driver is \"mysql\" but must be one of \"pgsql\", \"sqlite3\""));
  EXPECT_THAT(daemon_refusal("output_DBI: { driver = \"sqlite3\"; dbname = \"d\";\n host = \"h\"; };"),
              HasSubstr("test.conf:2: host has no meaning with driver \"sqlite3\""));
  EXPECT_THAT(daemon_refusal("output_DBI: { driver = \"pgsql\"; };"), HasSubstr("lacks dbname"));
  EXPECT_THAT(daemon_refusal("limits: { max_rows_per_bucket = 5000;\n max_rows = 4000; };"),
              HasSubstr("max_rows_per_bucket (5000) must not be more than max_rows (4000)"));
  EXPECT_THAT(daemon_refusal("limits: { max_rows_per_bucket = 999; };"), HasSubstr("max_rows_per_bucket"));
  EXPECT_THAT(daemon_refusal("names: { server = \"(many)\"; };"), HasSubstr("server must be an IP address"));
  EXPECT_THAT(daemon_refusal("names: { server = \"ns.example.org\"; };"), HasSubstr("server must be an IP address"));
  EXPECT_THAT(web_refusal("listen = \"nowhere\";"), HasSubstr("test.conf:1: listen is \"nowhere\""));
  EXPECT_THAT(web_refusal("listen = \"127.0.0.1:99999\";"), HasSubstr("listen"));
  EXPECT_THAT(web_refusal("access = [ \"localhost\" ];"), HasSubstr("neither an address nor a network"));
  EXPECT_THAT(web_refusal("access = [ \"10.0.0.0/33\" ];"), HasSubstr("neither an address nor a network"));
  EXPECT_THAT(web_refusal("public_url = \"https://host/path\";"), HasSubstr("public_url must be"));
  EXPECT_EQ(web_refusal("access = [ \"10.0.0.0/8\", \"192.0.2.1\" ]; public_url = \"https://host:8443\";"), "accepted");
}

TEST_F(Settings, BucketOfTheCommandLineMustDivideAnHourToo) {
  for (const base::Seconds seconds : {0, 70}) {
    DaemonOverrides overrides;
    overrides.bucket_seconds = seconds;
    const auto settings = load_daemon("", overrides);
    ASSERT_FALSE(settings);
    EXPECT_THAT(settings.message(), HasSubstr("command line: bucket must divide an hour"));
  }
}

TEST_F(Settings, MissingFileIsOneLine) {
  const auto settings = load_daemon((directory_ / "none.conf").string());
  ASSERT_FALSE(settings);
  EXPECT_THAT(settings.message(), HasSubstr("none.conf: no such file"));
}

}  // namespace
}  // namespace pastmon::config
