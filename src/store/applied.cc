// SPDX-License-Identifier: MIT
// A line with a negative `applied` stands for all batches from `number` to the number of that size and the same sign:
// (3, −7) for 3 … 7, (−3, −7) for −3 … −7.
#include "applied.h"

#include <algorithm>
#include <cstdlib>

#include "batches.h"
#include "pastmon/base/text.h"

namespace pastmon::store {
namespace {

using base::cat;
using base::Result;

constexpr std::size_t kLinesATransaction = 2'000;

struct Run {
  Id sensor = 0;
  std::int64_t run = 0;
};

/// What a line stands for, by the size of the numbers.
struct Line {
  std::int64_t first = 0, last = 0;
};

constexpr const char* kThisRun = " WHERE sensor = ? AND run = ?";

Result<std::vector<Run>> runs_with_lines(Connection& connection) {
  std::vector<Run> runs;
  Result<void> done = connection.query("SELECT sensor, run FROM applied_batch GROUP BY sensor, run HAVING COUNT(*) > 1",
                                       {}, [&runs](const RowView& row) {
                                         runs.push_back({row.integer(0), row.integer(1)});
                                       });
  if (!done) return done.error();
  return runs;
}

Result<std::vector<Line>> lines_of(Connection& connection, const Run& run, bool positive, base::Seconds noted_before) {
  std::vector<Line> lines;
  Result<void> done =
      connection.query(cat("SELECT number, applied FROM applied_batch", kThisRun, " AND number ", positive ? ">" : "<",
                           " 0 AND applied < ? ORDER BY ABS(number)"),
                       {run.sensor, run.run, noted_before}, [&lines](const RowView& row) {
                         const std::int64_t first = std::abs(row.integer(0));
                         lines.push_back({first, row.integer(1) < 0 ? std::max(first, -row.integer(1)) : first});
                       });
  if (!done) return done.error();
  return lines;
}

/// The lines from `begin` on that one line can stand for, as many as fit into a transaction.
std::size_t end_of_row(const std::vector<Line>& lines, std::size_t begin, std::int64_t& last) {
  last = lines[begin].last;
  std::size_t end = begin + 1;
  for (; end < lines.size() && end - begin < kLinesATransaction && lines[end].first <= last + 1; ++end)
    last = std::max(last, lines[end].last);
  return end;
}

Result<void> join(Connection& connection, const Run& run, std::int64_t sign, std::int64_t first, std::int64_t last) {
  Result<std::int64_t> done =
      connection.execute(cat("DELETE FROM applied_batch", kThisRun, " AND number BETWEEN ? AND ?"),
                         {run.sensor, run.run, sign > 0 ? first + 1 : -last, sign > 0 ? last : -first - 1});
  if (!done) return done.error();
  done = connection.execute(cat("UPDATE applied_batch SET applied = ?", kThisRun, " AND number = ?"),
                            {-last, run.sensor, run.run, sign * first});
  if (!done) return done.error();
  return {};
}

Result<void> join_run(ArchiveWork& work, const Run& run, std::int64_t sign, base::Seconds noted_before) {
  Result<std::vector<Line>> lines = lines_of(work.connection(), run, sign > 0, noted_before);
  if (!lines) return lines.error();
  for (std::size_t begin = 0; begin < lines->size() && !work.stopped();) {
    std::int64_t last = 0;
    const std::size_t end = end_of_row(*lines, begin, last);
    if (end - begin == 1) {
      begin = end;
      continue;
    }
    const std::int64_t first = (*lines)[begin].first;
    Result<void> done = work.write([&] { return join(work.connection(), run, sign, first, last); });
    if (!done) return done;
    begin = end - 1;  // the joined line may go on
    (*lines)[begin] = {first, last};
  }
  return {};
}

}  // namespace

// First the line, then the look at those that stand for several: a line that was joined between the two is seen.
Result<bool> AppliedBatches::enter(const Batch& batch) {
  const Id sensor = id_of_name(batch.sensor);
  const Result<std::int64_t> fresh = connection_.execute(
      "INSERT INTO applied_batch (sensor, run, number, applied) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
      {sensor, batch.run, batch.number, base::SystemClock().now() / base::kSecond});
  if (!fresh) return fresh.error();
  if (*fresh == 0) return false;
  bool known = false;
  const std::string covers = batch.number > 0 ? " AND number > 0 AND number < ? AND applied <= ?"
                                              : " AND number < 0 AND number > ? AND applied <= ?";
  Result<void> looked = connection_.query(cat("SELECT 1 FROM applied_batch", kThisRun, covers, " LIMIT 1"),
                                          {sensor, batch.run, batch.number, -std::abs(batch.number)},
                                          [&known](const RowView&) { known = true; });
  if (!looked) return looked.error();
  return !known;
}

Result<bool> AppliedBatches::run_went_on(const Batch& orphan) {
  bool went_on = false;
  const std::int64_t next = std::max<std::int64_t>(orphan.number - kOrphanNumbers, 1);
  Result<void> done =
      connection_.query(cat("SELECT 1 FROM applied_batch", kThisRun,
                            " AND number BETWEEN 1 AND ? AND (number >= ? OR applied <= ?)", " LIMIT 1"),
                        {id_of_name(orphan.sensor), orphan.run, kOrphanNumbers - 1, next, -next},
                        [&went_on](const RowView&) { went_on = true; });
  if (!done) return done.error();
  return went_on;
}

Result<void> join_applied(ArchiveWork& work, base::Seconds noted_before) {
  const Result<std::vector<Run>> runs = runs_with_lines(work.connection());
  if (!runs) return runs.error();
  for (const Run& run : *runs) {
    for (const std::int64_t sign : {1, -1}) {
      if (work.stopped()) return {};
      if (Result<void> done = join_run(work, run, sign, noted_before); !done) return done;
    }
  }
  return {};
}

}  // namespace pastmon::store
