// SPDX-License-Identifier: MIT
// Roll-ups: an hour of level 1, or a day of level 2, added up over runs and over clients, servers or both, so that a
// query over a long range does not read every row (docs/schema.md, "Roll-ups").
//
// Each hour or day that has rows has a mark in rolled_up. Whoever adds or removes rows touches it in the same
// transaction: it is due again, and readers take the rows themselves until it was made anew.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "connection.h"
#include "pastmon/metric/aggregate.h"

namespace pastmon::store {

/// What a roll-up row tells apart beside the signature. The numbers stand in the database.
enum class RollupKind : std::uint8_t { signature = 1, server = 2, client = 3 };

/// What one roll-up row covers, in seconds: an hour (level 1), a day (level 2).
constexpr base::Seconds rollup_span(Level level) noexcept { return level == Level::two ? 86'400 : 3'600; }

class Rollups {
 public:
  explicit Rollups(Connection& connection) : connection_(connection) {}

  struct Mark {
    Level level = Level::one;
    base::Seconds bucket = 0;
    Id sensor = 0;
  };

  /// In the caller's transaction: rows of this sensor came into these buckets, or went.
  base::Result<void> touch(Level level, const std::set<base::Seconds>& buckets, Id sensor);

  /// Marks that are due and end before `before`, oldest first, at most `limit`. No sensor: of all.
  base::Result<std::vector<Mark>> due(Level level, base::Seconds before, std::optional<Id> sensor, std::size_t limit);

  /// Makes one anew, in several short transactions. False: rows came or went meanwhile, or another program makes it:
  /// it stays due. Memory is bounded by working in parts of the keys.
  base::Result<bool> make(const Mark& mark);

 private:
  struct Key {
    Id signature = 0, client = 0, server = 0;
    std::int64_t port = 0;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  using Rows = std::map<Key, metric::Aggregate>;

  base::Result<std::int64_t> claim(const Mark& mark);
  base::Result<std::int64_t> count_rows(const Mark& mark);
  base::Result<Rows> read(const Mark& mark, RollupKind kind, std::int64_t part, std::int64_t parts);
  base::Result<bool> replace(const Mark& mark, std::int64_t version);
  base::Result<bool> write(const Mark& mark, std::int64_t version, RollupKind kind, const Rows& rows);
  base::Result<void> put(const Mark& mark, RollupKind kind, Rows::const_iterator& at, std::size_t rows);
  base::Result<bool> finish(const Mark& mark, std::int64_t version, bool any);
  base::Result<bool> still_ours(const Mark& mark, std::int64_t version);

  Connection& connection_;
};

}  // namespace pastmon::store
