// SPDX-License-Identifier: MIT
// Any metric of the registry, read from an aggregate without knowing which it is.
#pragma once

#include <optional>
#include <string>

#include "pastmon/base/clock.h"
#include "pastmon/base/json.h"
#include "pastmon/metric/aggregate.h"
#include "pastmon/metric/registry.h"

namespace pastmon::web {

/// The summary of a size or distribution; of a counter: its sum.
struct Figures {
  metric::Kind kind = metric::Kind::counter;
  metric::Summary summary;                                  ///< counter: only `sum` means anything
  const metric::DistributionValue* distribution = nullptr;  ///< for quantiles; null unless the kind is distribution
  bool empty() const noexcept { return kind == metric::Kind::counter ? summary.sum == 0 : summary.count == 0; }
  /// What a single line shows: the sum of a counter, else the mean.
  double line() const noexcept {
    return kind == metric::Kind::counter ? static_cast<double>(summary.sum) : summary.mean();
  }
};
/// `values` must outlive the result.
Figures figures(const metric::Aggregate& values, const metric::Info& info) noexcept;

/// False for the parts of the verdict, which mean something only together.
bool shown_alone(const metric::Info& info) noexcept;

/// Of a metric in JSON: its name; distributions end in "_us".
std::string json_key(const metric::Info& info);

/// Every metric that has a value, keys as in the report of `pastmon --report json`: distributions end in "_us".
base::Json to_json(const metric::Aggregate& values);
base::Json to_json(const Figures& figures);

/// The shortest of the usual steps that gives at most `most` points.
base::Seconds fitting_step(base::Seconds span, std::size_t most) noexcept;

}  // namespace pastmon::web
