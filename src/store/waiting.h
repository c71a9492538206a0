// SPDX-License-Identifier: MIT
// Batches on their way into the database, oldest first: on disk, or in memory while the disk does not take them; within
// bounds. Locks nothing: whoever shares it does.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "journal_directory.h"
#include "pastmon/base/clock.h"
#include "pastmon/base/result.h"

namespace pastmon::store {

struct WaitingBatch {
  std::uint64_t sequence = 0;
  std::uint64_t bytes = 0;
  std::shared_ptr<const std::string> unsaved;  ///< the bytes, as long as they are not on disk
  unsigned refusals = 0;                       ///< by the database, for reasons that time does not mend
  bool last_chance = false;                    ///< a later batch went in: one more refusal is the last

  std::string name() const { return JournalDirectory::batch_name(sequence); }
};

class Waiting {
 public:
  /// After so many refusals the batches behind one are tried.
  static constexpr unsigned kRefusals = 5;
  /// Batches held in memory while the disk is full.
  static constexpr std::uint64_t kMaxUnsaved = 64U << 20U;

  /// `max_bytes`: beyond it the oldest are lost; that is logged once a `repeat`.
  Waiting(const JournalDirectory& directory, std::uint64_t max_bytes, base::Micros repeat)
      : directory_(directory), max_bytes_(max_bytes), repeat_(repeat) {}

  /// Takes up what lies in the directory.
  base::Result<void> find();

  /// On disk when this succeeds. Else in memory: save() tries again.
  base::Result<void> append(std::string bytes);
  base::Result<void> save();

  bool empty() const { return batches_.empty(); }
  std::size_t size() const { return batches_.size(); }
  std::size_t unsaved() const;
  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t lost() const { return lost_; }
  /// Logs what was lost and not logged yet, if it is time, or `now`.
  void report_losses(bool now);

  /// The one to try now: the oldest; but one that was refused too often lets the next ones try. It is not dropped
  /// before taken() or failed().
  WaitingBatch next();
  /// This one is in the database, or aside: no longer waits. `written`: the ones before it have their last chance.
  void taken(std::uint64_t sequence, bool written);
  /// This one stays. `refused`: for reasons that time does not mend. True: it was its last chance.
  bool failed(std::uint64_t sequence, bool refused);

 private:
  void drop_beyond_bounds();
  void drop(std::deque<WaitingBatch>::iterator batch);
  std::deque<WaitingBatch>::iterator at(std::uint64_t sequence);

  const JournalDirectory& directory_;
  const std::uint64_t max_bytes_;
  const base::Micros repeat_;
  std::deque<WaitingBatch> batches_;
  std::uint64_t bytes_ = 0;
  std::uint64_t unsaved_bytes_ = 0;
  std::uint64_t next_sequence_ = 1;
  std::uint64_t in_progress_ = 0;  ///< sequence; 0: none
  std::uint64_t lost_ = 0;
  std::uint64_t lost_logged_ = 0;
  std::chrono::steady_clock::time_point next_report_{};
};

}  // namespace pastmon::store
