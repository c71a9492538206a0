// SPDX-License-Identifier: MIT
#include "graph_lines.h"

#include <algorithm>
#include <array>

#include "format.h"
#include "pastmon/base/text.h"

namespace pastmon::web {
namespace {

using What = Line::What;

constexpr std::array<Line, 12> kAllLines = {{{"sum", "Sum", What::sum, 0},
                                             {"min", "Min", What::min, 0},
                                             {"mean", "Avg", What::mean, 0},
                                             {"p50", "p50", What::quantile, 0.5},
                                             {"p75", "p75", What::quantile, 0.75},
                                             {"p90", "p90", What::quantile, 0.9},
                                             {"p95", "p95", What::quantile, 0.95},
                                             {"p99", "p99", What::quantile, 0.99},
                                             {"p999", "p99.9", What::quantile, 0.999},
                                             {"max", "Max", What::max, 0},
                                             {"count", "Count", What::count, 0},
                                             {"rate", "Per second", What::rate, 0}}};

bool applies(const Line& line, metric::Kind kind) {
  switch (line.what) {
    case What::rate:
      return true;
    case What::sum:
      return kind == metric::Kind::counter;
    case What::quantile:
      return kind == metric::Kind::distribution;
    default:
      return kind != metric::Kind::counter;
  }
}

bool exclude_each_other(const Line& a, const Line& b, metric::Kind kind) {
  if (a.scale(kind) != b.scale(kind)) return false;
  return kind == metric::Kind::counter || a.scale(kind) == Line::Scale::number;
}

std::string_view usual_lines(metric::Kind kind) {
  switch (kind) {
    case metric::Kind::counter:
      return "sum";
    case metric::Kind::size:
      return "min,mean,max";
    default:
      return "mean,p95,max";
  }
}

std::vector<Line> named_lines(metric::Kind kind, std::string_view text) {
  std::vector<Line> chosen;
  for (const std::string_view word : base::split(text, ',')) {
    const auto* found = std::find_if(kAllLines.begin(), kAllLines.end(),
                                     [&](const Line& line) { return line.key == base::trim(word); });
    if (found == kAllLines.end() || !applies(*found, kind)) continue;
    const bool doubled = std::any_of(chosen.begin(), chosen.end(), [&](const Line& other) {
      return other.key == found->key || exclude_each_other(other, *found, kind);
    });
    if (!doubled) chosen.push_back(*found);
  }
  return chosen;
}

std::string canonical(metric::Kind kind, const std::vector<Line>& lines) {
  std::string text;
  for (const Line& line : lines_of(kind)) {
    const bool in = std::any_of(lines.begin(), lines.end(), [&](const Line& other) { return other.key == line.key; });
    if (in) text += base::cat(text.empty() ? "" : ",", line.key);
  }
  return text == usual_lines(kind) ? std::string() : text;
}

}  // namespace

std::vector<Line> lines_of(metric::Kind kind) {
  std::vector<Line> lines;
  for (const Line& line : kAllLines) {
    if (applies(line, kind)) lines.push_back(line);
  }
  return lines;
}

std::vector<Line> chosen_lines(metric::Kind kind, std::string_view text) {
  std::vector<Line> lines = named_lines(kind, text);
  return lines.empty() ? named_lines(kind, usual_lines(kind)) : lines;
}

std::string toggled(metric::Kind kind, std::string_view text, const Line& line) {
  std::vector<Line> lines = chosen_lines(kind, text);
  const std::size_t before = lines.size();
  std::erase_if(lines, [&](const Line& other) { return other.key == line.key; });
  if (lines.size() == before) {
    std::erase_if(lines, [&](const Line& other) { return exclude_each_other(other, line, kind); });
    lines.push_back(line);
  }
  return canonical(kind, lines);
}

base::Seconds covered_seconds(base::Seconds start, base::Seconds step, const TimeRange& time,
                              base::Seconds now) noexcept {
  const base::Seconds end = std::min({start + step, time.to, std::max(now, start + 1)});
  return std::max<base::Seconds>(end - std::max(start, time.from), 1);
}

std::optional<double> line_value(const Line& line, const Figures& figures, base::Seconds seconds) {
  const bool counter = figures.kind == metric::Kind::counter;
  if (!counter && figures.empty()) return std::nullopt;
  const metric::Summary& s = figures.summary;
  switch (line.what) {
    case What::sum:
      return static_cast<double>(s.sum);
    case What::rate:
      return static_cast<double>(counter ? s.sum : s.count) / static_cast<double>(seconds);
    case What::count:
      return static_cast<double>(s.count);
    case What::min:
      return static_cast<double>(s.min);
    case What::mean:
      return s.mean();
    case What::max:
      return static_cast<double>(s.max);
    case What::quantile:
      break;
  }
  if (figures.distribution == nullptr || figures.distribution->sketch.count() == 0) return std::nullopt;
  return figures.distribution->quantile(line.q);
}

std::string line_text(const Line& line, const metric::Info& info, double value) {
  const bool own_unit = line.scale(info.kind) == Line::Scale::value;
  std::string text = own_unit ? format::value(info.unit, value) : format::decimal(value);
  if (line.what != What::rate) return text;
  return base::cat(text, own_unit && info.unit == metric::Unit::bytes ? "/s" : " /s");
}

}  // namespace pastmon::web
