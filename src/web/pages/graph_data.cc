// SPDX-License-Identifier: MIT
#include "pages/graph_data.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "format.h"
#include "pages/sensors.h"
#include "pastmon/base/text.h"

namespace pastmon::web::pages {
namespace {

constexpr base::Seconds kStatisticSeconds = 300;

std::string host_words(const View& view, const Choice& choice, const std::string& like) {
  if (!choice.one()) return like.empty() || choice.any() ? "*" : base::cat("/", like, "/");
  const auto address = base::Address::parse(choice.text);
  const store::Host* host = address ? view.names->host(store::id_of(*address)) : nullptr;
  return host != nullptr && !host->name.empty() ? host->name : choice.text;
}

int days_back(const QueryState& query) { return query.compare == "day" ? 1 : query.compare == "week" ? 7 : 0; }

base::Seconds step_of(const View& view, std::size_t most) {
  base::Seconds wanted = 0;
  std::from_chars(view.query.step.data(), view.query.step.data() + view.query.step.size(), wanted);
  return std::max(wanted, fitting_step(view.time.to - view.time.from, most));
}

/// The same clock times some days ago, moved forward: where two hours become one, the first is shown.
base::Result<std::vector<store::Point>> points_before(View& view, base::Seconds step, int days) {
  const Calendar& calendar = view.services.calendar;
  const store::Selection now = view.selection;
  view.selection.from = calendar.days_later(now.from, -days);
  view.selection.to = calendar.days_later(now.to, -days);
  auto points = view.series(step);
  view.selection = now;
  if (!points) return points;
  std::vector<store::Point> moved;
  for (store::Point& point : *points) {
    point.start = calendar.days_later(point.start, days);
    if (moved.empty() || point.start > moved.back().start) moved.push_back(std::move(point));
  }
  return moved;
}

/// Packets lost by the sensors that the graph is of.
base::Result<std::vector<store::StatisticPoint>> drops(View& view, const std::vector<std::string>& sensors,
                                                       base::Seconds step) {
  store::StatisticQuery query{view.time.from, view.time.to, std::max(step, kStatisticSeconds), {}, {}};
  query.names.emplace(kDropStatistics.begin(), kDropStatistics.end());
  query.sensors.emplace();
  for (const std::string& sensor : sensors) query.sensors->push_back(store::id_of_name(sensor));
  return view.statistics(query);
}

base::Result<Spoiled> read_spoiled(View& view, const GraphData& graph) {
  auto sensors = sensors_of(view);
  if (!sensors) return sensors.error();
  auto statistics = drops(view, *sensors, graph.step);
  if (!statistics) return statistics.error();
  return spoiled_times(*statistics, std::max(graph.step, kStatisticSeconds), graph.points, graph.step, view.time);
}

}  // namespace

bool GraphData::empty() const noexcept {
  return points.empty() || (info->kind != metric::Kind::counter && figures(total, *info).empty());
}

base::Result<GraphData> read_graph(View& view, const metric::Info& info, std::size_t most) {
  GraphData graph;
  graph.info = &info;
  graph.lines = chosen_lines(info.kind, view.query.lines);
  graph.step = step_of(view, most);
  graph.seconds = covered_seconds(std::max(view.time.from, view.extent.first), view.time.to - view.time.from, view.time,
                                  std::min(view.now, view.extent.last + kStatisticSeconds));
  auto points = view.series(graph.step);
  if (!points) return points.error();
  graph.points = std::move(*points);
  for (const store::Point& point : graph.points) graph.total.merge(point.values);
  if (const int days = days_back(view.query); days > 0) {
    auto before = points_before(view, graph.step, days);
    if (!before) return before.error();
    graph.before = std::move(*before);
  }
  auto spoiled = read_spoiled(view, graph);
  if (!spoiled) return spoiled.error();
  graph.spoiled = std::move(*spoiled);
  return graph;
}

std::string graph_title(const View& view, const metric::Info& info) {
  const QueryState& q = view.query;
  std::string title =
      base::cat(info.title, " of ", q.signature.one() ? q.signature.text : std::string("*"), " from ",
                host_words(view, q.client, q.client_like), " to ", host_words(view, q.server, q.server_like));
  if (!q.port.empty()) title += base::cat(" port ", q.port);
  if (!q.sensor.empty()) title += base::cat(" at ", q.sensor);
  return format::wire_text(title);
}

std::string graph_about(const View& view, base::Seconds step) {
  const Calendar& calendar = view.services.calendar;
  const std::string span = calendar.span_text(view.time, view.now);
  const std::string title = view.time_title();
  return base::cat(title == span ? "" : base::cat(title, ", "), span, " (", calendar.zone(), "), one point for ",
                   format::span(step));
}

std::string_view compare_title(const QueryState& query) {
  return query.compare == "day" ? "a day before" : query.compare == "week" ? "a week before" : "";
}

std::vector<DrawnPoint> drawn_points(const View& view, const GraphData& graph, const Line& line,
                                     const std::vector<store::Point>& points) {
  std::vector<DrawnPoint> drawn;
  for (const store::Point& point : points) {
    const base::Seconds seconds = covered_seconds(point.start, graph.step, view.time, view.now);
    const auto value = line_value(line, figures(point.values, *graph.info), seconds);
    if (value) drawn.push_back({point.start, *value});
  }
  return drawn;
}

base::Json series_of(const View& view, const GraphData& graph, const std::vector<Line>& columns) {
  const Series series{*graph.info, columns, view.time, graph.step, view.now, graph.points};
  base::Json json = series_json(series, view.services.calendar.zone());
  if (!graph.before.empty()) {
    base::Json before = base::Json::object();
    const Series other{*graph.info, columns, view.time, graph.step, view.now, graph.before};
    json.set("before", std::move(before.set("title", compare_title(view.query)).set("rows", series_rows(other))));
  }
  base::Json shades = base::Json::array();
  for (const TimeRange& range : graph.spoiled.ranges)
    shades.push(std::move(base::Json::array().push(range.from).push(range.to)));
  return std::move(json.set("shades", std::move(shades)));
}

Drawing graph_drawing(const View& view, const GraphData& graph) {
  const metric::Info& info = *graph.info;
  Drawing drawing;
  drawing.title = graph_title(view, info);
  drawing.about = graph_about(view, graph.step);
  drawing.time = view.time;
  drawing.step = graph.step;
  drawing.shades = graph.spoiled.ranges;
  drawing.note = spoiled_text(graph.spoiled);
  drawing.left.unit = info.unit;
  const Figures all = figures(graph.total, info);
  for (const Line& line : graph.lines) {
    const bool right = line.scale(info.kind) == Line::Scale::number;
    (right ? drawing.right : drawing.left).rate = line.what == Line::What::rate;
    const auto value = line_value(line, all, graph.seconds);
    drawing.lines.push_back({line.key, std::string(line.title), value ? line_text(line, info, *value) : std::string(),
                             right, false, drawn_points(view, graph, line, graph.points)});
    if (!graph.before.empty()) {
      drawing.lines.push_back({line.key, base::cat(line.title, " ", compare_title(view.query)), "", right, true,
                               drawn_points(view, graph, line, graph.before)});
    }
  }
  if (graph.empty()) drawing.nothing = base::cat("No value of “", info.title, "” in this time");
  return drawing;
}

}  // namespace pastmon::web::pages
