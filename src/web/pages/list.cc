// SPDX-License-Identifier: MIT
// Level 1, Level 2 and All: from what is most common, by clicking or filtering, to the metrics of one signature, client
// and server.
#include "pages/pages.h"
#include "pages/sections.h"
#include "pages/sensors.h"

namespace pastmon::web::pages {
namespace {

struct Words {
  std::string_view title;
  std::string_view rows;  ///< what its rows are
};

Words words_of(store::Level level) {
  switch (level) {
    case store::Level::one:
      break;
    case store::Level::two:
      return {"Level 2", "archive"};
    case store::Level::all:
      return {"All", "archive and five-minute rows together"};
  }
  return {"Level 1", "five-minute rows"};
}

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

Response list(const Services& services, const Request& request) {
  const Words words = words_of(QueryState::parse(request.query, request.path).level);
  auto view = open_view(services, request);
  if (!view) return database_down(services, request, words.title, view.message());
  Page page(services, request, words.title, "list.html");
  page.content().set("LIST_TITLE", words.title).set("LIST_ROWS", words.rows);
  fill_query(page.content().include("QUERY", "query.html"), *view, request.path);
  fill_filter(page.content().include("FILTER", "filter.html"), *view, request.path, true);
  auto filled = fill_sensors(page, *view, request.path);
  if (filled) filled = fill_body(page, *view, request.path);
  if (!filled) return database_down(services, request, words.title, filled.message());
  page.warn(view->database->warnings());
  return page.finish();
}

}  // namespace pastmon::web::pages
