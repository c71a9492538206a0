// SPDX-License-Identifier: MIT
// The lines that a graph of a metric can have, and the parameter `lines` that chooses among them: "mean,p95,max".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calendar.h"
#include "figures.h"
#include "pastmon/metric/registry.h"
#include "pastmon/store/store.h"

namespace pastmon::web {

struct Line {
  /// Against what it is drawn: the metric's own axis, or how many samples there were. Of one axis there is one scale,
  /// so of `count` and `rate`, and of `sum` and `rate`, only one is drawn.
  enum class Scale { value, number };
  enum class What { sum, rate, count, min, mean, max, quantile };

  std::string_view key;    ///< "p95": in URLs, JSON, names of colours
  std::string_view title;  ///< "p95": for people
  What what = What::mean;
  double q = 0;  ///< of a quantile

  Scale scale(metric::Kind kind) const noexcept {
    const bool number = what == What::count || (what == What::rate && kind != metric::Kind::counter);
    return number ? Scale::number : Scale::value;
  }
};

/// All lines that a metric of this kind can have, in the order in which they are shown.
std::vector<Line> lines_of(metric::Kind kind);

/// Those that `text` names, in that order; unknown ones are left out, and a second one that excludes a first. Without
/// any: the usual ones of the kind.
std::vector<Line> chosen_lines(metric::Kind kind, std::string_view text);

/// `text` with this line added or taken away, in canonical form; "" when it says the usual ones.
std::string toggled(metric::Kind kind, std::string_view text, const Line& line);

/// Seconds of a point that lie within the time asked for, and in the past: what a rate divides by. At least 1.
base::Seconds covered_seconds(base::Seconds start, base::Seconds step, const TimeRange& time,
                              base::Seconds now) noexcept;

/// The line's value; nothing where there is none (no samples, or no sketch).
std::optional<double> line_value(const Line& line, const Figures& figures, base::Seconds seconds);

/// "18.3 ms", "12.4 /s", "1,234".
std::string line_text(const Line& line, const metric::Info& info, double value);

}  // namespace pastmon::web
