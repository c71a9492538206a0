// SPDX-License-Identifier: MIT
// What of level 1 is in level 2 already. A share is the rows of one bucket, sensor and run: written by one batch, so
// it never grows. It is archived in parts of its keys; the table `archived` holds a mark for each part that is done,
// or one mark, part −1, when all are.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "connection.h"

namespace pastmon::store {

using PartMask = std::uint64_t;
inline constexpr unsigned kParts = 64;
inline constexpr PartMask kAllParts = ~PartMask{0};

/// The part of a key; kPartSql is the same in SQL.
inline unsigned part_of(Id client, Id server) noexcept {
  constexpr Id kLowBits = 1'073'741'823;
  return static_cast<unsigned>(((client & kLowBits) + (server & kLowBits)) % Id{kParts});
}
inline constexpr const char* kPartSql = "((client & 1073741823) + (server & 1073741823)) % 64";

/// Parts first … last.
inline PartMask parts_between(unsigned first, unsigned last) noexcept {
  return (kAllParts >> (kParts - 1 - (last - first))) << first;
}

struct Share {
  base::Seconds bucket = 0;
  Id sensor = 0;
  std::int64_t run = 0;
  base::Seconds interval = 0;  ///< length of its bucket
  PartMask done = 0;           ///< parts that are in level 2
  std::int64_t rows = 0;       ///< counted only where it matters
};

class Shares {
 public:
  explicit Shares(Connection& connection) : connection_(connection) {}

  /// Start of the first bucket of level 1 from `from` on and before `to`.
  base::Result<std::optional<base::Seconds>> first_bucket(base::Seconds from, base::Seconds to);
  /// All shares of the buckets that begin there, by bucket, sensor and run.
  base::Result<std::vector<Share>> between(base::Seconds from, base::Seconds to);
  base::Result<std::int64_t> count(const Share& share);

  /// In the caller's transaction: these parts of these shares are in level 2 now.
  base::Result<void> mark(std::vector<Share*> shares, PartMask parts);
  /// In the caller's transaction: the share's rows are gone.
  base::Result<void> unmark(const Share& share);
  /// At most `limit` marks of shares before `to` that have no rows (any more).
  base::Result<std::vector<Share>> orphans(base::Seconds to, std::size_t limit);

 private:
  base::Result<void> add_marks(std::vector<Share>& shares, base::Seconds from, base::Seconds to);

  Connection& connection_;
};

}  // namespace pastmon::store
