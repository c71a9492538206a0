// SPDX-License-Identifier: MIT
#include <cstddef>
#include <map>
#include <unordered_map>
#include <utility>

#include "pastmon/metric/bucket.h"
#include "row_key.h"

namespace pastmon::metric {
namespace {

Bucket merge_parts(std::vector<Bucket> parts) {
  Bucket whole = std::move(parts.front());
  if (parts.size() == 1) return whole;
  std::size_t most = whole.rows.size();
  for (const Bucket& part : parts) most += part.rows.size();
  whole.rows.reserve(most);  // rows must not move: the keys point into their names
  std::unordered_map<Key, Row*, KeyHash> known;
  known.reserve(most);
  for (Row& row : whole.rows) known.emplace(key_of(row), &row);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    whole.closed = whole.closed && parts[i].closed;
    for (Row& row : parts[i].rows) {
      const auto found = known.find(key_of(row));
      if (found != known.end()) {
        found->second->values.merge(row.values);
        continue;
      }
      Row& added = whole.rows.emplace_back(std::move(row));
      known.emplace(key_of(added), &added);
    }
  }
  return whole;
}

}  // namespace

std::vector<Bucket> merge(std::vector<Bucket> buckets) {
  std::map<base::Seconds, std::vector<Bucket>> by_start;
  for (Bucket& bucket : buckets) by_start[bucket.start].push_back(std::move(bucket));
  std::vector<Bucket> merged;
  merged.reserve(by_start.size());
  for (auto& [start, parts] : by_start) merged.push_back(merge_parts(std::move(parts)));
  return merged;
}

}  // namespace pastmon::metric
