// SPDX-License-Identifier: MIT
// One open bucket: all its rows, each record in exactly one of them, and what snapshots show of them.
//
// Snapshots are bounded, too, and must never show a figure twice. So each row is either shown itself or, from the first
// snapshot after its birth on, counted in a sum of "(many)" clients that only snapshots see; this is decided once. What
// is closed is made of the rows alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "accumulate.h"
#include "row_table.h"

namespace pastmon::metric {

class OpenBucket {
 public:
  /// `max_shown`: rows in the snapshots of one bucket. A quarter of the room is kept for what was answered, and an
  /// eighth for the sums.
  OpenBucket(base::Seconds start, std::uint32_t serial, std::size_t max_shown)
      : rows_(start, serial), sums_(start, serial), max_shown_(max_shown) {}

  RowTable& rows() noexcept { return rows_; }
  const RowTable& rows() const noexcept { return rows_; }

  /// The caller knows that there is none of this key.
  OpenRow& insert(const RowKey& key) {
    if (key.name >= names_.size()) names_.resize(key.name + 1U);
    names_[key.name] = true;
    return rows_.insert(key);
  }
  /// Which names there are, by NameId.
  const std::vector<bool>& names() const noexcept { return names_; }

  template <class Record>
  void add(OpenRow& row, const Record& record) {
    if (row.sum == 0) [[likely]] {
      note(row);
    } else {
      add_to_sum(row, record);
    }
    accumulate(row.values, record);
  }

  /// Takes a light row out and adds it up under "(many)": in a row for its signature, server and port if there is one
  /// or `may_add` allows for one more, else in the one of its signature. Rows that nothing was answered to go first,
  /// the older before the younger. False: none was found that may go.
  bool fold_one(bool may_add);

  /// From now on snapshots count it in a sum.
  void hide(OpenRow& row);

  /// Calls `each` with the rows and sums that changed since the last call (or with all).
  template <class Each>
  void snapshot(bool all, Each each) {
    decide();
    const auto show = [&each](const OpenRow& row) {
      if (row.shown) each(row);
    };
    if (all) {
      rows_.for_each(show);
      sums_.for_each(show);
    }
    for (OpenRow* row : changed_) {
      row->changed = false;
      if (!all) show(*row);
    }
    changed_.clear();
  }

 private:
  template <class Record>
  [[gnu::noinline]] void add_to_sum(const OpenRow& row, const Record& record) {
    OpenRow& sum = sums_.at(row.sum - 1);
    note(sum);
    accumulate(sum.values, record);
  }
  void note(OpenRow& row) {
    if (row.changed) return;
    row.changed = true;
    changed_.push_back(&row);
  }
  void show(OpenRow& row) noexcept {
    row.shown = true;
    ++shown_;
  }
  std::size_t in_snapshots() const noexcept { return shown_ + sums_.size(); }
  void decide();
  OpenRow* lightest() noexcept;

  RowTable rows_;
  RowTable sums_;
  std::vector<bool> names_;
  std::vector<OpenRow*> changed_;  // of both, and places that are free since
  std::size_t shown_ = 0;          // of rows_
  std::size_t max_shown_;
  std::size_t hand_ = 0;          // place where lightest() goes on
  std::size_t patience_ = 1'024;  // how many rows with answers it passes
};

}  // namespace pastmon::metric
