// SPDX-License-Identifier: MIT
#include "journal.h"

#include <cinttypes>
#include <cstdio>
#include <memory>
#include <string>

#include "login.h"
#include "pastmon/base/log.h"
#include "pastmon/base/text.h"
#include "pastmon/config/paths.h"
#include "pastmon/config/settings.h"
#include "pastmon/store/replay.h"
#include "pastmon/store/store.h"

namespace pastmon::admin {
namespace {

namespace log = base::log;
using base::cat;
using base::Error;
using base::Result;
using store::JournalEntry;

int complain(const std::string& message, int status = 1) {
  log::error(message);
  return status;
}

/// Where the journal is and what it goes into.
struct Place {
  std::string directory;
  store::Options database;
};

Result<Place> place_of(const config::AdminCommand& command) {
  const config::JournalCommand& asked = command.journal;
  const bool replay = command.action == config::AdminAction::journal_replay;
  Place place;
  place.directory = asked.directory;
  place.database.dbname = asked.sqlite_file;
  if (!place.directory.empty() && (!replay || !asked.sqlite_file.empty())) return place;
  const std::string file = command.config.empty() ? config::paths().daemon_file : command.config;
  const Result<config::DaemonSettings> settings = config::load_daemon(file);
  if (!settings) return settings.error();
  for (const std::string& warning : settings->warnings) log::warning(warning);
  if (place.directory.empty()) place.directory = settings->data_directory;
  if (replay && asked.sqlite_file.empty()) {
    if (settings->database.driver.empty())
      return Error{cat(file, ": no section output_DBI; name a database with --to sqlite:FILE")};
    place.database = config::store_options<store::Options>(settings->database);
    if (const Result<void> became = become_sensor(settings->database, settings->user); !became) return became.error();
  }
  return place;
}

const char* word(JournalEntry::State state) {
  switch (state) {
    case JournalEntry::State::waiting:
      return "waiting";
    case JournalEntry::State::refused:
      return "refused";
    case JournalEntry::State::damaged:
      return "damaged";
    case JournalEntry::State::checkpoint:
      return "checkpoint";
  }
  return "";
}

void print(const JournalEntry& entry) {
  const std::string file = base::escape_controls(entry.file);
  if (entry.state == JournalEntry::State::damaged) {
    std::printf("%-10s %20s %12s %8s %9s %11" PRIu64 "  %s: %s\n", word(entry.state), "-", "-", "-", "-", entry.bytes,
                file.c_str(), entry.damage.c_str());
    return;
  }
  std::printf("%-10s %20" PRId64 " %12" PRId64 " %8" PRIu64 " %9" PRIu64 " %11" PRIu64 "  %s  %s\n", word(entry.state),
              entry.run, entry.number, entry.buckets, entry.rows, entry.bytes, file.c_str(),
              base::escape_controls(entry.sensor).c_str());
}

int show(const Place& place) {
  const Result<std::vector<JournalEntry>> entries = store::list_journal(place.directory);
  if (!entries) return complain(entries.message());
  if (entries->empty()) {
    std::printf("nothing waits in %s\n", base::escape_controls(place.directory).c_str());
    return 0;
  }
  std::printf("%-10s %20s %12s %8s %9s %11s  %s\n", "STATE", "RUN", "NUMBER", "BUCKETS", "ROWS", "BYTES",
              "FILE, SENSOR");
  for (const JournalEntry& entry : *entries) print(entry);
  return 0;
}

int replay(const Place& place, bool keep) {
  const Result<store::Replayed> done = store::replay_journal(place.directory, place.database, keep);
  if (!done) return complain(done.message());
  for (const std::string& failure : done->failures) log::error(failure);
  std::printf("%" PRIu64 " batches with %" PRIu64 " rows are in %s\n", done->batches, done->rows,
              base::escape_controls(done->description).c_str());
  return done->failures.empty() ? 0 : 1;
}

}  // namespace

bool is_journal(config::AdminAction action) {
  return action == config::AdminAction::journal_show || action == config::AdminAction::journal_replay;
}

int journal(const config::AdminCommand& command) {
  const Result<Place> place = place_of(command);
  if (!place) return complain(place.message(), 2);
  return command.action == config::AdminAction::journal_show ? show(*place) : replay(*place, command.journal.keep);
}

}  // namespace pastmon::admin
