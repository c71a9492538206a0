// SPDX-License-Identifier: MIT
#include "pastmon/metric/fields.h"

#include <array>
#include <cmath>
#include <string>

#include "pastmon/base/text.h"

namespace pastmon::metric {
namespace {

using base::cat;

constexpr std::string_view kFirst = "first", kLast = "last", kVerdict = "verdict";
constexpr std::string_view kCount = "count", kSum = "sum", kMin = "min", kMean = "mean", kMax = "max";

double seconds(base::Micros time) { return static_cast<double>(time) / static_cast<double>(base::kSecond); }

std::int64_t whole(double value) { return static_cast<std::int64_t>(std::llround(value)); }

std::string key_of(const Info& metric) {
  return metric.kind == Kind::distribution ? cat(metric.name, "_us") : std::string(metric.name);
}

const Summary& summary_of(const Aggregate& values, const Info& metric) {
  if (metric.kind == Kind::size) return values[static_cast<Size>(metric.index)];
  return values[static_cast<Distribution>(metric.index)].summary;
}

/// The outcomes stand in every row.
bool always(const Info& metric) {
  static constexpr std::array outcomes = {Counter::transactions, Counter::answered, Counter::unanswered,
                                          Counter::refused,      Counter::aborted,  Counter::errors};
  for (const Counter outcome : outcomes) {
    if (&info(outcome) == &metric) return true;
  }
  return false;
}

base::Json json_of(const Aggregate& values, const Info& metric) {
  const Summary& summary = summary_of(values, metric);
  base::Json json = base::Json::object();
  json.set(kCount, summary.count).set(kSum, summary.sum).set(kMin, summary.min);
  json.set(kMean, summary.mean()).set(kMax, summary.max);
  if (metric.kind == Kind::distribution) {
    const DistributionValue& value = values[static_cast<Distribution>(metric.index)];
    for (const Quantile& quantile : kQuantiles) json.set(quantile.name, whole(value.quantile(quantile.q)));
  }
  return json;
}

void set_metric(base::Json& json, const Aggregate& values, const Info& metric) {
  if (metric.kind == Kind::counter) {
    const std::int64_t value = values[static_cast<Counter>(metric.index)];
    if (value != 0 || always(metric)) json.set(metric.name, value);
    return;
  }
  if (summary_of(values, metric).count != 0) json.set(key_of(metric), json_of(values, metric));
}

using Take = std::function<void(std::string_view)>;

void summary_cells(const Summary& summary, const Take& take) {
  const bool any = summary.count != 0;
  take(cat(summary.count));
  take(cat(summary.sum));
  take(any ? cat(summary.min) : std::string());
  take(any ? cat(summary.mean()) : std::string());
  take(any ? cat(summary.max) : std::string());
}

}  // namespace

void set_fields(base::Json& json, const Aggregate& values) {
  if (values.first != base::kNone) json.set(kFirst, seconds(values.first)).set(kLast, seconds(values.last));
  for (const Info& metric : registry()) set_metric(json, values, metric);
  json.set(kVerdict, to_string(values.verdict()));
}

void each_field_name(const Take& take) {
  take(kFirst);
  take(kLast);
  for (const Info& metric : registry()) {
    const std::string key = key_of(metric);
    if (metric.kind == Kind::counter) {
      take(key);
      continue;
    }
    for (const std::string_view part : {kCount, kSum, kMin, kMean, kMax}) take(cat(key, '_', part));
    if (metric.kind != Kind::distribution) continue;
    for (const Quantile& quantile : kQuantiles) take(cat(key, '_', quantile.name));
  }
  take(kVerdict);
}

void each_field(const Aggregate& values, const Take& take) {
  for (const base::Micros time : {values.first, values.last})
    take(time != base::kNone ? cat(seconds(time)) : std::string());
  for (const Info& metric : registry()) {
    if (metric.kind == Kind::counter) {
      take(cat(values[static_cast<Counter>(metric.index)]));
      continue;
    }
    summary_cells(summary_of(values, metric), take);
    if (metric.kind != Kind::distribution) continue;
    const DistributionValue& value = values[static_cast<Distribution>(metric.index)];
    for (const Quantile& quantile : kQuantiles)
      take(value.summary.count != 0 ? cat(whole(value.quantile(quantile.q))) : std::string());
  }
  take(to_string(values.verdict()));
}

}  // namespace pastmon::metric
