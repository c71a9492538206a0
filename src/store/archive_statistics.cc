// SPDX-License-Identifier: MIT
#include <map>
#include <tuple>

#include "archive_removal.h"
#include "columns.h"
#include "pastmon/base/text.h"

namespace pastmon::store {
namespace {

using base::cat;
using base::Result;

struct Figure {
  metric::Summary value;
  base::Seconds interval = 0;
};
using Figures = std::map<std::tuple<Id, std::string, std::string>, Figure>;

Result<void> insert_figures(Connection& connection, base::Seconds start, const Figures& figures) {
  const Insert what{"statistic",
                    {{"bucket", ColumnType::integer},
                     {"sensor", ColumnType::integer},
                     {"run", ColumnType::integer},
                     {"name", ColumnType::text},
                     {"interface", ColumnType::text},
                     {"\"count\"", ColumnType::integer},
                     {"\"sum\"", ColumnType::integer},
                     {"\"min\"", ColumnType::integer},
                     {"\"max\"", ColumnType::integer},
                     {"\"interval\"", ColumnType::integer}},
                    ""};
  auto at = figures.begin();
  const Result<std::int64_t> done = connection.insert(what, figures.size(), [&](std::size_t, RowSink& sink) {
    const auto& [sensor, name, interface] = at->first;
    const auto& [value, interval] = at->second;
    sink.integer(start);
    sink.integer(sensor);
    sink.integer(0);
    sink.text(name);
    sink.text(interface);
    put_summary(value, sink);
    sink.integer(interval);
    ++at;
  });
  if (!done) return done.error();
  return {};
}

// A longer interval, of a run with another --interval, that begins here takes what comes late.
Result<void> merge_interval(Connection& connection, base::Seconds start, base::Seconds interval, std::int64_t& merged) {
  Figures figures;
  const std::string where = cat(" WHERE bucket >= ", start, " AND bucket < ", start + interval);
  Result<void> done = connection.query(
      cat("SELECT sensor, name, interface, \"count\", \"sum\", \"min\", \"max\", \"interval\" FROM statistic", where),
      {}, [&](const RowView& row) {
        Figure& figure = figures[{row.integer(0), std::string(row.text(1)), std::string(row.text(2))}];
        figure.value.merge({row.integer(3), row.integer(4), row.integer(5), row.integer(6)});
        figure.interval = std::max({figure.interval, interval, row.integer(7)});
        ++merged;
      });
  if (!done) return done;
  const Result<std::int64_t> gone = connection.execute(cat("DELETE FROM statistic", where), {});
  if (!gone) return gone.error();
  return insert_figures(connection, start, figures);
}

Result<bool> next_bucket(Connection& connection, const std::string& where, base::Seconds& bucket) {
  bool found = false;
  Result<void> done =
      connection.query(cat("SELECT MIN(bucket) FROM statistic WHERE ", where), {}, [&](const RowView& row) {
        found = !row.null(0);
        bucket = row.integer(0);
      });
  if (!done) return done.error();
  return found;
}

}  // namespace

Result<void> merge_statistics(ArchiveWork& work, base::Seconds interval, base::Seconds to) {
  Connection& connection = work.connection();
  for (base::Seconds from = 0; !work.stopped();) {
    base::Seconds bucket = 0;
    const Result<bool> found = next_bucket(
        connection, cat("bucket >= ", from, " AND bucket < ", to, " AND (\"interval\" < ", interval, " OR run <> 0)"),
        bucket);
    if (!found) return found.error();
    if (!*found) break;
    const base::Seconds start = bucket - bucket % interval;
    Result<void> done =
        work.write([&] { return merge_interval(connection, start, interval, work.report.statistics_merged); });
    if (!done) return done;
    from = start + interval;
  }
  return {};
}

Result<void> ArchiveRemoval::remove_statistics(base::Seconds to) {
  Connection& connection = work_.connection();
  while (!work_.stopped()) {
    base::Seconds bucket = 0;
    const std::string old = cat("bucket + \"interval\" <= ", to, " AND bucket ");
    const Result<bool> found = next_bucket(connection, cat(old, "< ", to), bucket);
    if (!found) return found.error();
    if (!*found) break;
    Result<void> done = work_.write([&]() -> Result<void> {
      const Result<std::int64_t> gone = connection.execute(cat("DELETE FROM statistic WHERE ", old, "= ", bucket), {});
      if (!gone) return gone.error();
      return {};
    });
    if (!done) return done;
  }
  return {};
}

}  // namespace pastmon::store
