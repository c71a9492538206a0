// SPDX-License-Identifier: MIT
#include "sparkline.h"

#include <algorithm>
#include <cmath>

#include "pastmon/base/text.h"

namespace pastmon::web {
namespace {

double tenth(double value) { return std::round(value * 10) / 10; }

}  // namespace

std::string spark_path(const std::vector<SparkPoint>& points, const TimeRange& time, base::Seconds step, int width,
                       int height) {
  double most = 0;
  for (const SparkPoint& point : points) most = std::max(most, point.value);
  const double seconds = static_cast<double>(std::max<base::Seconds>(time.to - time.from, 1));
  std::string path;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double middle = static_cast<double>(points[i].at - time.from) + static_cast<double>(step) / 2;
    const double x = tenth(std::clamp(middle / seconds, 0.0, 1.0) * width);
    const double y = tenth(height - 1 - (most > 0 ? points[i].value / most : 0) * (height - 2));
    const bool joined = i > 0 && points[i].at - points[i - 1].at <= step;
    path += base::cat(joined ? "L" : "M", x, " ", y);
    const bool alone = !joined && (i + 1 == points.size() || points[i + 1].at - points[i].at > step);
    if (alone) path += "h0.1";
  }
  return path;
}

}  // namespace pastmon::web
