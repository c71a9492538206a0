// SPDX-License-Identifier: MIT
// The figures of a graph: of the whole time as tiles, of each step as a table.
#include <algorithm>
#include <string>
#include <vector>

#include "format.h"
#include "pages/graph_parts.h"
#include "pastmon/base/text.h"

namespace pastmon::web::pages {
namespace {

/// More would make the page heavy; the whole series is there as CSV.
constexpr std::size_t kRows = 300;

/// The usual figures and those that are drawn.
std::vector<Line> figures_of(const GraphData& graph) {
  const metric::Kind kind = graph.info->kind;
  const std::vector<Line> usual = chosen_lines(kind, kind == metric::Kind::distribution ? "min,mean,p50,p95,p99,max"
                                                     : kind == metric::Kind::size       ? "min,mean,max"
                                                                                        : "sum");
  std::vector<Line> shown;
  for (const Line& line : lines_of(kind)) {
    const auto same = [&](const Line& other) { return other.key == line.key; };
    const bool wanted = line.what == Line::What::count || line.what == Line::What::rate ||
                        std::any_of(usual.begin(), usual.end(), same) ||
                        std::any_of(graph.lines.begin(), graph.lines.end(), same);
    if (wanted) shown.push_back(line);
  }
  return shown;
}

bool drawn(const GraphData& graph, const Line& line) {
  return std::any_of(graph.lines.begin(), graph.lines.end(), [&](const Line& other) { return other.key == line.key; });
}

}  // namespace

void add_tiles(Model& body, const View& view, const GraphData& graph) {
  const Figures all = figures(graph.total, *graph.info);
  metric::Aggregate total_before;
  for (const store::Point& point : graph.before) total_before.merge(point.values);
  const Figures before = figures(total_before, *graph.info);
  for (const Line& line : figures_of(graph)) {
    const auto value = line_value(line, all, graph.seconds);
    if (!value) continue;
    Model tile = body.add("TILE");
    tile.set("TILE_TITLE", line.title).set("TILE_VALUE", line_text(line, *graph.info, *value));
    if (graph.before.empty()) continue;
    if (const auto other = line_value(line, before, graph.seconds))
      tile.add("TILE_BEFORE").set("BEFORE_VALUE", line_text(line, *graph.info, *other));
  }
  if (!graph.before.empty()) body.add("BEFORE_NAMED").set("BEFORE_TITLE", compare_title(view.query));
}

void fill_figures(Model model, const View& view, const GraphData& graph) {
  const std::vector<Line> lines = figures_of(graph);
  for (const Line& line : lines) model.add("HEAD").set("HEAD_TITLE", line.title);
  std::size_t rows = 0, all = 0;
  for (auto point = graph.points.rbegin(); point != graph.points.rend(); ++point) {
    const Figures f = figures(point->values, *graph.info);
    if (f.empty() && graph.info->kind != metric::Kind::counter) continue;
    if (++all > kRows) continue;
    rows = all;
    Model row = model.add("POINT");
    row.set("TIME", view.services.calendar.short_minute(point->start, view.now));
    row.set("TIME_FULL", view.services.calendar.full_time(point->start));
    const base::Seconds seconds = covered_seconds(point->start, graph.step, view.time, view.now);
    for (const Line& line : lines) {
      const auto value = line_value(line, f, seconds);
      Model cell = row.add("CELL");
      cell.set("VALUE", value ? line_text(line, *graph.info, *value) : std::string("–"));
      cell.show_if(drawn(graph, line), "STRONG");
    }
  }
  if (all > rows) {
    model.add("CUT")
        .set("CUT_ROWS", format::count(static_cast<std::int64_t>(rows)))
        .set("CUT_ALL", format::count(static_cast<std::int64_t>(all)));
  }
}

}  // namespace pastmon::web::pages
