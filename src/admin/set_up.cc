// SPDX-License-Identifier: MIT
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "database_commands.h"
#include "login.h"
#include "pastmon/base/log.h"
#include "pastmon/base/text.h"
#include "pastmon/store/administration.h"
#include "web_settings.h"

namespace pastmon::admin {
namespace {

using base::cat;
using base::Error;
using base::Result;

/// The names and passwords of the two roles, as the configurations have them. `login`: the role that makes them, which
/// is not one of the two.
Result<store::Roles> roles_of(const config::AdminCommand& command, const config::Database& sensor) {
  store::Roles roles;
  if (!sensor.username.empty() && sensor.username != command.login.user) {
    roles.writer = sensor.username;
    roles.writer_password = sensor.password;
  }
  const std::string file = web_file(command);
  if (file.empty()) return roles;
  const Result<config::WebSettings> web = config::load_web(file);
  if (!web) return web.error();
  const config::Database& database = web->database;
  if (database.driver != "pgsql" || database.dbname != sensor.dbname) {
    if (command.web_config.empty()) return roles;  // somebody else's
    return Error{cat(file, " names another database than the sensor's configuration")};
  }
  if (!database.username.empty()) roles.reader = database.username;
  roles.reader_password = database.password;
  return roles;
}

/// The groups of sensors of the command line, with their passwords.
Result<store::FrontChange> front_change(const config::FrontCommand& command) {
  store::FrontChange change;
  change.removed = command.removed;
  for (const std::string& text : command.groups) {
    const std::size_t equals = text.find('=');
    const store::SensorGroup group{text.substr(0, equals), text.substr(equals + 1), {}};
    if (Result<void> fine = store::check_group(group); !fine) return fine.error();
    change.groups.push_back(group);
  }
  if (command.passwords.empty()) return change;
  if (Result<void> read = store::read_group_passwords(command.passwords, change.groups); !read) return read.error();
  return change;
}

}  // namespace

int set_up(const config::AdminCommand& command, const config::Database& database) {
  const auto failed = [](const Error& error, int status) {
    base::log::error(error.message);
    return status;
  };
  // Readable for the group (the web server), closed to everybody else.
  ::umask(027);
  store::SetUp what;
  if (database.driver == "pgsql") {
    Result<store::Roles> roles = roles_of(command, database);
    if (!roles) return failed(roles.error(), 2);
    what.roles = *std::move(roles);
  }
  if (command.front.front) {
    Result<store::FrontChange> change = front_change(command.front);
    if (!change) return failed(change.error(), 2);
    what.front = *std::move(change);
  }
  Result<store::Options> options = login_options(database, command.login);
  if (!options) return failed(options.error(), 1);
  what.options = *std::move(options);
  what.must_exist = command.action == config::AdminAction::upgrade_database;
  what.administrator = local_administrator(what.options, command.login);
  const Result<store::SetUpDone> done = store::set_up_database(what);
  if (!done) return failed(done.error(), 1);
  for (const std::string& made : done->made) std::printf("made: %s\n", base::escape_controls(made).c_str());
  for (const std::string& warning : done->warnings) base::log::warning(warning);
  if (done->version_before > 0 && done->version_before < done->version) {
    std::printf("upgraded: from schema version %lld to %lld\n", static_cast<long long>(done->version_before),
                static_cast<long long>(done->version));
  }
  std::printf("ready: %s\n", base::escape_controls(done->description).c_str());
  return 0;
}

}  // namespace pastmon::admin
