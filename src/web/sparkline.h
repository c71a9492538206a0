// SPDX-License-Identifier: MIT
// A small line for a table cell: the path of an SVG element. Gaps in the data stay gaps; a lone point becomes a dot.
#pragma once

#include <string>
#include <vector>

#include "calendar.h"
#include "pastmon/base/clock.h"

namespace pastmon::web {

struct SparkPoint {
  base::Seconds at = 0;
  double value = 0;
};

/// Path data ("M0 12L…") in a box of width × height, for points in ascending order, `step` seconds apart where there is
/// no gap. The baseline is 0.
std::string spark_path(const std::vector<SparkPoint>& points, const TimeRange& time, base::Seconds step, int width,
                       int height);

}  // namespace pastmon::web
