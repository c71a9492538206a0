// SPDX-License-Identifier: MIT
#include "waiting.h"

#include <algorithm>

#include "pastmon/base/log.h"
#include "pastmon/base/text.h"

namespace pastmon::store {

using base::cat;
using base::Error;
using base::Result;

Result<void> Waiting::find() {
  const Result<std::vector<JournalDirectory::File>> found = directory_.batches();
  if (!found) return found.error();
  for (const JournalDirectory::File& file : *found) {
    WaitingBatch& batch = batches_.emplace_back();
    batch.sequence = file.sequence;
    batch.bytes = file.bytes;
    bytes_ += file.bytes;
  }
  // A number that a file aside has is not given again: its name tells which batch it was.
  next_sequence_ = directory_.last_sequence() + 1;
  return {};
}

Result<void> Waiting::append(std::string bytes) {
  WaitingBatch& batch = batches_.emplace_back();
  batch.sequence = next_sequence_++;
  batch.bytes = bytes.size();
  batch.unsaved = std::make_shared<const std::string>(std::move(bytes));
  bytes_ += batch.bytes;
  unsaved_bytes_ += batch.bytes;
  Result<void> saved = save();
  drop_beyond_bounds();
  return saved;
}

Result<void> Waiting::save() {
  if (unsaved_bytes_ == 0) return {};
  for (WaitingBatch& batch : batches_) {
    if (!batch.unsaved) continue;
    if (Result<void> written = directory_.write(batch.name(), *batch.unsaved); !written)
      return Error{cat(written.message(), ": closed buckets stay in memory until the disk takes them"), true};
    batch.unsaved.reset();
    unsaved_bytes_ -= batch.bytes;
  }
  return {};
}

std::size_t Waiting::unsaved() const {
  return static_cast<std::size_t>(
      std::count_if(batches_.begin(), batches_.end(), [](const WaitingBatch& batch) { return batch.unsaved; }));
}

void Waiting::drop_beyond_bounds() {
  const auto droppable = [this](const WaitingBatch& batch) { return batch.sequence != in_progress_; };
  while (bytes_ > max_bytes_) {
    const auto oldest = std::find_if(batches_.begin(), batches_.end(), droppable);
    if (oldest == batches_.end()) break;
    drop(oldest);
  }
  while (unsaved_bytes_ > kMaxUnsaved) {
    const auto oldest = std::find_if(batches_.begin(), batches_.end(),
                                     [&](const WaitingBatch& batch) { return batch.unsaved && droppable(batch); });
    if (oldest == batches_.end()) break;
    drop(oldest);
  }
  report_losses(false);
}

void Waiting::drop(std::deque<WaitingBatch>::iterator batch) {
  if (batch->unsaved) {
    unsaved_bytes_ -= batch->bytes;
  } else {
    directory_.remove(batch->name());
  }
  bytes_ -= batch->bytes;
  batches_.erase(batch);
  ++lost_;
}

void Waiting::report_losses(bool now) {
  const auto time = std::chrono::steady_clock::now();
  if (lost_ == lost_logged_ || (!now && time < next_report_)) return;
  base::log::error("the journal in ", directory_.path(), " is full (", max_bytes_, " bytes, limits.max_journal; ",
                   kMaxUnsaved, " in memory while the disk takes nothing): lost the ", lost_ - lost_logged_,
                   " oldest batches, ", lost_, " since the start");
  lost_logged_ = lost_;
  next_report_ = time + std::chrono::microseconds(repeat_);
}

WaitingBatch Waiting::next() {
  auto batch = std::find_if(batches_.begin(), batches_.end(), [](const auto& each) { return each.last_chance; });
  if (batch == batches_.end())
    batch = std::find_if(batches_.begin(), batches_.end(), [](const auto& each) { return each.refusals < kRefusals; });
  if (batch == batches_.end()) batch = batches_.begin();
  in_progress_ = batch->sequence;
  return *batch;
}

std::deque<WaitingBatch>::iterator Waiting::at(std::uint64_t sequence) {
  return std::find_if(batches_.begin(), batches_.end(),
                      [sequence](const WaitingBatch& batch) { return batch.sequence == sequence; });
}

void Waiting::taken(std::uint64_t sequence, bool written) {
  in_progress_ = 0;
  const auto batch = at(sequence);
  if (batch == batches_.end()) return;
  for (auto before = batches_.begin(); written && before != batch; ++before) before->last_chance = true;
  if (batch->unsaved) unsaved_bytes_ -= batch->bytes;
  bytes_ -= batch->bytes;
  batches_.erase(batch);
}

bool Waiting::failed(std::uint64_t sequence, bool refused) {
  in_progress_ = 0;
  const auto batch = at(sequence);
  if (batch == batches_.end() || !refused) return false;
  ++batch->refusals;
  return batch->last_chance;
}

}  // namespace pastmon::store
