// SPDX-License-Identifier: MIT
#include "pastmon/store/export.h"

#include <algorithm>

#include "columns.h"
#include "connection.h"
#include "groups.h"
#include "pastmon/base/text.h"
#include "reader.h"
#include "rows.h"
#include "schema.h"

namespace pastmon::store {
namespace {

using base::cat;
using base::Error;
using base::Result;

constexpr base::Seconds kExportTimeout = 7 * kDay;  // of one statement: who reads may take a break
constexpr base::Seconds kSlice = 3'600;             // what the database sorts at once

/// Columns of a level table that an export reads, with the names joined to them.
struct Sql {
  std::string rows;   ///< "SELECT … FROM (", to be followed by the tables' rows
  std::string names;  ///< ") AS r LEFT JOIN … ORDER BY …"
};

constexpr unsigned kFirstValue = 14;

Sql export_sql(const Connection& connection, Level level) {
  Sql sql;
  sql.rows =
      "SELECT r.bucket, r.\"interval\", r.run, r.port, r.is_open, s.name, g.name, c.address, c.name, c.name_source, "
      "v.address, v.name, v.name_source, ";
  sql.rows += connection.blob_expression("r.detail");
  sql.rows += ", r.first_seen, r.last_seen";
  for (const HotColumn& column : hot_columns()) sql.rows += ", r." + column.name;
  sql.rows += " FROM (";
  sql.names =
      ") AS r LEFT JOIN sensor AS s ON s.id = r.sensor LEFT JOIN signature AS g ON g.id = r.signature "
      "LEFT JOIN host AS c ON c.id = r.client LEFT JOIN host AS v ON v.id = r.server "
      "ORDER BY r.bucket, ";
  if (level == Level::two) sql.names += "r.\"interval\", ";
  sql.names += "r.sensor, r.run, r.signature, r.client, r.server, r.port";
  return sql;
}

class DatabaseExporter final : public Exporter {
 public:
  explicit DatabaseExporter(std::unique_ptr<Connection> connection)
      : connection_(std::move(connection)), groups_(*connection_, 0) {}

  Result<void> check() { return check_schema(*connection_); }
  Result<std::vector<Named>> sensors() override { return Reader(*connection_, groups_).named("sensor"); }
  Result<Exported> rows(const ExportQuery& query, const std::function<bool(const ExportedRow&)>& each) override;

 private:
  using Tables = std::vector<const char*>;

  Result<std::optional<base::Seconds>> next_bucket(const Tables& tables, base::Seconds from, base::Seconds to);
  std::string slice(const Tables& tables, const ExportQuery& query, base::Seconds from, base::Seconds to) const;
  static void read(const RowView& row, ExportedRow& exported, Exported& count);

  std::unique_ptr<Connection> connection_;
  Groups groups_;  // never asked: on a front an export has the rows of all groups, or fails
};

/// The first bucket that has rows: gaps are stepped over. Mostly it is near, which spares PostgreSQL a look at the
/// partitions of all later days.
Result<std::optional<base::Seconds>> DatabaseExporter::next_bucket(const Tables& tables, base::Seconds from,
                                                                   base::Seconds to) {
  std::optional<base::Seconds> next;
  for (const base::Seconds end : {std::min(to, from + kDay), to}) {
    for (const char* table : tables) {
      Result<void> asked =
          connection_->query(cat("SELECT MIN(bucket) FROM ", table, " WHERE bucket >= ? AND bucket < ?"), {from, end},
                             [&](const RowView& row) {
                               if (!row.null(0)) next = std::min(next.value_or(row.integer(0)), row.integer(0));
                             });
      if (!asked) return asked.error();
    }
    if (next || end == to) break;
  }
  return next;
}

std::string DatabaseExporter::slice(const Tables& tables, const ExportQuery& query, base::Seconds from,
                                    base::Seconds to) const {
  std::string columns;
  for (const Column& column : level_columns()) columns += column.name + ", ";
  std::string where = cat(" WHERE bucket >= ", from, " AND bucket < ", to);
  if (query.sensors) where += " AND " + connection_->in_ids("sensor", *query.sensors);
  std::string arms;
  for (std::size_t i = 0; i < tables.size(); ++i)
    arms += cat(i == 0 ? "SELECT " : " UNION ALL SELECT ", columns, i, " AS is_open FROM ", tables[i], where);
  return arms;
}

void DatabaseExporter::read(const RowView& row, ExportedRow& exported, Exported& count) {
  exported.bucket = row.integer(0);
  exported.interval = row.integer(1);
  exported.run = row.integer(2);
  exported.port = static_cast<std::uint16_t>(row.integer(3));
  exported.open = row.integer(4) != 0;
  unsigned at = 5;
  for (std::string_view* text :
       {&exported.sensor, &exported.signature, &exported.client, &exported.client_name, &exported.client_name_source,
        &exported.server, &exported.server_name, &exported.server_name_source})
    *text = row.text(at++);
  exported.values = {};
  merge_hot(row, kFirstValue, exported.values);
  if (!exported.values.merge_detail(row.blob(at))) ++count.damaged;
  ++count.rows;
}

// One snapshot, one statement an hour of it: what the database has to sort stays small, however long the range is.
Result<Exported> DatabaseExporter::rows(const ExportQuery& query, const std::function<bool(const ExportedRow&)>& each) {
  Exported count;
  if (query.sensors && query.sensors->empty()) return count;
  Tables tables = {"level_2"};
  if (query.level == Level::one) tables = query.open ? Tables{"level_1", "level_1_open"} : Tables{"level_1"};
  Transaction transaction(*connection_);
  if (Result<void> begun = transaction.begin_read(); !begun) return begun.error();
  const Sql sql = export_sql(*connection_, query.level);
  ExportedRow exported;
  bool wanted = true;
  for (base::Seconds from = query.from; wanted;) {
    const Result<std::optional<base::Seconds>> next = next_bucket(tables, from, query.to);
    if (!next) return next.error();
    if (!*next) break;
    const base::Seconds end = std::min(query.to, **next - **next % kSlice + kSlice);
    Result<void> done =
        connection_->stream(cat(sql.rows, slice(tables, query, **next, end), sql.names), {}, [&](const RowView& row) {
          if (!wanted) return;
          read(row, exported, count);
          wanted = each(exported);
          if (!wanted) connection_->interrupt();
        });
    if (!done && wanted) return done.error();
    from = end;
  }
  return count;
}

}  // namespace

Result<std::unique_ptr<Exporter>> Exporter::open(Options options) {
  options.query_timeout = kExportTimeout;
  Result<std::unique_ptr<Connection>> connection = connect(options, true);
  if (!connection) return connection.error();
  auto exporter = std::make_unique<DatabaseExporter>(*std::move(connection));
  if (Result<void> fine = exporter->check(); !fine) return fine.error();
  return std::unique_ptr<Exporter>(std::move(exporter));
}

}  // namespace pastmon::store
