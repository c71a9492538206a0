// SPDX-License-Identifier: MIT
// Level 1: from what is most common, by clicking or filtering, to the metrics of one signature, client and server.
#include "pages/pages.h"
#include "pages/sections.h"
#include "pages/sensors.h"

namespace pastmon::web::pages {
namespace {

constexpr std::string_view kLevel1Title = "Level 1";

base::Result<void> fill_body(Page& page, View& view, std::string_view path) {
  if (view.problem) {
    fill_state(page.content().include("BODY", "state.html"),
               {"warning", view.problem->title, view.problem->advice, {}});
    return {};
  }
  if (view.query.complete()) return fill_metrics(page, view, path);
  return view.query.unfiltered() ? fill_overview(page, view, path) : fill_results(page, view, path);
}

}  // namespace

Response level1(const Services& services, const Request& request) {
  auto view = open_view(services, request);
  if (!view) return database_down(services, request, kLevel1Title, view.message());
  Page page(services, request, kLevel1Title, "level1.html");
  fill_query(page.content().include("QUERY", "query.html"), *view, request.path);
  fill_filter(page.content().include("FILTER", "filter.html"), *view, request.path, true);
  auto filled = fill_sensors(page, *view, request.path);
  if (filled) filled = fill_body(page, *view, request.path);
  if (!filled) {
    return database_down(services, request, kLevel1Title, filled.message());
  }
  page.warn(view->database->warnings());
  return page.finish();
}

}  // namespace pastmon::web::pages
