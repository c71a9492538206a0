// SPDX-License-Identifier: MIT
#include "migrate.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "login.h"
#include "pastmon/base/log.h"
#include "pastmon/base/text.h"
#include "pastmon/config/paths.h"
#include "pastmon/config/settings.h"
#include "pastmon/store/migrate.h"
#include "pastmon/store/spool_lock.h"

namespace pastmon::admin {
namespace {

namespace log = base::log;
using base::cat;
using base::Error;
using base::Result;

/// One end: its database, and where the sensor of its configuration keeps its journal.
struct End {
  store::Options options;
  std::string data_directory;  ///< "": no configuration was read
  config::Database database;   ///< of PostgreSQL, and the user of the sensor that writes to it
  std::string user;
};

Result<End> end_of(const std::string& place, const std::string& file, bool read_it) {
  End end;
  const bool sqlite = place.starts_with(config::kMigrateFile);
  if (!sqlite || read_it) {
    const Result<config::DaemonSettings> settings = config::load_daemon(file);
    if (!settings) return settings.error();
    for (const std::string& warning : settings->warnings) log::warning(warning);
    end.data_directory = settings->data_directory;
    if (!sqlite && settings->database.driver != "pgsql")
      return Error{cat(file, ": its section output_DBI names no PostgreSQL database (driver = \"pgsql\")")};
    if (!sqlite) {
      end.options = config::store_options<store::Options>(settings->database);
      end.database = settings->database;
      end.user = settings->user;
    }
  }
  if (sqlite) {
    end.options.driver = "sqlite3";
    end.options.dbname = place.substr(config::kMigrateFile.size());
  }
  return end;
}

/// "1,234,567"
std::string grouped(std::int64_t number) {
  std::string digits = cat(number);
  for (std::size_t at = digits.size(); at > 3 + (number < 0 ? 1U : 0U);) digits.insert(at -= 3, ",");
  return digits;
}

/// One line on a terminal that changes; nothing elsewhere.
class ProgressLine {
 public:
  void show(const store::MigrateProgress& progress) {
    if (!terminal_) return;
    std::fprintf(stderr, "\r\033[K%s %s: %s of %s rows", progress.verifying ? "comparing" : "copying",
                 std::string(progress.table).c_str(), grouped(progress.rows).c_str(), grouped(progress.total).c_str());
    std::fflush(stderr);
    shown_ = true;
  }
  void end() {
    if (shown_) std::fputs("\r\033[K", stderr);
    shown_ = false;
  }

 private:
  bool terminal_ = ::isatty(STDERR_FILENO) != 0;
  bool shown_ = false;
};

void print(const store::Migrated& migrated) {
  std::printf("%s -> %s\n", base::escape_controls(migrated.from).c_str(), base::escape_controls(migrated.to).c_str());
  std::printf("%-14s %14s %14s\n", "table", "in the source", "in the target");
  for (const store::MigratedTable& table : migrated.tables) {
    std::printf("%-14s %14s %14s  %s\n", table.name.c_str(), grouped(table.source_rows).c_str(),
                grouped(table.target_rows).c_str(), table.agree ? "agree" : "DIFFER");
    if (!table.name.starts_with("level_")) continue;
    const std::pair<const char*, std::int64_t store::MigratedTable::Sums::*> sums[] = {
        {"transactions", &store::MigratedTable::Sums::transactions},
        {"packets", &store::MigratedTable::Sums::packets},
        {"bytes", &store::MigratedTable::Sums::bytes}};
    for (const auto& [name, sum] : sums) {
      std::printf("  %-12s %14s %14s\n", name, grouped(table.source.*sum).c_str(), grouped(table.target.*sum).c_str());
    }
  }
}

int report(const store::Migrated& migrated) {
  for (const std::string& warning : migrated.warnings) log::warning(warning);
  print(migrated);
  if (!migrated.agree()) {
    log::error("not all is in ", migrated.to, ": see the tables that differ; running it again copies nothing twice");
    return 1;
  }
  if (migrated.changed) {
    log::error("something wrote to ", migrated.from,
               " while it was copied: stop it and run this again, which copies what ", "has come since");
    return 1;
  }
  std::printf("All is in %s. %s is left as it is.\n", base::escape_controls(migrated.to).c_str(),
              base::escape_controls(migrated.from).c_str());
  return 0;
}

int failed(const std::string& message, int status) {
  log::error(message);
  return status;
}

}  // namespace

int migrate(const config::AdminCommand& command) {
  const config::MigrateCommand& what = command.migrated;
  const std::string file = command.config.empty() ? config::paths().daemon_file : command.config;
  const Result<End> from = end_of(what.from, what.from_config.empty() ? file : what.from_config,
                                  !command.config.empty() || !what.from_config.empty());
  if (!from) return failed(from.message(), 2);
  const Result<End> to = end_of(what.to, what.to_config.empty() ? file : what.to_config,
                                !command.config.empty() || !what.to_config.empty());
  if (!to) return failed(to.message(), 2);
  for (const End* end : {&*from, &*to}) {
    if (const Result<void> became = become_sensor(end->database, end->user); !became)
      return failed(became.message(), 1);
  }

  std::vector<store::SpoolLock> locks;
  std::vector<std::string> directories = {from->data_directory, to->data_directory};
  directories.erase(std::unique(directories.begin(), directories.end()), directories.end());
  for (const std::string& directory : directories) {
    if (directory.empty() || what.beside_sensor) continue;
    Result<store::SpoolLock> lock = store::SpoolLock::take(directory);
    if (!lock) return failed(lock.message(), 1);
    if (lock->state() == store::SpoolLock::State::busy)
      return failed(cat("pastmon runs (process ", lock->holder(), ", ", directory, "): stop it first; if it writes to ",
                        "another database than the source, give --beside-sensor"),
                    1);
    locks.push_back(*std::move(lock));
  }

  ProgressLine line;
  const Result<store::Migrated> migrated = store::migrate(
      {from->options, to->options, [&line](const store::MigrateProgress& progress) { line.show(progress); }});
  line.end();
  return migrated ? report(*migrated) : failed(migrated.message(), 1);
}

}  // namespace pastmon::admin
