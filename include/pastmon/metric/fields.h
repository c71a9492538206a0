// SPDX-License-Identifier: MIT
// The figures of one row as programs read them: the keys of a JSON object (`pastmon --report json`, `pastmon-admin
// export`) and the columns of a table. The one place that names them; the metrics themselves are the registry's.
#pragma once

#include <functional>
#include <string_view>

#include "pastmon/base/json.h"
#include "pastmon/metric/aggregate.h"

namespace pastmon::metric {

/// Keys of what a row is about. An address's name and its source have keys of the side's with these at their ends.
namespace key {
inline constexpr std::string_view signature = "signature", client = "client", server = "server", port = "port",
                                  bucket = "bucket", name_end = "_name", name_source_end = "_name_source";
}  // namespace key

/// Adds first and last (seconds), every metric that has a value (the outcomes always) and the verdict. A distribution's
/// key ends in "_us"; a size or distribution is an object of count, sum, min, mean, max and, for the latter, quantiles.
void set_fields(base::Json& json, const Aggregate& values);

/// The same as columns, always all of them in this order. A name is the path of JSON's keys joined by "_":
/// "response_time_us_p95".
void each_field_name(const std::function<void(std::string_view name)>& take);
/// The cells under these names; "" where there is no value. A counter without a value is 0, a count too.
void each_field(const Aggregate& values, const std::function<void(std::string_view cell)>& take);

}  // namespace pastmon::metric
