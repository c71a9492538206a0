// SPDX-License-Identifier: MIT
// What the monitor itself counts: is it really capturing what I think? What is wrong comes first, then the figures of
// each sensor with a small line over time.
#include "pages/internal.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "format.h"
#include "pages/pages.h"
#include "pages/sensors.h"
#include "pastmon/base/text.h"
#include "sensor_state.h"
#include "statistic_names.h"

namespace pastmon::web::pages {
namespace {

constexpr base::Seconds kDayLong = 86'400;
constexpr base::Seconds kNow = 900;  // where the newest complete five minutes are looked for

constexpr InternalRange kRanges[] = {
    {"hour", "Hour", 3600, 300, {}}, {"24h", "Day", kDayLong, 1800, {}}, {"7d", "Week", 7 * kDayLong, 10'800, {}}};

bool of_a_signature(const store::StatisticPoint& point) {
  return point.name == kSignatureLoaded || point.name == kSignatureMatched || point.name == kSignatureNearly;
}

using BySensor = std::map<std::string, SensorFigures>;

base::Result<BySensor> read_figures(View& view, const InternalRange& range) {
  BySensor sensors;
  store::StatisticQuery query;
  query.from = range.time.from;
  query.to = range.time.to;
  query.step = range.step;
  if (!view.query.sensor.empty()) query.sensors = std::vector{store::id_of_name(view.query.sensor)};
  auto whole = view.statistics(query);
  if (!whole) return whole.error();
  for (store::StatisticPoint& point : *whole) {
    if (of_a_signature(point)) continue;
    const std::string name = view.names->sensor(point.sensor);
    SensorFigures& sensor = sensors[name];
    sensor.sensor = name;
    const bool level = describe_statistic(point.name).level;
    Figure& figure = sensor.figures[{std::move(point.name), std::move(point.interface)}];
    figure.total.merge(point.value);
    figure.line.push_back({point.start, static_cast<double>(level ? point.value.max : point.value.sum)});
  }
  query.from = range.time.to - kNow;
  query.step = 0;
  auto newest = view.statistics(query);
  if (!newest) return newest.error();
  for (const store::StatisticPoint& point : *newest) {  // ascending: the last one stays
    SensorFigures& sensor = sensors[view.names->sensor(point.sensor)];
    sensor.newest = std::max(sensor.newest, point.start);
    const auto figure = sensor.figures.find({point.name, point.interface});
    if (figure == sensor.figures.end()) continue;
    const bool under_way = point.start + 300 > view.now;
    const bool level = describe_statistic(point.name).level;
    if (under_way && figure->second.now.count > 0 && !level) continue;
    figure->second.now = point.value;
    if (level) continue;
    sensor.shown = point.start;
    sensor.seconds = under_way ? std::max<base::Seconds>(view.now - point.start, 1) : 300;
  }
  return sensors;
}

StatisticSums sums_of(const SensorFigures& sensor) {
  StatisticSums sums;
  for (const auto& [key, figure] : sensor.figures) sums.emplace(key, figure.total);
  return sums;
}

/// The sensors that tell nothing, and what is wrong with the others.
void fill_advice(Page& page, const View& view, const InternalRange& range, const BySensor& sensors) {
  std::size_t bad = 0, all = 0;
  const auto add = [&](const std::string& sensor, const Advice& one) {
    Model out = page.content().add("ADVICE");
    out.set("ADVICE_TITLE", one.title).set("ADVICE_TO_DO", one.to_do).show_if(one.bad, "ADVICE_BAD");
    if (view.names->sensors.size() > 1) out.add("ADVICE_OF").set("ADVICE_SENSOR", format::wire_text(sensor));
    if (!one.statistic.empty())
      out.add("ADVICE_LINK").set("ADVICE_URL", internal_url(sensor, range.key, one.statistic, one.interface));
    bad += one.bad ? 1 : 0;
    ++all;
  };
  for (const auto& [name, sensor] : sensors) {
    if (view.now > sensor.newest + 300 + kSensorPatience) {
      add(name,
          {true, "", "", "This sensor tells nothing any more",
           "Its figures come every ten seconds while it runs and reaches the database. Look at pastmon's state and "
           "log on that host."});
      continue;
    }
    for (const Advice& one : advice(sums_of(sensor))) add(name, one);
  }
  if (sensors.empty()) return;
  Model answer = page.content().add("ANSWER");
  answer.set("ANSWER_KIND", bad > 0 ? "bad" : all > 0 ? "warn" : "ok");
  answer.set("ANSWER_HEAD", bad > 0 ? "Something is lost" : all > 0 ? "Worth a look" : "It captures");
  answer.set("ANSWER_TEXT", all > 0
                                ? std::string("What to do stands with each.")
                                : "What reaches the interfaces is received, decoded and stored; nothing was dropped.");
}

}  // namespace

InternalRange internal_range(const View& view) {
  InternalRange range = kRanges[1];
  for (const InternalRange& each : kRanges) {
    if (each.key == view.query.range) range = each;
  }
  const base::Seconds end = bucket_start(view.now) + 300;
  range.time = {(end - range.span) / range.step * range.step, end};
  return range;
}

std::string internal_url(std::string_view sensor, std::string_view range, std::string_view statistic,
                         std::string_view interface) {
  return UrlBuilder(kInternalPath)
      .add("statistic", statistic)
      .add("interface", interface)
      .add("sensor", sensor)
      .add("range", range == kRanges[1].key ? "" : range)
      .str();
}

void fill_internal_switch(Model model, const View& view, const InternalRange& range, std::string_view statistic,
                          std::string_view interface) {
  for (const InternalRange& each : kRanges) {
    model.add("PRESET")
        .set("PRESET_TITLE", each.title)
        .set("PRESET_URL", internal_url(view.query.sensor, each.key, statistic, interface))
        .show_if(each.key == range.key, "PRESET_CURRENT");
  }
}

Response internal(const Services& services, const Request& request) {
  auto view = open_view(services, request);
  if (!view) return database_down(services, request, kInternalTitle, view.message());
  if (auto unknown = unknown_sensor(*view)) {
    return state_page(services, request, kInternalTitle,
                      {"warning", unknown->title, unknown->advice, {{"All sensors", std::string(kInternalPath)}}}, 200);
  }
  if (!request.query.get("statistic").empty()) return internal_graph(services, request, *view);
  const InternalRange range = internal_range(*view);
  auto sensors = read_figures(*view, range);
  if (!sensors) return database_down(services, request, kInternalTitle, sensors.message());
  Page page(services, request, kInternalTitle, "internal.html");
  page.use_style("home.css");
  page.use_style("internal.css");
  fill_internal_switch(page.content().include("FILTER", "presets.html"), *view, range, {}, {});
  fill_advice(page, *view, range, *sensors);
  if (sensors->empty()) {
    fill_state(
        page.content().include("EMPTY", "state.html"),
        {"wait",
         "No figures of the monitor itself in this time",
         "A running pastmon writes them every ten seconds. Of a capture file that was read they are as old as its "
         "packets.",
         {{"The last week", internal_url(view->query.sensor, "7d")}}});
  }
  for (const auto& [name, sensor] : *sensors) {
    Model group = page.content().add("GROUP");
    fill_sensor_figures(group, *view, range, sensor);
  }
  page.warn(view->database->warnings());
  return page.finish();
}

}  // namespace pastmon::web::pages
