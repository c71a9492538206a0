// SPDX-License-Identifier: MIT
// Roll-ups of single buckets of level 1, by signature. A batch brings them with its rows; only where another batch had
// the same bucket (a process that began anew, a late one) they are made from the rows, later.
#include <algorithm>

#include "columns.h"
#include "details.h"
#include "pastmon/base/clock.h"
#include "pastmon/base/text.h"
#include "rollup.h"

namespace pastmon::store {
namespace {

using base::cat;
using base::Result;

constexpr const char* kDueBucket = " WHERE bucket = ? AND sensor = ?";
constexpr const char* kVersion = "version = CASE WHEN due_bucket.version < ? THEN ? ELSE due_bucket.version + 1 END";

}  // namespace

// A mark may go and come again while somebody works: its version is the time, so that it is never the same again.
Result<void> Rollups::mark_due(base::Seconds bucket, Id sensor) {
  const std::int64_t now = base::SystemClock().now();
  const Result<std::int64_t> done = connection_.execute(cat("INSERT INTO due_bucket (bucket, sensor, version) VALUES "
                                                            "(?, ?, ?) ON CONFLICT (bucket, sensor) DO UPDATE SET ",
                                                            kVersion),
                                                        {bucket, sensor, now, now, now});
  if (!done) return done.error();
  return {};
}

Result<bool> Rollups::renew_due(base::Seconds bucket, Id sensor) {
  const std::int64_t now = base::SystemClock().now();
  const Result<std::int64_t> done =
      connection_.execute(cat("UPDATE due_bucket SET ", kVersion, kDueBucket), {now, now, bucket, sensor});
  if (!done) return done.error();
  return *done > 0;
}

// The mark first: whoever makes the roll-up holds it. Without one all is there, and a signature that is there already,
// from another batch, shows by the number of rows that go in.
Result<void> Rollups::stored(const SortedRows& rows, Id sensor) {
  std::set<base::Seconds> buckets;
  const std::vector<StoredRow>& all = rows.rows();
  for (auto at = all.begin(); at != all.end();) {
    Group group{Tier::hour, RollupKind::bucket, at->bucket, 0, sensor};
    Rows by_signature;
    for (; at != all.end() && at->bucket == group.bucket; ++at) {
      group.interval = std::max(group.interval, at->interval);
      by_signature[{at->signature}].merge(at->row->values);
    }
    buckets.insert(group.bucket);
    const Result<bool> due = renew_due(group.bucket, sensor);
    if (!due) return due.error();
    if (*due) continue;
    auto first = by_signature.cbegin();
    const Result<std::int64_t> put_in = put(group, first, by_signature.size());
    if (!put_in) return put_in.error();
    if (static_cast<std::size_t>(*put_in) < by_signature.size()) {
      if (Result<void> done = mark_due(group.bucket, sensor); !done) return done;
    }
  }
  return touch_spans(Level::one, buckets, sensor);
}

Result<std::vector<Rollups::DueBucket>> Rollups::due_buckets(base::Seconds before, std::optional<Id> sensor,
                                                             std::size_t limit) {
  std::vector<DueBucket> due;
  Result<void> done = connection_.query(
      cat("SELECT bucket, sensor, version FROM due_bucket WHERE bucket < ", before,
          sensor ? cat(" AND sensor = ", *sensor) : "", " ORDER BY bucket DESC, sensor LIMIT ", limit),
      {}, [&](const RowView& row) {
        due.push_back({row.integer(0), row.integer(1), row.integer(2)});
      });
  if (!done) return done.error();
  return due;
}

Result<bool> Rollups::make(const DueBucket& due) {
  Rows rows;
  const Result<Group> group = read_bucket(due, rows);
  if (!group) return group.error();
  Transaction transaction(connection_);
  if (Result<void> begun = transaction.begin_write(); !begun) return begun.error();
  const Result<std::int64_t> ours = connection_.execute(cat("DELETE FROM due_bucket", kDueBucket, " AND version = ?"),
                                                        {due.bucket, due.sensor, due.version});
  if (!ours) return ours.error();
  if (*ours == 0) return false;
  const Result<std::int64_t> removed = connection_.execute(
      cat("DELETE FROM rollup", kDueBucket, " AND level = 1 AND kind = 4"), {due.bucket, due.sensor});
  if (!removed) return removed.error();
  auto first = rows.cbegin();
  if (const Result<std::int64_t> done = put(*group, first, rows.size()); !done) return done.error();
  if (Result<void> done = transaction.commit(); !done) return done.error();
  return true;
}

// The mark was read before: rows that came or went since then have given it another version.
Result<Rollups::Group> Rollups::read_bucket(const DueBucket& due, Rows& rows) {
  Group group{Tier::hour, RollupKind::bucket, due.bucket, 0, due.sensor};
  const std::string sql = cat("SELECT signature, \"interval\", ", hot_select(), ", ",
                              connection_.blob_expression("detail"), " FROM level_1", kDueBucket);
  Transaction transaction(connection_);
  if (Result<void> begun = transaction.begin_read(); !begun) return begun.error();
  Details details;
  Result<void> done = connection_.stream(sql, {due.bucket, due.sensor}, [&](const RowView& row) {
    metric::Aggregate& values = rows[{row.integer(0)}];
    group.interval = std::max(group.interval, row.integer(1));
    details.merge(row.blob(merge_hot(row, 2, values)), values);
  });
  if (!done) return done.error();
  return group;
}

}  // namespace pastmon::store
