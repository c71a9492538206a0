// SPDX-License-Identifier: MIT
#include "pastmon/metric/fold.h"

#include <algorithm>
#include <limits>
#include <map>
#include <string_view>
#include <tuple>
#include <unordered_set>
#include <vector>

#include "row_key.h"
#include "weight.h"

namespace pastmon::metric {
namespace {

using Index = std::uint32_t;

/// What a key becomes: first the clients are given up, then servers and ports too.
enum class Level : std::uint8_t { clients, servers };

Key folded(Key key, Level level) noexcept {
  key.client = base::Address::many();
  if (level == Level::servers) {
    key.server = base::Address::many();
    key.port = 0;
  }
  return key;
}

constexpr Index kNoGroup = std::numeric_limits<Index>::max();

/// Rows that become one.
struct Group {
  Index row = kNoGroup;  // takes the others in
  std::size_t taken = 0;
};

/// Groups by the key that their rows get. Open addressing: a scan of a million servers makes a million of them.
class Groups {
 public:
  Groups(const std::vector<Row>& rows, Level level) : rows_(rows), level_(level), slots_(1'024) {}

  Index of(Index row) {
    const Key key = folded(key_of(rows_[row]), level_);
    const std::uint64_t hash = KeyHash()(key);
    std::size_t at = mixed(hash);
    for (; slots_[at].group != kNoGroup; at = (at + 1) & (slots_.size() - 1)) {
      const Slot& slot = slots_[at];
      if (slot.hash == hash && folded(key_of(rows_[list[slot.group].row]), level_) == key) return slot.group;
    }
    slots_[at] = {hash, static_cast<Index>(list.size())};
    list.push_back({row, 0});
    if (list.size() * 2 > slots_.size()) grow();
    return static_cast<Index>(list.size() - 1);
  }

  std::vector<Group> list;

 private:
  struct Slot {
    std::uint64_t hash = 0;
    Index group = kNoGroup;
  };
  std::size_t mixed(std::uint64_t hash) const noexcept {
    return (hash * 0x9e3779b97f4a7c15ULL >> 20U) & (slots_.size() - 1);
  }
  void grow() {
    std::vector<Slot> old(slots_.size() * 4);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.group == kNoGroup) continue;
      std::size_t at = mixed(slot.hash);
      while (slots_[at].group != kNoGroup) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = slot;
    }
  }

  const std::vector<Row>& rows_;
  Level level_;
  std::vector<Slot> slots_;  // a power of two
};

class Folding {
 public:
  explicit Folding(std::vector<Row>& rows) : rows_(rows), gone_(rows.size(), 0) {}

  /// Folds the lightest of `members` until these and their groups (which count as `share` at most) are `most`. Leaves
  /// the others in `members` and returns one row for each group.
  std::vector<Index> fold(std::vector<Index>& members, std::size_t most, std::size_t share, Level level);

  /// Takes the rows out that are part of others now.
  Folded finish();

 private:
  struct Ranked {
    Weight weight;
    std::uint64_t hash = 0;  // of the key: ties fall the same way in every order, and not for the lowest addresses
    Index row = 0;
  };
  bool lighter(const Ranked& a, const Ranked& b) const noexcept {
    if (const auto order = std::tie(a.weight, a.hash) <=> std::tie(b.weight, b.hash); order != 0) return order < 0;
    return key_of(rows_[a.row]) < key_of(rows_[b.row]);
  }
  std::vector<Ranked> ranked(const std::vector<Index>& members) const;
  void add(Group& group, Index row, Level level);

  std::vector<Row>& rows_;
  std::vector<char> gone_;                              // by row: part of another one
  std::map<std::string_view, std::size_t> signatures_;  // how many are gone; the names are the rows'
};

std::vector<Folding::Ranked> Folding::ranked(const std::vector<Index>& members) const {
  std::vector<Ranked> list;
  list.reserve(members.size());
  for (const Index i : members) list.push_back({weight_of(rows_[i].values), KeyHash()(key_of(rows_[i])), i});
  return list;
}

void Folding::add(Group& group, Index row, Level level) {
  if (group.row == row) return;
  Row& sum = rows_[group.row];
  sum.values.merge(rows_[row].values);
  const Key key = folded(key_of(sum), level);
  std::tie(sum.client, sum.server, sum.port) = std::tie(key.client, key.server, key.port);
  gone_[row] = 1;
  ++group.taken;
}

std::vector<Index> Folding::fold(std::vector<Index>& members, std::size_t most, std::size_t share, Level level) {
  Groups groups(rows_, level);
  std::vector<Index> leaves(rows_.size(), kNoGroup);  // to which group
  const auto leave = [&](Index i) { leaves[i] = groups.of(i); };
  // What is such a sum already takes more in, whatever its weight.
  const auto is_sum = [&](Index i) { return key_of(rows_[i]) == folded(key_of(rows_[i]), level); };
  const auto sums = std::partition(members.begin(), members.end(), [&](Index i) { return !is_sum(i); });
  std::for_each(sums, members.end(), leave);
  std::vector<Ranked> order = ranked({members.begin(), sums});

  const auto lighter_than = [this](const Ranked& a, const Ranked& b) { return lighter(a, b); };
  const std::size_t sure = order.size() > most ? order.size() - most : 0;
  const std::size_t last = share < order.size() - sure ? sure + share : order.size();
  const auto at = [&order](std::size_t i) { return order.begin() + static_cast<std::ptrdiff_t>(i); };
  std::nth_element(order.begin(), at(sure), order.end(), lighter_than);
  for (std::size_t i = 0; i < sure; ++i) leave(order[i].row);
  std::nth_element(at(sure), at(last), order.end(), lighter_than);
  std::sort(at(sure), at(last), lighter_than);
  std::size_t left = order.size() - sure;
  for (std::size_t i = sure; i < last && left + std::min(groups.list.size(), share) > most; ++i, --left)
    leave(order[i].row);

  std::erase_if(members, [&](Index i) { return leaves[i] != kNoGroup; });
  for (Index i = 0; i < rows_.size(); ++i) {
    if (leaves[i] != kNoGroup) add(groups.list[leaves[i]], i, level);
  }
  std::vector<Index> heads;
  heads.reserve(groups.list.size());
  for (const Group& group : groups.list) {
    heads.push_back(group.row);
    if (group.taken > 0) signatures_[rows_[group.row].signature] += group.taken;
  }
  return heads;
}

Folded Folding::finish() {
  Folded done;
  for (const auto& [signature, count] : signatures_) {
    if (count > done.most) done.signature = signature, done.most = count;
  }
  signatures_.clear();
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (gone_[i] != 0) continue;
    if (kept != i) rows_[kept] = std::move(rows_[i]);
    ++kept;
  }
  done.rows = rows_.size() - kept;
  rows_.erase(rows_.begin() + static_cast<std::ptrdiff_t>(kept), rows_.end());
  rows_.shrink_to_fit();
  return done;
}

}  // namespace

Folded fold(Bucket& bucket, std::size_t max_rows) {
  if (bucket.rows.size() <= max_rows) return {};
  Folding folding(bucket.rows);
  std::vector<Index> rows(bucket.rows.size());
  for (Index i = 0; i < rows.size(); ++i) rows[i] = i;
  // Room for a row of each signature is needed in the worst case.
  std::unordered_set<std::string_view> signatures;
  for (const Row& row : bucket.rows) signatures.insert(row.signature);
  const std::size_t share = std::min(max_rows, std::max(max_rows / 4, signatures.size()));
  std::vector<Index> sums = folding.fold(rows, max_rows, share, Level::clients);
  if (rows.size() + sums.size() > max_rows) {
    folding.fold(sums, max_rows - rows.size(), std::numeric_limits<std::size_t>::max(), Level::servers);
  }
  return folding.finish();
}

}  // namespace pastmon::metric
