// SPDX-License-Identifier: MIT
// A value axis from 0 to a round end, with marks at round values of the unit.
#pragma once

#include <string>
#include <vector>

#include "pastmon/metric/registry.h"

namespace pastmon::web {

struct ValueTick {
  double value = 0;
  std::string label;  ///< "20 ms", "1.5 MB", "2 h", "40 /s"
  friend bool operator==(const ValueTick&, const ValueTick&) = default;
};

struct ValueAxis {
  double end = 1;  ///< the highest value of the axis, ≥ every value on it
  std::vector<ValueTick> ticks;
};

/// `highest`: the largest value to be shown; 0 or nonsense gives an axis to 1. `most`: marks above 0, at least 1.
/// `rate`: values are per second.
ValueAxis value_axis(metric::Unit unit, double highest, int most, bool rate = false);

/// A round value as an axis has it: "10 ms".
std::string axis_value(metric::Unit unit, double value);

}  // namespace pastmon::web
