// SPDX-License-Identifier: MIT
#include "verdict_area.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "pastmon/base/text.h"

namespace pastmon::web {

double VerdictPoint::total() const noexcept { return std::accumulate(each.begin(), each.end(), 0.0); }

std::vector<VerdictPoint> verdict_points(const std::vector<store::Point>& points) {
  std::vector<VerdictPoint> result;
  for (const store::Point& point : points) {
    VerdictPoint verdict;
    verdict.at = point.start;
    verdict.transactions = point.values[metric::Counter::verdict_transactions];
    if (verdict.transactions <= 0) continue;
    for (std::size_t i = 0; i < kVerdictParts.size(); ++i) {
      verdict.each[i] =
          static_cast<double>(point.values[kVerdictParts[i].counter]) / static_cast<double>(verdict.transactions);
    }
    result.push_back(verdict);
  }
  return result;
}

std::string verdict_area(const std::vector<VerdictPoint>& points, std::size_t part, const TimeRange& time,
                         base::Seconds step, double end, const Box& box) {
  const auto tenth = [](double value) { return std::round(value * 10) / 10; };
  const auto span = static_cast<double>(std::max<base::Seconds>(time.to - time.from, 1));
  const auto x = [&](base::Seconds at) {
    return tenth(box.x + box.width * std::clamp(static_cast<double>(at - time.from) / span, 0.0, 1.0));
  };
  const auto y = [&](double value) { return tenth(box.y + box.height * (1 - std::clamp(value / end, 0.0, 1.0))); };
  const auto below = [&](const VerdictPoint& point) {
    return std::accumulate(point.each.begin(), point.each.begin() + static_cast<std::ptrdiff_t>(part), 0.0);
  };
  std::string path;
  for (std::size_t first = 0, next = 0; first < points.size(); first = next) {
    next = first + 1;
    while (next < points.size() && points[next].at - points[next - 1].at <= step) ++next;
    // Along the tops, and back along the bottoms.
    path += base::cat("M", x(points[first].at), " ", y(below(points[first])));
    for (std::size_t i = first; i < next; ++i)
      path += base::cat("V", y(below(points[i]) + points[i].each[part]), "H", x(points[i].at + step));
    for (std::size_t i = next; i-- > first;) path += base::cat("V", y(below(points[i])), "H", x(points[i].at));
    path += "z";
  }
  return path;
}

}  // namespace pastmon::web
