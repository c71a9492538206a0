// SPDX-License-Identifier: MIT
#include "series_json.h"

#include <utility>

#include "figures.h"
#include "format.h"

namespace pastmon::web {
namespace {

base::Json columns(metric::Kind kind) {
  base::Json names = base::Json::array();
  names.push("time");
  if (kind == metric::Kind::counter) return std::move(names.push("sum"));
  for (const std::string_view name : {"count", "min", "mean", "max"}) names.push(name);
  if (kind == metric::Kind::distribution) {
    for (const auto& [name, q] : metric::kQuantiles) names.push(name);
  }
  return names;
}

}  // namespace

std::string_view kind_key(metric::Kind kind) noexcept {
  switch (kind) {
    case metric::Kind::counter:
      return "counter";
    case metric::Kind::size:
      return "size";
    default:
      return "distribution";
  }
}

base::Json series_json(const std::vector<store::Point>& points, const metric::Info& info, const TimeRange& time,
                       base::Seconds step, std::string_view zone) {
  base::Json json = base::Json::object();
  json.set("metric", info.name)
      .set("title", info.title)
      .set("kind", kind_key(info.kind))
      .set("unit", format::unit_key(info.unit));
  json.set("zone", zone).set("from", time.from).set("to", time.to).set("step", step).set("columns", columns(info.kind));
  base::Json rows = base::Json::array();
  for (const store::Point& point : points) {
    const Figures f = figures(point.values, info);
    base::Json row = base::Json::array();
    row.push(point.start);
    if (info.kind == metric::Kind::counter) {
      rows.push(std::move(row.push(f.summary.sum)));
      continue;
    }
    if (f.empty()) continue;
    row.push(f.summary.count).push(f.summary.min).push(f.summary.mean()).push(f.summary.max);
    if (f.distribution != nullptr) {
      for (const auto& [name, q] : metric::kQuantiles) row.push(f.distribution->quantile(q));
    }
    rows.push(std::move(row));
  }
  json.set("rows", std::move(rows));
  return json;
}

}  // namespace pastmon::web
