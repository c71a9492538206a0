// SPDX-License-Identifier: MIT
#include <utility>

#include "pastmon/base/json.h"
#include "pastmon/base/text.h"
#include "pastmon/metric/fields.h"
#include "report_writer.h"

namespace pastmon::daemon {
namespace {

namespace key = metric::key;

/// The name that is known of a row's client or server, where it was seen, and the others.
void add_names(base::Json& json, std::string_view who, const std::vector<names::Name>& known) {
  if (known.empty()) return;
  json.set(base::cat(who, key::name_end), known.front().name);
  json.set(base::cat(who, key::name_source_end), names::to_string(known.front().source));
  if (known.size() == 1) return;
  base::Json others = base::Json::array();
  for (std::size_t i = 1; i < known.size(); ++i) others.push(known[i].name);
  json.set(base::cat(who, "_other_names"), std::move(others));
}

base::Json json_of(const metric::Row& row, const metric::Bucket& bucket, const ReportOptions& options) {
  base::Json json = base::Json::object();
  json.set(key::signature, row.signature);
  json.set(key::client, row.client.to_string()).set(key::server, row.server.to_string());
  json.set(key::port, row.port);
  if (options.host_names) {
    add_names(json, key::client, options.host_names(row.client));
    add_names(json, key::server, options.host_names(row.server));
  }
  if (options.buckets) json.set(key::bucket, bucket.start);
  if (options.estimated && options.estimated(row.signature)) json.set("estimated", true);
  metric::set_fields(json, row.values);
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
