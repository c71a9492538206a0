// SPDX-License-Identifier: MIT
#include "archive_shares.h"

#include <algorithm>
#include <tuple>

#include "pastmon/base/text.h"

namespace pastmon::store {
namespace {

using base::cat;
using base::Result;

auto key_of(const Share& share) { return std::tie(share.bucket, share.sensor, share.run); }

PartMask mask_of(std::int64_t part) {
  if (part < 0) return kAllParts;
  return part < std::int64_t{kParts} ? PartMask{1} << static_cast<unsigned>(part) : 0;
}

constexpr const char* kThisShare = " WHERE bucket = ? AND sensor = ? AND run = ?";

}  // namespace

Result<std::optional<base::Seconds>> Shares::first_bucket(base::Seconds from, base::Seconds to) {
  std::optional<base::Seconds> first;
  Result<void> done = connection_.query("SELECT MIN(bucket) FROM level_1 WHERE bucket >= ? AND bucket < ?", {from, to},
                                        [&](const RowView& row) {
                                          if (!row.null(0)) first = row.integer(0);
                                        });
  if (!done) return done.error();
  return first;
}

// From one share to the next by the primary key: reading all their rows to find out which there are would cost, every
// night, as much as all that lies archived in level 1.
Result<std::vector<Share>> Shares::between(base::Seconds from, base::Seconds to) {
  std::vector<Share> shares;
  for (bool more = true; more;) {
    const std::string after = shares.empty() ? std::string()
                                             : cat(" AND (bucket, sensor, run) > (", shares.back().bucket, ", ",
                                                   shares.back().sensor, ", ", shares.back().run, ")");
    more = false;
    Result<void> done =
        connection_.query(cat("SELECT bucket, sensor, run, \"interval\" FROM level_1 WHERE bucket >= ",
                              shares.empty() ? from : shares.back().bucket, " AND bucket < ", to, after,
                              " ORDER BY bucket, sensor, run LIMIT 1"),
                          {}, [&](const RowView& row) {
                            shares.push_back({row.integer(0), row.integer(1), row.integer(2), row.integer(3), 0, 0});
                            more = true;
                          });
    if (!done) return done.error();
  }
  if (Result<void> done = add_marks(shares, from, to); !done) return done.error();
  return shares;
}

Result<void> Shares::add_marks(std::vector<Share>& shares, base::Seconds from, base::Seconds to) {
  return connection_.query("SELECT bucket, sensor, run, part FROM archived WHERE bucket >= ? AND bucket < ?",
                           {from, to}, [&](const RowView& row) {
                             const Share wanted{row.integer(0), row.integer(1), row.integer(2), 0, 0, 0};
                             const auto found =
                                 std::lower_bound(shares.begin(), shares.end(), wanted,
                                                  [](const Share& a, const Share& b) { return key_of(a) < key_of(b); });
                             if (found != shares.end() && key_of(*found) == key_of(wanted))
                               found->done |= mask_of(row.integer(3));
                           });
}

Result<std::int64_t> Shares::count(const Share& share) {
  std::int64_t rows = 0;
  Result<void> done =
      connection_.query(cat("SELECT COUNT(*) FROM level_1", kThisShare), {share.bucket, share.sensor, share.run},
                        [&](const RowView& row) { rows = row.integer(0); });
  if (!done) return done.error();
  return rows;
}

Result<void> Shares::mark(std::vector<Share*> shares, PartMask parts) {
  struct Mark {
    const Share* share;
    std::int64_t part;
  };
  std::vector<Mark> marks;
  for (const Share* share : shares) {
    if ((share->done | parts) == kAllParts) {
      if (share->done != 0) {
        if (Result<void> done = unmark(*share); !done) return done;
      }
      marks.push_back({share, -1});
      continue;
    }
    for (unsigned part = 0; part < kParts; ++part)
      if (((parts & ~share->done) >> part & 1U) != 0) marks.push_back({share, part});
  }
  const Insert what{"archived",
                    {{"bucket", ColumnType::integer},
                     {"sensor", ColumnType::integer},
                     {"run", ColumnType::integer},
                     {"part", ColumnType::integer}},
                    "ON CONFLICT DO NOTHING"};
  const Result<std::int64_t> done = connection_.insert(what, marks.size(), [&](std::size_t i, RowSink& sink) {
    for (const std::int64_t value :
         {marks[i].share->bucket, marks[i].share->sensor, marks[i].share->run, marks[i].part})
      sink.integer(value);
  });
  if (!done) return done.error();
  for (Share* share : shares) share->done |= parts;
  return {};
}

Result<void> Shares::unmark(const Share& share) {
  const Result<std::int64_t> done =
      connection_.execute(cat("DELETE FROM archived", kThisShare), {share.bucket, share.sensor, share.run});
  if (!done) return done.error();
  return {};
}

Result<std::vector<Share>> Shares::orphans(base::Seconds to, std::size_t limit) {
  std::vector<Share> shares;
  Result<void> done =
      connection_.query(cat("SELECT DISTINCT bucket, sensor, run FROM archived a WHERE bucket < ", to,
                            " AND NOT EXISTS (SELECT 1 FROM level_1 r WHERE r.bucket = a.bucket AND r.sensor = "
                            "a.sensor AND r.run = a.run)"
                            " LIMIT ",
                            limit),
                        {}, [&](const RowView& row) {
                          shares.push_back({row.integer(0), row.integer(1), row.integer(2), 0, kAllParts, 0});
                        });
  if (!done) return done.error();
  return shares;
}

}  // namespace pastmon::store
