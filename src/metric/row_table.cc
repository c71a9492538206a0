// SPDX-License-Identifier: MIT
#include "row_table.h"

namespace pastmon::metric {

OpenRow* RowTable::find(const RowKey& key) const noexcept {
  if (slots_.empty()) return nullptr;
  const auto hash = static_cast<std::uint32_t>(key.hash());
  for (std::size_t at = hash & (slots_.size() - 1); slots_[at].place != 0; at = (at + 1) & (slots_.size() - 1)) {
    if (slots_[at].hash != hash) continue;
    OpenRow& found = row(slots_[at].place - 1);
    if (found.key == key) return &found;
  }
  return nullptr;
}

OpenRow& RowTable::insert(const RowKey& key) {
  if ((size_ + 1) * 4 > slots_.size() * 3) grow();
  std::size_t at = places_;
  if (!free_.empty()) {
    at = free_.back();
    free_.pop_back();
  } else {
    if (places_ % kBlock == 0) blocks_.push_back(std::make_unique<OpenRow[]>(kBlock));
    ++places_;
  }
  ++size_;
  OpenRow& added = row(at);
  added.key = key;
  place({static_cast<std::uint32_t>(key.hash()), static_cast<std::uint32_t>(at + 1)});
  return added;
}

void RowTable::remove(OpenRow& gone) noexcept {
  const std::size_t mask = slots_.size() - 1;
  std::size_t hole = static_cast<std::uint32_t>(gone.key.hash()) & mask;
  while (&row(slots_[hole].place - 1) != &gone) hole = (hole + 1) & mask;
  free_.push_back(slots_[hole].place - 1);
  // What stands behind it and was kept from its own place moves up, so that no search ends too soon.
  for (std::size_t next = (hole + 1) & mask; slots_[next].place != 0; next = (next + 1) & mask) {
    const std::size_t home = slots_[next].hash & mask;
    if (((next - home) & mask) < ((next - hole) & mask)) continue;
    slots_[hole] = slots_[next];
    hole = next;
  }
  slots_[hole] = {};
  --size_;
  gone.key = {OpenRow::kFree, {}};
  gone.values = Aggregate();
  gone.shown = false;
  gone.sum = 0;
}

void RowTable::place(Slot slot) noexcept {
  std::size_t at = slot.hash & (slots_.size() - 1);
  while (slots_[at].place != 0) at = (at + 1) & (slots_.size() - 1);
  slots_[at] = slot;
}

void RowTable::grow() {
  std::vector<Slot> old(slots_.empty() ? 64 : slots_.size() * 2);
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.place != 0) place(slot);
  }
}

}  // namespace pastmon::metric
