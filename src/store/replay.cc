// SPDX-License-Identifier: MIT
#include "pastmon/store/replay.h"

#include <map>
#include <optional>

#include "batches.h"
#include "journal.h"
#include "journal_directory.h"
#include "pastmon/base/text.h"

namespace pastmon::store {
namespace {

using base::cat;
using base::Error;
using base::Result;
using State = JournalEntry::State;

JournalKind kind_of(const std::string& file) {
  return JournalDirectory::is_batch(file) ? JournalKind::batch : JournalKind::checkpoint;
}

std::uint64_t rows_in(const Batch& batch) {
  std::uint64_t rows = 0;
  for (const metric::Bucket& bucket : batch.buckets) rows += bucket.rows.size();
  return rows;
}

std::optional<State> state_of(const std::string& file) {
  if (file.find(JournalDirectory::kDamaged) != std::string::npos) return State::damaged;
  if (file == JournalDirectory::kCheckpoint) return State::checkpoint;
  if (!JournalDirectory::is_batch(file)) return std::nullopt;
  return file.find(JournalDirectory::kRefused) != std::string::npos ? State::refused : State::waiting;
}

JournalEntry described(State state, const std::string& file, const std::string& bytes) {
  JournalEntry entry;
  entry.state = state;
  entry.file = file;
  entry.bytes = bytes.size();
  const Result<Batch> batch = decode_journal(bytes, kind_of(file));
  if (!batch || state == State::damaged) {
    entry.state = State::damaged;
    entry.damage = batch ? "could not be read when it was set aside" : batch.message();
    return entry;
  }
  entry.sensor = batch->sensor;
  entry.run = batch->run;
  entry.number = batch->number;
  entry.buckets = batch->buckets.size();
  entry.rows = rows_in(*batch);
  return entry;
}

/// What is not written is told once a reason, with the first file of those that share it.
class Failures {
 public:
  void add(const std::string& file, const std::string& why) {
    const auto [at, fresh] = count_.try_emplace(why, order_.size());
    if (fresh) order_.push_back({why, file, 0});
    ++order_[at->second].files;
  }
  std::vector<std::string> lines() const {
    std::vector<std::string> lines;
    for (const auto& [why, first, files] : order_)
      lines.push_back(cat(first, files > 1 ? cat(" and ", files - 1, " more") : std::string(), ": ", why));
    return lines;
  }

 private:
  struct Line {
    std::string why, first;
    std::size_t files = 0;
  };
  std::map<std::string, std::size_t> count_;
  std::vector<Line> order_;
};

Result<void> put_all(const std::vector<Batch>& batches, Database& database, Replayed& replayed) {
  for (const Batch& batch : batches) {
    if (Result<void> done = database.write(batch); !done) return done;
    ++replayed.batches;
    replayed.rows += rows_in(batch);
  }
  return {};
}

std::vector<Batch> batches_in(State state, Batch&& content) {
  if (state == State::checkpoint) return orphan_batches(std::move(content));
  std::vector<Batch> batches;
  batches.push_back(std::move(content));
  return batches;
}

}  // namespace

Result<std::vector<JournalEntry>> list_journal(const std::string& path) {
  JournalDirectory directory;
  if (Result<void> opened = directory.look_at(path); !opened) return opened.error();
  std::vector<JournalEntry> entries;
  for (const std::string& file : directory.files()) {
    const std::optional<State> state = state_of(file);
    if (!state) continue;
    const Result<std::string> bytes = directory.read(file);
    if (!bytes && !directory.exists(file)) continue;  // the daemon was faster
    if (!bytes) return bytes.error();
    entries.push_back(described(*state, file, *bytes));
  }
  return entries;
}

Result<Replayed> replay_journal(const std::string& path, const Options& options, bool keep) {
  JournalDirectory directory;
  if (Result<void> taken = directory.take(path, false); !taken) return taken.error();
  Result<std::unique_ptr<Database>> database = open(options);
  if (!database) return database.error();
  if (Result<void> ready = (*database)->prepare(); !ready) return ready.error();
  Replayed replayed;
  replayed.description = (*database)->description();
  Failures failures;
  for (const std::string& file : directory.files()) {
    const std::optional<State> state = state_of(file);
    if (!state || *state == State::damaged) continue;
    const Result<std::string> bytes = directory.read(file);
    if (!bytes) return bytes.error();
    Result<Batch> content = decode_journal(*bytes, kind_of(file));
    if (!content) {
      failures.add(file, cat("unreadable (", content.message(), ")"));
      if (!keep) (void)directory.set_aside(file, JournalDirectory::kDamaged);
      continue;
    }
    if (Result<void> done = put_all(batches_in(*state, *std::move(content)), **database, replayed); !done) {
      if (done.error().temporary)
        return Error{cat(done.message(), "; ", replayed.batches, " batches were written, the rest stays in ", path)};
      failures.add(file, done.message());
      continue;
    }
    if (!keep) directory.remove(file);
  }
  replayed.failures = failures.lines();
  return replayed;
}

}  // namespace pastmon::store
