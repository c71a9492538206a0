// SPDX-License-Identifier: MIT
// Level 1, Level 2 and All: from what is most common, by clicking or filtering, to the metrics of one signature, client
// and server.
#include <string>

#include "pages/pages.h"
#include "pages/range_switch.h"
#include "pages/sections.h"
#include "pages/sensors.h"
#include "pastmon/base/text.h"

namespace pastmon::web::pages {
namespace {

struct Words {
  std::string_view title;
  std::string_view rows;  ///< what its rows are
};

constexpr base::Seconds kListDay = 86'400;

Words words_of(store::Level level) {
  switch (level) {
    case store::Level::one:
      break;
    case store::Level::two:
      return {"Level 2", "Archive"};
    case store::Level::all:
      return {"All", "Archive and five-minute rows together"};
  }
  return {"Level 1", "Five-minute rows"};
}

/// "of the last 31 days", when there is so much; else since when.
std::string held(const View& view) {
  if (view.extent.last == 0) return "";
  const Calendar& calendar = view.services.calendar;
  const base::Seconds days = (view.now - view.extent.first) / kListDay;
  if (view.query.level == store::Level::one && days >= 2) return base::cat(" of the last ", days, " days");
  if (view.query.level == store::Level::two)
    return base::cat(", ", calendar.span_text({view.extent.first, view.extent.last}, view.now));
  return base::cat(" since ", calendar.short_minute(view.extent.first, view.now));
}

/// What was typed stays in the form; from here one can take it back, or look without any filter.
State problem_state(const View& view, std::string_view path) {
  State state{"warning", view.problem->title, view.problem->advice, {}};
  QueryState without = view.query;
  const std::string_view field = view.problem->field;
  if (field == "client_like") without.client_like.clear();
  if (field == "server_like") without.server_like.clear();
  if (field == "client") without.client.text.clear();
  if (field == "server") without.server.text.clear();
  if (field == "sensor") without.sensor.clear();
  if (!field.empty()) state.links.push_back({"Without this filter", without.url(path)});
  QueryState bare;
  bare.level = view.query.level;
  state.links.push_back({"Without any filter", bare.url(path)});
  return state;
}

base::Result<void> fill_body(Page& page, View& view, std::string_view path) {
  if (view.problem) {
    fill_state(page.content().include("BODY", "state.html"), problem_state(view, path));
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
  if (!view->problem) view->problem = unknown_sensor(*view);
  Page page(services, request, words.title, "list.html");
  page.content().set("LIST_TITLE", words.title).set("LIST_ROWS", base::cat(words.rows, held(*view)));
  page.use_style("lists.css");
  if (view->query.level == store::Level::all)
    fill_switch(page.content().include("SWITCH", "range_switch.html"), view->query, view->preset(), request.path);
  fill_query(page.content().include("QUERY", "query.html"), *view, request.path);
  fill_filter(page.content().include("FILTER", "filter.html"), *view, request.path, true);
  auto filled = fill_sensors(page, *view, request.path);
  if (filled) filled = fill_body(page, *view, request.path);
  if (!filled) return database_down(services, request, words.title, filled.message());
  page.warn(view->database->warnings());
  return page.finish();
}

}  // namespace pastmon::web::pages
