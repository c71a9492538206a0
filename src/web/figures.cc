// SPDX-License-Identifier: MIT
#include "figures.h"

#include <array>
#include <cstddef>
#include <utility>

#include "pastmon/base/text.h"

namespace pastmon::web {

Figures figures(const metric::Aggregate& values, const metric::Info& info) noexcept {
  Figures result;
  result.kind = info.kind;
  switch (info.kind) {
    case metric::Kind::counter:
      result.summary.sum = values[static_cast<metric::Counter>(info.index)];
      break;
    case metric::Kind::size:
      result.summary = values[static_cast<metric::Size>(info.index)];
      break;
    case metric::Kind::distribution:
      result.distribution = &values[static_cast<metric::Distribution>(info.index)];
      result.summary = result.distribution->summary;
      break;
  }
  return result;
}

bool shown_alone(const metric::Info& info) noexcept { return !info.name.starts_with("verdict_"); }

base::Json to_json(const Figures& figures) {
  base::Json json = base::Json::object();
  const metric::Summary& s = figures.summary;
  json.set("count", s.count).set("sum", s.sum).set("min", s.min).set("mean", s.mean()).set("max", s.max);
  if (figures.distribution != nullptr && figures.distribution->sketch.count() > 0) {
    for (const auto& [key, q] : metric::kQuantiles) json.set(key, figures.distribution->quantile(q));
  }
  return json;
}

std::string json_key(const metric::Info& info) {
  return base::cat(info.name, info.kind == metric::Kind::distribution ? "_us" : "");
}

base::Json to_json(const metric::Aggregate& values) {
  base::Json json = base::Json::object();
  if (values.first >= 0) json.set("first", static_cast<double>(values.first) / 1e6);
  if (values.last >= 0) json.set("last", static_cast<double>(values.last) / 1e6);
  for (const metric::Info& info : metric::registry()) {
    const Figures f = figures(values, info);
    if (f.empty()) continue;
    if (info.kind == metric::Kind::counter) {
      json.set(info.name, f.summary.sum);
    } else {
      json.set(json_key(info), to_json(f));
    }
  }
  return json;
}

base::Seconds fitting_step(base::Seconds span, std::size_t most) noexcept {
  static constexpr std::array<base::Seconds, 8> kSteps = {300, 900, 1800, 3600, 10'800, 21'600, 43'200, 86'400};
  for (const base::Seconds step : kSteps) {
    if (span / step <= static_cast<base::Seconds>(most)) return step;
  }
  const base::Seconds days = span / 86'400 / static_cast<base::Seconds>(most) + 1;
  return days * 86'400;
}

}  // namespace pastmon::web
