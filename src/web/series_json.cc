// SPDX-License-Identifier: MIT
#include "series_json.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

#include "figures.h"
#include "format.h"
#include "pastmon/base/text.h"

namespace pastmon::web {
namespace {

bool whole(const Line& line) {
  return line.what != Line::What::rate && line.what != Line::What::mean && line.what != Line::What::quantile;
}

/// visit(point, values): one value a line; a point without any is left out.
template <class Visit>
void each_row(const Series& series, Visit visit) {
  std::vector<std::optional<double>> values(series.lines.size());
  for (const store::Point& point : series.points) {
    const Figures f = figures(point.values, series.info);
    const base::Seconds seconds = covered_seconds(point.start, series.step, series.time, series.now);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = line_value(series.lines[i], f, seconds);
    if (std::any_of(values.begin(), values.end(), [](const auto& value) { return value.has_value(); }))
      visit(point, values);
  }
}

std::string cell(const Line& line, const std::optional<double>& value) {
  if (!value) return "";
  if (whole(line)) return base::cat(static_cast<std::int64_t>(*value));
  std::array<char, 40> text;
  std::snprintf(text.data(), text.size(), "%.3f", *value);
  return text.data();
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

std::vector<Line> all_columns(metric::Kind kind) {
  std::vector<Line> lines = lines_of(kind);
  std::erase_if(lines,
                [](const Line& line) { return line.what == Line::What::rate || line.what == Line::What::count; });
  return with_count(kind, std::move(lines));
}

std::vector<Line> with_count(metric::Kind kind, std::vector<Line> lines) {
  if (kind == metric::Kind::counter) return lines;
  std::vector<Line> result;
  for (const Line& line : lines_of(kind)) {
    if (line.what == Line::What::count) result.push_back(line);
  }
  for (const Line& line : lines) {
    if (line.what != Line::What::count) result.push_back(line);
  }
  return result;
}

base::Json series_rows(const Series& series) {
  base::Json rows = base::Json::array();
  each_row(series, [&](const store::Point& point, const std::vector<std::optional<double>>& values) {
    base::Json row = base::Json::array();
    row.push(point.start);
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!values[i]) {
        row.push(base::Json());
      } else if (whole(series.lines[i])) {
        row.push(static_cast<std::int64_t>(*values[i]));
      } else {
        row.push(std::round(*values[i] * 1000) / 1000);
      }
    }
    rows.push(std::move(row));
  });
  return rows;
}

base::Json series_json(const Series& series, std::string_view zone) {
  const metric::Info& info = series.info;
  base::Json json = base::Json::object();
  json.set("metric", info.name)
      .set("title", info.title)
      .set("kind", kind_key(info.kind))
      .set("unit", format::unit_key(info.unit));
  base::Json columns = base::Json::array();
  columns.push("time");
  for (const Line& line : series.lines) columns.push(line.key);
  json.set("zone", zone).set("from", series.time.from).set("to", series.time.to).set("step", series.step);
  json.set("columns", std::move(columns)).set("rows", series_rows(series));
  return json;
}

std::string series_csv(const Series& series, const Calendar& calendar) {
  // Only digits, dots and our own words: nothing here that a spreadsheet would run.
  std::string text = "time,local";
  const std::string_view unit = format::unit_key(series.info.unit);
  for (const Line& line : series.lines) {
    const bool in_unit = line.scale(series.info.kind) == Line::Scale::value && unit != "count";
    text += base::cat(",", line.key, in_unit ? base::cat("_", unit) : std::string());
  }
  text += "\r\n";
  each_row(series, [&](const store::Point& point, const std::vector<std::optional<double>>& values) {
    text += base::cat(point.start, ",", calendar.full_time(point.start));
    for (std::size_t i = 0; i < values.size(); ++i) text += base::cat(",", cell(series.lines[i], values[i]));
    text += "\r\n";
  });
  return text;
}

}  // namespace pastmon::web
