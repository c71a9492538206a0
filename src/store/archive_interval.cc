// SPDX-License-Identifier: MIT
#include "archive_interval.h"

#include <algorithm>

#include "columns.h"
#include "details.h"
#include "pastmon/base/text.h"
#include "rollup.h"

namespace pastmon::store {
namespace {

using base::cat;
using base::Result;

/// Rows of level 1 that are read in one pass: what is held in memory is at most so many rows of level 2.
constexpr std::int64_t kRowsAPass = 45'000;
/// A part is the least that a transaction can archive, so a group of shares has at most 64 parts of so many rows.
constexpr std::int64_t kRowsAPart = 2'000;

const std::string& replace_row() {
  static const std::string sql = replace_on_conflict(kLevelKey, level_columns(), kLevelKeyColumns);
  return sql;
}

std::string of_parts(unsigned first, unsigned last) {
  return first == 0 && last == kParts - 1 ? std::string() : cat(" AND ", kPartSql, " BETWEEN ", first, " AND ", last);
}

std::string select_rows(const Connection& connection, const char* table) {
  return cat("SELECT signature, client, server, port, ", hot_select(), ", ", connection.blob_expression("detail"),
             " FROM ", table);
}

constexpr const char* kTarget = " WHERE bucket = ? AND \"interval\" = ? AND sensor = ? AND run = 0";

}  // namespace

Result<void> IntervalArchive::add(base::Seconds start, std::vector<Share>& shares) {
  Target target{start, shares.front().sensor, false};
  Result<bool> present = any_present(target);
  if (!present) return present.error();
  target.has_rows = *present;
  for (const Group& group : groups_of(shares, kRowsAPart * kParts)) {
    if (work_.stopped()) return {};
    if (Result<void> done = add_group(target, group); !done) return done;
  }
  ++work_.report.intervals;
  return {};
}

// Shares of one group have the same parts left; after a run that was cut, or beside a late batch, they may differ.
std::vector<IntervalArchive::Group> IntervalArchive::groups_of(std::vector<Share>& shares, std::int64_t most_rows) {
  std::vector<Share*> sorted;
  for (Share& share : shares)
    if (share.done != kAllParts) sorted.push_back(&share);
  std::stable_sort(sorted.begin(), sorted.end(), [](const Share* a, const Share* b) { return a->done < b->done; });
  std::vector<Group> groups;
  std::int64_t rows = 0;
  for (Share* share : sorted) {
    if (groups.empty() || groups.back().front()->done != share->done || rows + share->rows > most_rows) {
      groups.emplace_back();
      rows = 0;
    }
    groups.back().push_back(share);
    rows += share->rows;
  }
  return groups;
}

Result<bool> IntervalArchive::any_present(const Target& target) {
  bool any = false;
  Result<void> done =
      work_.connection().query(cat("SELECT 1 FROM level_2", kTarget, " LIMIT 1"),
                               {target.start, interval_, target.sensor}, [&any](const RowView&) { any = true; });
  if (!done) return done.error();
  return any;
}

Result<void> IntervalArchive::add_group(Target& target, const Group& group) {
  std::int64_t rows = 0;
  for (const Share* share : group) rows += share->rows;
  // Each pass reads all rows and takes its parts of them, so there are as few as may be, of one size.
  const auto passes = static_cast<unsigned>(std::clamp<std::int64_t>((rows + kRowsAPass - 1) / kRowsAPass, 1, kParts));
  const unsigned a_pass = (kParts + passes - 1) / passes;
  const bool first_rows = !target.has_rows;
  for (unsigned first = 0; first < kParts && !work_.stopped(); first += a_pass) {
    const unsigned last = std::min(first + a_pass, kParts) - 1;
    if ((parts_between(first, last) & ~group.front()->done) == 0) continue;
    if (Result<void> done = read(group, first, last); !done) return done;
    if (!first_rows) {
      if (Result<void> done = merge_present(target, first, last); !done) return done;
    }
    if (Result<void> done = write_parts(target, group, first, last); !done) return done;
    target.has_rows = true;
  }
  return {};
}

// In one snapshot. Not in the transaction that writes: closed rows do not change, and nobody else writes these of
// level 2.
Result<void> IntervalArchive::read(const Group& group, unsigned first, unsigned last) {
  Connection& connection = work_.connection();
  for (Rows& part : parts_) part.clear();
  const PartMask wanted = parts_between(first, last) & ~group.front()->done;
  const std::string sql =
      cat(select_rows(connection, "level_1"), " WHERE bucket = ? AND sensor = ? AND run = ?", of_parts(first, last));
  Details details;
  Transaction transaction(connection);
  if (Result<void> begun = transaction.begin_read(); !begun) return begun;
  for (const Share* share : group) {
    Result<void> done = connection.stream(sql, {share->bucket, share->sensor, share->run}, [&](const RowView& row) {
      const Key key{row.integer(0), row.integer(1), row.integer(2), row.integer(3)};
      const unsigned part = part_of(key.client, key.server);
      if ((wanted >> part & 1U) == 0) return;
      metric::Aggregate& values = parts_[part][key];
      const unsigned detail = merge_hot(row, 4, values);
      details.merge(row.blob(detail), values);
      ++work_.report.rows_read;
    });
    if (!done) return done;
  }
  return transaction.commit();
}

Result<void> IntervalArchive::merge_present(const Target& target, unsigned first, unsigned last) {
  Connection& connection = work_.connection();
  Details details;
  Transaction transaction(connection);
  if (Result<void> begun = transaction.begin_read(); !begun) return begun;
  Result<void> done = connection.stream(cat(select_rows(connection, "level_2"), kTarget, of_parts(first, last)),
                                        {target.start, interval_, target.sensor}, [&](const RowView& row) {
                                          const Key key{row.integer(0), row.integer(1), row.integer(2), row.integer(3)};
                                          Rows& part = parts_[part_of(key.client, key.server)];
                                          const auto found = part.find(key);
                                          if (found == part.end()) return;  // nothing is added to it: it stays as it is
                                          const unsigned detail = merge_hot(row, 4, found->second);
                                          details.merge(row.blob(detail), found->second);
                                        });
  if (!done) return done;
  return transaction.commit();
}

Result<void> IntervalArchive::write_parts(const Target& target, const Group& group, unsigned first, unsigned last) {
  while (first <= last && !work_.stopped()) {
    unsigned end = first;  // the last part of this transaction
    std::size_t rows = parts_[first].size();
    while (end < last && rows + parts_[end + 1].size() <= pace_.rows()) rows += parts_[++end].size();
    if (Result<void> done = write(target, group, first, end); !done) return done;
    pace_.took(rows, work_.last_time());
    work_.report.rows_written += static_cast<std::int64_t>(rows);
    for (unsigned part = first; part <= end; ++part) parts_[part].clear();
    first = end + 1;
  }
  return {};
}

Result<void> IntervalArchive::write(const Target& target, const Group& group, unsigned first, unsigned last) {
  std::vector<Rows::const_pointer> rows;
  for (unsigned part = first; part <= last; ++part)
    for (const auto& row : parts_[part]) rows.push_back(&row);
  std::sort(rows.begin(), rows.end(), [](const auto* a, const auto* b) { return a->first < b->first; });
  Connection& connection = work_.connection();
  return work_.write([&]() -> Result<void> {
    const Insert what{"level_2", level_columns(), replace_row()};
    const Result<std::int64_t> done = connection.insert(what, rows.size(), [&](std::size_t i, RowSink& sink) {
      const auto& [key, values] = *rows[i];
      for (const std::int64_t value :
           {target.start, interval_, target.sensor, std::int64_t{0}, key.signature, key.client, key.server, key.port})
        sink.integer(value);
      put_hot(values, sink);
      sink.blob(values.encode_detail());
    });
    if (!done) return done.error();
    if (!rows.empty()) {
      if (Result<void> touched = Rollups(connection).touch(Level::two, {target.start}, target.sensor); !touched)
        return touched;
    }
    return shares_.mark(group, parts_between(first, last));
  });
}

}  // namespace pastmon::store
