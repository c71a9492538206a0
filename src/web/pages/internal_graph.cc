// SPDX-License-Identifier: MIT
#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "format.h"
#include "pages/internal.h"
#include "pastmon/base/json.h"
#include "pastmon/base/text.h"
#include "statistic_names.h"

namespace pastmon::web::pages {
namespace {

constexpr std::size_t kMaxLines = 12;
constexpr int kPlainWidth = 900;
constexpr int kPlainHeight = 160;

/// One line of the graph.
struct Line {
  std::string label;
  std::map<base::Seconds, metric::Summary> points;
  metric::Summary total;
};

/// What is drawn and listed of a point: min, mean and max of a single level, else one value for each line.
struct Column {
  std::string label;
  const Line* line;
  double (*value)(const metric::Summary&);
};

double sum_value(const metric::Summary& v) { return static_cast<double>(v.sum); }
double min_value(const metric::Summary& v) { return static_cast<double>(v.min); }
double max_value(const metric::Summary& v) { return static_cast<double>(v.max); }
double mean_value(const metric::Summary& v) { return v.mean(); }

base::Result<std::vector<Line>> read_lines(View& view, const InternalRange& range, const std::string& statistic,
                                           std::string_view interface) {
  store::StatisticQuery query;
  query.from = range.time.from;
  query.to = range.time.to;
  query.step = range.step;
  query.names = std::vector{statistic};
  if (!view.query.sensor.empty()) query.sensors = std::vector{store::id_of_name(view.query.sensor)};
  auto points = view.statistics(query);
  if (!points) return points.error();
  std::map<std::pair<std::string, std::string>, Line> lines;
  const bool several = view.names->sensors.size() > 1 && view.query.sensor.empty();
  for (const store::StatisticPoint& point : *points) {
    if (!interface.empty() && point.interface != interface) continue;
    const std::string sensor = view.names->sensor(point.sensor);
    Line& line = lines[{sensor, point.interface}];
    const std::string joint = several && !point.interface.empty() ? " · " : "";
    line.label = format::wire_text(base::cat(several ? sensor : std::string(), joint, point.interface));
    line.points[point.start].merge(point.value);
    line.total.merge(point.value);
  }
  std::vector<Line> list;
  for (auto& [key, line] : lines) list.push_back(std::move(line));
  std::stable_sort(list.begin(), list.end(), [](const Line& a, const Line& b) { return a.total.sum > b.total.sum; });
  if (list.size() > kMaxLines) list.resize(kMaxLines);
  return list;
}

std::vector<Column> columns_of(const std::vector<Line>& lines, const StatisticName& name) {
  std::vector<Column> columns;
  if (lines.size() == 1 && name.level)
    return {{"Min", &lines[0], min_value}, {"Average", &lines[0], mean_value}, {"Max", &lines[0], max_value}};
  for (const Line& line : lines)
    columns.push_back({line.label.empty() ? name.title : line.label, &line, name.level ? max_value : sum_value});
  return columns;
}

base::Json graph_json(const std::vector<Column>& columns, const InternalRange& range, const StatisticName& name,
                      const View& view) {
  base::Json json = base::Json::object();
  base::Json labels = base::Json::array();
  for (const Column& column : columns) labels.push(column.label);
  base::Json rows = base::Json::array();
  for (base::Seconds at = range.time.from; at < range.time.to; at += range.step) {
    base::Json row = base::Json::array();
    row.push(at);
    for (const Column& column : columns) {
      const auto point = column.line->points.find(at);
      if (point == column.line->points.end()) {
        row.push(base::Json());
      } else {
        row.push(column.value(point->second));
      }
    }
    rows.push(std::move(row));
  }
  json.set("unit", format::unit_key(name.unit)).set("zone", view.services.calendar.zone());
  json.set("from", range.time.from).set("to", range.time.to).set("step", range.step);
  json.set("labels", std::move(labels)).set("rows", std::move(rows));
  return json;
}

void add_table(Model& body, const View& view, const InternalRange& range, const std::vector<Column>& columns,
               const StatisticName& name) {
  for (const Column& column : columns) body.add("COLUMN").set("COLUMN_TITLE", column.label);
  for (base::Seconds at = range.time.to / range.step * range.step; at >= range.time.from; at -= range.step) {
    const auto has = [&](const Column& column) { return column.line->points.contains(at); };
    if (std::none_of(columns.begin(), columns.end(), has)) continue;
    Model row = body.add("ROW");
    row.set("TIME", view.services.calendar.short_minute(at, view.now));
    row.set("TIME_FULL", view.services.calendar.full_time(at));
    for (const Column& column : columns) {
      const auto point = column.line->points.find(at);
      row.add("CELL").set("VALUE", point == column.line->points.end()
                                       ? std::string("–")
                                       : format::value(name.unit, column.value(point->second)));
    }
  }
}

void fill_graph_body(Page& page, const View& view, const InternalRange& range, const StatisticName& name,
                     const std::vector<Line>& lines) {
  page.use_style("dygraph.css");
  page.use_script("dygraph.js");
  page.use_script("internal.js");
  const std::vector<Column> columns = columns_of(lines, name);
  Model body = page.content().add("BODY");
  body.set("STATISTIC_DATA", graph_json(columns, range, name, view).dump());
  const std::string each = name.level ? "" : ", each the sum of its time";
  body.set("STEP", base::cat(format::span(range.step), each));
  std::vector<SparkPoint> plain;
  for (const auto& [at, value] : lines[0].points)
    plain.push_back({at, name.level ? max_value(value) : sum_value(value)});
  body.set("PLAIN", spark_path(plain, range.time, range.step, kPlainWidth, kPlainHeight));
  add_table(body, view, range, columns, name);
}

}  // namespace

Response internal_graph(const Services& services, const Request& request, View& view) {
  const std::string statistic(request.query.get("statistic").substr(0, 255));
  const std::string interface(request.query.get("interface").substr(0, 255));
  const StatisticName name = describe_statistic(statistic);
  const InternalRange range = internal_range(view);
  auto lines = read_lines(view, range, statistic, interface);
  if (!lines) return database_down(services, request, kInternalTitle, lines.message());
  Page page(services, request, name.title, "internal_graph.html");
  page.use_style("internal.css");
  page.content().set("NAME", format::wire_text(name.title)).set("DESCRIPTION", name.description);
  page.content().show_if(!name.description.empty(), "DESCRIBED");
  if (!interface.empty()) page.content().add("ON").set("INTERFACE", format::wire_text(interface));
  if (!view.query.sensor.empty()) page.content().add("OF").set("SENSOR", format::wire_text(view.query.sensor));
  page.content().set("BACK_URL", internal_url(view.query.sensor, range.key));
  fill_internal_switch(page.content().include("FILTER", "presets.html"), view, range, statistic, interface);
  if (lines->empty()) {
    fill_state(page.content().include("EMPTY", "state.html"),
               {"info",
                "No such figure in this time",
                "The monitor tells figures that it counts; some only once they are more than zero.",
                {{"All figures", internal_url(view.query.sensor, range.key)},
                 {"The last week", internal_url(view.query.sensor, "7d", statistic, interface)}}});
  } else {
    fill_graph_body(page, view, range, name, *lines);
  }
  page.warn(view.database->warnings());
  return page.finish();
}

}  // namespace pastmon::web::pages
