// SPDX-License-Identifier: MIT
// api/v1: the pages' queries as JSON. The same parameters as in the pages' addresses (`sensor`: one of them alone);
// `group` names columns, `limit` rows, `format` csv or json.
#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "figures.h"
#include "pages/api_answer.h"
#include "pages/list_csv.h"
#include "pages/pages.h"
#include "pages/rows.h"
#include "pages/sensors.h"
#include "pastmon/base/json.h"
#include "pastmon/base/text.h"

namespace pastmon::web::pages {
namespace {

constexpr std::size_t kMaxLimit = 1000;

template <class Number>
Number number_or(std::string_view text, Number otherwise) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : otherwise;
}

/// False when a word is no column.
bool read_group(std::string_view text, store::GroupBy& group) {
  group = {};
  for (const std::string_view word : base::split(text, ',')) {
    if (word == "signature") {
      group.signature = true;
    } else if (word == "client") {
      group.client = true;
    } else if (word == "server") {
      group.server = true;
    } else if (word == "port") {
      group.port = true;
    } else if (word == "sensor") {
      group.sensor = true;
    } else {
      return false;
    }
  }
  return true;
}

base::Json host_json(const View& view, store::Id id) {
  base::Json json = base::Json::object();
  const store::Host* host = view.names->host(id);
  if (host == nullptr) return json;
  json.set("address", host->address.to_string());
  if (!host->name.empty()) json.set("name", host->name).set("name_source", host->name_source);
  return json;
}

base::Json row_json(const View& view, const store::Listed& row, const store::GroupBy& group) {
  base::Json json = base::Json::object();
  if (group.signature) json.set("signature", view.names->signature(row.signature));
  if (group.client) json.set("client", host_json(view, row.client));
  if (group.server) json.set("server", host_json(view, row.server));
  if (group.port) json.set("port", row.port);
  if (group.sensor) json.set("sensor", view.names->sensor(row.sensor));
  json.set("verdict", metric::to_string(row.values.verdict())).set("values", to_json(row.values));
  return json;
}

}  // namespace

Response api_list(const Services& services, const Request& request) {
  const auto part = read_part(request);
  if (const auto* problem = std::get_if<Response>(&part)) return *problem;
  auto view = open_view(services, request);
  if (!view) return database_problem(view.message());
  if (!view->problem) view->problem = unknown_sensor(*view);
  if (view->problem) return Response::problem(400, view->problem->title, view->problem->advice);
  store::ListQuery query;
  query.selection = view->selection;
  query.group_by = group_of(view->query);
  if (request.query.has("group") && !read_group(request.query.get("group"), query.group_by)) {
    return Response::problem(400, "Unknown column in group", "Columns are signature, client, server, port and sensor.");
  }
  query.order = view->query.order;
  query.descending = view->query.descending;
  const std::size_t limit = std::get<Part>(part).limit;
  query.limit = limit + 1;  // one more says whether there is a next part
  query.offset = std::get<Part>(part).offset();
  const std::string_view form = request.query.get("format");
  if (!form.empty() && form != "json" && form != "csv")
    return Response::problem(400, "No such format", "Give format=csv or format=json.");
  auto rows = view->list(query);
  if (!rows) return database_problem(rows.message());
  const bool more = rows->size() > limit;
  if (more) rows->pop_back();
  if (form == "csv") return list_csv(*view, *rows, query.group_by);
  base::Json list = base::Json::array();
  for (const store::Listed& row : *rows) list.push(row_json(*view, row, query.group_by));
  base::Json json = base::Json::object();
  json.set("from", view->time.from).set("to", view->time.to);
  set_part(json, request, std::get<Part>(part), more);
  if (auto said = set_sensors(json, *view, query.group_by.sensor); !said) return database_problem(said.message());
  json.set("rows", std::move(list));
  return complete(std::move(json), view->database->warnings());
}

}  // namespace pastmon::web::pages
