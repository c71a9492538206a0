// SPDX-License-Identifier: MIT
#include "program.h"

#include <cstdio>
#include <memory>
#include <string>

#include "database_commands.h"
#include "export.h"
#include "journal.h"
#include "login.h"
#include "migrate.h"
#include "pastmon/base/log.h"
#include "pastmon/base/text.h"
#include "pastmon/config/paths.h"
#include "pastmon/config/settings.h"
#include "pastmon/store/store.h"
#include "sensor.h"
#include "signature_test.h"
#include "user.h"

namespace pastmon::admin {
namespace {

namespace log = base::log;
using base::Result;

int failed(const base::Error& error, int status = 1) {
  log::error(error.message);
  return status;
}

int done(const char* what, const store::Database& database) {
  std::printf("%s: %s\n", what, base::escape_controls(database.description()).c_str());
  return 0;
}

int check(const store::Options& options) {
  Result<std::unique_ptr<store::Database>> database = store::open_read_only(options);
  if (!database) return failed(database.error());
  if (const Result<void> fine = (*database)->check(); !fine) return failed(fine.error());
  const std::vector<std::string> missing = (*database)->warnings();
  for (const std::string& line : missing) log::warning(line);
  return missing.empty() ? done("the schema is right", **database) : 1;
}

}  // namespace

int run(const config::AdminCommand& command) {
  log::to_stderr("pastmon-admin");
  if (command.action == config::AdminAction::signature_test) return test_signatures(command);
  if (is_journal(command.action)) return journal(command);
  if (command.action == config::AdminAction::migrate) return migrate(command);
  if (is_user(command.action)) return user(command);
  const std::string file = command.config.empty() ? config::paths().daemon_file : command.config;
  const Result<config::DaemonSettings> settings = config::load_daemon(file);
  if (!settings) return failed(settings.error(), 2);
  for (const std::string& warning : settings->warnings) log::warning(warning);
  if (command.action == config::AdminAction::check_config) {
    std::fputs(settings->effective.c_str(), stdout);
    return 0;
  }
  if (settings->database.driver.empty()) {
    return failed({base::cat(file, ": no section output_DBI, so there is no database to work on")}, 2);
  }
  const auto options = config::store_options<store::Options>(settings->database);
  switch (command.action) {
    case config::AdminAction::create_database:
    case config::AdminAction::upgrade_database:
      // A file that root makes could not be written by the sensor.
      if (settings->database.driver == "sqlite3") {
        if (const Result<void> became = become_user(settings->user); !became) return failed(became.error());
      }
      return set_up(command, settings->database);
    case config::AdminAction::drop_database:
      return drop(command, settings->database);
    default:
      break;
  }
  if (const Result<void> became = become_sensor(settings->database, settings->user); !became)
    return failed(became.error());
  switch (command.action) {
    case config::AdminAction::export_rows:
      return export_rows(options, command.exported);
    case config::AdminAction::sensor_release:
      return release_sensor(options, command.sensor);
    default:
      return check(options);
  }
}

}  // namespace pastmon::admin
