// SPDX-License-Identifier: MIT
// A journal's directory without its daemon: what lies in it, and into a database with that.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pastmon/base/result.h"
#include "pastmon/store/store.h"

namespace pastmon::store {

struct JournalEntry {
  enum class State : std::uint8_t {
    waiting,     ///< for the database
    refused,     ///< by the database, while it took others
    damaged,     ///< cannot be read
    checkpoint,  ///< buckets that were open; they go in when their daemon starts again
  };
  State state = State::waiting;
  std::string file;  ///< its name in the directory
  std::uint64_t bytes = 0;
  std::string damage;  ///< damaged: what is wrong; all below is then empty
  std::string sensor;
  std::int64_t run = 0;
  std::int64_t number = 0;  ///< checkpoint: of the run's next batch
  std::uint64_t buckets = 0;
  std::uint64_t rows = 0;
};

/// In the order of writing, the checkpoint last. Changes nothing; the daemon may be at work.
base::Result<std::vector<JournalEntry>> list_journal(const std::string& directory);

struct Replayed {
  std::string description;  ///< of the database
  std::uint64_t batches = 0;
  std::uint64_t rows = 0;
  std::vector<std::string> failures;  ///< one line each: what is damaged or refused, and was not written
};

/// Writes what waits, what was refused and the checkpoint into the database, each exactly once however often this is
/// called. A file that is in goes, unless `keep`; the others stay. Errors: a daemon has the directory; no such
/// database; the database went away in between (what is in by then stays in).
base::Result<Replayed> replay_journal(const std::string& directory, const Options& database, bool keep);

}  // namespace pastmon::store
