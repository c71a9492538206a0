// SPDX-License-Identifier: MIT
// How the values of a distribution are spread over time: counts of samples in columns of time and rows of value, rows
// being wider the larger the value (each a constant factor). Made from the sketches of a graph's points.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "calendar.h"
#include "pastmon/metric/registry.h"
#include "pastmon/store/store.h"

namespace pastmon::web {

struct HeatMap {
  static constexpr std::size_t kMaxColumns = 180;
  static constexpr std::size_t kMaxRows = 30;
  static constexpr int kLevels = 7;  ///< of colour: 1 few … 7 most

  struct Cell {
    std::size_t column = 0;
    std::size_t row = 0;
    std::int64_t count = 0;
  };
  base::Seconds start = 0;   ///< of the first column
  base::Seconds column = 0;  ///< seconds; a whole number of steps
  std::size_t columns = 0;
  std::vector<double> edges;  ///< microseconds, ascending: row r is from edges[r] up to edges[r + 1]
  std::vector<Cell> cells;    ///< by column, then row; none has count 0
  std::int64_t most = 0;      ///< the largest count

  bool empty() const noexcept { return cells.empty(); }
  std::size_t rows() const noexcept { return edges.empty() ? 0 : edges.size() - 1; }
  /// The colour of a count: each level covers a constant factor.
  int level(std::int64_t count) const noexcept;
  /// Lowest count of a level.
  std::int64_t level_from(int level) const noexcept;
  std::vector<std::int64_t> row_totals() const;
};

/// Empty for other kinds of metric and where there are no sketches. Values of 0 count as 1 µs.
HeatMap heat_map(const std::vector<store::Point>& points, const metric::Info& info, const TimeRange& time,
                 base::Seconds step);

/// The cells of one level as one path, in a box where a second is `x` wide and a row `y` high, time.from being at 0 and
/// the highest row on top.
std::string heat_path(const HeatMap& map, int level, const TimeRange& time, double x, double y);

}  // namespace pastmon::web
