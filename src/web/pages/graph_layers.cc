// SPDX-License-Identifier: MIT
// What stands under the graph on the same time axis: how response times are spread, and where the time went.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "format.h"
#include "heat_map.h"
#include "pages/graph_parts.h"
#include "pages/verdict_bar.h"
#include "pastmon/base/json.h"
#include "pastmon/base/text.h"
#include "time_ticks.h"
#include "value_axis.h"
#include "verdict_area.h"

namespace pastmon::web::pages {
namespace {

// Drawings are as wide as the panel: their boxes are stretched, so nothing in them is text.
constexpr double kBoxWidth = 1000;
constexpr int kHeatHeight = 180;  // about: rows are whole pixels
constexpr int kVerdictHeight = 130;
constexpr std::size_t kTimeMarks = 9;

std::string tenth_text(double value) { return base::cat(std::round(value * 10) / 10); }

/// Edges between decades are not round: 501.2 → 500.
double two_digits_of(double value) {
  const double power = std::pow(10, std::floor(std::log10(value)) - 1);
  return std::round(value / power) * power;
}

double per_second(const TimeRange& time) {
  return kBoxWidth / static_cast<double>(std::max<base::Seconds>(time.to - time.from, 1));
}

base::Json range_json(const TimeRange& time) {
  base::Json json = base::Json::object();
  json.set("from", time.from).set("to", time.to);
  return json;
}

void add_time_axis(Model layer, const View& view) {
  const auto span = static_cast<double>(view.time.to - view.time.from);
  Model strip = layer.include("STRIP", "graph_time.html");
  for (const TimeTick& tick : time_ticks(view.services.calendar, view.time, kTimeMarks)) {
    const double percent = 100 * static_cast<double>(tick.at - view.time.from) / span;
    strip.add("TIME_MARK")
        .set("MARK_X", base::cat(std::round(percent * 100) / 100, "%"))
        .set("MARK_LABEL", tick.label)
        .show_if(tick.strong, "MARK_STRONG");
  }
}

int row_height(const HeatMap& map) { return std::clamp(kHeatHeight / static_cast<int>(map.rows()), 6, 14); }

/// Marks at whole decades, and at the ends where there is room.
void add_heat_axis(Model& model, const HeatMap& map) {
  constexpr double kApart = 26;
  const double height = row_height(map) * static_cast<double>(map.rows());
  const auto y_of = [&](std::size_t i) { return height - row_height(map) * static_cast<double>(i); };
  std::vector<std::size_t> marks;
  for (std::size_t i = 0; i < map.edges.size(); ++i) {
    const double decade = std::log10(map.edges[i]);
    if (std::fabs(decade - std::round(decade)) < 1e-6) marks.push_back(i);
  }
  for (const std::size_t end : {std::size_t{0}, map.rows()}) {
    const bool room =
        std::all_of(marks.begin(), marks.end(), [&](std::size_t i) { return std::fabs(y_of(i) - y_of(end)) > kApart; });
    if (room) marks.push_back(end);
  }
  for (const std::size_t i : marks) {
    model.add("HEAT_TICK")
        .set("TICK_Y", tenth_text(std::clamp(y_of(i) + 4, 10.0, height - 1)))
        .set("TICK_LABEL", axis_value(metric::Unit::microseconds, two_digits_of(map.edges[i])))
        .set("MARK_Y", tenth_text(y_of(i)));
  }
}

void add_heat_table(Model& model, const HeatMap& map) {
  const std::vector<std::int64_t> totals = map.row_totals();
  std::int64_t all = 0, up_to = 0;
  for (const std::int64_t count : totals) all += count;
  for (std::size_t row = 0; row < totals.size(); ++row) {
    up_to += totals[row];
    Model out = model.add("SPREAD_ROW");
    out.set("SPREAD_FROM", format::duration(map.edges[row])).set("SPREAD_TO", format::duration(map.edges[row + 1]));
    out.set("SPREAD_COUNT", format::count(totals[row]));
    out.set("SPREAD_SHARE", format::percent(static_cast<double>(totals[row]), static_cast<double>(all)));
    out.set("SPREAD_UP_TO", format::percent(static_cast<double>(up_to), static_cast<double>(all)));
  }
}

base::Json heat_json(const HeatMap& map, const TimeRange& time) {
  base::Json json = range_json(time);
  base::Json edges = base::Json::array();
  for (const double edge : map.edges) edges.push(std::round(edge * 10) / 10);
  base::Json cells = base::Json::array();
  for (const HeatMap::Cell& cell : map.cells) cells.push(cell.column).push(cell.row).push(cell.count);
  json.set("start", map.start).set("column", map.column).set("edges", std::move(edges)).set("cells", std::move(cells));
  return json;
}

void add_heat(Model& body, const View& view, const GraphData& graph) {
  const HeatMap map = heat_map(graph.points, *graph.info, view.time, graph.step);
  if (map.empty()) return;
  Model heat = body.include("HEAT", "graph_heat.html");
  heat.set("NAME", graph.info->title)
      .set("COLUMN", format::span(map.column))
      .set("HEIGHT", row_height(map) * static_cast<int>(map.rows()));
  heat.set("HEAT_DATA", heat_json(map, view.time).dump());
  for (int level = 1; level <= HeatMap::kLevels; ++level) {
    const std::string path = heat_path(map, level, view.time, per_second(view.time), row_height(map));
    if (path.empty()) continue;
    Model out = heat.add("HEAT_LEVEL");
    out.set("LEVEL", level).set("PATH", path);
    out.set("LEVEL_FROM", format::count(map.level_from(level)));
  }
  heat.set("MOST", format::count(map.most));
  add_heat_axis(heat, map);
  add_time_axis(heat, view);
  add_heat_table(heat, map);
}

base::Json verdict_json(const std::vector<VerdictPoint>& points, const TimeRange& time, base::Seconds step) {
  base::Json json = range_json(time);
  base::Json titles = base::Json::array(), keys = base::Json::array();
  for (const VerdictPart& part : kVerdictParts) {
    titles.push(part.title);
    keys.push(part.key);
  }
  base::Json rows = base::Json::array();
  for (const VerdictPoint& point : points) {
    base::Json row = base::Json::array();
    row.push(point.at).push(point.transactions);
    for (const double each : point.each) row.push(std::llround(each));
    rows.push(std::move(row));
  }
  json.set("step", step).set("titles", std::move(titles)).set("keys", std::move(keys)).set("rows", std::move(rows));
  return json;
}

void add_verdict(Model& body, const View& view, const GraphData& graph) {
  if (graph.info->unit != metric::Unit::microseconds) return;
  const std::vector<VerdictPoint> points = verdict_points(graph.points);
  if (points.empty()) return;
  double most = 0;
  for (const VerdictPoint& point : points) most = std::max(most, point.total());
  const ValueAxis axis = value_axis(metric::Unit::microseconds, most, 3);
  Model out = body.include("VERDICT", "graph_verdict.html");
  out.set("HEIGHT", kVerdictHeight).set("VERDICT_DATA", verdict_json(points, view.time, graph.step).dump());
  const Box box{0, 0, kBoxWidth, static_cast<double>(kVerdictHeight)};
  for (std::size_t part = 0; part < kVerdictParts.size(); ++part) {
    const bool any = std::any_of(points.begin(), points.end(), [&](const VerdictPoint& p) { return p.each[part] > 0; });
    if (!any) continue;
    out.add("AREA")
        .set("PART_KEY", kVerdictParts[part].key)
        .set("PART_TITLE", kVerdictParts[part].title)
        .set("PATH", verdict_area(points, part, view.time, graph.step, axis.end, box));
  }
  for (const ValueTick& tick : axis.ticks) {
    const double y = kVerdictHeight * (1 - tick.value / axis.end);
    out.add("VERDICT_TICK")
        .set("TICK_Y", tenth_text(std::clamp(y + 4, 10.0, kVerdictHeight - 1.0)))
        .set("TICK_LABEL", tick.label)
        .set("MARK_Y", tenth_text(y));
  }
  add_verdict_bar(out, graph.total);
  add_time_axis(out, view);
}

}  // namespace

void fill_layers(Model body, const View& view, const GraphData& graph) {
  add_heat(body, view, graph);
  add_verdict(body, view, graph);
}

}  // namespace pastmon::web::pages
