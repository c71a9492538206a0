// SPDX-License-Identifier: MIT
#include <algorithm>
#include <string>
#include <vector>

#include "format.h"
#include "pages/home.h"
#include "pages/pages.h"
#include "pastmon/base/text.h"

namespace pastmon::web::pages {
namespace {

constexpr std::size_t kShownSensors = 100;
constexpr int kSensorWidth = 120;
constexpr int kSensorHeight = 24;

/// When a sensor that told nothing lately was last heard of, by its rows.
base::Result<void> add_last(View& view, std::vector<SensorState>& sensors) {
  store::ListQuery query;
  query.selection.from = view.extent.first;
  query.selection.to = view.extent.last + 300;
  query.selection.sensors.emplace();
  for (const SensorState& sensor : sensors) {
    if (sensor.last == 0) query.selection.sensors->push_back(sensor.id);
  }
  if (query.selection.sensors->empty()) return {};
  query.group_by.sensor = true;
  query.details = false;
  auto rows = view.list(query);
  if (!rows) return rows.error();
  for (SensorState& sensor : sensors) {
    for (const store::Listed& row : *rows) {
      if (row.sensor == sensor.id) sensor.last = row.values.last / base::kSecond;
    }
  }
  return {};
}

std::string condition_text(const SensorState& sensor, base::Seconds now) {
  switch (sensor.condition) {
    case SensorState::Condition::receiving:
      return "receiving";
    case SensorState::Condition::idle:
      return "runs, but receives no packets";
    case SensorState::Condition::silent:
      break;
  }
  return sensor.last == 0 ? std::string("silent") : base::cat("silent for ", format::span(now - sensor.last));
}

}  // namespace

base::Result<void> read_sensors(View& view, base::Seconds end, HomeFacts& facts) {
  const TimeRange hour = {bucket_start(end - 1) - 3300, bucket_start(end - 1) + 300};
  store::StatisticQuery query;
  query.from = hour.from;
  query.to = hour.to;
  query.names = sensor_statistics();
  if (!view.query.sensor.empty()) query.sensors = std::vector{store::id_of_name(view.query.sensor)};
  auto points = view.statistics(query);
  if (!points) return points.error();
  facts.sensors = sensor_states(*points, *view.names, view.now);
  if (!view.query.sensor.empty())
    std::erase_if(facts.sensors, [&](const SensorState& sensor) { return sensor.name != view.query.sensor; });
  return add_last(view, facts.sensors);
}

void fill_sensor_states(Model& body, const View& view, const std::vector<SensorState>& sensors) {
  const Calendar& calendar = view.services.calendar;
  std::size_t shown = 0;
  for (const SensorState& sensor : sensors) {
    if (shown++ == kShownSensors) break;
    Model out = body.add("SENSOR");
    out.set("SENSOR_NAME", format::wire_text(sensor.name));
    out.set("SENSOR_URL", UrlBuilder(kInternalPath).add("sensor", sensor.name).str());
    out.set("SENSOR_STATE", condition_text(sensor, view.now));
    out.show(sensor.condition == SensorState::Condition::receiving ? "SENSOR_WELL" : "SENSOR_SILENT");
    out.set("SENSOR_LAST", sensor.last == 0                           ? std::string("–")
                           : view.now - sensor.last < kSensorPatience ? std::string("now")
                                                                      : calendar.short_minute(sensor.last, view.now));
    out.set("SENSOR_RATE", format::decimal(sensor.rate)).set("SENSOR_PACKETS", format::count(sensor.received));
    const auto all = static_cast<double>(sensor.received + sensor.dropped());
    const auto drops = [&](std::int64_t count) {
      return count == 0 ? std::string("0")
                        : base::cat(format::count(count), " (", format::percent(static_cast<double>(count), all), ")");
    };
    out.set("SENSOR_KERNEL", drops(sensor.kernel_dropped)).set("SENSOR_INTERFACE", drops(sensor.interface_dropped));
    out.show_if(sensor.kernel_dropped > 0, "KERNEL_DROPS").show_if(sensor.interface_dropped > 0, "INTERFACE_DROPS");
    if (!sensor.packets.empty()) {
      const auto last = static_cast<base::Seconds>(sensor.packets.back().at) + 300;
      out.set("SENSOR_SPARK", spark_path(sensor.packets, {last - 3600, last}, 300, kSensorWidth, kSensorHeight));
    }
  }
  if (sensors.size() > kShownSensors)
    body.add("SENSORS_LEFT")
        .set("SENSORS_LEFT_COUNT", format::count(static_cast<std::int64_t>(sensors.size() - kShownSensors)));
}

}  // namespace pastmon::web::pages
