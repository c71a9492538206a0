// SPDX-License-Identifier: MIT
#include "program.h"

#include <sys/stat.h>

#include <cstdio>
#include <memory>
#include <string>

#include "pastmon/base/log.h"
#include "pastmon/base/text.h"
#include "pastmon/config/settings.h"
#include "pastmon/store/store.h"
#include "signature_test.h"

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

int create_database(const store::Options& options) {
  // Readable for the group (the web server), closed to everybody else.
  ::umask(027);
  Result<std::unique_ptr<store::Database>> database = store::open(options);
  if (!database) {
    const Result<bool> made = store::create(options);
    if (!made) return failed(made.error());
    if (*made) database = store::open(options);
  }
  if (!database) return failed(database.error());
  if (const Result<void> ready = (*database)->prepare(); !ready) return failed(ready.error());
  return done("ready", **database);
}

int check(const store::Options& options) {
  Result<std::unique_ptr<store::Database>> database = store::open_read_only(options);
  if (!database) return failed(database.error());
  if (const Result<void> fine = (*database)->check(); !fine) return failed(fine.error());
  return done("the schema is right", **database);
}

}  // namespace

int run(const config::AdminCommand& command) {
  log::to_stderr("pastmon-admin");
  if (command.action == config::AdminAction::signature_test) return test_signatures(command);
  const std::string file = command.config.empty() ? config::kDefaultDaemonFile : command.config;
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
  return command.action == config::AdminAction::create_database ? create_database(options) : check(options);
}

}  // namespace pastmon::admin
