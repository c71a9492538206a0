// SPDX-License-Identifier: MIT
#include "migrate_totals.h"

#include <map>
#include <set>
#include <tuple>

#include "columns.h"
#include "pastmon/base/text.h"

namespace pastmon::store {
namespace {

using base::cat;
using base::Result;

constexpr const char* kTotal = "total";
constexpr const char* kStatisticTotal = "statistic_total";

using TotalKey = std::pair<Id, Id>;  // sensor, signature
using Totals = std::map<TotalKey, metric::Aggregate>;
using StatisticKey = std::tuple<Id, std::string, std::string>;  // sensor, name, interface
using Statistics = std::map<StatisticKey, metric::Summary>;

std::vector<Column> moved_total_columns() {
  std::vector<Column> columns = {{"sensor", ColumnType::integer}, {"signature", ColumnType::integer}};
  columns.insert(columns.end(), level_columns().begin() + kLevelKeyColumns, level_columns().end());
  return columns;
}

std::vector<Column> moved_statistic_columns() {
  return {{"sensor", ColumnType::integer},    {"name", ColumnType::text},       {"interface", ColumnType::text},
          {"\"count\"", ColumnType::integer}, {"\"sum\"", ColumnType::integer}, {"\"min\"", ColumnType::integer},
          {"\"max\"", ColumnType::integer}};
}

/// A detail that cannot be read is an error: the figures would fall.
Result<Totals> read_totals(Connection& connection) {
  Totals totals;
  Result<void> read;
  Result<void> done = connection.query(
      cat("SELECT sensor, signature, ", hot_select(), ", ", connection.blob_expression("detail"), " FROM ", kTotal), {},
      [&](const RowView& row) {
        metric::Aggregate& values = totals[{row.integer(0), row.integer(1)}];
        const unsigned detail = merge_hot(row, 2, values);
        if (Result<void> merged = values.merge_detail(row.blob(detail)); !merged) read = merged;
      });
  if (!done) return done.error();
  if (!read) return read.error();
  return totals;
}

Result<Statistics> read_statistics(Connection& connection) {
  Statistics statistics;
  Result<void> done = connection.query(
      cat("SELECT sensor, name, interface, \"count\", \"sum\", \"min\", \"max\" FROM ", kStatisticTotal), {},
      [&](const RowView& row) {
        statistics[{row.integer(0), clean_text(row.text(1)), clean_text(row.text(2))}] = {
            row.integer(3), row.integer(4), row.integer(5), row.integer(6)};
      });
  if (!done) return done.error();
  return statistics;
}

bool covers(const metric::Aggregate& more, const metric::Aggregate& less) {
  for (std::size_t i = 0; i < metric::kCounters; ++i) {
    const auto counter = static_cast<metric::Counter>(i);
    if (more[counter] < less[counter]) return false;
  }
  return true;
}
bool covers(const metric::Summary& more, const metric::Summary& less) {
  return more.count >= less.count && more.sum >= less.sum;
}

/// What the target shall have: `source` with `target` added in, or `source` alone (again).
template <class Map>
std::int64_t combine(Map& source, const Map& target, bool again) {
  std::int64_t left = 0;
  for (auto at = source.begin(); at != source.end();) {
    const auto theirs = target.find(at->first);
    if (theirs != target.end() && !again) at->second.merge(theirs->second);
    if (theirs != target.end() && again && !covers(at->second, theirs->second)) {
      ++left;
      at = source.erase(at);
      continue;
    }
    ++at;
  }
  return left;
}

/// A program that stores for one of these sensors waits until they are added: a sensor's row is the lock (Totals::add).
Result<void> lock_totals(Connection& target, const Totals& totals) {
  std::set<Id> sensors;
  for (const auto& [key, values] : totals) sensors.insert(key.first);
  for (const Id sensor : sensors) {
    const Result<std::int64_t> locked = target.execute("UPDATE sensor SET name = name WHERE id = ?", {sensor});
    if (!locked) return locked.error();
  }
  return {};
}

Result<void> put(Connection& target, const Totals& totals) {
  auto at = totals.begin();
  const Insert what{kTotal, moved_total_columns(), replace_on_conflict("sensor, signature", moved_total_columns(), 2)};
  const Result<std::int64_t> done = target.insert(what, totals.size(), [&](std::size_t, RowSink& sink) {
    sink.integer(at->first.first);
    sink.integer(at->first.second);
    put_hot(at->second, sink);
    sink.blob(at->second.encode_detail());
    ++at;
  });
  if (!done) return done.error();
  return {};
}

Result<void> put(Connection& target, const Statistics& statistics) {
  auto at = statistics.begin();
  const std::vector<Column> columns = moved_statistic_columns();
  const Insert what{kStatisticTotal, columns, replace_on_conflict("sensor, name, interface", columns, 3)};
  const Result<std::int64_t> done = target.insert(what, statistics.size(), [&](std::size_t, RowSink& sink) {
    const auto& [sensor, name, interface] = at->first;
    const metric::Summary& value = at->second;
    sink.integer(sensor);
    sink.text(name);
    sink.text(interface);
    put_summary(value, sink);
    ++at;
  });
  if (!done) return done.error();
  return {};
}

}  // namespace

const std::vector<CopiedTable>& total_tables() {
  static const std::vector<CopiedTable> tables = [] {
    const std::vector<Column> totals = moved_total_columns(), statistics = moved_statistic_columns();
    return std::vector<CopiedTable>{{kTotal, {totals.begin(), totals.begin() + 2}, {0, 1}, {}},
                                    {kStatisticTotal, {statistics.begin(), statistics.begin() + 3}, {0, 1, 2}, {}}};
  }();
  return tables;
}

Result<TotalsMoved> move_totals(Connection& source, Connection& target, bool again) {
  Result<Totals> totals = read_totals(source);
  if (!totals) return totals.error();
  if (Result<void> locked = lock_totals(target, *totals); !locked) return locked.error();
  const Result<Totals> target_totals = read_totals(target);
  if (!target_totals) return target_totals.error();
  Result<Statistics> statistics = read_statistics(source);
  if (!statistics) return statistics.error();
  const Result<Statistics> target_statistics = read_statistics(target);
  if (!target_statistics) return target_statistics.error();
  TotalsMoved moved;
  moved.left = combine(*totals, *target_totals, again) + combine(*statistics, *target_statistics, again);
  if (Result<void> done = put(target, *totals); !done) return done.error();
  if (Result<void> done = put(target, *statistics); !done) return done.error();
  moved.rows = static_cast<std::int64_t>(totals->size() + statistics->size());
  return moved;
}

}  // namespace pastmon::store
