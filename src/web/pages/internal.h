// SPDX-License-Identifier: MIT
// The page Internal: all figures of the monitor itself, or one of them as a graph.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pages/page.h"
#include "pages/view.h"
#include "sparkline.h"
#include "statistic_advice.h"

namespace pastmon::web::pages {

inline constexpr std::string_view kInternalTitle = "Internal";

/// hour, day or week: how far back, and in which steps.
struct InternalRange {
  std::string_view key;
  std::string_view title;
  base::Seconds span;
  base::Seconds step;
  TimeRange time;
};
/// By the parameter `range`; a day when there is none of ours.
InternalRange internal_range(const View& view);
/// The links that switch it, as presets.html shows them.
void fill_internal_switch(Model model, const View& view, const InternalRange& range, std::string_view statistic,
                          std::string_view interface);
std::string internal_url(std::string_view sensor, std::string_view range, std::string_view statistic = {},
                         std::string_view interface = {});

/// One figure: the newest complete five minutes, and the whole range.
struct Figure {
  metric::Summary now;
  metric::Summary total;
  std::vector<SparkPoint> line;
};
/// Of one sensor: by rank, name and interface. Figures of single signatures are left out.
struct SensorFigures {
  std::string sensor;
  base::Seconds newest = 0;   ///< start of the newest five minutes
  base::Seconds shown = 0;    ///< of those whose counts are shown: complete ones, where there are
  base::Seconds seconds = 1;  ///< how long these were, or have been
  std::map<std::pair<std::string, std::string>, Figure> figures;
};
void fill_sensor_figures(Model& group, const View& view, const InternalRange& range, const SensorFigures& sensor);

/// `internal?statistic=NAME`: its graph and table, one line for each sensor and interface.
Response internal_graph(const Services& services, const Request& request, View& view);

}  // namespace pastmon::web::pages
