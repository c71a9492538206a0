// SPDX-License-Identifier: MIT
#include "pastmon/base/text.h"
#include "reader.h"

namespace pastmon::store {

using base::cat;
using base::Result;

namespace {

/// " AND name IN (?, ?)"
std::string name_filter(const std::vector<std::string>& names, std::vector<Parameter>& parameters) {
  std::string marks;
  for (const std::string& name : names) {
    marks += marks.empty() ? "?" : ", ?";
    parameters.emplace_back(clean_text(name));
  }
  return cat(" AND name IN (", marks, ")");
}

}  // namespace

Result<std::vector<StatisticPoint>> Reader::statistics(const StatisticQuery& query) {
  std::vector<StatisticPoint> points;
  if ((query.names && query.names->empty()) || (query.sensors && query.sensors->empty())) return points;
  std::vector<Parameter> parameters;
  std::string arms;
  for (const char* table : {"statistic", "statistic_open"}) {
    std::string where = cat(" WHERE bucket >= ", query.from, " AND bucket < ", query.to);
    if (query.sensors) where += " AND " + connection_.in_ids("sensor", *query.sensors);
    if (query.names) where += name_filter(*query.names, parameters);
    const std::string bucket =
        query.step > 0 ? cat("bucket - bucket % ", query.step, " AS bucket") : std::string("bucket");
    arms += cat(arms.empty() ? "" : " UNION ALL ", "SELECT ", bucket,
                ", sensor, name, interface, \"count\", \"sum\", \"min\", \"max\" FROM ", groups_.table(table), where);
  }
  Result<void> done = connection_.query(
      cat("SELECT bucket, sensor, name, interface, CAST(SUM(\"count\") AS BIGINT), CAST(SUM(\"sum\") AS BIGINT), "
          "MIN(\"min\"), MAX(\"max\") FROM (",
          arms, ") AS s GROUP BY bucket, sensor, name, interface ORDER BY bucket, sensor, name, interface"),
      parameters, [&](const RowView& row) {
        StatisticPoint& point = points.emplace_back();
        point.start = row.integer(0);
        point.sensor = row.integer(1);
        point.name = row.text(2);
        point.interface = row.text(3);
        point.value = {row.integer(4), row.integer(5), row.integer(6), row.integer(7)};
      });
  if (!done) return done.error();
  return points;
}

}  // namespace pastmon::store
