// SPDX-License-Identifier: MIT
#include "value_axis.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string_view>

#include "pastmon/base/text.h"

namespace pastmon::web {
namespace {

struct AxisUnit {
  double size;
  std::string_view name;
};
constexpr double kMinute = 60e6, kHourUs = 3600e6, kDayUs = 86'400e6;
constexpr std::array<AxisUnit, 6> kDurations = {
    {{1, " µs"}, {1e3, " ms"}, {1e6, " s"}, {kMinute, " min"}, {kHourUs, " h"}, {kDayUs, " d"}}};
constexpr std::array<AxisUnit, 6> kBytes = {
    {{1, " B"}, {1e3, " kB"}, {1e6, " MB"}, {1e9, " GB"}, {1e12, " TB"}, {1e15, " PB"}}};
constexpr std::array<AxisUnit, 4> kCounts = {{{1, ""}, {1e3, "k"}, {1e6, "M"}, {1e9, "G"}}};
/// Round spans of time above a minute.
constexpr std::array<double, 15> kSpans = {15e6,         30e6,         kMinute,      2 * kMinute, 5 * kMinute,
                                           10 * kMinute, 15 * kMinute, 30 * kMinute, kHourUs,     2 * kHourUs,
                                           3 * kHourUs,  6 * kHourUs,  12 * kHourUs, kDayUs,      2 * kDayUs};

double decimal_step(double least) {
  const double power = std::pow(10, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= least * (1 - 1e-9)) return factor * power;
  }
  return 10 * power;
}

double round_step(metric::Unit unit, double least, bool rate) {
  if (unit == metric::Unit::microseconds && !rate && least > 10e6) {
    for (const double span : kSpans) {
      if (span >= least) return span;
    }
    return decimal_step(least / kDayUs) * kDayUs;
  }
  const double step = decimal_step(least);
  // Half a packet is none.
  return unit == metric::Unit::microseconds || rate ? step : std::max(step, 1.0);
}

template <std::size_t N>
std::string labelled_value(const std::array<AxisUnit, N>& units, double value, double end) {
  const AxisUnit* unit = units.data();
  for (const AxisUnit& larger : units) {
    // One unit for the whole axis; minutes from two on, as elsewhere on the pages.
    const double from = larger.size == kMinute ? 2 * kMinute : larger.size == kDayUs ? 2 * kDayUs : larger.size;
    if (end >= from * (1 - 1e-9)) unit = &larger;
  }
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), "%.6g", value / unit->size);
  return base::cat(text.data(), unit->name);
}

std::string axis_label(metric::Unit unit, double value, double end, bool rate) {
  const std::string_view suffix = rate ? " /s" : "";
  if (value == 0) return base::cat("0", suffix);
  switch (unit) {
    case metric::Unit::microseconds:
      return base::cat(labelled_value(kDurations, value, end), suffix);
    case metric::Unit::bytes:
      return base::cat(labelled_value(kBytes, value, end), rate ? "/s" : "");
    default:
      return base::cat(labelled_value(kCounts, value, end), suffix);
  }
}

}  // namespace

std::string axis_value(metric::Unit unit, double value) { return axis_label(unit, value, value, false); }

ValueAxis value_axis(metric::Unit unit, double highest, int most, bool rate) {
  if (!std::isfinite(highest) || highest <= 0) highest = 1;
  most = std::max(most, 1);
  const double step = round_step(unit, highest / most, rate);
  ValueAxis axis;
  const int count = std::max(1, static_cast<int>(std::ceil(highest / step - 1e-9)));
  axis.end = count * step;
  for (int i = 0; i <= count; ++i) axis.ticks.push_back({i * step, axis_label(unit, i * step, axis.end, rate)});
  return axis;
}

}  // namespace pastmon::web
