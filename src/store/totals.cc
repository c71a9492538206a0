// SPDX-License-Identifier: MIT
#include "totals.h"

#include "columns.h"
#include "details.h"
#include "pastmon/base/text.h"

namespace pastmon::store {
namespace {

using base::cat;
using base::Result;

std::vector<Column> total_columns() {
  std::vector<Column> columns = {{"sensor", ColumnType::integer}, {"signature", ColumnType::integer}};
  const std::vector<Column>& level = level_columns();
  columns.insert(columns.end(), level.begin() + kLevelKeyColumns, level.end());
  return columns;
}

/// "… = the smaller (larger) one", NULL standing for none.
std::string extreme(const char* column, const char* than) {
  return cat(column, " = CASE WHEN statistic_total.", column, " IS NULL OR excluded.", column, than, "statistic_total.",
             column, " THEN excluded.", column, " ELSE statistic_total.", column, " END");
}

}  // namespace

// Two programs that store for one sensor must not read the same total: the sensor's row is the lock.
Result<void> Totals::add(Id sensor, const SortedRows& rows) {
  std::map<Id, metric::Aggregate> totals;
  std::vector<Id> signatures;
  for (const StoredRow& row : rows.rows()) {
    const auto [at, fresh] = totals.try_emplace(row.signature);
    if (fresh) signatures.push_back(row.signature);
    at->second.merge(row.row->values);
  }
  if (totals.empty()) return {};
  const Result<std::int64_t> locked = connection_.execute("UPDATE sensor SET name = name WHERE id = ?", {sensor});
  if (!locked) return locked.error();
  Details details;
  Result<void> read = connection_.query(
      cat("SELECT signature, ", hot_select(), ", ", connection_.blob_expression("detail"),
          " FROM total WHERE sensor = ", sensor, " AND ", connection_.in_ids("signature", signatures)),
      {}, [&](const RowView& row) {
        metric::Aggregate& values = totals[row.integer(0)];
        details.merge(row.blob(merge_hot(row, 1, values)), values);
      });
  if (!read) return read;
  static const std::vector<Column> columns = total_columns();
  static const std::string replace = replace_on_conflict("sensor, signature", columns, 2);
  auto at = totals.begin();
  const Result<std::int64_t> done =
      connection_.insert({"total", columns, replace}, totals.size(), [&](std::size_t, RowSink& sink) {
        sink.integer(sensor);
        sink.integer(at->first);
        put_hot(at->second, sink);
        sink.blob(at->second.encode_detail());
        ++at;
      });
  if (!done) return done.error();
  return {};
}

Result<void> Totals::add(Id sensor, const Statistics& statistics) {
  static const Insert what{
      "statistic_total",
      {{"sensor", ColumnType::integer},
       {"name", ColumnType::text},
       {"interface", ColumnType::text},
       {"\"count\"", ColumnType::integer},
       {"\"sum\"", ColumnType::integer},
       {"\"min\"", ColumnType::integer},
       {"\"max\"", ColumnType::integer}},
      cat("ON CONFLICT (sensor, name, interface) DO UPDATE SET \"count\" = statistic_total.\"count\" + "
          "excluded.\"count\", \"sum\" = statistic_total.\"sum\" + excluded.\"sum\", ",
          extreme("\"min\"", " < "), ", ", extreme("\"max\"", " > "))};
  auto at = statistics.begin();
  const Result<std::int64_t> done = connection_.insert(what, statistics.size(), [&](std::size_t, RowSink& sink) {
    const auto& [name, interface] = at->first;
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

Result<std::vector<Total>> Totals::totals(const std::string& table) {
  std::vector<Total> totals;
  Details details;
  Result<void> done = connection_.query(
      cat("SELECT sensor, signature, ", hot_select(), ", ", connection_.blob_expression("detail"), " FROM ", table,
          " ORDER BY sensor, signature"),
      {}, [&](const RowView& row) {
        const Id sensor = row.integer(0), signature = row.integer(1);
        // Twice: on a front, a sensor that moved from one group to another.
        const bool again = !totals.empty() && totals.back().sensor == sensor && totals.back().signature == signature;
        Total& total = again ? totals.back() : totals.emplace_back();
        total.sensor = sensor;
        total.signature = signature;
        details.merge(row.blob(merge_hot(row, 2, total.values)), total.values);
      });
  if (!done) return done.error();
  return totals;
}

Result<std::vector<StatisticTotal>> Totals::statistics(const std::string& table) {
  std::vector<StatisticTotal> totals;
  Result<void> done = connection_.query(
      cat("SELECT sensor, name, interface, \"count\", \"sum\", \"min\", \"max\" FROM ", table,
          " ORDER BY sensor, name, interface"),
      {}, [&](const RowView& row) {
        const bool again = !totals.empty() && totals.back().sensor == row.integer(0) &&
                           totals.back().name == row.text(1) && totals.back().interface == row.text(2);
        StatisticTotal& total = again ? totals.back() : totals.emplace_back();
        total.sensor = row.integer(0);
        total.name = row.text(1);
        total.interface = row.text(2);
        total.value.merge({row.integer(3), row.integer(4), row.integer(5), row.integer(6)});
      });
  if (!done) return done.error();
  return totals;
}

}  // namespace pastmon::store
