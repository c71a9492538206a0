// SPDX-License-Identifier: MIT
// Roll-ups: an hour, a quarter of a day or a day of level 1, or a day of level 2, added up over runs and over clients,
// servers or both, so that a query over a long range does not read every row; and each bucket of level 1 by signature,
// for what is left at the ends of a range and for short graphs (docs/schema.md, "Roll-ups").
//
// Each span that has rows has a mark in rolled_up, each bucket whose roll-up is not there one in due_bucket. Whoever
// adds or removes rows touches all of them in the same transaction: they are due again, and readers take what is below,
// at last the rows themselves, until they were made anew.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "connection.h"
#include "pastmon/metric/aggregate.h"
#include "rows.h"

namespace pastmon::store {

/// What a roll-up row tells apart: the signature, and server and port or client; of one bucket the signature; the
/// client or the server alone. The numbers stand in the database.
enum class RollupKind : std::uint8_t {
  signature = 1,
  server = 2,
  client = 3,
  bucket = 4,
  client_alone = 5,
  server_alone = 6
};

/// How long a span is added up, and of which level. Longer ones of level 1 are made of its hours' roll-ups. The numbers
/// stand in the database, as rollup.level and rolled_up.level.
enum class Tier : std::uint8_t { hour = 1, archive_day = 2, quarter_day = 3, day = 4 };

/// Made of hours.
constexpr bool is_long(Tier tier) noexcept { return tier == Tier::quarter_day || tier == Tier::day; }

/// Signatures of single clients are nearly as many in a day as in all of its hours: a longer span would gain nothing.
constexpr bool has_kind(Tier tier, RollupKind kind) noexcept { return !is_long(tier) || kind != RollupKind::client; }

/// Clients alone, and services of a quarter of a day, are only listed; those shown are then read by what has details.
/// Servers alone are drawn, too: one may offer many services. Days of level 2 are read by those.
constexpr bool has_details(Tier tier, RollupKind kind) noexcept {
  switch (kind) {
    case RollupKind::client_alone:
      return false;
    case RollupKind::server_alone:
      return tier != Tier::archive_day;
    case RollupKind::server:
      return tier != Tier::quarter_day;
    default:
      return true;
  }
}

/// What one roll-up row covers, in seconds; one of a bucket covers what the bucket does.
constexpr base::Seconds span_of(Tier tier) noexcept {
  return tier == Tier::hour ? 3'600 : tier == Tier::quarter_day ? 21'600 : 86'400;
}

/// The tiers that a level is read by, the longest spans first.
const std::vector<Tier>& tiers_of(Level level);

class Rollups {
 public:
  explicit Rollups(Connection& connection) : connection_(connection) {}

  struct Mark {
    Tier tier = Tier::hour;
    base::Seconds bucket = 0;
    Id sensor = 0;
  };

  struct DueBucket {
    base::Seconds bucket = 0;
    Id sensor = 0;
    std::int64_t version = 0;
  };

  /// In the caller's transaction: rows of this sensor came into these buckets, or went.
  base::Result<void> touch(Level level, const std::set<base::Seconds>& buckets, Id sensor);
  /// The same for rows that were just stored in level 1: makes their buckets' roll-ups at once, where none was before.
  base::Result<void> stored(const SortedRows& rows, Id sensor);

  /// Marks that are due and end before `before`, newest first, at most `limit`. No sensor: of all.
  base::Result<std::vector<Mark>> due(Tier tier, base::Seconds before, std::optional<Id> sensor, std::size_t limit);

  /// Makes one anew, in several short transactions. False: rows came or went meanwhile, another program makes it, or
  /// what it is made of is due itself: it stays due. Memory is bounded by working in parts of the keys.
  base::Result<bool> make(const Mark& mark);

  /// The same of buckets of level 1 that begin before `before`, the newest first.
  base::Result<std::vector<DueBucket>> due_buckets(base::Seconds before, std::optional<Id> sensor, std::size_t limit);
  base::Result<bool> make(const DueBucket& due);

 private:
  struct Key {
    Id signature = 0, client = 0, server = 0;
    std::int64_t port = 0;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  using Rows = std::map<Key, metric::Aggregate>;
  /// What rows of one kind have in common.
  struct Group {
    Tier tier = Tier::hour;
    RollupKind kind = RollupKind::signature;
    base::Seconds bucket = 0;
    base::Seconds interval = 0;
    Id sensor = 0;
  };

  base::Result<std::int64_t> claim(const Mark& mark);
  base::Result<std::int64_t> count_rows(const Mark& mark, RollupKind kind);
  base::Result<Rows> read(const Mark& mark, RollupKind kind, std::int64_t part, std::int64_t parts);
  base::Result<bool> make_of_rows(const Mark& mark, std::int64_t version, bool& any);
  base::Result<bool> make_of_hours(const Mark& mark, std::int64_t version, bool& any);
  /// Reads and writes one kind, in parts. `also` sees each part.
  using Also = std::function<base::Result<bool>(const Rows& part)>;
  base::Result<bool> make_kind(const Mark& mark, std::int64_t version, RollupKind kind, const Also& also, bool& any);
  base::Result<bool> replace(const Mark& mark, std::int64_t version);
  base::Result<bool> write(const Mark& mark, std::int64_t version, RollupKind kind, const Rows& rows);
  /// The next `rows` of them; how many went in: one that is there already stays.
  base::Result<std::int64_t> put(const Group& group, Rows::const_iterator& at, std::size_t rows);
  base::Result<void> touch_spans(Level level, const std::set<base::Seconds>& buckets, Id sensor);
  base::Result<void> mark_due(base::Seconds bucket, Id sensor);
  /// A new version of the mark; false: there is none.
  base::Result<bool> renew_due(base::Seconds bucket, Id sensor);
  base::Result<Group> read_bucket(const DueBucket& due, Rows& rows);
  base::Result<bool> finish(const Mark& mark, std::int64_t version, bool any);
  base::Result<bool> still_ours(const Mark& mark, std::int64_t version);

  Connection& connection_;
};

}  // namespace pastmon::store
