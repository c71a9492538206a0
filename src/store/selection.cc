// SPDX-License-Identifier: MIT
#include "selection.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "archive_shares.h"
#include "pastmon/base/text.h"
#include "rollup.h"

namespace pastmon::store {
namespace {

using base::cat;
using base::Result;

constexpr std::size_t kMaxGaps = 64;  // hours that are not rolled up; with more of them, rows are read throughout

struct Range {
  base::Seconds from = 0;
  base::Seconds to = 0;
};

/// Roll-ups of these ranges, rows of those.
struct Cover {
  std::vector<std::pair<RollupKind, Range>> rolled;
  std::vector<Range> rows;
};

/// What the parts of one sub-query share.
struct Query {
  Connection& connection;
  const Groups& groups;
  const Selection& selection;
  const Shape& shape;
  const Columns& columns;
};

/// The filters that all tables take.
std::string filters(const Query& query) {
  const auto& [connection, groups, selection, shape, columns] = query;
  std::string where;
  const auto add = [&](const char* column, const std::optional<std::vector<Id>>& ids) {
    if (ids) where += " AND " + connection.in_ids(column, *ids);
  };
  add("signature", selection.signatures);
  add("client", selection.clients);
  add("server", selection.servers);
  add("sensor", selection.sensors);
  if (selection.port) where += cat(" AND port = ", *selection.port);
  return where + groups.condition();
}

std::string between(const Range& range) { return cat(" WHERE bucket >= ", range.from, " AND bucket < ", range.to); }

const char* function_of(std::string_view column) {
  if (column.ends_with("_max") || column == "last_seen") return "MAX(";
  if (column.ends_with("_min") || column == "first_seen") return "MIN(";
  return "SUM(";
}

/// "SELECT … FROM table WHERE …". The partition key of a front has to be among what is grouped by, else PostgreSQL
/// fetches every row.
std::string arm(const Query& query, const char* table, const std::string& where) {
  const bool sums = query.columns.added_up && query.groups.front();
  std::string keys, select;
  for (const std::string& key : query.columns.keys) keys += cat(", ", key);
  for (const std::string& value : query.columns.values)
    select += sums ? cat(", CAST(", function_of(value), value, ") AS BIGINT) AS ", value) : cat(", ", value);
  select = cat("SELECT ", (keys + select).substr(2), " FROM ", table, where);
  return sums ? cat(select, " GROUP BY sensor_group", keys) : select;
}

/// The smallest kind that tells apart what the query tells apart or filters by, and has what it wants.
std::optional<RollupKind> kind_for(const Query& query) {
  const Selection& selection = query.selection;
  const Shape& shape = query.shape;
  const bool client = shape.client || selection.clients.has_value();
  const bool port = shape.port || selection.port.has_value();
  const bool server = shape.server || selection.servers.has_value();
  if (client && (server || port)) return std::nullopt;
  const std::vector<std::string>& values = query.columns.values;
  const bool alone = !shape.signature && !selection.signatures && !port &&
                     std::find(values.begin(), values.end(), "detail") == values.end();
  if (client) return alone ? RollupKind::client_alone : RollupKind::client;
  if (server && alone) return RollupKind::server_alone;
  return server || port ? RollupKind::server : RollupKind::signature;
}

using Gaps = std::optional<std::vector<base::Seconds>>;

/// Spans of `range` (hours, days; 1: buckets) whose roll-up is not there, or holds what `all` must not count twice; too
/// many: nullopt.
Result<Gaps> gaps(const Query& query, Level level, base::Seconds span, const Range& range) {
  const auto& [connection, groups, selection, shape, columns] = query;
  const std::string sensors =
      cat(selection.sensors ? " AND " + connection.in_ids("sensor", *selection.sensors) : "", groups.condition());
  std::string sql = span == 1 ? cat("SELECT bucket FROM due_bucket", between(range), sensors)
                              : cat("SELECT bucket FROM rolled_up", between(range),
                                    " AND level = ", static_cast<int>(level), " AND ready = 0", sensors);
  if (level == Level::one && selection.level == Level::all)
    sql += cat(" UNION SELECT bucket - bucket % ", span, " FROM archived", between(range), sensors);
  std::vector<base::Seconds> found;
  Result<void> done =
      connection.query(cat("SELECT DISTINCT bucket FROM (", sql, ") AS g ORDER BY bucket LIMIT ", kMaxGaps + 1), {},
                       [&](const RowView& row) { found.push_back(row.integer(0)); });
  if (!done) return done.error();
  if (found.size() > kMaxGaps) return Gaps();
  return Gaps(std::move(found));
}

void add_range(std::vector<Range>& ranges, const Range& range) {
  if (range.from >= range.to) return;
  if (!ranges.empty() && ranges.back().to == range.from) {
    ranges.back().to = range.to;
  } else {
    ranges.push_back(range);
  }
}

/// Parts `range`, which begins and ends with a span, at the spans that are not there.
void add_parts(Cover& cover, RollupKind kind, const std::vector<base::Seconds>& missing, base::Seconds span,
               const Range& range) {
  std::vector<Range> rolled;
  base::Seconds at = range.from;
  for (const base::Seconds gap : missing) {
    if (gap < range.from || gap >= range.to) continue;
    add_range(rolled, {at, gap});
    add_range(cover.rows, {gap, gap + span});
    at = gap + span;
  }
  add_range(rolled, {at, range.to});
  for (const Range& part : rolled) cover.rolled.emplace_back(kind, part);
}

/// What hours do not cover, by the buckets' own roll-ups.
Result<Cover> by_buckets(const Query& query, Cover found) {
  if (found.rows.empty()) return found;
  const auto missing = gaps(query, Level::one, 1, {found.rows.front().from, found.rows.back().to});
  if (!missing) return missing.error();
  if (!*missing) return found;
  const std::vector<Range> rows = std::exchange(found.rows, {});
  for (const Range& range : rows) add_parts(found, RollupKind::bucket, **missing, 1, range);
  return found;
}

Result<Cover> cover(const Query& query, Level level) {
  const Selection& selection = query.selection;
  const base::Seconds span = rollup_span(level), step = query.shape.step;
  const Range whole = {std::max<base::Seconds>(selection.from, 0), selection.to};
  const Range inner = {(whole.from + span - 1) / span * span, whole.to - whole.to % span};
  const std::optional<RollupKind> kind = kind_for(query);
  Gaps missing;
  if (kind && inner.from < inner.to && (step < 0 || (step > 0 && step % span == 0))) {
    Result<Gaps> asked = gaps(query, level, span, inner);
    if (!asked) return asked.error();
    missing = *std::move(asked);
  }
  Cover found;
  if (missing) {
    add_range(found.rows, {whole.from, inner.from});
    add_parts(found, *kind, *missing, span, inner);
    add_range(found.rows, {inner.to, whole.to});
  } else {
    found.rows = {whole};
  }
  if (level == Level::one && kind == RollupKind::signature) return by_buckets(query, std::move(found));
  return found;
}

/// Of level 1, what is not in level 2 yet. The table archived has none of the columns of kPartSql: they are level_1's.
std::string not_archived() {
  return cat(
      " AND NOT EXISTS (SELECT 1 FROM archived AS a WHERE a.bucket = level_1.bucket AND a.sensor = level_1.sensor"
      " AND a.run = level_1.run AND (a.part = -1 OR a.part = ",
      kPartSql, "))");
}

/// Where the rows of a level are read. A front has the view with what is not archived: its group's database joins.
std::string row_arm(const Query& query, Level level, const std::string& where) {
  if (level == Level::two) return arm(query, "level_2", where);
  if (query.selection.level != Level::all) return arm(query, "level_1", where);
  return query.groups.front() ? arm(query, "level_1_unarchived", where) : arm(query, "level_1", where + not_archived());
}

/// Without statistics SQLite would take the primary key, that is read all of the range, where the index of the kind
/// leads to a few rows: a plus keeps a column from being looked up. PostgreSQL does not mind.
const char* level_column(RollupKind kind, const Selection& selection) {
  const bool server = kind == RollupKind::server || kind == RollupKind::server_alone;
  const bool client = kind == RollupKind::client || kind == RollupKind::client_alone;
  const bool few = server   ? selection.servers.has_value()
                   : client ? selection.clients.has_value()
                            : selection.signatures.has_value();
  return few ? "+level" : "level";
}

Result<void> add_level(const Query& query, Level level, std::vector<std::string>& arms) {
  const Result<Cover> covered = cover(query, level);
  if (!covered) return covered.error();
  const std::string where = filters(query);
  for (const auto& [kind, range] : covered->rolled) {
    arms.push_back(arm(query, "rollup",
                       cat(between(range), " AND ", level_column(kind, query.selection), " = ", static_cast<int>(level),
                           " AND kind = ", static_cast<int>(kind), where)));
  }
  for (const Range& range : covered->rows) arms.push_back(row_arm(query, level, between(range) + where));
  return {};
}

}  // namespace

bool selects_nothing(const Selection& selection) noexcept {
  const auto empty = [](const std::optional<std::vector<Id>>& ids) { return ids && ids->empty(); };
  return selection.to <= selection.from || selection.to <= 0 || empty(selection.signatures) ||
         empty(selection.clients) || empty(selection.servers) || empty(selection.sensors);
}

Result<std::string> selected_rows(Connection& connection, const Groups& groups, const Selection& selection,
                                  const Shape& shape, const Columns& columns) {
  const Query query{connection, groups, selection, shape, columns};
  std::vector<std::string> arms;
  if (selection.level != Level::one) {
    if (Result<void> done = add_level(query, Level::two, arms); !done) return done.error();
  }
  if (selection.level != Level::two) {
    if (Result<void> done = add_level(query, Level::one, arms); !done) return done.error();
    arms.push_back(arm(query, "level_1_open", between({selection.from, selection.to}) + filters(query)));
  }
  std::string sql;
  for (const std::string& part : arms) sql += cat(sql.empty() ? "(" : " UNION ALL ", part);
  return sql + ")";
}

}  // namespace pastmon::store
