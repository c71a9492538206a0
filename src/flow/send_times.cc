// SPDX-License-Identifier: MIT
#include "send_times.h"

#include <algorithm>

#include "sequence.h"

namespace pastmon::flow {

void SendTimes::add(std::uint64_t begin, std::uint64_t end, base::Micros time, LongRings& pool) {
  if (count_ == capacity()) {
    if (acked_ == 0) {
      if (long_ != kNoIndex || pool.in_use() >= kMaxLongRings) return;
      lengthen(pool);
    } else {
      first_ = static_cast<std::uint8_t>(index(1));
      --count_;
      --acked_;
    }
  }
  entries(pool)[index(count_)] = {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end), time};
  ++count_;
}

base::Micros SendTimes::acknowledge(std::uint64_t before, std::uint64_t now, LongRings& pool) noexcept {
  SendTime* const ring = entries(pool);
  const auto to = static_cast<std::uint32_t>(now);
  const SendTime* newest = nullptr;
  std::uint32_t covered_to = 0;
  while (acked_ < count_) {
    const SendTime& entry = ring[index(acked_)];
    if (sequence_distance(entry.end, to) < 0) break;
    if (newest == nullptr || sequence_distance(covered_to, entry.end) > 0) covered_to = entry.end;
    newest = &entry;
    ++acked_;
  }
  base::Micros sighting = base::kNone;
  if (newest != nullptr && sequence_distance(static_cast<std::uint32_t>(before), newest->end) > 0) {
    // Between what is covered and the acknowledgement there must be no segment that found no room here.
    const bool exact = covered_to == to;
    const bool adjoining = acked_ < count_ && sequence_distance(ring[index(acked_)].begin, covered_to) >= 0;
    if (exact || adjoining) sighting = newest->time;
  }
  if (long_ != kNoIndex && acked_ == count_) shorten(pool);
  return sighting;
}

base::Micros SendTimes::sighting(std::uint64_t offset, LongRings& pool) noexcept {
  const SendTime* const ring = entries(pool);
  const auto at = static_cast<std::uint32_t>(offset);
  for (std::uint32_t i = 0; i < count_; ++i) {
    const SendTime& entry = ring[index(i)];
    if (sequence_distance(entry.begin, at) >= 0 && sequence_distance(at, entry.end) > 0) return entry.time;
  }
  return base::kNone;
}

void SendTimes::release(LongRings& pool) {
  if (long_ != kNoIndex) pool.give_back(long_);
  long_ = kNoIndex;
  first_ = count_ = acked_ = 0;
}

void SendTimes::lengthen(LongRings& pool) {
  const std::uint32_t taken = pool.take();
  for (std::uint32_t i = 0; i < count_; ++i) pool[taken].entries[i] = short_[index(i)];
  long_ = taken;
  first_ = 0;
}

void SendTimes::shorten(LongRings& pool) noexcept {
  const std::uint32_t keep = std::min<std::uint32_t>(count_, kShortRing);
  for (std::uint32_t i = 0; i < keep; ++i) short_[i] = pool[long_].entries[index(count_ - keep + i)];
  pool.give_back(long_);
  long_ = kNoIndex;
  first_ = 0;
  count_ = acked_ = static_cast<std::uint8_t>(keep);
}

}  // namespace pastmon::flow
