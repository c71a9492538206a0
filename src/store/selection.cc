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
  struct Rolled {
    Tier tier = Tier::hour;
    RollupKind kind = RollupKind::signature;
    Range range;
  };
  std::vector<Rolled> rolled;
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
std::string arm(const Query& query, std::string_view table, const std::string& where) {
  const bool sums = query.columns.added_up && query.groups.front();
  std::string keys, select;
  for (const std::string& key : query.columns.keys) keys += cat(", ", key);
  for (const std::string& value : query.columns.values)
    select += sums ? cat(", CAST(", function_of(value), value, ") AS BIGINT) AS ", value) : cat(", ", value);
  select = cat("SELECT ", (keys + select).substr(2), " FROM ", table, where);
  return sums ? cat(select, " GROUP BY sensor_group", keys) : select;
}

bool wants_details(const Query& query) {
  const std::vector<std::string>& values = query.columns.values;
  return std::find(values.begin(), values.end(), "detail") != values.end();
}

/// The smallest kind of the tier that tells apart what the query tells apart or filters by, and has what it wants.
std::optional<RollupKind> kind_for(const Query& query, Tier tier) {
  const Selection& selection = query.selection;
  const Shape& shape = query.shape;
  const bool client = shape.client || selection.clients.has_value();
  const bool port = shape.port || selection.port.has_value();
  const bool server = shape.server || selection.servers.has_value();
  if (client && (server || port)) return std::nullopt;
  const bool detailed = wants_details(query);
  const auto fits = [&](RollupKind kind) { return has_kind(tier, kind) && (!detailed || has_details(tier, kind)); };
  const bool alone = !shape.signature && !selection.signatures && !port;
  if (alone && client && fits(RollupKind::client_alone)) return RollupKind::client_alone;
  if (alone && server && fits(RollupKind::server_alone)) return RollupKind::server_alone;
  const RollupKind kind = client ? RollupKind::client : server || port ? RollupKind::server : RollupKind::signature;
  return fits(kind) ? std::optional<RollupKind>(kind) : std::nullopt;
}

/// What a range is read by: spans of a tier, or buckets.
struct Step {
  Tier tier = Tier::hour;
  RollupKind kind = RollupKind::signature;
  base::Seconds span = 0;  ///< 1: buckets
};

using Gaps = std::optional<std::vector<base::Seconds>>;

/// Spans within `range` whose roll-up is not there, or holds what `all` must not count twice; too many: nullopt.
Result<Gaps> gaps(const Query& query, const Step& step, const Range& range) {
  const auto& [connection, groups, selection, shape, columns] = query;
  const std::string sensors =
      cat(selection.sensors ? " AND " + connection.in_ids("sensor", *selection.sensors) : "", groups.condition());
  std::string sql = step.kind == RollupKind::bucket
                        ? cat("SELECT bucket FROM due_bucket", between(range), sensors)
                        : cat("SELECT bucket FROM rolled_up", between(range),
                              " AND level = ", static_cast<int>(step.tier), " AND ready = 0", sensors);
  if (step.tier != Tier::archive_day && selection.level == Level::all)
    sql += cat(" UNION SELECT bucket - bucket % ", step.span, " FROM archived", between(range), sensors);
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

Range whole_spans(const Range& range, base::Seconds span) {
  return {(range.from + span - 1) / span * span, range.to - range.to % span};
}

/// Parts `range` at the spans that are not there, and at its ends: what is left goes to cover.rows.
void add_parts(Cover& cover, const Step& step, const std::vector<base::Seconds>& missing, const Range& range) {
  const Range inner = whole_spans(range, step.span);
  if (inner.from >= inner.to) return add_range(cover.rows, range);
  std::vector<Range> rolled;
  add_range(cover.rows, {range.from, inner.from});
  base::Seconds at = inner.from;
  for (const base::Seconds gap : missing) {
    if (gap < inner.from || gap >= inner.to) continue;
    add_range(rolled, {at, gap});
    add_range(cover.rows, {gap, gap + step.span});
    at = gap + step.span;
  }
  add_range(rolled, {at, inner.to});
  add_range(cover.rows, {inner.to, range.to});
  for (const Range& part : rolled) cover.rolled.push_back({step.tier, step.kind, part});
}

/// What is left to rows is read by these spans, where they are there.
Result<void> add_step(const Query& query, const Step& step, Cover& cover) {
  if (cover.rows.empty()) return {};
  const Range hull = whole_spans({cover.rows.front().from, cover.rows.back().to}, step.span);
  if (hull.from >= hull.to) return {};
  const Result<Gaps> missing = gaps(query, step, hull);
  if (!missing) return missing.error();
  if (!*missing) return {};
  for (const Range& range : std::exchange(cover.rows, {})) add_parts(cover, step, **missing, range);
  return {};
}

/// The longest spans first; what they leave at the ends, and where one is not made, by shorter ones.
Result<Cover> cover(const Query& query, Level level) {
  const Selection& selection = query.selection;
  Cover found;
  add_range(found.rows, {std::max<base::Seconds>(selection.from, 0), selection.to});
  const base::Seconds wanted = query.shape.step;
  for (const Tier tier : tiers_of(level)) {
    const base::Seconds span = span_of(tier);
    const std::optional<RollupKind> kind = kind_for(query, tier);
    if (!kind || (wanted >= 0 && (wanted == 0 || wanted % span != 0))) continue;
    if (Result<void> done = add_step(query, {tier, *kind, span}, found); !done) return done.error();
  }
  if (level == Level::one && kind_for(query, Tier::hour) == RollupKind::signature) {
    if (Result<void> done = add_step(query, {Tier::hour, RollupKind::bucket, 1}, found); !done) return done.error();
  }
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

/// The index that leads to what is selected, if something is; else the key is read, all of the range.
const char* index_for(RollupKind kind, const Selection& selection) {
  switch (kind) {
    case RollupKind::signature:
      return selection.signatures ? "rollup_signature" : nullptr;
    case RollupKind::bucket:
      return selection.signatures ? "rollup_bucket" : nullptr;
    case RollupKind::server:
      return selection.servers ? "rollup_server" : nullptr;
    case RollupKind::server_alone:
      return selection.servers ? "rollup_server_alone" : nullptr;
    case RollupKind::client:
      return selection.clients ? "rollup_client" : nullptr;
    case RollupKind::client_alone:
      return selection.clients ? "rollup_client_alone" : nullptr;
  }
  return nullptr;
}

Result<void> add_level(const Query& query, Level level, std::vector<std::string>& arms) {
  const Result<Cover> covered = cover(query, level);
  if (!covered) return covered.error();
  const std::string where = filters(query);
  for (const auto& [tier, kind, range] : covered->rolled) {
    const char* index = index_for(kind, query.selection);
    const std::string table = index == nullptr ? "rollup" : query.connection.by_index("rollup", index);
    arms.push_back(arm(
        query, table,
        cat(between(range), " AND level = ", static_cast<int>(tier), " AND kind = ", static_cast<int>(kind), where)));
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
