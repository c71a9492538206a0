// SPDX-License-Identifier: MIT
// One metric of signature × client × server over time.
#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "figures.h"
#include "format.h"
#include "pages/favourite_sections.h"
#include "pages/pages.h"
#include "pages/sensors.h"
#include "pages/verdict_bar.h"
#include "pages/view.h"
#include "pastmon/base/json.h"
#include "pastmon/base/text.h"
#include "series_json.h"

namespace pastmon::web::pages {
namespace {

using metric::Info;
using metric::Kind;

constexpr std::string_view kGraphTitle = "Graph";
constexpr std::size_t kPoints = 800;

void add_tile(Model& body, std::string_view title, const std::string& value) {
  body.add("TILE").set("TILE_TITLE", title).set("TILE_VALUE", value);
}

void add_tiles(Model& body, const Info& info, const Figures& f, const TimeRange& time) {
  const auto in_unit = [&](double value) { return format::value(info.unit, value); };
  if (info.kind == Kind::counter) {
    add_tile(body, "Sum", in_unit(static_cast<double>(f.summary.sum)));
    add_tile(body, "Per second",
             in_unit(static_cast<double>(f.summary.sum) / static_cast<double>(time.to - time.from)));
    return;
  }
  add_tile(body, "Count", format::count(f.summary.count));
  add_tile(body, "Min", in_unit(static_cast<double>(f.summary.min)));
  add_tile(body, "Average", in_unit(f.summary.mean()));
  if (f.distribution != nullptr && f.distribution->sketch.count() > 0) {
    static constexpr std::array<std::pair<std::string_view, double>, 3> kQuantiles = {
        {{"p50", 0.5}, {"p95", 0.95}, {"p99", 0.99}}};
    for (const auto& [title, q] : kQuantiles) add_tile(body, title, in_unit(f.distribution->quantile(q)));
  }
  add_tile(body, "Max", in_unit(static_cast<double>(f.summary.max)));
}

void add_table(Model& body, const View& view, const Info& info, const std::vector<store::Point>& points) {
  Model table = body.add("FIGURES");
  table.show(info.kind == Kind::counter ? "HEAD_COUNTER" : "HEAD_SUMMARY");
  table.show_if(info.kind == Kind::distribution, "HEAD_QUANTILES");
  const auto in_unit = [&](double value) { return format::value(info.unit, value); };
  for (auto point = points.rbegin(); point != points.rend(); ++point) {
    const Figures f = figures(point->values, info);
    if (f.empty() && info.kind != Kind::counter) continue;
    Model row = table.add("POINT");
    row.set("TIME", view.services.calendar.short_minute(point->start, view.now));
    row.set("TIME_FULL", view.services.calendar.full_time(point->start));
    if (info.kind == Kind::counter) {
      row.add("COUNTER")
          .set("SUM", in_unit(static_cast<double>(f.summary.sum)))
          .set("RATE", in_unit(static_cast<double>(f.summary.sum) /
                               static_cast<double>(std::max<base::Seconds>(point->seconds, 1))));
      continue;
    }
    Model cells = row.add("SUMMARY");
    cells.set("COUNT", format::count(f.summary.count)).set("MIN", in_unit(static_cast<double>(f.summary.min)));
    cells.set("AVG", in_unit(f.summary.mean())).set("MAX", in_unit(static_cast<double>(f.summary.max)));
    if (info.kind == Kind::distribution) {
      Model q = cells.add("QUANTILES");
      q.set("P50", in_unit(f.distribution->quantile(0.5))).set("P95", in_unit(f.distribution->quantile(0.95)));
      q.set("P99", in_unit(f.distribution->quantile(0.99)));
    }
  }
}

void add_switch(Model& body, const View& view, const Info& current) {
  Model form = body.add("SWITCH");
  for (const auto& [name, value] : view.query.parameters()) {
    if (name != "metric") form.add("KEEP").set("KEEP_NAME", name).set("KEEP_VALUE", value);
  }
  for (const Info& info : metric::registry()) {
    if (!shown_alone(info)) continue;
    Model option = form.add("METRIC_OPTION");
    option.set("OPTION", info.name)
        .set("OPTION_TITLE", info.title)
        .show_if(info.name == current.name, "OPTION_CURRENT");
  }
}

base::Result<void> fill_graph(Page& page, View& view, const Info& info) {
  base::Seconds step = fitting_step(view.time.to - view.time.from, kPoints);
  if (!view.query.step.empty()) {
    base::Seconds wanted = 0;
    std::from_chars(view.query.step.data(), view.query.step.data() + view.query.step.size(), wanted);
    step = std::max(step, wanted);
  }
  auto points = view.series(step);
  if (!points) return points.error();
  metric::Aggregate total;
  for (const store::Point& point : *points) total.merge(point.values);
  const Figures all = figures(total, info);
  if (points->empty() || (all.empty() && info.kind != Kind::counter)) {
    State state = empty_state(view, "/PasTmon/graph");
    if (!points->empty()) {
      QueryState list = view.query.completed();
      list.metric.clear();
      state = {"info",
               base::cat("No value of “", info.title, "” here"),
               std::string(info.description),
               {{"Metrics that have values", list.list_url()}}};
    }
    fill_state(page.content().include("BODY", "state.html"), state);
    return {};
  }
  page.use_style("dygraph.css");
  page.use_script("dygraph.js");
  page.use_script("graph.js");
  Model body = page.content().include("BODY", "graph_body.html");
  body.set("NAME", info.title).set("DESCRIPTION", info.description).set("STEP", format::span(step));
  body.set("GRAPH_DATA", series_json(*points, info, view.time, step, view.services.calendar.zone()).dump());
  QueryState api = view.query;
  body.set("API_URL", api.url("/PasTmon/api/v1/series"))
      .set("PAGE_URL", view.query.with_time("", "").url("/PasTmon/graph"));
  add_tiles(body, info, all, view.time);
  if (info.name == "response_time" || info.name == "transaction_time") add_verdict_bar(body, total);
  add_table(body, view, info, *points);
  add_switch(body, view, info);
  return {};
}

}  // namespace

Response graph(const Services& services, const Request& request) {
  auto view = open_view(services, request);
  if (!view) return database_down(services, request, kGraphTitle, view.message());
  const Info* info = metric::find(view->query.metric);
  Page page(services, request, info != nullptr ? info->title : kGraphTitle, "graph.html");
  page.content().set("NAME", info != nullptr ? info->title : kGraphTitle);
  fill_query(page.content().include("QUERY", "query.html"), *view, view->query.list_path());
  fill_filter(page.content().include("FILTER", "filter.html"), *view, "/PasTmon/graph", false);
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
