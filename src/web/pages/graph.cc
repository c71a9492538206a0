// SPDX-License-Identifier: MIT
// One metric of signature × client × server over time.
#include <string>
#include <utility>

#include "format.h"
#include "pages/favourite_sections.h"
#include "pages/graph_parts.h"
#include "pages/pages.h"
#include "pages/sensors.h"
#include "pastmon/base/json.h"
#include "pastmon/base/text.h"

namespace pastmon::web::pages {
namespace {

constexpr std::string_view kGraphTitle = "Graph";
constexpr std::size_t kPoints = 800;

/// What the script draws: the chosen lines, and how.
base::Json graph_json(const View& view, const GraphData& graph) {
  base::Json json = series_of(view, graph, with_count(graph.info->kind, graph.lines));
  base::Json lines = base::Json::array();
  for (const Line& line : graph.lines) {
    base::Json entry = base::Json::object();
    entry.set("key", line.key).set("title", line.title);
    entry.set("right", line.scale(graph.info->kind) == Line::Scale::number).set("rate", line.what == Line::What::rate);
    lines.push(std::move(entry));
  }
  return std::move(json.set("lines", std::move(lines)));
}

void fill_nothing(Page& page, const View& view, const GraphData& graph) {
  State state = empty_state(view, kGraphPath);
  if (!graph.points.empty()) {
    QueryState list = view.query.completed();
    list.metric.clear();
    state = {"info",
             base::cat("No value of “", graph.info->title, "” here"),
             std::string(graph.info->description),
             {{"Metrics that have values", list.list_url()}}};
  }
  fill_state(page.content().include("BODY", "state.html"), state);
}

base::Result<void> fill_graph(Page& page, View& view, const metric::Info& info) {
  auto graph = read_graph(view, info, kPoints);
  if (!graph) return graph.error();
  page.use_style("graph.css");
  if (graph->empty()) {
    fill_nothing(page, view, *graph);
    return {};
  }
  page.use_style("dygraph.css");
  for (const std::string_view script : {"dygraph.js", "graph_time.js", "graph_layers.js", "graph.js", "graph_tools.js"})
    page.use_script(script);
  Model body = page.content().include("BODY", "graph_body.html");
  body.set("NAME", info.title).set("DESCRIPTION", info.description).set("STEP", format::span(graph->step));
  body.set("GRAPH_DATA", graph_json(view, *graph).dump());
  body.set("API_URL", view.query.url("/PasTmon/api/v1/series"))
      .set("PAGE_URL", view.query.with_time("", "").url(kGraphPath))
      .set("SVG_URL", view.query.url("/PasTmon/graph.svg"));
  fill_controls(body.include("CONTROLS", "graph_controls.html"), view, *graph);
  add_tiles(body, view, *graph);
  if (!graph->spoiled.empty())
    body.add("SPOILED").set("SPOILED_TEXT", base::cat(spoiled_text(graph->spoiled), " ", kSpoiledMeans));
  fill_layers(body, view, *graph);
  fill_figures(body.include("FIGURES", "graph_figures.html"), view, *graph);
  return {};
}

}  // namespace

Response graph(const Services& services, const Request& request) {
  auto view = open_view(services, request);
  if (!view) return database_down(services, request, kGraphTitle, view.message());
  const metric::Info* info = metric::find(view->query.metric);
  const std::string title = info != nullptr ? graph_title(*view, *info) : std::string(kGraphTitle);
  Page page(services, request, title, "graph.html");
  page.content().set("NAME", title);
  fill_query(page.content().include("QUERY", "query.html"), *view, view->query.list_path());
  fill_filter(page.content().include("FILTER", "filter.html"), *view, kGraphPath, false);
  if (view->problem || info == nullptr) {
    QueryState list = view->query.completed();
    list.metric.clear();
    const State state = view->problem ? State{"warning", view->problem->title, view->problem->advice, {}}
                                      : State{"info",
                                              "Which metric?",
                                              "Choose one from the list of those that have values.",
                                              {{"List of metrics", list.list_url()}}};
    fill_state(page.content().include("BODY", "state.html"), state);
    page.warn(view->database->warnings());
    return page.finish();
  }
  auto filled = fill_sensors(page, *view, request.path);
  if (filled) filled = fill_graph(page, *view, *info);
  fill_favourite_form(page, page.content(), *view);
  if (!filled) return database_down(services, request, kGraphTitle, filled.message());
  page.warn(view->database->warnings());
  return page.finish();
}

}  // namespace pastmon::web::pages
