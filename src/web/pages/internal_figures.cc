// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "format.h"
#include "pages/internal.h"
#include "pastmon/base/text.h"
#include "sparkline.h"
#include "statistic_names.h"

namespace pastmon::web::pages {
namespace {

constexpr int kSparkWidth = 160;
constexpr int kSparkHeight = 26;

using FigureKey = std::pair<std::string, std::string>;

const Figure* figure_of(const SensorFigures& sensor, std::string_view name) {
  const auto at = sensor.figures.find({std::string(name), ""});
  return at == sensor.figures.end() ? nullptr : &at->second;
}

void add_fact(Model& group, std::string_view title, const std::string& value) {
  group.add("FACT").set("FACT_TITLE", title).set("FACT_VALUE", value);
}

std::string processor(const metric::Summary& used, double seconds) {
  return format::percent(static_cast<double>(used.sum) / base::kSecond, seconds);
}

/// The few figures that say most.
void add_facts(Model& group, const SensorFigures& sensor) {
  std::int64_t packets = 0, dropped = 0, received = 0;
  for (const auto& [key, figure] : sensor.figures) {
    if (key.first == "packets_received") {
      packets += figure.now.sum;
      received += figure.total.sum;
    }
    if (key.first == "kernel_dropped" || key.first == "interface_dropped") dropped += figure.total.sum;
  }
  add_fact(group, "Packets a second",
           format::decimal(static_cast<double>(packets) / static_cast<double>(sensor.seconds)));
  add_fact(group, "Dropped",
           dropped == 0 ? std::string("none")
                        : format::percent(static_cast<double>(dropped), static_cast<double>(received + dropped)));
  if (const Figure* flows = figure_of(sensor, "flows_active")) add_fact(group, "Flows", format::count(flows->now.max));
  if (const Figure* matches = figure_of(sensor, "signature_matches"))
    add_fact(group, "Requests a second",
             format::decimal(static_cast<double>(matches->now.sum) / static_cast<double>(sensor.seconds)));
  if (const Figure* waiting = figure_of(sensor, "batches_waiting"))
    add_fact(group, "Waiting for the database", waiting->now.max == 0 ? "nothing" : format::count(waiting->now.max));
  if (const Figure* memory = figure_of(sensor, "memory_bytes"))
    add_fact(group, "Memory", format::bytes(static_cast<double>(memory->now.max)));
  if (const Figure* used = figure_of(sensor, "cpu_us"))
    add_fact(group, "Processor", processor(used->now, static_cast<double>(sensor.seconds)));
}

/// " of 1,000,000 (1.2 %)" where there is a bound.
std::string limit_text(const SensorFigures& sensor, const FigureKey& key, const Figure& figure, metric::Unit unit) {
  const auto limit = sensor.figures.find({key.first + std::string(kLimitSuffix), key.second});
  if (limit == sensor.figures.end() || limit->second.total.max <= 0) return "";
  const auto most = static_cast<double>(limit->second.total.max);
  return base::cat("of ", format::value(unit, most), ", ", format::percent(static_cast<double>(figure.now.max), most));
}

void add_row(Model& table, const View& view, const InternalRange& range, const SensorFigures& sensor,
             const FigureKey& key, const Figure& figure) {
  const StatisticName name = describe_statistic(key.first);
  const auto in_unit = [&](std::int64_t value) { return format::value(name.unit, static_cast<double>(value)); };
  Model row = table.add("STATISTIC");
  row.set("NAME", name.title).set("DESCRIPTION", name.description);
  if (!key.second.empty()) row.add("ON").set("INTERFACE", format::wire_text(key.second));
  row.set("GRAPH_URL", internal_url(view.names->sensors.size() > 1 ? sensor.sensor : std::string_view(), range.key,
                                    key.first, key.second));
  row.set("SPARK", spark_path(figure.line, range.time, range.step, kSparkWidth, kSparkHeight));
  if (name.level) {
    row.set("CURRENT", in_unit(figure.now.max)).set("TOTAL", base::cat("max ", in_unit(figure.total.max)));
    row.set("LIMIT", limit_text(sensor, key, figure, name.unit));
  } else if (key.first == "cpu_us") {
    row.set("CURRENT", processor(figure.now, static_cast<double>(sensor.seconds)))
        .set("TOTAL", in_unit(figure.total.sum));
  } else {
    row.set("CURRENT", in_unit(figure.now.sum)).set("TOTAL", in_unit(figure.total.sum));
  }
  row.show_if(name.bad && figure.total.sum > 0, "ALARMING");
}

bool always_zero(const Figure& figure) { return figure.total.sum == 0 && figure.total.max <= 0; }

}  // namespace

void fill_sensor_figures(Model& group, const View& view, const InternalRange& range, const SensorFigures& sensor) {
  group.set("GROUP_TITLE", format::wire_text(sensor.sensor)).set("RANGE", range.title);
  group.set("GROUP_LAST",
            sensor.shown == 0 ? std::string("long ago") : view.services.calendar.short_minute(sensor.shown, view.now));
  add_facts(group, sensor);
  std::vector<std::pair<std::size_t, const FigureKey*>> order;
  for (const auto& [key, figure] : sensor.figures) {
    if (!key.first.ends_with(kLimitSuffix)) order.emplace_back(statistic_rank(key.first), &key);
  }
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    // All figures of an interface together.
    const bool capture =
        statistic_section(a.second->first) == "Capture" && statistic_section(b.second->first) == "Capture";
    if (capture && a.second->second != b.second->second) return a.second->second < b.second->second;
    return a.first < b.first;
  });
  std::string_view title;
  std::vector<Model> section, table;  // of the section under way: none, or one each
  for (const auto& [rank, key] : order) {
    const std::string_view own = statistic_section(key->first);
    if (section.empty() || own != title) {
      section.assign(1, group.add("SECTION"));
      table.clear();
      section[0].set("SECTION_TITLE", own);
      title = own;
    }
    const Figure& figure = sensor.figures.at(*key);
    if (always_zero(figure)) {
      section[0].add("ZERO").set("ZERO_NAME", describe_statistic(key->first).title);
      section[0].show("ZEROS");
      continue;
    }
    if (table.empty()) table.push_back(section[0].add("TABLE"));
    add_row(table[0], view, range, sensor, *key, figure);
  }
}

}  // namespace pastmon::web::pages
