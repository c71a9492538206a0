// SPDX-License-Identifier: MIT
#include "open_bucket.h"

#include <algorithm>

#include "weight.h"

namespace pastmon::metric {
namespace {

constexpr std::size_t kPassed = 1'024;  // places looked at for one row to fold, at most
constexpr unsigned kHasty = 64;         // of rows with answers, once such a look found no others
constexpr unsigned kUnanswered = 8;     // candidates without answers, of which the lightest goes

struct Fresh {
  Weight weight;
  OpenRow* row = nullptr;
};

RowKey many_clients(RowKey key) noexcept {
  key.endpoints.client = base::Address::many();
  return key;
}

RowKey many_servers(RowKey key) noexcept {
  key.endpoints = {base::Address::many(), base::Address::many(), 0};
  return key;
}

}  // namespace

void OpenBucket::hide(OpenRow& row) {
  RowKey key = many_clients(row.key);
  OpenRow* sum = sums_.find(key);
  if (sum == nullptr && in_snapshots() >= max_shown_ - max_shown_ / 16) {
    key = many_servers(key);
    sum = sums_.find(key);
  }
  if (sum == nullptr) {
    sum = &sums_.insert(key);
    sum->shown = true;
    sum->sum = static_cast<std::uint32_t>(sums_.size());
  }
  sum->values.merge(row.values);
  row.sum = sum->sum;
  note(*sum);
}

// While there is room, every new row is shown. When it gets scarce, the heaviest are.
void OpenBucket::decide() {
  std::vector<Fresh> fresh;
  std::vector<OpenRow*> sums;
  for (OpenRow* row : changed_) {
    if (row->shown || row->sum != 0 || row->free()) continue;
    if (row->key.endpoints.client.is_many()) {
      sums.push_back(row);  // of a forged packet
    } else {
      fresh.push_back({weight_of(row->values), row});
    }
  }
  for (OpenRow* row : sums) hide(*row);
  const std::size_t most = max_shown_ / 2;
  const std::size_t most_answered = max_shown_ - max_shown_ / 8;
  if (in_snapshots() + fresh.size() > most) {
    const std::size_t room = most_answered > in_snapshots() ? most_answered - in_snapshots() : 0;
    const auto middle = fresh.begin() + static_cast<std::ptrdiff_t>(std::min(room, fresh.size()));
    std::partial_sort(fresh.begin(), middle, fresh.end(),
                      [](const Fresh& a, const Fresh& b) { return a.weight > b.weight; });
  }
  for (const Fresh& each : fresh) {
    if (in_snapshots() < (each.weight.answered > 0 ? most_answered : most)) {
      show(*each.row);
    } else {
      hide(*each.row);
    }
  }
}

// The hand goes round over all places. Of the next few that may go it takes the lightest: among equals, the one that
// has been there for longest, because what has just begun may still be answered.
OpenRow* OpenBucket::lightest() noexcept {
  OpenRow* found = nullptr;
  Weight least;
  std::size_t next = hand_;
  std::size_t answered = 0;
  unsigned unanswered = 0;
  const std::size_t look = std::min(kPassed, rows_.places());
  for (std::size_t i = 0; i < look && answered < patience_ && unanswered < kUnanswered; ++i) {
    const std::size_t place = (hand_ + i) % rows_.places();
    OpenRow& row = rows_.at(place);
    if (found == nullptr) next = place + 1;
    if (row.free() || row.shown || row.key.endpoints.client.is_many()) continue;
    const Weight weight = weight_of(row.values);
    weight.answered > 0 ? ++answered : ++unanswered;
    if (found != nullptr && weight >= least) continue;
    found = &row;
    least = weight;
    next = place + 1;
  }
  hand_ = next;
  patience_ = unanswered > 0 ? kPassed : kHasty;
  return found;
}

bool OpenBucket::fold_one(bool may_add) {
  OpenRow* row = lightest();
  if (row == nullptr) return false;
  if (row->sum == 0) hide(*row);
  RowKey key = many_clients(row->key);
  OpenRow* many = rows_.find(key);
  if (many == nullptr && !may_add) {
    key = many_servers(key);
    many = rows_.find(key);
  }
  if (many == nullptr) {
    many = &rows_.insert(key);
    many->sum = row->sum;
  }
  if (many->sum == 0) hide(*many);
  many->values.merge(row->values);
  rows_.remove(*row);
  return true;
}

}  // namespace pastmon::metric
