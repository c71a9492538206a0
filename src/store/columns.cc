// SPDX-License-Identifier: MIT
#include "columns.h"

#include "pastmon/base/text.h"

namespace pastmon::store {
namespace {

std::vector<HotColumn> make_hot_columns() {
  std::vector<HotColumn> columns;
  for (const metric::Info& info : metric::registry()) {
    if (!info.hot) continue;
    if (info.kind == metric::Kind::counter) {
      columns.push_back({std::string(info.name), &info, Part::value});
      continue;
    }
    columns.push_back({base::cat(info.name, "_count"), &info, Part::count});
    columns.push_back({base::cat(info.name, "_sum"), &info, Part::sum});
    columns.push_back({base::cat(info.name, "_min"), &info, Part::minimum});
    columns.push_back({base::cat(info.name, "_max"), &info, Part::maximum});
  }
  return columns;
}

std::vector<Column> make_level_columns() {
  std::vector<Column> columns;
  for (const char* key : {"bucket", "\"interval\"", "sensor", "run", "signature", "client", "server", "port"})
    columns.push_back({key, ColumnType::integer});
  columns.push_back({"first_seen", ColumnType::integer});
  columns.push_back({"last_seen", ColumnType::integer});
  for (const HotColumn& hot : hot_columns()) columns.push_back({hot.name, ColumnType::integer});
  columns.push_back({"detail", ColumnType::blob});
  return columns;
}

const metric::Summary& summary_of(const metric::Aggregate& values, const metric::Info& info) {
  if (info.kind == metric::Kind::size) return values[static_cast<metric::Size>(info.index)];
  return values[static_cast<metric::Distribution>(info.index)].summary;
}

metric::Summary& summary_of(metric::Aggregate& values, const metric::Info& info) {
  if (info.kind == metric::Kind::size) return values[static_cast<metric::Size>(info.index)];
  return values[static_cast<metric::Distribution>(info.index)].summary;
}

const char* function_of(Part part) {
  switch (part) {
    case Part::minimum:
      return "MIN";
    case Part::maximum:
      return "MAX";
    case Part::value:
    case Part::count:
    case Part::sum:
      break;
  }
  return "SUM";
}

}  // namespace

const std::vector<HotColumn>& hot_columns() {
  static const std::vector<HotColumn> columns = make_hot_columns();
  return columns;
}

const std::vector<Column>& level_columns() {
  static const std::vector<Column> columns = make_level_columns();
  return columns;
}

std::string replace_on_conflict(std::string_view key, const std::vector<Column>& columns, std::size_t key_columns) {
  std::string sql = base::cat("ON CONFLICT (", key, ") DO UPDATE SET ");
  for (std::size_t i = key_columns; i < columns.size(); ++i)
    sql += base::cat(i == key_columns ? "" : ", ", columns[i].name, " = excluded.", columns[i].name);
  return sql;
}

std::vector<std::string> hot_names() {
  std::vector<std::string> names = {"first_seen", "last_seen"};
  for (const HotColumn& column : hot_columns()) names.push_back(column.name);
  return names;
}

std::string hot_select() {
  std::string sql;
  for (const std::string& name : hot_names()) sql += base::cat(sql.empty() ? "" : ", ", name);
  return sql;
}

std::string hot_select_grouped() {
  std::string sql = "MIN(first_seen), MAX(last_seen)";
  for (const HotColumn& column : hot_columns())
    sql += base::cat(", CAST(", function_of(column.part), "(", column.name, ") AS BIGINT)");
  return sql;
}

void put_summary(const metric::Summary& value, RowSink& sink) {
  sink.integer(value.count);
  sink.integer(value.sum);
  value.count > 0 ? sink.integer(value.min) : sink.null();
  value.count > 0 ? sink.integer(value.max) : sink.null();
}

void put_hot(const metric::Aggregate& values, RowSink& sink) {
  for (const base::Micros time : {values.first, values.last}) time == base::kNone ? sink.null() : sink.integer(time);
  for (const HotColumn& column : hot_columns()) {
    if (column.part == Part::value) {
      sink.integer(values[static_cast<metric::Counter>(column.metric->index)]);
      continue;
    }
    const metric::Summary& summary = summary_of(values, *column.metric);
    switch (column.part) {
      case Part::count:
        sink.integer(summary.count);
        break;
      case Part::sum:
        sink.integer(summary.sum);
        break;
      case Part::minimum:
        summary.count > 0 ? sink.integer(summary.min) : sink.null();
        break;
      default:
        summary.count > 0 ? sink.integer(summary.max) : sink.null();
        break;
    }
  }
}

unsigned merge_hot(const RowView& row, unsigned first, metric::Aggregate& values) {
  unsigned at = first;
  if (!row.null(at)) values.seen(row.integer(at));
  if (!row.null(at + 1)) values.seen(row.integer(at + 1));
  at += 2;
  const std::vector<HotColumn>& columns = hot_columns();
  for (std::size_t i = 0; i < columns.size();) {
    const metric::Info& info = *columns[i].metric;
    if (columns[i].part == Part::value) {
      values[static_cast<metric::Counter>(info.index)] += row.integer(at);
      i += 1;
      at += 1;
      continue;
    }
    summary_of(values, info).merge({row.integer(at), row.integer(at + 1), row.integer(at + 2), row.integer(at + 3)});
    i += 4;
    at += 4;
  }
  return at;
}

}  // namespace pastmon::store
