// SPDX-License-Identifier: MIT
// The small line in each row of a list: its average response time over the range, or its transactions where it has
// none. One query for all rows shown.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "pages/view.h"

namespace pastmon::web::pages {

/// How wide a step small lines of about so many points take: whole hours (of archives: days) where the range is long,
/// because those are added up in the database.
base::Seconds line_step(base::Seconds span, store::Level level, std::size_t points) noexcept;

class RowLines {
 public:
  /// Errors: the database's.
  static base::Result<RowLines> read(View& view, const store::GroupBy& group, const std::vector<store::Listed>& rows);

  /// Section TRENDED, unless there is nothing to draw: TREND, path data in a box of kWidth × kHeight; TREND_TEXT, what
  /// it shows in words.
  void set(Model& row, std::size_t index) const;

  static constexpr int kWidth = 64;
  static constexpr int kHeight = 22;

 private:
  RowLines(TimeRange time, base::Seconds step, std::vector<store::GroupSeries> series)
      : time_(time), step_(step), series_(std::move(series)) {}

  TimeRange time_;
  base::Seconds step_;
  std::vector<store::GroupSeries> series_;
};

}  // namespace pastmon::web::pages
