// SPDX-License-Identifier: MIT
// Is all well? Totals, sensors, the slowest services, the most failures; each one click from its rows or graph.
#include <algorithm>
#include <string>
#include <vector>

#include "format.h"
#include "pages/pages.h"
#include "pages/rows.h"
#include "pages/sensors.h"
#include "pages/view.h"
#include "pastmon/base/text.h"

namespace pastmon::web::pages {
namespace {

using metric::Counter;
using metric::Distribution;
using store::Listed;

constexpr std::string_view kHomeTitle = "Home";
constexpr std::string_view kHomeList = "/PasTmon/level1";
constexpr std::string_view kGraph = "/PasTmon/graph";
constexpr std::size_t kTop = 8;
constexpr std::size_t kSensors = 100;
constexpr std::size_t kSignatures = 2000;
constexpr base::Seconds kSilent = 900;  // a sensor without data for longer is marked

void add_totals(Model& body, const View& view, const std::vector<Listed>& signatures) {
  metric::Aggregate values;
  for (const Listed& row : signatures) values.merge(row.values);
  const auto tile = [&](std::string_view title, const std::string& value, const std::string& note,
                        const std::string& url, bool bad) {
    Model out = body.add("TILE");
    out.set("TILE_TITLE", title)
        .set("TILE_VALUE", value)
        .set("TILE_NOTE", note)
        .set("TILE_URL", url)
        .show_if(bad, "TILE_BAD");
  };
  const QueryState all = view.query.completed();
  QueryState worst_rows = view.query.sorted_by(store::Order::failures);
  worst_rows.rows = true;
  const std::int64_t transactions = values[Counter::transactions];
  const std::int64_t failed = format::failures(values);
  const auto graph = [&](std::string_view metric) { return all.with_metric(metric).url(kGraph); };
  tile("Transactions", format::count(transactions), view.time_title(), graph("transactions"), false);
  tile("Failures", format::count(failed),
       base::cat(format::percent(static_cast<double>(failed), static_cast<double>(transactions)), " of transactions"),
       worst_rows.url(kHomeList), failed > 0);
  const auto& time = values[Distribution::response_time];
  if (time.summary.count > 0) {
    tile("Response time, p95", time.sketch.count() > 0 ? format::duration(time.quantile(0.95)) : std::string("–"),
         base::cat("average ", format::duration(time.summary.mean())), graph("response_time"), false);
  }
  const std::int64_t packets = values[Counter::packets_client] + values[Counter::packets_server];
  const std::int64_t lost = values[Counter::retransmissions_client] + values[Counter::retransmissions_server];
  tile("Retransmitted", format::percent(static_cast<double>(lost), static_cast<double>(packets)),
       base::cat(format::count(lost), " of ", format::count(packets), " packets"), graph("retransmissions_server"),
       false);
}

base::Result<void> add_sensors(Model& body, View& view) {
  store::ListQuery query;
  query.selection = view.selection;
  query.group_by.sensor = true;
  query.details = false;
  query.limit = kSensors;
  auto rows = view.list(query);
  if (!rows) return rows.error();
  for (const Listed& row : *rows) {
    const std::string name = view.names->sensor(row.sensor);
    const base::Seconds last = row.values.last / base::kSecond;
    Model out = body.add("SENSOR");
    out.set("SENSOR_NAME", format::wire_text(name)).set("SENSOR_URL", view.query.with_sensor(name).url(kHomeList));
    out.set("SENSOR_TRANSACTIONS", format::count(row.values[Counter::transactions]));
    out.set("SENSOR_PACKETS", format::count(row.values[Counter::packets_client] + row.values[Counter::packets_server]));
    out.set("SENSOR_LAST", view.services.calendar.short_time(last, view.now));
    const bool silent = view.now - last > kSilent;
    out.set("SENSOR_AGE", silent ? base::cat("silent for ", format::span(view.now - last)) : std::string("receiving"));
    out.show_if(silent, "SENSOR_SILENT").show_if(!silent, "SENSOR_WELL");
  }
  return {};
}

void add_service(Model& list, const View& view, const Listed& row) {
  const std::string name = view.names->signature(row.signature);
  const QueryState narrow = view.query.with_signature(name);
  const QueryState complete = narrow.completed();
  Model out = list.add("SERVICE");
  const auto& time = row.values[Distribution::response_time];
  const std::int64_t failed = format::failures(row.values);
  const std::int64_t transactions = row.values[Counter::transactions];
  out.set("SERVICE_NAME", format::wire_text(name)).set("SERVICE_URL", narrow.url(kHomeList));
  out.set("SERVICE_TRANSACTIONS", format::count(transactions));
  out.set("SERVICE_FAILURES", format::count(failed)).show_if(failed > 0, "SERVICE_FAILED");
  out.set("SERVICE_FAILURE_SHARE", format::percent(static_cast<double>(failed), static_cast<double>(transactions)));
  out.set("SERVICE_AVG", time.summary.count > 0 ? format::duration(time.summary.mean()) : std::string("–"));
  out.set("SERVICE_P95", time.sketch.count() > 0 ? format::duration(time.quantile(0.95)) : std::string("–"));
  out.set("SERVICE_TIME_URL", complete.with_metric("response_time").url(kGraph));
  out.set("SERVICE_FAILURE_URL", narrow.sorted_by(store::Order::failures).url(kHomeList));
}

/// The signatures with most of something; those with none of it are left out.
void add_services(Model& body, const View& view, std::vector<Listed> signatures,
                  double (*rank)(const metric::Aggregate&), std::string_view title, std::string_view none) {
  std::erase_if(signatures, [&](const Listed& row) { return rank(row.values) <= 0; });
  const auto more = [&](const Listed& a, const Listed& b) { return rank(a.values) > rank(b.values); };
  std::stable_sort(signatures.begin(), signatures.end(), more);
  if (signatures.size() > kTop) signatures.resize(kTop);
  Model list = body.add("SERVICES");
  list.set("SERVICES_TITLE", title);
  for (const Listed& row : signatures) add_service(list, view, row);
  if (signatures.empty()) {
    list.add("SERVICES_NONE").set("SERVICES_NONE_TEXT", none);
  } else {
    list.show("SERVICES_HEAD");
  }
}

double slowness(const metric::Aggregate& values) { return values[Distribution::response_time].summary.mean(); }
double failed(const metric::Aggregate& values) { return static_cast<double>(format::failures(values)); }

base::Result<void> fill_home(Page& page, View& view) {
  store::ListQuery query;
  query.selection = view.selection;
  query.group_by.signature = true;
  query.limit = kSignatures;
  auto signatures = view.list(query);
  if (!signatures) return signatures.error();
  if (signatures->empty()) {
    fill_state(page.content().include("EMPTY", "state.html"), empty_state(view, "/PasTmon/"));
    return {};
  }
  Model body = page.content().add("FILLED");
  add_totals(body, view, *signatures);
  add_services(body, view, *signatures, slowness, "Slowest services", "No response time was measured in this time.");
  add_services(body, view, *signatures, failed, "Most failures", "No transaction failed in this time.");
  return add_sensors(body, view);
}

}  // namespace

Response home(const Services& services, const Request& request) {
  auto view = open_view(services, request);
  if (!view) return database_down(services, request, kHomeTitle, view.message());
  if (view->problem) {
    return state_page(services, request, kHomeTitle,
                      {"warning", view->problem->title, view->problem->advice, {{"Home", "/PasTmon/"}}}, 200);
  }
  if (view->extent.last == 0) return state_page(services, request, kHomeTitle, empty_state(*view, kHomeList), 200);
  Page page(services, request, kHomeTitle, "home.html");
  page.content().set("TIME", view->time_title()).set("LEVEL1_URL", view->query.url(kHomeList));
  fill_filter(page.content().include("FILTER", "presets.html"), *view, request.path, false);
  auto filled = fill_sensors(page, *view, request.path);
  if (filled) filled = fill_home(page, *view);
  if (!filled) return database_down(services, request, kHomeTitle, filled.message());
  page.warn(view->database->warnings());
  return page.finish();
}

}  // namespace pastmon::web::pages
