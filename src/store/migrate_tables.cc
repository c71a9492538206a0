// SPDX-License-Identifier: MIT
#include "migrate_tables.h"

#include <charconv>

#include "columns.h"
#include "pastmon/base/text.h"

namespace pastmon::store {
namespace {

using base::cat;
using base::Error;
using base::Result;

Column integer(const char* name) { return {name, ColumnType::integer}; }
Column text(const char* name) { return {name, ColumnType::text}; }

std::vector<std::size_t> first(std::size_t columns) {
  std::vector<std::size_t> key;
  for (std::size_t i = 0; i < columns; ++i) key.push_back(i);
  return key;
}

std::string key_names(const CopiedTable& table) {
  std::string names;
  for (const std::size_t column : table.key) names += cat(names.empty() ? "" : ", ", table.columns[column].name);
  return names;
}

/// Names and statistics. The newest name of an address wins, as when it is seen.
std::vector<CopiedTable> reference_tables() {
  const char* keep = "ON CONFLICT DO NOTHING";
  // A line that stands for several batches, for more than before (applied.h).
  const char* joined =
      "ON CONFLICT (sensor, run, number) DO UPDATE SET applied = excluded.applied "
      "WHERE excluded.applied < 0 AND excluded.applied < applied_batch.applied";
  return {
      {"sensor",
       {integer("id"), text("name"), text("identity")},
       first(1),
       "ON CONFLICT (id) DO UPDATE SET identity = excluded.identity WHERE sensor.identity = ''"},
      {"signature", {integer("id"), text("name")}, first(1), keep},
      {"host",
       {integer("id"), text("address"), text("name"), text("name_source"), integer("name_seen")},
       first(1),
       "ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_source = excluded.name_source, "
       "name_seen = excluded.name_seen WHERE host.name_seen < excluded.name_seen"},
      {"host_name",
       {integer("host"), text("name"), text("source"), integer("seen")},
       first(2),
       "ON CONFLICT (host, name) DO UPDATE SET source = excluded.source, seen = excluded.seen "
       "WHERE host_name.seen < excluded.seen"},
      {"applied_batch", {integer("sensor"), integer("run"), integer("number"), integer("applied")}, first(3), joined},
      {"archived", {integer("bucket"), integer("sensor"), integer("run"), integer("part")}, first(4), keep},
  };
}

std::vector<CopiedTable> make_tables() {
  std::vector<CopiedTable> tables = reference_tables();
  // bucket, interval, sensor, run, signature, client, server, port
  tables.push_back({"level_1", level_columns(), {0, 2, 3, 4, 5, 6, 7}, "ON CONFLICT DO NOTHING"});
  CopiedTable level_2{"level_2", level_columns(), first(8), {}};
  // A row of level 2 grows when a late batch comes: what an earlier run brought may be older.
  level_2.on_conflict = replace_on_conflict(key_names(level_2), level_2.columns, kLevelKeyColumns);
  tables.push_back(std::move(level_2));
  tables.push_back(
      {"statistic",
       {integer("bucket"), integer("sensor"), integer("run"), text("name"), text("interface"), integer("\"interval\""),
        integer("\"count\""), integer("\"sum\""), integer("\"min\""), integer("\"max\"")},
       first(5),
       "ON CONFLICT DO NOTHING"});
  return tables;
}

void put_hex(std::string& out, std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out.push_back(digits[byte >> 4U]);
    out.push_back(digits[byte & 15U]);
  }
}

bool take_hex(std::string_view text, std::string& bytes) {
  if (text.size() % 2 != 0) return false;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data() + i, text.data() + i + 2, value, 16);
    if (error != std::errc() || end != text.data() + i + 2) return false;
    bytes.push_back(static_cast<char>(value));
  }
  return true;
}

CopiedValue value_of(const RowView& row, unsigned at, ColumnType type) {
  if (row.null(at)) return {};
  switch (type) {
    case ColumnType::integer:
      return row.integer(at);
    case ColumnType::text:
      return std::string(row.text(at));
    case ColumnType::blob:
      return std::string(row.blob(at));
  }
  return {};
}

}  // namespace

const std::vector<CopiedTable>& copied_tables() {
  static const std::vector<CopiedTable> tables = make_tables();
  return tables;
}

std::int64_t integer_of(const CopiedRow& row, std::size_t column) {
  const auto* value = std::get_if<std::int64_t>(&row[column]);
  return value != nullptr ? *value : 0;
}

std::string_view text_of(const CopiedRow& row, std::size_t column) {
  const auto* value = std::get_if<std::string>(&row[column]);
  return value != nullptr ? std::string_view(*value) : std::string_view();
}

std::string key_text(const CopiedTable& table, const CopiedRow& row) {
  std::string key;
  for (const std::size_t column : table.key) {
    if (!key.empty()) key.push_back(' ');
    if (table.columns[column].type == ColumnType::integer) {
      key += cat(integer_of(row, column));
    } else {
      key.push_back('x');
      put_hex(key, text_of(row, column));
    }
  }
  return key;
}

Result<std::vector<Parameter>> key_of_text(const CopiedTable& table, std::string_view text) {
  std::vector<Parameter> key;
  if (text.empty()) return key;
  const std::vector<std::string_view> parts = base::split(text, ' ');
  bool good = parts.size() == table.key.size();
  for (std::size_t i = 0; good && i < parts.size(); ++i) {
    const std::string_view part = parts[i];
    if (table.columns[table.key[i]].type == ColumnType::integer) {
      std::int64_t value = 0;
      const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
      good = error == std::errc() && end == part.data() + part.size();
      key.emplace_back(value);
    } else {
      std::string bytes;
      good = part.starts_with('x') && take_hex(part.substr(1), bytes);
      key.emplace_back(std::move(bytes));
    }
  }
  if (!good) return Error{cat("the target's note on how far table ", table.name, " is copied cannot be read")};
  return key;
}

Result<std::int64_t> TableReader::count() {
  std::int64_t count = 0;
  Result<void> done = connection_.query(cat("SELECT COUNT(*) FROM ", table_.name), {},
                                        [&](const RowView& row) { count = row.integer(0); });
  if (!done) return done.error();
  return count;
}

// The condition on the bucket alone says the same again: PostgreSQL leaves out partitions by it.
Result<std::vector<CopiedRow>> TableReader::rows_after(const std::vector<Parameter>& key, std::size_t limit) {
  std::string columns;
  for (const Column& column : table_.columns) {
    columns += columns.empty() ? "" : ", ";
    columns += column.type == ColumnType::blob ? connection_.blob_expression(column.name) : column.name;
  }
  const std::string names = key_names(table_);
  std::string where;
  std::vector<Parameter> parameters;
  if (!key.empty()) {
    std::string marks;
    for (std::size_t i = 0; i < key.size(); ++i) marks += i == 0 ? "?" : ", ?";
    where = cat(" WHERE (", names, ") > (", marks, ")");
    parameters = key;
    if (table_.name == "level_1") {
      where += " AND bucket >= ?";
      parameters.push_back(key.front());
    }
  }
  std::vector<CopiedRow> rows;
  Result<void> done =
      connection_.query(cat("SELECT ", columns, " FROM ", table_.name, where, " ORDER BY ", names, " LIMIT ", limit),
                        parameters, [&](const RowView& view) {
                          CopiedRow& row = rows.emplace_back();
                          row.reserve(table_.columns.size());
                          for (std::size_t i = 0; i < table_.columns.size(); ++i)
                            row.push_back(value_of(view, static_cast<unsigned>(i), table_.columns[i].type));
                        });
  if (!done) return done.error();
  return rows;
}

CopiedRow fit_row(const CopiedTable& table, CopiedRow row) {
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (table.columns[i].type != ColumnType::text) continue;
    if (auto* text = std::get_if<std::string>(&row[i])) *text = clean_text(*text);
  }
  return row;
}

void put_row(const CopiedTable& table, const CopiedRow& row, RowSink& sink) {
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (std::holds_alternative<std::monostate>(row[i])) {
      sink.null();
    } else if (table.columns[i].type == ColumnType::integer) {
      sink.integer(integer_of(row, i));
    } else if (table.columns[i].type == ColumnType::text) {
      sink.text(clean_text(text_of(row, i)));
    } else {
      sink.blob(text_of(row, i));
    }
  }
}

}  // namespace pastmon::store
