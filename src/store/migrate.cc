// SPDX-License-Identifier: MIT
#include "pastmon/store/migrate.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <thread>

#include "connection.h"
#include "migrate_check.h"
#include "migrate_notes.h"
#include "migrate_tables.h"
#include "migrate_totals.h"
#include "pastmon/base/text.h"
#include "rollup.h"
#include "rows.h"
#include "schema.h"

namespace pastmon::store {
namespace {

using base::cat;
using base::Error;
using base::Result;
using Note = MigrationNotes::Note;

constexpr base::Seconds kStatementTimeout = kDay;
constexpr std::size_t kRowsAStep = 2'000;  // one transaction of the target
constexpr int kLockTries = 30;             // a tenth of a second apart

base::Seconds now() { return base::SystemClock().now() / base::kSecond; }

/// A lone SQLite file (a backup) has no -wal yet; then it is opened as a writer would, which makes one.
Result<std::unique_ptr<Connection>> open_source(const Options& options) {
  const bool lone = options.driver == "sqlite3" && ::access(options.dbname.c_str(), F_OK) == 0 &&
                    ::access((options.dbname + "-wal").c_str(), F_OK) != 0;
  return connect(options, !lone);
}

class Migration {
 public:
  explicit Migration(const MigrateOptions& options) : options_(options) {
    options_.from.query_timeout = options_.to.query_timeout = kStatementTimeout;
  }

  Result<Migrated> run();

 private:
  Result<void> open();
  Result<void> keep_summarisers_out();
  Result<void> begin();
  Result<void> start_over(const Note& whole);
  Result<void> refuse_clashes();
  Result<void> copy(const CopiedTable& table);
  Result<void> copy_step(const CopiedTable& table, const std::vector<CopiedRow>& rows, Note& note);
  Result<void> touch_rollups(const CopiedTable& table, const std::vector<CopiedRow>& rows);
  Result<void> make_days(const CopiedTable& table, const std::vector<CopiedRow>& rows);
  Result<void> add_totals();
  Result<void> verify();
  Result<void> finish();
  void tell(std::string_view table, std::int64_t rows, std::int64_t total, bool verifying) const {
    if (options_.progress) options_.progress({table, rows, total, verifying});
  }

  MigrateOptions options_;
  std::unique_ptr<Connection> source_, target_;
  std::unique_ptr<Transaction> snapshot_;  // of the source
  std::unique_ptr<MigrationNotes> notes_;
  std::string contents_;  // of the source in the snapshot
  std::map<std::string, std::int64_t> totals_;
  std::set<base::Seconds> days_;
  Migrated result_;
};

Result<void> Migration::open() {
  Result<std::unique_ptr<Connection>> source = open_source(options_.from);
  if (!source) return source.error();
  source_ = *std::move(source);
  if (Result<void> fine = check_schema(*source_); !fine) return fine;
  Result<std::unique_ptr<Connection>> target = connect(options_.to, false);
  if (!target) return target.error();
  target_ = *std::move(target);
  for (Connection* end : {source_.get(), target_.get()}) {
    if (Result<void> own_rows = refuse_front(*end); !own_rows) return own_rows;
  }
  if (Result<void> ready = prepare_schema(*target_); !ready) return ready;
  result_.from = source_->description();
  result_.to = target_->description();

  const Result<std::string> from = identity_of(*source_);
  if (!from) return from.error();
  const Result<std::string> to = identity_of(*target_);
  if (!to) return to.error();
  if (*from == *to) return Error{cat(result_.from, " and ", result_.to, " are the same database, or copies of one")};
  if (Result<void> alone = keep_summarisers_out(); !alone) return alone;
  notes_ = std::make_unique<MigrationNotes>(*target_, *from);
  snapshot_ = std::make_unique<Transaction>(*source_);
  return snapshot_->begin_read();
}

// A summariser of the target would find half of an interval; one of the source would move rows that are copied already,
// so that they stood in both levels of the target. The server keeps the lock of a migration that was killed until it
// has done with its last statement, so a little patience belongs to it.
Result<void> Migration::keep_summarisers_out() {
  for (Connection* end : {source_.get(), target_.get()}) {
    Result<bool> locked = end->lock_archive();
    for (int tries = 1; locked && !*locked && tries < kLockTries; ++tries) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      locked = end->lock_archive();
    }
    if (!locked && end == source_.get()) {
      result_.warnings.push_back(cat(locked.message(), ": let nothing summarise the source meanwhile"));
      continue;
    }
    if (!locked) return locked.error();
    if (!*locked)
      return Error{cat(end->description(), " is being summarised, or another migration has it: wait until ",
                       "pastmon_summarise_level_2 (or pastmon-admin migrate) has ended, then run this again")};
  }
  return {};
}

Result<void> Migration::begin() {
  Result<std::string> contents = contents_of(*source_);
  if (!contents) return contents.error();
  contents_ = *std::move(contents);
  const Result<Note> whole = notes_->read(MigrationNotes::kWhole);
  if (!whole) return whole.error();
  result_.went_on = whole->there;
  if (whole->there && whole->position == contents_) return {};
  return start_over(*whole);
}

/// The first run, or the source is no longer what it was at the first run.
Result<void> Migration::start_over(const Note& whole) {
  if (!whole.there) {
    if (Result<void> fine = refuse_clashes(); !fine) return fine;
  } else {
    result_.warnings.emplace_back(
        "the source has changed since the last run: all tables are copied from the beginning");
  }
  Transaction transaction(*target_);
  if (Result<void> begun = transaction.begin_write(); !begun) return begun;
  if (Result<void> held = hold_schema(*target_); !held) return held;
  if (Result<void> done = notes_->write(MigrationNotes::kWhole, whole, {true, contents_, 0, 0}); !done) return done;
  if (Result<void> done = notes_->forget_positions(); !done) return done;
  return transaction.commit();
}

// Archived rows of a sensor have no run that tells whose they are: two databases' parts of an interval cannot be told
// apart afterwards. Rows of level 1 can.
Result<void> Migration::refuse_clashes() {
  struct Sensor {
    Id id = 0;
    std::string name, identity;
  };
  std::vector<Sensor> sensors;
  Result<void> read = source_->query("SELECT id, name, identity FROM sensor", {}, [&](const RowView& row) {
    sensors.push_back({row.integer(0), std::string(row.text(1)), std::string(row.text(2))});
  });
  if (!read) return read;
  for (const Sensor& sensor : sensors) {
    std::string identity;
    bool archived = false;
    Result<void> done = target_->query("SELECT identity FROM sensor WHERE id = ?", {sensor.id},
                                       [&](const RowView& row) { identity = row.text(0); });
    if (!done) return done;
    if (!identity.empty() && !sensor.identity.empty() && identity != sensor.identity)
      return Error{cat(result_.to, " has a sensor \"", base::escape_controls(sensor.name),
                       "\" that is another machine: rename one of them first")};
    done = target_->query("SELECT 1 FROM level_2 WHERE sensor = ? LIMIT 1", {sensor.id},
                          [&archived](const RowView&) { archived = true; });
    if (!done) return done;
    if (archived)
      return Error{cat(result_.to, " has archived rows (level 2) of sensor \"", base::escape_controls(sensor.name),
                       "\" already, which ", result_.from, " did not bring: they cannot be joined")};
  }
  return {};
}

Result<void> Migration::make_days(const CopiedTable& table, const std::vector<CopiedRow>& rows) {
  if (table.name != "level_1") return {};
  std::vector<base::Seconds> missing;
  for (const CopiedRow& row : rows) {
    const base::Seconds bucket = integer_of(row, 0);
    if (days_.insert(bucket - bucket % kDay).second) missing.push_back(bucket - bucket % kDay);
  }
  return target_->make_days(missing);
}

/// Roll-ups of these hours or days are made anew, from now on with these rows.
Result<void> Migration::touch_rollups(const CopiedTable& table, const std::vector<CopiedRow>& rows) {
  if (!table.name.starts_with("level_")) return {};
  std::map<Id, std::set<base::Seconds>> buckets;
  for (const CopiedRow& row : rows) buckets[integer_of(row, 2)].insert(integer_of(row, 0));
  Rollups rollups(*target_);
  for (const auto& [sensor, touched] : buckets) {
    Result<void> done = rollups.touch(table.name == "level_2" ? Level::two : Level::one, touched, sensor);
    if (!done) return done;
  }
  return {};
}

// Rows and the note on them in one transaction: a kill leaves both or neither.
Result<void> Migration::copy_step(const CopiedTable& table, const std::vector<CopiedRow>& rows, Note& note) {
  if (Result<void> made = make_days(table, rows); !made) return made;
  Note next{true, rows.empty() ? note.position : key_text(table, rows.back()),
            note.copied + static_cast<std::int64_t>(rows.size()), rows.size() < kRowsAStep ? now() : 0};
  Transaction transaction(*target_);
  if (Result<void> begun = transaction.begin_write(); !begun) return begun;
  if (Result<void> held = hold_schema(*target_); !held) return held;
  if (Result<void> done = notes_->write(table.name, note, next); !done) return done;
  const Insert what{table.name, table.columns, table.on_conflict};
  const Result<std::int64_t> inserted =
      target_->insert(what, rows.size(), [&](std::size_t i, RowSink& sink) { put_row(table, rows[i], sink); });
  if (!inserted) return inserted.error();
  if (Result<void> done = touch_rollups(table, rows); !done) return done;
  note = std::move(next);
  return transaction.commit();
}

Result<void> Migration::copy(const CopiedTable& table) {
  TableReader reader(*source_, table);
  const Result<std::int64_t> total = reader.count();
  if (!total) return total.error();
  totals_[table.name] = *total;
  Result<Note> note = notes_->read(table.name);
  if (!note) return note.error();
  tell(table.name, note->copied, *total, false);
  while (note->finished == 0) {
    const Result<std::vector<Parameter>> after = key_of_text(table, note->position);
    if (!after) return after.error();
    const Result<std::vector<CopiedRow>> rows = reader.rows_after(*after, kRowsAStep);
    if (!rows) return rows.error();
    if (Result<void> done = copy_step(table, *rows, *note); !done) return done;
    tell(table.name, note->copied, *total, false);
  }
  return {};
}

/// Last, and at once: nothing else would tell whether they were added already.
Result<void> Migration::add_totals() {
  const Result<Note> note = notes_->read(MigrationNotes::kTotals);
  if (!note) return note.error();
  if (note->there && note->position == contents_) return {};
  Transaction transaction(*target_);
  if (Result<void> begun = transaction.begin_write(); !begun) return begun;
  if (Result<void> held = hold_schema(*target_); !held) return held;
  const Result<TotalsMoved> moved = move_totals(*source_, *target_, note->there);
  if (!moved) return moved.error();
  if (moved->left > 0)
    result_.warnings.push_back(cat(moved->left, " totals (for Prometheus) stay as they are in ", result_.to,
                                   ", which has counted itself meanwhile"));
  if (Result<void> done =
          notes_->write(MigrationNotes::kTotals, *note, {true, contents_, note->copied + moved->rows, now()});
      !done)
    return done;
  return transaction.commit();
}

Result<void> Migration::verify() {
  std::vector<CopiedTable> tables = copied_tables();
  for (const CopiedTable& totals : total_tables()) tables.push_back(totals);
  for (const CopiedTable& table : tables) {
    const std::int64_t total = totals_[table.name];
    tell(table.name, 0, total, true);
    Result<MigratedTable> compared =
        compare_table(*source_, *target_, table, [&](std::int64_t rows) { tell(table.name, rows, total, true); });
    if (!compared) return compared.error();
    result_.tables.push_back(*std::move(compared));
  }
  return {};
}

Result<void> Migration::finish() {
  snapshot_.reset();
  const Result<std::string> contents = contents_of(*source_);
  if (!contents) return contents.error();
  result_.changed = *contents != contents_;
  if (result_.changed || !result_.agree()) return {};
  const Result<Note> whole = notes_->read(MigrationNotes::kWhole);
  if (!whole) return whole.error();
  Transaction transaction(*target_);
  if (Result<void> begun = transaction.begin_write(); !begun) return begun;
  if (Result<void> done = notes_->write(MigrationNotes::kWhole, *whole, {true, contents_, 0, now()}); !done)
    return done;
  return transaction.commit();
}

Result<Migrated> Migration::run() {
  if (Result<void> done = open(); !done) return done.error();
  const auto steps = [this]() -> Result<void> {
    if (Result<void> done = begin(); !done) return done;
    for (const CopiedTable& table : copied_tables()) {
      if (Result<void> done = copy(table); !done) return done;
    }
    if (Result<void> done = add_totals(); !done) return done;
    if (Result<void> done = verify(); !done) return done;
    return finish();
  };
  if (Result<void> done = steps(); !done) {
    const bool broken = source_->lost() || target_->lost();
    return Error{cat(done.message(), broken ? "; run it again, it goes on where it stopped" : ""), broken};
  }
  return std::move(result_);
}

}  // namespace

bool Migrated::agree() const noexcept {
  return std::all_of(tables.begin(), tables.end(), [](const MigratedTable& table) { return table.agree; });
}

Result<Migrated> migrate(const MigrateOptions& options) { return Migration(options).run(); }

}  // namespace pastmon::store
