// SPDX-License-Identifier: MIT
#include "heat_map.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <utility>

#include "figures.h"
#include "pastmon/base/text.h"

namespace pastmon::web {
namespace {

/// Rows of a decade: round edges first (1, 10; 1, 2, 5 have no constant factor).
constexpr std::array<int, 6> kRowsOfDecade = {10, 8, 6, 4, 2, 1};

struct Sample {
  std::size_t column;
  double value;
  std::int64_t count;
};

int row_below(double value, int rows_of_decade) {
  return static_cast<int>(std::floor(std::log10(value) * rows_of_decade + 1e-9));
}

std::vector<Sample> samples_of(const HeatMap& map, const std::vector<store::Point>& points, const metric::Info& info) {
  std::vector<Sample> samples;
  for (const store::Point& point : points) {
    const Figures f = figures(point.values, info);
    if (f.distribution == nullptr || point.start < map.start) continue;
    const auto column = static_cast<std::size_t>((point.start - map.start) / map.column);
    if (column >= map.columns) continue;
    for (const metric::Sketch::Bin& bin : f.distribution->sketch.bins()) {
      const double value = std::sqrt(std::max(bin.low, 1.0) * std::max(bin.high, 1.0));
      if (bin.count > 0) samples.push_back({column, value, static_cast<std::int64_t>(bin.count)});
    }
  }
  return samples;
}

}  // namespace

int HeatMap::level(std::int64_t count) const noexcept {
  if (most <= 1) return kLevels;
  const double share =
      std::log(static_cast<double>(std::max<std::int64_t>(count, 1))) / std::log(static_cast<double>(most));
  return std::clamp(1 + static_cast<int>(share * (kLevels - 1) + 0.5), 1, kLevels);
}

std::int64_t HeatMap::level_from(int wanted) const noexcept {
  // The first count that level() gives this colour; counts are whole, so that the border is sought around its formula.
  const double share = (wanted - 1.5) / (kLevels - 1);
  auto count = std::max<std::int64_t>(
      static_cast<std::int64_t>(std::pow(static_cast<double>(std::max<std::int64_t>(most, 1)), std::max(share, 0.0))) -
          1,
      1);
  while (count < most && level(count) < wanted) ++count;
  return count;
}

std::vector<std::int64_t> HeatMap::row_totals() const {
  std::vector<std::int64_t> totals(rows());
  for (const Cell& cell : cells) totals[cell.row] += cell.count;
  return totals;
}

HeatMap heat_map(const std::vector<store::Point>& points, const metric::Info& info, const TimeRange& time,
                 base::Seconds step) {
  HeatMap map;
  if (info.kind != metric::Kind::distribution || points.empty() || step <= 0 || time.from >= time.to) return map;
  map.start = time.from / step * step;
  const auto steps = static_cast<std::size_t>((time.to - map.start + step - 1) / step);
  const std::size_t each = (steps + HeatMap::kMaxColumns - 1) / HeatMap::kMaxColumns;
  map.column = static_cast<base::Seconds>(each) * step;
  map.columns = (steps + each - 1) / each;
  const std::vector<Sample> samples = samples_of(map, points, info);
  if (samples.empty()) return map;

  const auto [least, largest] = std::minmax_element(samples.begin(), samples.end(),
                                                    [](const Sample& a, const Sample& b) { return a.value < b.value; });
  int rows_of_decade = kRowsOfDecade.back();
  for (const int rows : kRowsOfDecade) {
    const int needed = row_below(largest->value, rows) - row_below(least->value, rows) + 1;
    if (needed <= static_cast<int>(HeatMap::kMaxRows)) {
      rows_of_decade = rows;
      break;
    }
  }
  const int lowest = row_below(least->value, rows_of_decade);
  const int highest = row_below(largest->value, rows_of_decade);
  for (int row = lowest; row <= highest + 1; ++row)
    map.edges.push_back(std::pow(10, static_cast<double>(row) / rows_of_decade));

  std::map<std::pair<std::size_t, std::size_t>, std::int64_t> counts;
  for (const Sample& sample : samples)
    counts[{sample.column, static_cast<std::size_t>(row_below(sample.value, rows_of_decade) - lowest)}] += sample.count;
  for (const auto& [place, count] : counts) {
    map.cells.push_back({place.first, place.second, count});
    map.most = std::max(map.most, count);
  }
  return map;
}

std::string heat_path(const HeatMap& map, int level, const TimeRange& time, double x, double y) {
  const auto tenth = [](double value) { return std::round(value * 10) / 10; };
  std::string path;
  for (const HeatMap::Cell& cell : map.cells) {
    if (map.level(cell.count) != level) continue;
    const base::Seconds start = map.start + static_cast<base::Seconds>(cell.column) * map.column;
    const double left = tenth(static_cast<double>(std::max(start, time.from) - time.from) * x);
    const double right = tenth(static_cast<double>(std::min(start + map.column, time.to) - time.from) * x);
    const double top = tenth(static_cast<double>(map.rows() - 1 - cell.row) * y);
    path += base::cat("M", left, " ", top, "h", tenth(right - left), "v", y, "H", left, "z");
  }
  return path;
}

}  // namespace pastmon::web
