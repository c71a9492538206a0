// SPDX-License-Identifier: MIT
// A metric over time as the graph script and api/v1/series have it.
#pragma once

#include <string_view>
#include <vector>

#include "calendar.h"
#include "pastmon/base/json.h"
#include "pastmon/metric/registry.h"
#include "pastmon/store/store.h"

namespace pastmon::web {

/// "counter", "size" or "distribution".
std::string_view kind_key(metric::Kind kind) noexcept;

/// {"metric", "title", "kind", "unit": "us" | "bytes" | "count", "zone", "from", "to", "step" (seconds),
///  "columns": ["time", "min", …], "rows": [[1700000000, …], …]}. Steps without data have no row.
/// Columns: counter time, sum; size time, count, min, mean, max; distribution the same and p50, p90, p95, p99, p999.
base::Json series_json(const std::vector<store::Point>& points, const metric::Info& info, const TimeRange& time,
                       base::Seconds step, std::string_view zone);

}  // namespace pastmon::web
