// SPDX-License-Identifier: MIT
#include "pastmon/config/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace pastmon::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

template <class Command>
Parsed<Command> run(Parsed<Command> (*parse)(int, const char* const*), std::vector<const char*> words) {
  words.insert(words.begin(), "program");
  return parse(static_cast<int>(words.size()), words.data());
}

TEST(CommandLine, LiveCapture) {
  const auto parsed = run(parse_daemon, {"-i", "eth0", "-i", "eth1", "-p", "-f", "-c", "my.conf", "--sensor", "s",
                                         "port", "80", "or", "port", "443"});
  ASSERT_TRUE(parsed.command) << parsed.error;
  EXPECT_THAT(parsed.command->overrides.interfaces, ElementsAre("eth0", "eth1"));
  EXPECT_EQ(parsed.command->overrides.filter, "port 80 or port 443");
  EXPECT_EQ(parsed.command->overrides.promiscuous, false);
  EXPECT_EQ(parsed.command->overrides.sensor, "s");
  EXPECT_TRUE(parsed.command->foreground);
  EXPECT_EQ(parsed.command->config, "my.conf");
}

TEST(CommandLine, FilterRightBehindAnInterface) {
  const auto parsed = run(parse_daemon, {"-i", "eth0", "tcp", "and", "not", "port", "22"});
  ASSERT_TRUE(parsed.command) << parsed.error;
  EXPECT_THAT(parsed.command->overrides.interfaces, ElementsAre("eth0"));
  EXPECT_EQ(parsed.command->overrides.filter, "tcp and not port 22");
}

TEST(CommandLine, UpperCaseDIsForeground) {
  const auto parsed = run(parse_daemon, {"-D", "-i", "eth0"});
  ASSERT_TRUE(parsed.command) << parsed.error;
  EXPECT_TRUE(parsed.command->foreground);
}

TEST(CommandLine, ReadingAFile) {
  const auto json = run(parse_daemon, {"--read", "x.pcap", "--report", "json", "--bucket", "60"});
  ASSERT_TRUE(json.command) << json.error;
  EXPECT_EQ(json.command->report, Report::json);
  EXPECT_EQ(json.command->overrides.bucket_seconds, 60);
  const auto alone = run(parse_daemon, {"-r", "x.pcap"});
  ASSERT_TRUE(alone.command) << alone.error;
  EXPECT_EQ(alone.command->report, Report::table);
  const auto stored = run(parse_daemon, {"-r", "x.pcap", "-c", "my.conf", "--time-shift-to-now"});
  ASSERT_TRUE(stored.command) << stored.error;
  EXPECT_EQ(stored.command->report, Report::none);
  EXPECT_TRUE(stored.command->time_shift_to_now);
  EXPECT_FALSE(stored.command->overrides.promiscuous);
}

TEST(CommandLine, WrongOnesAreOneLineAndStatusTwo) {
  const std::vector<std::vector<const char*>> wrong = {
      {"--no-such-option"},
      {"-i"},
      {"--report", "json"},
      {"-r", "f", "--report", "xml"},
      {"-r", "f", "-i", "eth0"},
      {"--bucket", "many"},
      {"--bucket", "5"},
      {"--time-shift-to-now"},
      {"-r", "-", "--time-shift-to-now"},
      {"-r", "f", "--no\nsuch"},
  };
  for (const auto& words : wrong) {
    const auto parsed = run(parse_daemon, words);
    EXPECT_FALSE(parsed.command) << words[0];
    EXPECT_EQ(parsed.status, 2) << words[0];
    EXPECT_TRUE(parsed.error.starts_with("pastmon: ")) << parsed.error;
    EXPECT_EQ(std::count(parsed.error.begin(), parsed.error.end(), '\n'), 0) << parsed.error;
    EXPECT_THAT(parsed.output, "");
  }
}

TEST(CommandLine, HelpAndVersion) {
  const auto help = run(parse_daemon, {"--help"});
  EXPECT_EQ(help.status, 0);
  EXPECT_FALSE(help.command);
  for (const char* word :
       {"--interface", "--read", "--report", "--check-config", "Examples:", "/etc/pastmon/pastmon.conf"}) {
    EXPECT_THAT(help.output, HasSubstr(word));
  }
  const auto shown = run(parse_daemon, {"--version"});
  EXPECT_EQ(shown.output, std::string("pastmon ") + version() + "\n");
  EXPECT_EQ(shown.status, 0);
  EXPECT_THAT(run(parse_web, {"--help"}).output, HasSubstr("--listen"));
  EXPECT_THAT(run(parse_admin, {"--help"}).output, HasSubstr("create-database"));
}

TEST(CommandLine, Web) {
  const auto parsed = run(parse_web, {"-c", "w.conf", "--listen", "127.0.0.1:9090", "-f", "--address-file", "a"});
  ASSERT_TRUE(parsed.command) << parsed.error;
  EXPECT_EQ(parsed.command->overrides.listen, "127.0.0.1:9090");
  EXPECT_TRUE(parsed.command->foreground);
  EXPECT_EQ(parsed.command->address_file, "a");
  EXPECT_EQ(run(parse_web, {"stray"}).status, 2);
}

TEST(CommandLine, Admin) {
  const auto parsed = run(parse_admin, {"-c", "p.conf", "create-database"});
  ASSERT_TRUE(parsed.command) << parsed.error;
  EXPECT_EQ(parsed.command->action, AdminAction::create_database);
  EXPECT_EQ(parsed.command->config, "p.conf");
  const auto behind = run(parse_admin, {"check", "-c", "p.conf"});
  ASSERT_TRUE(behind.command) << behind.error;
  EXPECT_EQ(behind.command->action, AdminAction::check);
  EXPECT_EQ(behind.command->config, "p.conf");
  EXPECT_EQ(run(parse_admin, {}).status, 2);
  EXPECT_EQ(run(parse_admin, {"destroy"}).status, 2);
}

TEST(CommandLine, AdminSensorRelease) {
  const auto parsed = run(parse_admin, {"sensor", "release", "frankfurt-1", "-c", "p.conf"});
  ASSERT_TRUE(parsed.command) << parsed.error;
  EXPECT_EQ(parsed.command->action, AdminAction::sensor_release);
  EXPECT_EQ(parsed.command->sensor, "frankfurt-1");
  EXPECT_EQ(parsed.command->config, "p.conf");
  EXPECT_EQ(run(parse_admin, {"sensor", "release"}).status, 2);
  EXPECT_EQ(run(parse_admin, {"sensor"}).status, 2);
}

TEST(CommandLine, AdminUser) {
  const auto added = run(parse_admin, {"user", "add", "alice", "--role", "editor", "--password-stdin", "-c", "p.conf"});
  ASSERT_TRUE(added.command) << added.error;
  EXPECT_EQ(added.command->action, AdminAction::user_add);
  EXPECT_EQ(added.command->user.name, "alice");
  EXPECT_EQ(added.command->user.role, "editor");
  EXPECT_TRUE(added.command->user.password_stdin);
  EXPECT_EQ(added.command->config, "p.conf");
  EXPECT_EQ(run(parse_admin, {"user", "list", "--web-config", "w.conf"}).command->web_config, "w.conf");
  EXPECT_EQ(run(parse_admin, {"user", "remove", "alice"}).command->action, AdminAction::user_remove);
  EXPECT_EQ(run(parse_admin, {"user", "password", "alice"}).command->action, AdminAction::user_password);
  EXPECT_EQ(run(parse_admin, {"user", "role", "alice", "--role", "reader"}).command->action, AdminAction::user_role);
  for (const std::vector<const char*>& words :
       std::vector<std::vector<const char*>>{{"user"},
                                             {"user", "add"},
                                             {"user", "add", "alice"},
                                             {"user", "add", "alice", "--role", "owner"},
                                             {"user", "add", "alice", "--role", "editor", "--password", "secret"},
                                             {"user", "role", "alice"}})
    EXPECT_EQ(run(parse_admin, words).status, 2) << words.back();
}

TEST(CommandLine, AdminJournal) {
  const auto shown = run(parse_admin, {"journal", "show", "--directory", "d", "-c", "p.conf"});
  ASSERT_TRUE(shown.command) << shown.error;
  EXPECT_EQ(shown.command->action, AdminAction::journal_show);
  EXPECT_EQ(shown.command->journal.directory, "d");
  EXPECT_EQ(shown.command->config, "p.conf");
  const auto replayed = run(parse_admin, {"journal", "replay", "--to", "sqlite:a b", "--keep"});
  ASSERT_TRUE(replayed.command) << replayed.error;
  EXPECT_EQ(replayed.command->action, AdminAction::journal_replay);
  EXPECT_EQ(replayed.command->journal.sqlite_file, "a b");
  EXPECT_TRUE(replayed.command->journal.keep);
  EXPECT_EQ(run(parse_admin, {"journal"}).status, 2);
  EXPECT_EQ(run(parse_admin, {"journal", "replay", "--to", "mysql:x"}).status, 2);
}

}  // namespace
}  // namespace pastmon::config
