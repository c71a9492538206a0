// SPDX-License-Identifier: MIT
// Is all well? One sentence, then what it was made from; each thing one click from its rows or graph.
#include <algorithm>
#include <string>

#include "format.h"
#include "pages/home.h"
#include "pages/pages.h"
#include "pages/sensors.h"
#include "pastmon/base/text.h"

namespace pastmon::web::pages {
namespace {

constexpr std::string_view kHomeTitle = "Home";

void set_answer(Page& page, const View& view, const HomeTime& time, const HomeFacts& facts) {
  const HomeAnswer answer = home_answer(facts);
  const Calendar& calendar = view.services.calendar;
  Model model = page.content().add("ANSWER");
  model.set("ANSWER_KIND", answer.kind).set("ANSWER_HEAD", answer.head).set("ANSWER_TEXT", answer.text);
  model.set(
      "ANSWER_TIME",
      base::cat(time.hour.full ? "The last full hour, " : "So far, ", calendar.span_text(time.hour.time, view.now),
                ", against the same time last week, ", calendar.span_text(time.before, view.now), "."));
}

base::Result<void> fill_home(Page& page, View& view) {
  const HomeTime time = home_time(view);
  HomeFacts facts;
  facts.now = view.now;
  facts.data_age = view.now - time.end;
  Model body = page.content().add("FILLED");
  body.set("LEVEL1_URL", view.query.list_url());
  if (auto done = read_sensors(view, time.end, facts); !done) return done;
  if (auto done = fill_totals(body, view, time); !done) return done;
  if (auto done = fill_services(body, view, time, facts); !done) return done;
  if (auto done = fill_newest(body, view, time); !done) return done;
  fill_sensor_states(body, view, facts.sensors);
  set_answer(page, view, time, facts);
  return {};
}

}  // namespace

HomeTime home_time(const View& view) {
  const Calendar& calendar = view.services.calendar;
  HomeTime time;
  time.end = std::min(view.now, view.extent.last + 300);
  time.hour = last_hour(view.extent.first, time.end);
  time.before = week_before(time.hour.time, calendar);
  const base::Seconds day_end = bucket_start(time.end - 1) + 300;
  time.day = {(day_end - 86'400) / 3600 * 3600, day_end};
  QueryState query;
  query.sensor = view.query.sensor;
  const auto over = [&](const TimeRange& range) {
    return query.with_time(calendar.form_time(range.from), calendar.form_time(range.to));
  };
  time.query = over(time.hour.time);
  const bool current = view.now - time.end < 3600;
  time.of_day = current ? query.with_range("24h") : over(time.day);
  return time;
}

Response home(const Services& services, const Request& request) {
  auto view = open_view(services, request);
  if (!view) return database_down(services, request, kHomeTitle, view.message());
  if (!view->problem) view->problem = unknown_sensor(*view);
  if (view->problem) {
    return state_page(services, request, kHomeTitle,
                      {"warning", view->problem->title, view->problem->advice, {{"Home", "/PasTmon/"}}}, 200);
  }
  if (view->extent.last == 0) return first_minutes(services, request, *view);
  Page page(services, request, kHomeTitle, "home.html");
  page.use_style("home.css");
  auto filled = fill_sensors(page, *view, request.path);
  if (filled) filled = fill_home(page, *view);
  if (!filled) return database_down(services, request, kHomeTitle, filled.message());
  page.warn(view->database->warnings());
  return page.finish();
}

}  // namespace pastmon::web::pages
