// SPDX-License-Identifier: MIT
#include <array>
#include <cmath>
#include <utility>

#include "pastmon/base/json.h"
#include "pastmon/base/text.h"
#include "report_writer.h"

namespace pastmon::daemon {
namespace {

using metric::Aggregate;
using metric::Counter;

double seconds(base::Micros time) { return static_cast<double>(time) / static_cast<double>(base::kSecond); }

base::Json json_of(const metric::Summary& summary) {
  base::Json json = base::Json::object();
  json.set("count", summary.count).set("sum", summary.sum).set("min", summary.min);
  json.set("mean", summary.mean()).set("max", summary.max);
  return json;
}

base::Json json_of(const metric::DistributionValue& value) {
  static constexpr std::pair<std::string_view, double> quantiles[] = {
      {"p50", 0.5}, {"p90", 0.9}, {"p95", 0.95}, {"p99", 0.99}, {"p999", 0.999}};
  base::Json json = json_of(value.summary);
  for (const auto& [key, q] : quantiles) json.set(key, static_cast<std::int64_t>(std::llround(value.quantile(q))));
  return json;
}

/// The outcomes stand in every row.
bool always(const metric::Info& metric) {
  static constexpr std::array outcomes = {Counter::transactions, Counter::answered, Counter::unanswered,
                                          Counter::refused,      Counter::aborted,  Counter::errors};
  for (const Counter outcome : outcomes) {
    if (&metric::info(outcome) == &metric) return true;
  }
  return false;
}

void add_metric(base::Json& json, const Aggregate& values, const metric::Info& metric) {
  switch (metric.kind) {
    case metric::Kind::counter: {
      const std::int64_t value = values[static_cast<Counter>(metric.index)];
      if (value != 0 || always(metric)) json.set(metric.name, value);
      break;
    }
    case metric::Kind::size: {
      const metric::Summary& summary = values[static_cast<metric::Size>(metric.index)];
      if (summary.count != 0) json.set(metric.name, json_of(summary));
      break;
    }
    case metric::Kind::distribution: {
      const auto& value = values[static_cast<metric::Distribution>(metric.index)];
      if (value.summary.count != 0) json.set(base::cat(metric.name, "_us"), json_of(value));
      break;
    }
  }
}

/// The name that is known of a row's client or server, where it was seen, and the others.
void add_names(base::Json& json, std::string_view who, const std::vector<names::Name>& known) {
  if (known.empty()) return;
  json.set(base::cat(who, "_name"), known.front().name);
  json.set(base::cat(who, "_name_source"), names::to_string(known.front().source));
  if (known.size() == 1) return;
  base::Json others = base::Json::array();
  for (std::size_t i = 1; i < known.size(); ++i) others.push(known[i].name);
  json.set(base::cat(who, "_other_names"), std::move(others));
}

base::Json json_of(const metric::Row& row, const metric::Bucket& bucket, const ReportOptions& options) {
  base::Json json = base::Json::object();
  json.set("signature", row.signature).set("client", row.client.to_string()).set("server", row.server.to_string());
  json.set("port", row.port);
  if (options.host_names) {
    add_names(json, "client", options.host_names(row.client));
    add_names(json, "server", options.host_names(row.server));
  }
  if (options.buckets) json.set("bucket", bucket.start);
  if (options.estimated && options.estimated(row.signature)) json.set("estimated", true);
  if (row.values.first != base::kNone) {
    json.set("first", seconds(row.values.first)).set("last", seconds(row.values.last));
  }
  for (const metric::Info& metric : metric::registry()) add_metric(json, row.values, metric);
  json.set("verdict", metric::to_string(row.values.verdict()));
  return json;
}

}  // namespace

base::Result<void> print_json(std::FILE* out, const ReportOptions& options, const metric::Bucket& bucket) {
  for (const metric::Row* row : in_order(bucket)) {
    std::string line = json_of(*row, bucket, options).dump();
    line.push_back('\n');
    if (auto done = put(out, line); !done) return done;
  }
  return {};
}

}  // namespace pastmon::daemon
