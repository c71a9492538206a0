// SPDX-License-Identifier: MIT
// A metric over time as the graph script and api/v1/series have it, and as a table of values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "calendar.h"
#include "graph_lines.h"
#include "pastmon/base/json.h"
#include "pastmon/metric/registry.h"
#include "pastmon/store/store.h"

namespace pastmon::web {

/// "counter", "size" or "distribution".
std::string_view kind_key(metric::Kind kind) noexcept;

struct Series {
  const metric::Info& info;
  std::vector<Line> lines;  ///< the columns behind the time
  TimeRange time;
  base::Seconds step = 300;
  base::Seconds now = 0;
  const std::vector<store::Point>& points;
};

/// Every line of the kind: a counter's sum (a rate follows from it); else count, min, mean, quantiles, max.
std::vector<Line> all_columns(metric::Kind kind);
/// What a page needs of them: the chosen ones, and the count in front.
std::vector<Line> with_count(metric::Kind kind, std::vector<Line> lines);

/// {"metric", "title", "kind", "unit": "us" | "bytes" | "count", "zone", "from", "to", "step" (seconds),
///  "columns": ["time", "min", …], "rows": [[1700000000, …], …]}. Steps without data have no row.
base::Json series_json(const Series& series, std::string_view zone);

/// The rows alone: of what it is compared with, moved to its time.
base::Json series_rows(const Series& series);

/// RFC 4180: a head, then a line a row: "time" in seconds, "local" in the zone, the lines in the metric's base unit.
std::string series_csv(const Series& series, const Calendar& calendar);

}  // namespace pastmon::web
