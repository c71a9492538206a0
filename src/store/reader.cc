// SPDX-License-Identifier: MIT
#include "reader.h"

#include <algorithm>
#include <map>

#include "columns.h"
#include "details.h"
#include "grouping.h"
#include "pastmon/base/text.h"
#include "selection.h"

namespace pastmon::store {
namespace {

using base::cat;
using base::Error;
using base::Result;

/// So few groups are found by an index. Of a front always: its rows come over the network, and PostgreSQL does not send
/// a list of pairs there.
constexpr std::size_t kFewGroups = 100;

}  // namespace

// First which groups, by their order alone: the sort carries a few columns instead of all. Then the rows of the groups
// shown: added up in SQL, or here where their details are wanted.
Result<std::vector<Listed>> Reader::list(const ListQuery& query) {
  if (selects_nothing(query.selection) || query.limit == 0) return std::vector<Listed>();
  Transaction transaction(connection_);
  if (Result<void> begun = transaction.begin_read(); !begun) return begun.error();
  Result<std::vector<Listed>> listed = groups(query);
  if (!listed || listed->empty()) return listed;
  if (Result<void> done = add_values(query, *listed); !done) return done.error();
  return listed;
}

Result<std::vector<Listed>> Reader::groups(const ListQuery& query) {
  std::vector<Listed> found;
  const std::string keys = joined(group_columns(query.group_by));
  if (keys.empty()) {
    if (query.offset == 0) found.emplace_back();
    return found;
  }
  const OrderWords order = order_words(query, groups_);
  const Result<std::string> rows = selected_rows(connection_, groups_, query.selection, shape_of(query.group_by),
                                                 {group_columns(query.group_by), order.columns, true});
  if (!rows) return rows.error();
  const std::string grouped =
      order.join.empty() ? cat(*rows, " AS r GROUP BY ", keys)
                         : cat("(SELECT ", keys, " FROM ", *rows, " AS g GROUP BY ", keys, ") AS r", order.join);
  const std::string sql =
      cat("SELECT ", keys, " FROM ", grouped, " ORDER BY ", order.expression, query.descending ? " DESC" : " ASC",
          " NULLS LAST, ", keys, " LIMIT ", query.limit, " OFFSET ", query.offset);
  Result<void> done =
      connection_.stream(sql, {}, [&](const RowView& row) { read_group(row, query.group_by, found.emplace_back()); });
  if (!done) return done.error();
  return found;
}

Result<void> Reader::add_values(const ListQuery& query, std::vector<Listed>& groups) {
  const std::string keys = joined(group_columns(query.group_by));
  const std::string before = keys.empty() ? "" : keys + ", ";
  std::map<GroupKey, metric::Aggregate*> by_key;
  std::string shown;
  for (Listed& group : groups) {
    by_key.emplace(group_key(group), &group.values);
    shown += cat(shown.empty() ? "(" : ",(", group_values(group, query.group_by), ")");
  }
  const bool narrow = groups_.front() || groups.size() <= kFewGroups;
  const Selection selection = narrow ? narrowed(query.selection, query.group_by, groups) : query.selection;
  Columns columns = {group_columns(query.group_by), hot_names(), !query.details};
  if (query.details) columns.values.emplace_back("detail");
  const Result<std::string> rows = selected_rows(connection_, groups_, selection, shape_of(query.group_by), columns);
  if (!rows) return rows.error();
  std::string sql = cat("SELECT ", before, query.details ? hot_select() : hot_select_grouped(),
                        query.details ? ", " + connection_.blob_expression("detail") : "", " FROM ", *rows, " AS r");
  if (!keys.empty()) sql += cat(" WHERE (", keys, ") IN (VALUES ", shown, ")");
  if (!query.details) sql += keys.empty() ? " HAVING COUNT(*) > 0" : " GROUP BY " + keys;
  Details details;
  std::size_t rows_seen = 0;
  Result<void> done = connection_.stream(sql, {}, [&](const RowView& row) {
    Listed key;
    const unsigned first = read_group(row, query.group_by, key);
    const auto group = by_key.find(group_key(key));
    if (group == by_key.end()) return;
    ++rows_seen;
    const unsigned behind = merge_hot(row, first, *group->second);
    if (query.details) details.merge(row.blob(behind), *group->second);
  });
  if (done && rows_seen == 0) groups.clear();
  return done;
}

Result<std::vector<Point>> Reader::series(const Selection& selection, base::Seconds step) {
  if (selects_nothing(selection)) return std::vector<Point>();
  Transaction transaction(connection_);
  if (Result<void> begun = transaction.begin_read(); !begun) return begun.error();
  std::map<base::Seconds, Point> points;
  Details details;
  Columns columns = {{"bucket", "\"interval\""}, hot_names()};
  columns.values.emplace_back("detail");
  const Result<std::string> rows =
      selected_rows(connection_, groups_, selection, {false, false, false, false, step}, columns);
  if (!rows) return rows.error();
  const std::string sql = cat("SELECT bucket, \"interval\", ", hot_select(), ", ",
                              connection_.blob_expression("detail"), " FROM ", *rows, " AS r");
  Result<void> done = connection_.stream(sql, {}, [&](const RowView& row) {
    const base::Seconds bucket = row.integer(0);
    const base::Seconds start = step > 0 ? bucket - bucket % step : bucket;
    Point& point = points[start];
    point.start = start;
    point.seconds = std::max({point.seconds, step, row.integer(1)});
    details.merge(row.blob(merge_hot(row, 2, point.values)), point.values);
  });
  if (!done) return done.error();
  std::vector<Point> series;
  series.reserve(points.size());
  for (auto& [start, point] : points) series.push_back(std::move(point));
  return series;
}

Result<std::vector<Host>> Reader::hosts() {
  Transaction transaction(connection_);
  if (Result<void> begun = transaction.begin_read(); !begun) return begun.error();
  std::vector<Host> hosts;
  Result<void> done = connection_.stream(cat("SELECT id, address, name, name_source FROM ", groups_.table("host")), {},
                                         [&](const RowView& row) {
                                           Host host;
                                           host.id = row.integer(0);
                                           host.address = base::Address::parse(row.text(1)).value_or(base::Address());
                                           host.name = row.text(2);
                                           host.name_source = row.text(3);
                                           hosts.push_back(std::move(host));
                                         });
  if (!done) return done.error();
  return hosts;
}

Result<std::vector<Named>> Reader::named(const char* table) {
  std::vector<Named> named;
  Result<void> done = connection_.query(cat("SELECT id, name FROM ", groups_.table(table), " ORDER BY name, id"), {},
                                        [&](const RowView& row) {
                                          named.push_back({row.integer(0), std::string(row.text(1))});
                                        });
  if (!done) return done.error();
  return named;
}

Result<Extent> Reader::extent(Level level) {
  Transaction transaction(connection_);
  if (Result<void> begun = transaction.begin_read(); !begun) return begun.error();
  Extent extent;
  bool any = false;
  const auto add = [&](const RowView& row) {
    if (row.null(0)) return;
    extent.first = any ? std::min(extent.first, row.integer(0)) : row.integer(0);
    extent.last = any ? std::max(extent.last, row.integer(1)) : row.integer(1);
    any = true;
  };
  if (groups_.front()) {
    const std::string levels = level == Level::all ? "1, 2" : level == Level::two ? "2" : "1";
    Result<void> done = connection_.query(
        cat("SELECT first, last FROM ", groups_.table("group_extent"), " WHERE level IN (", levels, ")"), {}, add);
    if (!done) return done.error();
    return extent;
  }
  std::vector<const char*> tables;
  if (level != Level::one) tables = {"level_2"};
  if (level != Level::two) tables.insert(tables.end(), {"level_1", "level_1_open"});
  for (const char* table : tables) {
    // Two sub-queries: each is one look at an end of the index.
    Result<void> done = connection_.query(
        cat("SELECT (SELECT MIN(bucket) FROM ", table, "), (SELECT MAX(bucket) FROM ", table, ")"), {}, add);
    if (!done) return done.error();
  }
  return extent;
}

}  // namespace pastmon::store
