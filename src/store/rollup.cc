// SPDX-License-Identifier: MIT
#include "rollup.h"

#include <algorithm>
#include <array>

#include "columns.h"
#include "details.h"
#include "pastmon/base/text.h"

namespace pastmon::store {
namespace {

using base::cat;
using base::Result;

constexpr std::int64_t kRowsAPart = 20'000;       // read and held at once
constexpr std::size_t kRowsATransaction = 2'000;  // SQLite: well under 200 ms
constexpr std::array<RollupKind, 5> kKinds = {RollupKind::signature, RollupKind::server, RollupKind::client,
                                              RollupKind::client_alone, RollupKind::server_alone};  // of a span
constexpr const char* kMark = " WHERE level = ? AND bucket = ? AND sensor = ?";
constexpr const char* kRemove = "DELETE FROM rollup WHERE level = ? AND kind = ? AND bucket = ? AND sensor = ?";

std::int64_t number(Tier tier) { return static_cast<std::int64_t>(tier); }
std::int64_t number(RollupKind kind) { return static_cast<std::int64_t>(kind); }

std::string within(const Rollups::Mark& mark) {
  return cat(" bucket >= ", mark.bucket, " AND bucket < ", mark.bucket + span_of(mark.tier),
             " AND sensor = ", mark.sensor);
}

/// "table WHERE …": what of this kind it is made of.
std::string source(const Rollups::Mark& mark, RollupKind kind) {
  if (is_long(mark.tier))
    return cat("rollup WHERE level = ", number(Tier::hour), " AND kind = ", number(kind), " AND", within(mark));
  return cat(mark.tier == Tier::archive_day ? "level_2 WHERE" : "level_1 WHERE", within(mark));
}

/// " AND …": what it is made of is there.
std::string hours_ready(const Rollups::Mark& mark) {
  if (!is_long(mark.tier)) return "";
  return cat(" AND NOT EXISTS (SELECT 1 FROM rolled_up AS hour WHERE hour.level = ", number(Tier::hour),
             " AND hour.ready = 0 AND hour.bucket >= ", mark.bucket, " AND hour.bucket < ",
             mark.bucket + span_of(mark.tier), " AND hour.sensor = ", mark.sensor, ")");
}

std::vector<Column> rollup_columns() {
  std::vector<Column> columns;
  for (const char* key : {"level", "kind", "bucket", "\"interval\"", "sensor", "signature", "client", "server", "port"})
    columns.push_back({key, ColumnType::integer});
  const std::vector<Column>& level = level_columns();
  columns.insert(columns.end(), level.begin() + kLevelKeyColumns, level.end());
  return columns;
}

}  // namespace

const std::vector<Tier>& tiers_of(Level level) {
  static const std::vector<Tier> one = {Tier::day, Tier::quarter_day, Tier::hour}, two = {Tier::archive_day};
  return level == Level::two ? two : one;
}

Result<void> Rollups::touch(Level level, const std::set<base::Seconds>& buckets, Id sensor) {
  if (level == Level::one) {
    for (const base::Seconds bucket : buckets) {
      if (Result<void> done = mark_due(bucket, sensor); !done) return done;
    }
  }
  return touch_spans(level, buckets, sensor);
}

Result<void> Rollups::touch_spans(Level level, const std::set<base::Seconds>& buckets, Id sensor) {
  for (const Tier tier : tiers_of(level)) {
    std::set<base::Seconds> spans;
    for (const base::Seconds bucket : buckets) spans.insert(bucket - bucket % span_of(tier));
    for (const base::Seconds span : spans) {
      const Result<std::int64_t> done = connection_.execute(
          "INSERT INTO rolled_up (level, bucket, sensor, ready, version) VALUES (?, ?, ?, 0, 1) "
          "ON CONFLICT (level, bucket, sensor) DO UPDATE SET ready = 0, version = rolled_up.version + 1",
          {number(tier), span, sensor});
      if (!done) return done.error();
    }
  }
  return {};
}

Result<std::vector<Rollups::Mark>> Rollups::due(Tier tier, base::Seconds before, std::optional<Id> sensor,
                                                std::size_t limit) {
  std::vector<Mark> marks;
  Result<void> done = connection_.query(
      cat("SELECT bucket, sensor FROM rolled_up WHERE level = ", number(tier),
          " AND ready = 0 AND bucket <= ", before - span_of(tier), sensor ? cat(" AND sensor = ", *sensor) : "",
          " ORDER BY bucket DESC, sensor LIMIT ", limit),
      {}, [&](const RowView& row) {
        marks.push_back({tier, row.integer(0), row.integer(1)});
      });
  if (!done) return done.error();
  return marks;
}

Result<bool> Rollups::make(const Mark& mark) {
  const Result<std::int64_t> version = claim(mark);
  if (!version) return version.error();
  if (*version == 0) return false;
  Result<bool> ours = replace(mark, *version);
  if (!ours || !*ours) return ours;
  bool any = false;
  ours = is_long(mark.tier) ? make_of_hours(mark, *version, any) : make_of_rows(mark, *version, any);
  if (!ours || !*ours) return ours;
  return finish(mark, *version, any);
}

// A part has all rows of its hosts.
Result<bool> Rollups::make_of_rows(const Mark& mark, std::int64_t version, bool& any) {
  Rows by_signature;
  const auto alone = [&](const Rows& part, RollupKind kind) {
    Rows rows;
    for (const auto& [key, values] : part) rows[{0, key.client, key.server}].merge(values);
    return write(mark, version, kind, rows);
  };
  Result<bool> ours = make_kind(
      mark, version, RollupKind::server,
      [&](const Rows& part) {
        for (const auto& [key, values] : part) by_signature[{key.signature}].merge(values);
        return alone(part, RollupKind::server_alone);
      },
      any);
  if (!ours || !*ours) return ours;
  ours = make_kind(
      mark, version, RollupKind::client, [&](const Rows& part) { return alone(part, RollupKind::client_alone); }, any);
  if (!ours || !*ours) return ours;
  return write(mark, version, RollupKind::signature, by_signature);
}

Result<bool> Rollups::make_of_hours(const Mark& mark, std::int64_t version, bool& any) {
  for (const RollupKind kind : kKinds) {
    if (!has_kind(mark.tier, kind)) continue;
    Result<bool> ours = make_kind(
        mark, version, kind, [](const Rows&) { return Result<bool>(true); }, any);
    if (!ours || !*ours) return ours;
  }
  return true;
}

Result<bool> Rollups::make_kind(const Mark& mark, std::int64_t version, RollupKind kind, const Also& also, bool& any) {
  const Result<std::int64_t> count = count_rows(mark, kind);
  if (!count) return count.error();
  any = any || *count > 0;
  const std::int64_t parts = (*count + kRowsAPart - 1) / kRowsAPart;
  for (std::int64_t part = 0; part < parts; ++part) {
    const Result<Rows> rows = read(mark, kind, part, parts);
    if (!rows) return rows.error();
    Result<bool> ours = write(mark, version, kind, *rows);
    if (ours && *ours) ours = also(*rows);
    if (!ours || !*ours) return ours;
  }
  return true;
}

// The version is raised, so that another program that makes the same roll-up finds that it is not the last one.
Result<std::int64_t> Rollups::claim(const Mark& mark) {
  std::int64_t version = 0;
  Transaction transaction(connection_);
  if (Result<void> begun = transaction.begin_write(); !begun) return begun.error();
  const Result<std::int64_t> raised =
      connection_.execute(cat("UPDATE rolled_up SET version = version + 1", kMark, " AND ready = 0", hours_ready(mark)),
                          {number(mark.tier), mark.bucket, mark.sensor});
  if (!raised) return raised.error();
  if (*raised == 0) return version;
  Result<void> asked = connection_.query(cat("SELECT version FROM rolled_up", kMark, " AND ready = 0"),
                                         {number(mark.tier), mark.bucket, mark.sensor},
                                         [&](const RowView& row) { version = row.integer(0); });
  if (!asked) return asked.error();
  if (Result<void> done = transaction.commit(); !done) return done.error();
  return version;
}

Result<std::int64_t> Rollups::count_rows(const Mark& mark, RollupKind kind) {
  std::int64_t count = 0;
  Result<void> done = connection_.query(cat("SELECT COUNT(*) FROM ", source(mark, kind)), {},
                                        [&](const RowView& row) { count = row.integer(0); });
  if (!done) return done.error();
  return count;
}

Result<Rollups::Rows> Rollups::read(const Mark& mark, RollupKind kind, std::int64_t part, std::int64_t parts) {
  const bool client = kind == RollupKind::client || kind == RollupKind::client_alone;
  const bool detailed = has_details(mark.tier, kind);
  const char* key = client ? "client" : "server";
  const std::string sql =
      cat("SELECT signature, ", key, ", port, ", hot_select(),
          detailed ? cat(", ", connection_.blob_expression("detail")) : "", " FROM ", source(mark, kind),
          parts > 1 ? cat(" AND (", key, " & 1073741823) % ", parts, " = ", part) : "");
  Rows rows;
  Transaction transaction(connection_);
  if (Result<void> begun = transaction.begin_read(); !begun) return begun.error();
  Details details;
  Result<void> done = connection_.stream(sql, {}, [&](const RowView& row) {
    const Key by =
        client ? Key{row.integer(0), row.integer(1), 0, 0} : Key{row.integer(0), 0, row.integer(1), row.integer(2)};
    metric::Aggregate& values = rows[by];
    const unsigned behind = merge_hot(row, 3, values);
    if (detailed) details.merge(row.blob(behind), values);
  });
  if (!done) return done.error();
  return rows;
}

Result<bool> Rollups::still_ours(const Mark& mark, std::int64_t version) {
  const Result<std::int64_t> touched =
      connection_.execute(cat("UPDATE rolled_up SET ready = 0", kMark, " AND version = ?"),
                          {number(mark.tier), mark.bucket, mark.sensor, version});
  if (!touched) return touched.error();
  return *touched == 1;
}

Result<bool> Rollups::replace(const Mark& mark, std::int64_t version) {
  Transaction transaction(connection_);
  if (Result<void> begun = transaction.begin_write(); !begun) return begun.error();
  Result<bool> ours = still_ours(mark, version);
  if (!ours || !*ours) return ours;
  for (const RollupKind kind : kKinds) {
    const Result<std::int64_t> removed =
        connection_.execute(kRemove, {number(mark.tier), number(kind), mark.bucket, mark.sensor});
    if (!removed) return removed.error();
  }
  if (Result<void> done = transaction.commit(); !done) return done.error();
  return true;
}

Result<bool> Rollups::write(const Mark& mark, std::int64_t version, RollupKind kind, const Rows& rows) {
  auto at = rows.begin();
  for (std::size_t left = rows.size(); left > 0;) {
    const std::size_t now = std::min(left, kRowsATransaction);
    Transaction transaction(connection_);
    if (Result<void> begun = transaction.begin_write(); !begun) return begun.error();
    Result<bool> ours = still_ours(mark, version);
    if (!ours || !*ours) return ours;
    const Group group{mark.tier, kind, mark.bucket, span_of(mark.tier), mark.sensor};
    if (const Result<std::int64_t> in = put(group, at, now); !in) return in.error();
    if (Result<void> done = transaction.commit(); !done) return done.error();
    left -= now;
  }
  return true;
}

Result<std::int64_t> Rollups::put(const Group& group, Rows::const_iterator& at, std::size_t rows) {
  static const Insert what{"rollup", rollup_columns(), "ON CONFLICT DO NOTHING"};
  static const std::string no_detail = metric::Aggregate().encode_detail();
  return connection_.insert(what, rows, [&](std::size_t, RowSink& sink) {
    const auto& [key, values] = *at;
    for (const std::int64_t value : {number(group.tier), number(group.kind), group.bucket, group.interval, group.sensor,
                                     key.signature, key.client, key.server, key.port})
      sink.integer(value);
    put_hot(values, sink);
    sink.blob(has_details(group.tier, group.kind) ? values.encode_detail() : no_detail);
    ++at;
  });
}

Result<bool> Rollups::finish(const Mark& mark, std::int64_t version, bool any) {
  const Result<std::int64_t> done =
      connection_.execute(cat(any ? "UPDATE rolled_up SET ready = 1" : "DELETE FROM rolled_up", kMark,
                              " AND version = ?", hours_ready(mark)),
                          {number(mark.tier), mark.bucket, mark.sensor, version});
  if (!done) return done.error();
  return *done == 1;
}

}  // namespace pastmon::store
