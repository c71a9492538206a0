// SPDX-License-Identifier: MIT
// What the graph page and the drawing of the same graph show: read once, from the same parameters.
#pragma once

#include <string>
#include <vector>

#include "graph_lines.h"
#include "graph_svg.h"
#include "pages/view.h"
#include "pastmon/base/json.h"
#include "pastmon/metric/registry.h"
#include "pastmon/store/store.h"
#include "series_json.h"
#include "spoiled.h"

namespace pastmon::web::pages {

struct GraphData {
  const metric::Info* info = nullptr;
  std::vector<Line> lines;
  base::Seconds step = 300;
  std::vector<store::Point> points;
  std::vector<store::Point> before;  ///< of the day or week before, moved to this time; empty: nothing to compare with
  metric::Aggregate total;           ///< of all points
  base::Seconds seconds = 1;         ///< of the time, within what the database holds: rates of the whole divide by it
  Spoiled spoiled;                   ///< what not to trust
  bool empty() const noexcept;       ///< the metric has no value in this time
};

/// `most`: points at most, unless the query asks for fewer by its step. Errors: the database's.
base::Result<GraphData> read_graph(View& view, const metric::Info& info, std::size_t most);

/// "Response time of HTTP GET from * to www.example.net": what one sees, in words with names.
std::string graph_title(const View& view, const metric::Info& info);
/// "Last 24 hours, 25 Nov 16:35 – 26 Nov 16:35 (Europe/Berlin), one point for 5 minutes".
std::string graph_about(const View& view, base::Seconds step);
/// "a day before", "a week before".
std::string_view compare_title(const QueryState& query);

/// The line through `points`; `figures` of what total.
std::vector<DrawnPoint> drawn_points(const View& view, const GraphData& graph, const Line& line,
                                     const std::vector<store::Point>& points);

/// series_json with these columns, and "before": {"title", "rows"} of what it is compared with, "shades": [[from, to],
/// …] of what not to trust.
base::Json series_of(const View& view, const GraphData& graph, const std::vector<Line>& columns);

/// Everything of the drawing but its size.
Drawing graph_drawing(const View& view, const GraphData& graph);

}  // namespace pastmon::web::pages
