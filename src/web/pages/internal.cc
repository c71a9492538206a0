// SPDX-License-Identifier: MIT
// What the monitor itself counts: is it really capturing what I think? Figures by sensor and interface, newest first,
// with a small line over time.
#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "format.h"
#include "pages/pages.h"
#include "pages/view.h"
#include "pastmon/base/text.h"
#include "sparkline.h"
#include "statistic_names.h"

namespace pastmon::web::pages {
namespace {

constexpr std::string_view kInternalTitle = "Internal";
constexpr base::Seconds kBucket = 300;
constexpr int kWidth = 220;
constexpr int kHeight = 32;

using Points = std::vector<store::StatisticPoint>;

/// Sensor, whether it is the sensor as a whole (behind its interfaces), interface.
using Key = std::tuple<std::string, bool, std::string>;
/// The statistic, in the order of their table.
using ByName = std::map<std::pair<std::size_t, std::string>, Points>;

std::map<Key, ByName> arranged(const View& view, Points points) {
  std::map<Key, ByName> result;
  for (store::StatisticPoint& point : points) {
    const Key key{view.names->sensor(point.sensor), point.interface.empty(), point.interface};
    const std::pair<std::size_t, std::string> name{statistic_rank(point.name), point.name};
    result[key][name].push_back(std::move(point));
  }
  for (auto& [key, by_name] : result) {
    for (auto& [name, list] : by_name) {
      std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.start < b.start; });
    }
  }
  return result;
}

void add_statistic(Model& group, const View& view, const Points& points) {
  const StatisticName name = describe_statistic(points.front().name);
  const metric::Summary& now = points.back().value;
  metric::Summary total;
  std::vector<SparkPoint> line;
  for (const store::StatisticPoint& point : points) {
    total.merge(point.value);
    line.push_back({point.start, static_cast<double>(name.level ? point.value.max : point.value.sum)});
  }
  const auto in_unit = [&](double value) { return format::value(name.unit, value); };
  Model row = group.add("STATISTIC");
  row.set("NAME", name.title).set("DESCRIPTION", name.description);
  row.set("SPARK", spark_path(line, view.time, kBucket, kWidth, kHeight));
  if (name.level) {
    row.set("CURRENT", in_unit(static_cast<double>(now.max)))
        .set("TOTAL", base::cat("max ", in_unit(static_cast<double>(total.max))));
  } else {
    row.set("CURRENT", in_unit(static_cast<double>(now.sum))).set("TOTAL", in_unit(static_cast<double>(total.sum)));
  }
  row.show_if(name.bad && total.sum > 0, "ALARMING");
}

void fill_statistics(Page& page, const View& view, Points points) {
  for (const auto& [key, by_name] : arranged(view, std::move(points))) {
    Model group = page.content().add("GROUP");
    const auto& [sensor, whole, interface] = key;
    group.set("GROUP_TITLE", format::wire_text(whole ? sensor : base::cat(sensor, " · ", interface)));
    base::Seconds last = 0;
    for (const auto& [name, list] : by_name) {
      last = std::max(last, list.back().start);
      add_statistic(group, view, list);
    }
    group.set("GROUP_LAST", view.services.calendar.short_minute(last, view.now));
  }
}

}  // namespace

Response internal(const Services& services, const Request& request) {
  auto view = open_view(services, request);
  if (!view) return database_down(services, request, kInternalTitle, view.message());
  if (view->problem) {
    return state_page(services, request, kInternalTitle,
                      {"warning", view->problem->title, view->problem->advice, {{"Internal", "/PasTmon/internal"}}},
                      200);
  }
  auto points = view->database->statistics(view->time.from, view->time.to);
  if (!points) return database_down(services, request, kInternalTitle, points.message());
  Page page(services, request, kInternalTitle, "internal.html");
  fill_filter(page.content().include("FILTER", "presets.html"), *view, request.path, false);
  if (points->empty()) {
    fill_state(page.content().include("EMPTY", "state.html"),
               {"wait",
                "No figures of the monitor itself in this time",
                "A running pastmon writes them every ten seconds. A capture file that was read has none.",
                {{"All data", view->query.with_range("all").url(request.path)}}});
  }
  fill_statistics(page, *view, std::move(*points));
  page.warn(view->database->warnings());
  return page.finish();
}

}  // namespace pastmon::web::pages
