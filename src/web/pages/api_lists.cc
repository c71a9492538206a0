// SPDX-License-Identifier: MIT
// api/v1: what is known (signatures, hosts, sensors, metrics), the programs' own figures, and the description of it
// all.
#include <algorithm>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "figures.h"
#include "format.h"
#include "pages/api_answer.h"
#include "pages/pages.h"
#include "pages/view.h"
#include "pastmon/base/embedded.h"
#include "pastmon/base/json.h"
#include "pastmon/base/text.h"
#include "series_json.h"
#include "statistic_names.h"

namespace pastmon::embedded {
std::span<const File> web_api();
}  // namespace pastmon::embedded

namespace pastmon::web::pages {
namespace {

using metric::Counter;
using store::StatisticPoint;

struct Known {
  std::int64_t transactions = 0;
  base::Micros last = base::kNone;
  void add(const metric::Aggregate& values) {
    transactions += values[Counter::transactions];
    last = std::max(last, values.last);
  }
};

/// All that was ever stored, by one column of the totals. Every name of the directory has an entry.
base::Result<std::map<store::Id, Known>> known_by(DatabaseReader& database, store::Id store::Total::*column) {
  auto totals = database.totals();
  if (!totals) return totals.error();
  std::map<store::Id, Known> result;
  for (const store::Total& total : *totals) result[total.*column].add(total.values);
  return result;
}

/// Signatures or sensors by name, with what was ever stored of each.
Response named_list(const Services& services, const Request& request, std::string_view key,
                    std::vector<store::Named> Names::*list, store::Id store::Total::*column) {
  const auto part = read_part(request);
  if (const auto* problem = std::get_if<Response>(&part)) return *problem;
  DatabaseReader database = services.reader();
  const auto names = services.directory.names(services.databases);
  if (!names) return database_problem(names.message());
  auto known = known_by(database, column);
  if (!known) return database_problem(known.message());
  const std::vector<store::Named>& all = (**names).*list;
  base::Json rows = base::Json::array();
  for (const store::Named* named : part_of(all, std::get<Part>(part))) {
    const Known& figures = (*known)[named->id];
    base::Json row = base::Json::object();
    row.set("name", named->name).set("transactions", figures.transactions);
    if (figures.last != base::kNone) row.set("last", static_cast<double>(figures.last) / base::kSecond);
    rows.push(std::move(row));
  }
  base::Json json = base::Json::object();
  set_part(json, request, std::get<Part>(part),
           all.size() > std::get<Part>(part).offset() + std::get<Part>(part).limit);
  json.set("count", all.size()).set(key, std::move(rows));
  return complete(std::move(json), database.warnings());
}

base::Json statistic_json(const View& view, const StatisticPoint& point) {
  base::Json row = base::Json::object();
  row.set("time", point.start).set("sensor", view.names->sensor(point.sensor)).set("interface", point.interface);
  row.set("name", point.name).set("count", point.value.count).set("sum", point.value.sum);
  return std::move(row.set("min", point.value.min).set("max", point.value.max));
}

}  // namespace

Response api_signatures(const Services& services, const Request& request) {
  return named_list(services, request, "signatures", &Names::signatures, &store::Total::signature);
}

Response api_sensors(const Services& services, const Request& request) {
  return named_list(services, request, "sensors", &Names::sensors, &store::Total::sensor);
}

Response api_hosts(const Services& services, const Request& request) {
  const auto part = read_part(request);
  if (const auto* problem = std::get_if<Response>(&part)) return *problem;
  const auto names = services.directory.names(services.databases);
  if (!names) return database_problem(names.message());
  std::vector<const store::Host*> hosts;
  const std::string_view like = request.query.get("like");
  SelectionLimits limits = services.limits;
  limits.max_hosts = SIZE_MAX;  // they are listed in parts
  auto matched = like.empty() ? HostMatch{true, {}} : match_hosts(like, **names, limits, services.clock);
  if (const auto* problem = std::get_if<Problem>(&matched))
    return Response::problem(400, problem->title, problem->advice);
  const HostMatch& match = std::get<HostMatch>(matched);
  if (match.all) {
    for (const store::Host& host : (*names)->hosts) hosts.push_back(&host);
  } else {
    for (const store::Id id : match.ids) hosts.push_back((*names)->host(id));
  }
  std::sort(hosts.begin(), hosts.end(), [](const auto* a, const auto* b) { return a->address < b->address; });
  base::Json rows = base::Json::array();
  for (const store::Host* const* host : part_of(hosts, std::get<Part>(part))) {
    base::Json row = base::Json::object();
    row.set("address", (*host)->address.to_string());
    if (!(*host)->name.empty()) row.set("name", (*host)->name).set("name_source", (*host)->name_source);
    rows.push(std::move(row));
  }
  base::Json json = base::Json::object();
  set_part(json, request, std::get<Part>(part),
           hosts.size() > std::get<Part>(part).offset() + std::get<Part>(part).limit);
  json.set("count", hosts.size()).set("hosts", std::move(rows));
  return complete(std::move(json), {});
}

Response api_statistics(const Services& services, const Request& request) {
  const auto read = read_part(request);
  if (const auto* problem = std::get_if<Response>(&read)) return *problem;
  const Part part = std::get<Part>(read);
  auto view = open_view(services, request);
  if (!view) return database_problem(view.message());
  if (view->problem) return Response::problem(400, view->problem->title, view->problem->advice);
  auto points = view->statistics({view->time.from, view->time.to, 0, {}, {}});
  if (!points) return database_problem(points.message());
  const std::string_view name = request.query.get("name");
  const std::string_view sensor = request.query.get("sensor");
  const bool by_interface = request.query.has("interface");
  std::erase_if(*points, [&](const StatisticPoint& point) {
    return (!name.empty() && point.name != name) || (!sensor.empty() && view->names->sensor(point.sensor) != sensor) ||
           (by_interface && point.interface != request.query.get("interface"));
  });
  base::Json rows = base::Json::array();
  for (const StatisticPoint* point : part_of(*points, part)) rows.push(statistic_json(*view, *point));
  base::Json json = base::Json::object();
  json.set("from", view->time.from).set("to", view->time.to);
  set_part(json, request, part, points->size() > part.offset() + part.limit);
  json.set("count", points->size()).set("rows", std::move(rows));
  return complete(std::move(json), view->database->warnings());
}

Response api_metrics(const Services&, const Request&) {
  base::Json metrics = base::Json::array();
  for (const metric::Info& info : metric::registry()) {
    base::Json row = base::Json::object();
    row.set("name", info.name).set("key", json_key(info));
    row.set("title", info.title).set("description", info.description);
    row.set("kind", kind_key(info.kind)).set("unit", format::unit_key(info.unit));
    metrics.push(std::move(row));
  }
  base::Json json = base::Json::object();
  json.set("metrics", std::move(metrics));
  return Response::json(json);
}

Response api_health(const Services& services, const Request& request) {
  Response response = health(services, request);
  return response.status == 200 ? response : database_problem("/PasTmon/health says why.");
}

Response api_description(const Services&, const Request&) {
  Response response;
  response.content_type = "application/json";
  response.cache_control = "no-cache";
  for (const embedded::File& file : embedded::web_api()) response.body = file.content;
  return response;
}

}  // namespace pastmon::web::pages
