// SPDX-License-Identifier: MIT
#include "archive_removal.h"

#include <algorithm>

#include "pastmon/base/log.h"
#include "pastmon/base/text.h"
#include "rollup.h"
#include "rows.h"

namespace pastmon::store {
namespace {

using base::cat;
using base::Result;

constexpr std::size_t kOrphansAtOnce = 500;
constexpr int kTriesADay = 3;

}  // namespace

// The key of the last row that goes, as " AND (…) <= (…)"; "" when all of them go.
Result<std::string> ArchiveRemoval::boundary(const std::string& table, const std::string& where, std::size_t rows) {
  std::string bound;
  Result<void> done =
      work_.connection().query(cat("SELECT signature, client, server, port FROM ", table, where,
                                   " ORDER BY signature, client, server, port LIMIT 1 OFFSET ", rows - 1),
                               {}, [&bound](const RowView& row) {
                                 bound = cat(" AND (signature, client, server, port) <= (", row.integer(0), ", ",
                                             row.integer(1), ", ", row.integer(2), ", ", row.integer(3), ")");
                               });
  if (!done) return done.error();
  return bound;
}

// A roll-up of what is left may be made between two of the transactions, so each of them says that it is due.
Result<void> ArchiveRemoval::remove_rows(const std::string& table, const std::string& where, Level level,
                                         base::Seconds bucket, Id sensor, std::int64_t& removed,
                                         const std::function<Result<void>()>& last) {
  Connection& connection = work_.connection();
  for (bool more = true; more && !work_.stopped();) {
    const Result<std::string> bound = boundary(table, where, pace_.rows());
    if (!bound) return bound.error();
    more = !bound->empty();
    std::int64_t rows = 0;
    Result<void> done = work_.write([&]() -> Result<void> {
      const Result<std::int64_t> gone = connection.execute(cat("DELETE FROM ", table, where, *bound), {});
      if (!gone) return gone.error();
      rows = *gone;
      if (Result<void> touched = Rollups(connection).touch(level, {bucket}, sensor); !touched) return touched;
      return more || !last ? Result<void>() : last();
    });
    if (!done) return done;
    removed += rows;
    pace_.took(static_cast<std::size_t>(rows), work_.last_time());
  }
  return {};
}

Result<void> ArchiveRemoval::remove(const Share& share) {
  return remove_rows(
      "level_1", cat(" WHERE bucket = ", share.bucket, " AND sensor = ", share.sensor, " AND run = ", share.run),
      Level::one, share.bucket, share.sensor, work_.report.rows_removed, [&] { return shares_.unmark(share); });
}

Result<void> ArchiveRemoval::drop_days(base::Seconds to) {
  const Result<std::vector<base::Seconds>> days = work_.connection().days();
  if (!days) return days.error();
  for (const base::Seconds day : *days) {
    if (work_.stopped()) return {};
    if (day + kDay > to || !tried_days_.insert(day).second) continue;
    for (int tries = 1;; ++tries) {
      bool dropped = false;
      Result<void> done = work_.write_alone([&]() -> Result<void> {
        const Result<bool> result = work_.connection().drop_day(day);
        if (!result) return result.error();
        dropped = *result;
        return {};
      });
      if (done && dropped) ++work_.report.days_dropped;
      if (done && !dropped) done = remove_archived(day);
      if (done) break;
      if (!done.error().temporary || work_.connection().lost()) return done;
      if (tries < kTriesADay) continue;
      ++work_.report.days_in_use;
      break;
    }
  }
  return {};
}

// A day that stays has rows that are not archived, or not yet; the others go one by one.
Result<void> ArchiveRemoval::remove_archived(base::Seconds day) {
  const Result<std::vector<Share>> shares = shares_.between(day, day + kDay);
  if (!shares) return shares.error();
  for (const Share& share : *shares) {
    if (work_.stopped()) return {};
    if (share.done != kAllParts) continue;
    if (Result<void> done = remove(share); !done) return done;
  }
  return {};
}

Result<void> ArchiveRemoval::remove_orphans(base::Seconds to) {
  while (!work_.stopped()) {
    const Result<std::vector<Share>> orphans = shares_.orphans(to, kOrphansAtOnce);
    if (!orphans) return orphans.error();
    if (orphans->empty()) return {};
    Result<void> done = work_.write([&]() -> Result<void> {
      for (const Share& share : *orphans) {
        if (Result<void> gone = shares_.unmark(share); !gone) return gone;
      }
      return {};
    });
    if (!done) return done;
  }
  return {};
}

Result<void> ArchiveRemoval::remove_level_2(base::Seconds to) {
  Connection& connection = work_.connection();
  for (bool more = true; more && !work_.stopped();) {
    std::string where;
    base::Seconds bucket = 0;
    Id sensor = 0;
    more = false;
    Result<void> done = connection.query(
        cat("SELECT bucket, \"interval\", sensor, run FROM level_2 WHERE bucket < ", to,
            " AND bucket + \"interval\" <= ", to, " ORDER BY bucket, \"interval\", sensor, run LIMIT 1"),
        {}, [&](const RowView& row) {
          more = true;
          bucket = row.integer(0);
          sensor = row.integer(2);
          where = cat(" WHERE bucket = ", bucket, " AND \"interval\" = ", row.integer(1), " AND sensor = ", sensor,
                      " AND run = ", row.integer(3));
        });
    if (!done) return done;
    if (!more) break;
    done = remove_rows("level_2", where, Level::two, bucket, sensor, work_.report.level_2_removed, nullptr);
    if (!done) return done;
  }
  return remove_statistics(to);
}

Result<void> ArchiveRemoval::give_back() {
  Connection& connection = work_.connection();
  Pace pace(connection.write_time());
  for (Result<std::int64_t> spare = connection.spare_pages(); !work_.stopped(); spare = connection.spare_pages()) {
    if (!spare) return spare.error();
    if (*spare <= 0) break;
    const auto pages = std::min<std::int64_t>(*spare, static_cast<std::int64_t>(pace.rows()));
    Result<void> done = work_.write_alone([&] { return connection.give_back(pages); });
    if (!done) return done;
    pace.took(static_cast<std::size_t>(pages), work_.last_time());
  }
  return {};
}

}  // namespace pastmon::store
