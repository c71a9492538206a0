// SPDX-License-Identifier: MIT
// api/v1/series: a metric over time as JSON or CSV. The parameters of the graph page; `metric` is a name of the
// registry, `step` seconds, `lines` columns (without: all of them), `compare` a day or week before, `format` csv.
#include <string>
#include <utility>

#include "pages/api_answer.h"
#include "pages/graph_data.h"
#include "pages/pages.h"
#include "pages/sensors.h"
#include "pastmon/base/text.h"

namespace pastmon::web::pages {
namespace {

constexpr std::size_t kMaxSeriesPoints = 2000;

std::vector<Line> columns_of(const View& view, metric::Kind kind) {
  return view.query.lines.empty() ? all_columns(kind) : chosen_lines(kind, view.query.lines);
}

Response as_csv(const View& view, const GraphData& graph) {
  Response response;
  response.content_type = "text/csv; charset=utf-8; header=present";
  response.headers.emplace_back("Content-Disposition",
                                base::cat("attachment; filename=\"", graph.info->name, ".csv\""));
  const Series series{*graph.info, columns_of(view, graph.info->kind), view.time, graph.step, view.now, graph.points};
  response.body = series_csv(series, view.services.calendar);
  return response;
}

}  // namespace

Response api_series(const Services& services, const Request& request) {
  auto view = open_view(services, request);
  if (!view) return database_problem(view.message());
  if (!view->problem) view->problem = unknown_sensor(*view);
  if (view->problem) return Response::problem(400, view->problem->title, view->problem->advice);
  const metric::Info* info = metric::find(view->query.metric);
  if (info == nullptr)
    return Response::problem(400, "No such metric", "Give one of the registry, such as metric=response_time.");
  const std::string_view format = request.query.get("format");
  if (!format.empty() && format != "csv" && format != "json")
    return Response::problem(400, "No such format", "Formats are json and csv.");
  auto graph = read_graph(*view, *info, kMaxSeriesPoints);
  if (!graph) return database_problem(graph.message());
  if (format == "csv") return as_csv(*view, *graph);

  base::Json json = series_of(*view, *graph, columns_of(*view, info->kind));
  if (auto said = set_sensors(json, *view, false); !said) return database_problem(said.message());
  return complete(std::move(json), view->database->warnings());
}

}  // namespace pastmon::web::pages
