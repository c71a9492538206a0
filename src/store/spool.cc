// SPDX-License-Identifier: MIT
#include "pastmon/store/spool.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "aside.h"
#include "batches.h"
#include "complaint.h"
#include "journal.h"
#include "journal_directory.h"
#include "open_state.h"
#include "pastmon/base/log.h"
#include "pastmon/base/text.h"
#include "rows.h"
#include "waiting.h"

namespace pastmon::store {
namespace {

using base::cat;
using base::Error;
using base::Result;

/// An hour's roll-up is made this long after its end: by then its last bucket is closed and stored.
constexpr base::Seconds kRollUpAfter = 600;

/// What is set aside may take this part of the journal's bound, besides.
constexpr std::uint64_t kAsideShare = 4;

class FileSpool final : public Spool {
 public:
  FileSpool(SpoolOptions options, Options database)
      : options_(std::move(options)),
        database_options_(std::move(database)),
        aside_(directory_, options_.max_bytes / kAsideShare, options_.repeat),
        waiting_(directory_, options_.max_bytes, options_.repeat),
        complaint_(options_.directory, options_.repeat) {
    head_.sensor = options_.sensor;
    head_.run = options_.run;
  }
  ~FileSpool() override { (void)stop(0); }

  Result<void> begin();

  Result<void> close(std::vector<metric::Bucket> closed, std::map<base::Seconds, std::vector<Statistic>> statistics,
                     std::vector<HostName> names) override;
  Result<void> checkpoint(std::vector<metric::Bucket> changed,
                          std::map<base::Seconds, std::vector<Statistic>> statistics,
                          std::vector<HostName> names) override;
  Result<void> stop(base::Micros patience) override;
  SpoolCounters counters() const override;
  base::Micros busy_since() const noexcept override { return busy_since_; }
  std::string trouble() const override;

 private:
  void count_aside();

  // ---- by the caller's thread, under mutex_
  Result<void> commit_orphan();
  Result<void> write_checkpoint();

  // ---- by the database thread
  void run();
  bool has_work() const { return !waiting_.empty() || open_.pending() || roll_ups_; }
  Result<void> work(std::unique_lock<std::mutex>& lock);
  Result<void> write_next(std::unique_lock<std::mutex>& lock);
  void set_aside_damaged(const WaitingBatch& batch, const std::string& damage);
  void set_aside_refused(const WaitingBatch& batch, const std::string& why);
  Result<void> write_pending(std::unique_lock<std::mutex>& lock);
  Result<void> roll_up(std::unique_lock<std::mutex>& lock);
  Result<Database*> connected();

  const SpoolOptions options_;
  const Options database_options_;
  JournalDirectory directory_;
  Batch head_;   // what all batches of this run have in common
  Aside aside_;  // begin()'s, then the database thread's

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Waiting waiting_;  // guarded by mutex_, as is everything down to finished_
  std::int64_t next_number_ = 1;
  std::int64_t next_other_number_ = -1;
  bool roll_ups_ = false;  // a batch went in: some may be due
  OpenState open_;
  SpoolCounters counters_;
  bool stopping_ = false;   // when nothing is left to do
  bool abandoned_ = false;  // at once
  bool finished_ = false;
  std::unique_ptr<Database> database_;  // made and used by the thread; interrupt() under mutex_
  std::string trouble_;                 // guarded by mutex_
  std::atomic<base::Micros> busy_since_{0};
  Complaint complaint_;  // the thread's
  std::thread thread_;
};

Result<void> FileSpool::begin() {
  if (Result<void> taken = directory_.take(options_.directory); !taken) return taken;
  Result<std::string> identity = directory_.identity();
  if (!identity) return identity.error();
  head_.identity = *std::move(identity);
  if (Result<void> found = waiting_.find(); !found) return found;
  aside_.find();
  if (Result<void> committed = commit_orphan(); !committed) return committed;
  count_aside();
  if (!waiting_.empty()) base::log::info(waiting_.size(), " batches of an earlier run wait in ", options_.directory);
  thread_ = std::thread([this] { run(); });
  return {};
}

Result<void> FileSpool::commit_orphan() {
  if (!directory_.exists(JournalDirectory::kCheckpoint)) return {};
  const Result<std::string> bytes = directory_.read(JournalDirectory::kCheckpoint);
  if (!bytes) return bytes.error();
  Result<Batch> orphan = decode_journal(*bytes, JournalKind::checkpoint);
  if (!orphan) {
    ++counters_.batches_damaged;
    base::log::error("the checkpoint in ", options_.directory, " is unreadable (", orphan.message(), "): kept as ",
                     aside_.add(JournalDirectory::kCheckpoint, JournalDirectory::kDamaged));
    return {};
  }
  // The same file is being read again: it will give these rows, complete.
  const bool again = orphan->run == options_.run && orphan->sensor == options_.sensor;
  if (!again) {
    for (const Batch& batch : orphan_batches(*std::move(orphan))) {
      if (Result<void> appended = waiting_.append(encode_batch(batch)); !appended) return appended;
    }
  }
  directory_.remove(JournalDirectory::kCheckpoint);
  return {};
}

Result<void> FileSpool::write_checkpoint() {
  if (!open_.empty()) {
    return directory_.write(JournalDirectory::kCheckpoint, open_.encode(head_, next_number_));
  }
  if (directory_.exists(JournalDirectory::kCheckpoint)) directory_.remove(JournalDirectory::kCheckpoint);
  return {};
}

// A disk that takes nothing loses nothing: what it did not take waits in memory, and the error is told.
Result<void> FileSpool::close(std::vector<metric::Bucket> closed,
                              std::map<base::Seconds, std::vector<Statistic>> statistics, std::vector<HostName> names) {
  std::vector<metric::Bucket> merged = merge_buckets(std::move(closed));
  const std::lock_guard lock(mutex_);
  std::vector<HostName> carried = open_.take_names();
  carried.insert(carried.end(), names.begin(), names.end());
  Result<void> done;
  for (Batch& batch : split_batches(head_, std::move(merged), std::move(statistics), carried)) {
    batch.number = batch.buckets.empty() ? next_other_number_-- : next_number_++;
    if (Result<void> appended = waiting_.append(encode_batch(batch)); !appended) done = std::move(appended);
    open_.close(batch.buckets, batch.statistics);
  }
  changed_.notify_all();
  // The checkpoint still has what is in memory only: it is not replaced by one that has it no more.
  return done ? write_checkpoint() : done;
}

Result<void> FileSpool::checkpoint(std::vector<metric::Bucket> changed,
                                   std::map<base::Seconds, std::vector<Statistic>> statistics,
                                   std::vector<HostName> names) {
  const std::lock_guard lock(mutex_);
  open_.replace(std::move(changed), statistics, names);
  changed_.notify_all();
  waiting_.report_losses(false);
  if (Result<void> saved = waiting_.save(); !saved) return saved;
  return write_checkpoint();
}

Result<void> FileSpool::stop(base::Micros patience) {
  if (!thread_.joinable()) return {};
  {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
    changed_.wait_for(lock, std::chrono::microseconds(patience), [this] { return finished_; });
    abandoned_ = true;
    changed_.notify_all();
    if (!finished_ && database_) database_->interrupt();
  }
  thread_.join();
  database_.reset();
  const std::lock_guard lock(mutex_);
  Result<void> saved = waiting_.save();
  if (!saved) saved = Error{cat(saved.message(), "; ", waiting_.unsaved(), " batches are lost")};
  waiting_.report_losses(true);
  aside_.report(true);
  if (waiting_.size() > waiting_.unsaved()) {
    base::log::warning(waiting_.size() - waiting_.unsaved(), " batches stay in ", options_.directory,
                       " until the next start");
  }
  return saved;
}

SpoolCounters FileSpool::counters() const {
  const std::lock_guard lock(mutex_);
  SpoolCounters counters = counters_;
  counters.batches_waiting = waiting_.size();
  counters.bytes_waiting = waiting_.bytes();
  counters.batches_lost = waiting_.lost();
  return counters;
}

std::string FileSpool::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

void FileSpool::run() {
  std::unique_lock lock(mutex_);
  base::Micros pause = options_.retry_min;
  while (!abandoned_) {
    // Connects at once, so that the tables are there for readers before the first row.
    changed_.wait(lock, [this] { return stopping_ || abandoned_ || has_work() || !database_; });
    if (abandoned_ || (stopping_ && !has_work())) break;
    busy_since_ = base::SystemClock().monotonic();
    const Result<void> done = work(lock);
    busy_since_ = 0;
    trouble_ = done ? std::string() : done.message();
    if (done) {
      complaint_.all_is_well();
      pause = options_.retry_min;
      continue;
    }
    complaint_.about(done.error());
    changed_.wait_for(lock, std::chrono::microseconds(pause), [this] { return abandoned_; });
    pause = std::min(2 * pause, options_.retry_max);
  }
  finished_ = true;
  changed_.notify_all();
}

Result<void> FileSpool::work(std::unique_lock<std::mutex>& lock) {
  const auto begun = std::chrono::steady_clock::now();
  if (!has_work()) {
    lock.unlock();
    const Result<Database*> database = connected();
    lock.lock();
    if (!database) return database.error();
    return {};
  }
  if (waiting_.empty() && !open_.pending()) return roll_up(lock);
  Result<void> done = waiting_.empty() ? write_pending(lock) : write_next(lock);
  const auto took = std::chrono::steady_clock::now() - begun;
  if (done) counters_.last_write_time = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
  return done;
}

// Called without the lock, by the thread.
Result<Database*> FileSpool::connected() {
  if (!database_) {
    Result<std::unique_ptr<Database>> opened = open(database_options_);
    if (!opened) return opened.error();
    if (Result<void> prepared = (*opened)->prepare(); !prepared) return prepared.error();
    // Introduces itself: that another machine has this name is found out now, not with the first bucket.
    if (Result<void> known = (*opened)->write_open(head_); !known) return known.error();
    const std::lock_guard lock(mutex_);
    database_ = *std::move(opened);
  }
  return database_.get();
}

Result<void> FileSpool::write_next(std::unique_lock<std::mutex>& lock) {
  const WaitingBatch waiting = waiting_.next();
  lock.unlock();
  const Result<Database*> database = connected();
  Result<void> done;
  std::uint64_t rows = 0;
  std::string damage;
  if (!database) {
    done = database.error();
  } else if (const Result<std::string> bytes = waiting.unsaved ? *waiting.unsaved : directory_.read(waiting.name());
             !bytes) {
    damage = bytes.message();
  } else if (const Result<Batch> batch = decode_journal(*bytes, JournalKind::batch); !batch) {
    damage = batch.message();
  } else {
    done = (*database)->write(*batch);
    for (const metric::Bucket& bucket : batch->buckets) rows += bucket.rows.size();
  }
  lock.lock();
  const bool refused = !done && database && !done.error().temporary;
  if (refused) database_.reset();  // a new connection tells what is refused: this batch, or all of us
  if (!done && !waiting_.failed(waiting.sequence, refused)) return done;
  waiting_.taken(waiting.sequence, done && damage.empty());
  if (!damage.empty()) {
    ++counters_.batches_damaged;
  } else if (!done) {
    ++counters_.batches_refused;
  } else {
    ++counters_.batches_written;
    counters_.rows_written += rows;
    roll_ups_ = true;
  }
  lock.unlock();
  if (!damage.empty()) {
    set_aside_damaged(waiting, damage);
  } else if (!done) {
    set_aside_refused(waiting, done.message());
  } else {
    directory_.remove(waiting.name());
  }
  lock.lock();
  count_aside();
  return {};
}

// Last, when nothing waits: pages are faster with them, but right without. A failure is tried again with the next
// batch.
Result<void> FileSpool::roll_up(std::unique_lock<std::mutex>& lock) {
  lock.unlock();
  const Result<Database*> database = connected();
  const base::Seconds before = base::SystemClock().now() / base::kSecond - kRollUpAfter;
  const Result<bool> more = database ? (*database)->roll_up(options_.sensor, before) : Result<bool>(database.error());
  lock.lock();
  roll_ups_ = more && *more;
  if (!more && !abandoned_) base::log::warning("a roll-up was not made: ", more.message());
  return {};
}

void FileSpool::count_aside() {
  counters_.batches_aside = aside_.files();
  counters_.bytes_aside = aside_.bytes();
  counters_.aside_deleted = aside_.deleted();
}

void FileSpool::set_aside_damaged(const WaitingBatch& batch, const std::string& damage) {
  base::log::error("the journal file ", batch.name(), " is unreadable (", damage, "): kept as ",
                   aside_.add(batch.name(), JournalDirectory::kDamaged));
}

void FileSpool::set_aside_refused(const WaitingBatch& batch, const std::string& why) {
  std::string kept = cat(batch.name(), JournalDirectory::kRefused);
  if (directory_.exists(batch.name())) {
    kept = aside_.add(batch.name(), JournalDirectory::kRefused);
  } else if (Result<void> saved = directory_.write(kept, batch.unsaved ? *batch.unsaved : std::string()); !saved) {
    kept = cat("nothing: ", saved.message());
  } else {
    aside_.added(kept);
  }
  base::log::error("the database refuses the batch ", batch.name(), " for good (", why, "), others it takes: kept as ",
                   kept, "; pastmon-admin journal replay tries it again");
}

Result<void> FileSpool::write_pending(std::unique_lock<std::mutex>& lock) {
  const std::string bytes = open_.take_pending(head_);
  lock.unlock();
  Result<Batch> pending = decode_journal(bytes, JournalKind::checkpoint);
  Result<Database*> database = connected();
  Result<void> done;
  if (!pending) {
    done = pending.error();
  } else if (!database) {
    done = database.error();
  } else {
    done = (*database)->write_open(*pending);
  }
  lock.lock();
  if (!done && pending) open_.put_back(*pending);
  return done;
}

}  // namespace

Result<std::unique_ptr<Spool>> Spool::start(const SpoolOptions& options, const Options& database) {
  auto spool = std::make_unique<FileSpool>(options, database);
  if (Result<void> begun = spool->begin(); !begun) return begun.error();
  return std::unique_ptr<Spool>(std::move(spool));
}

}  // namespace pastmon::store
