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
  if (size_ % kBlock == 0) blocks_.push_back(std::make_unique<OpenRow[]>(kBlock));
  OpenRow& added = row(size_);
  added.key = key;
  ++size_;
  place({static_cast<std::uint32_t>(key.hash()), static_cast<std::uint32_t>(size_)});
  return added;
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
