// SPDX-License-Identifier: MIT
#include "pages/row_lines.h"

#include <algorithm>
#include <string>
#include <utility>

#include "figures.h"
#include "format.h"
#include "pastmon/base/text.h"
#include "sparkline.h"

namespace pastmon::web::pages {
namespace {

constexpr std::size_t kLinePoints = 36;  // of a line in a list
constexpr base::Seconds kLineHour = 3'600;
constexpr base::Seconds kLineDay = 86'400;

base::Seconds up_to(base::Seconds step, base::Seconds unit) { return (step + unit - 1) / unit * unit; }

}  // namespace

base::Seconds line_step(base::Seconds span, store::Level level, std::size_t points) noexcept {
  if (level == store::Level::one && span <= 6 * kLineHour) return 300;
  const base::Seconds step = up_to(fitting_step(span, points), kLineHour);
  return level != store::Level::one && span > 8 * kLineDay ? up_to(step, kLineDay) : step;
}

base::Result<RowLines> RowLines::read(View& view, const store::GroupBy& group, const std::vector<store::Listed>& rows) {
  const base::Seconds step = line_step(view.time.to - view.time.from, view.query.level, kLinePoints);
  auto series = view.group_series(group, rows, step);
  if (!series) return series.error();
  return RowLines(view.time, step, std::move(*series));
}

void RowLines::set(Model& row, std::size_t index) const {
  if (index >= series_.size()) return;
  const store::GroupSeries& series = series_[index];
  const bool timed = std::any_of(series.begin(), series.end(), [](const auto& point) { return point.timed > 0; });
  std::vector<SparkPoint> line;
  base::Seconds step = step_;  // rows of an archive may be farther apart
  for (const store::GroupPoint& point : series) step = std::max(step, point.seconds);
  for (const store::GroupPoint& point : series) {
    if (!timed) {
      line.push_back({point.start, static_cast<double>(point.transactions)});
    } else if (point.timed > 0) {
      line.push_back({point.start, static_cast<double>(point.response_time_sum) / static_cast<double>(point.timed)});
    }
  }
  if (line.empty()) return;
  Model trend = row.add("TRENDED");
  trend.set("TREND", spark_path(line, time_, step, kWidth, kHeight));
  const auto [low, high] =
      std::minmax_element(line.begin(), line.end(), [](const auto& a, const auto& b) { return a.value < b.value; });
  const auto text = [&](double value) { return timed ? format::duration(value) : format::decimal(value); };
  trend.set("TREND_TEXT", base::cat(timed ? "Average response time" : "Transactions", ", each ", format::span(step),
                                    ": ", text(low->value), " to ", text(high->value)));
}

}  // namespace pastmon::web::pages
