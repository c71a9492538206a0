// SPDX-License-Identifier: MIT
#include "pages/sensors.h"

#include <algorithm>

#include "format.h"
#include "pastmon/base/text.h"

namespace pastmon::web::pages {
namespace {

constexpr std::size_t kLinks = 12;

std::string name_of(const View& view, store::Id id) {
  const std::string name = view.names->sensor(id);
  return name.empty() ? std::string("(new sensor)") : name;
}

void add_links(Model& model, const View& view, const std::vector<std::string>& names, std::string_view path) {
  std::size_t links = 0;
  for (const std::string& name : names) {
    if (name == view.query.sensor) continue;
    if (links++ == kLinks) break;
    model.add("SENSOR_LINK")
        .set("SENSOR_LINK_URL", view.query.with_sensor(name).url(path))
        .set("SENSOR_LINK_NAME", format::wire_text(name));
  }
  if (links > kLinks) model.add("SENSOR_MORE").set("SENSOR_MORE_URL", view.query.with_metric("").list_url());
}

}  // namespace

base::Result<std::vector<std::string>> sensors_of(View& view) {
  std::vector<std::string> names;
  if (!view.query.sensor.empty()) return std::vector{view.query.sensor};
  if (view.names->sensors.size() < 2) {
    for (const store::Named& sensor : view.names->sensors) names.push_back(sensor.name);
    return names;
  }
  store::ListQuery query;
  query.selection = view.selection;
  query.group_by.sensor = true;
  query.details = false;
  query.limit = kMaxSensors;
  auto rows = view.list(query);
  if (!rows) return rows.error();
  for (const store::Listed& row : *rows) names.push_back(name_of(view, row.sensor));
  return names;
}

base::Result<void> fill_sensors(Page& page, View& view, std::string_view path) {
  if (view.problem || (view.names->sensors.size() < 2 && view.query.sensor.empty())) return {};
  if (!view.query.sensor.empty()) {
    Model one = page.content().include("SENSORS", "sensors.html").add("ONE_SENSOR");
    one.set("SENSOR_CHOSEN", format::wire_text(view.query.sensor))
        .set("ALL_SENSORS_URL", view.query.with_sensor("").url(path));
    std::vector<std::string> others;
    for (const store::Named& sensor : view.names->sensors) others.push_back(sensor.name);
    add_links(one, view, others, path);
    return {};
  }
  auto names = sensors_of(view);
  if (!names) return names.error();
  if (names->size() < 2) return {};
  Model many = page.content().include("SENSORS", "sensors.html").add("MANY_SENSORS");
  many.set("SENSOR_COUNT", format::count(static_cast<std::int64_t>(names->size())));
  add_links(many, view, *names, path);
  return {};
}

base::Result<void> set_sensors(base::Json& json, View& view, bool apart) {
  auto names = sensors_of(view);
  if (!names) return names.error();
  const bool added_up = !apart && names->size() > 1;
  base::Json list = base::Json::array();
  for (const std::string& name : *names) list.push(name);
  json.set("sensors", std::move(list)).set("added_up", added_up);
  if (added_up) {
    json.set("note", base::cat("Figures add up ", names->size(),
                               " sensors: what several of them saw counts once for each. sensor=NAME chooses one, "
                               "group=sensor (of list) keeps them apart."));
  }
  return {};
}

std::optional<Problem> unknown_sensor(const View& view) {
  const auto& known = view.names->sensors;
  const auto same = [&view](const store::Named& sensor) { return sensor.name == view.query.sensor; };
  if (view.query.sensor.empty() || std::any_of(known.begin(), known.end(), same)) return std::nullopt;
  std::string names;
  for (std::size_t i = 0; i < std::min(known.size(), kLinks); ++i)
    names += base::cat(i == 0 ? "" : ", ", format::wire_text(known[i].name));
  return Problem{base::cat("No sensor is called “", format::wire_text(view.query.sensor), "”"),
                 known.empty() ? std::string("The database knows none yet.")
                               : base::cat("There is ", names, known.size() > kLinks ? ", …" : "", "."),
                 "sensor"};
}

}  // namespace pastmon::web::pages
