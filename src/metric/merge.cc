// SPDX-License-Identifier: MIT
#include <cstddef>
#include <functional>
#include <map>
#include <unordered_map>
#include <utility>

#include "pastmon/metric/bucket.h"

namespace pastmon::metric {
namespace {

/// A row's key; the name is that of the row itself.
struct Key {
  std::string_view signature;
  base::Address client;
  base::Address server;
  std::uint16_t port = 0;

  friend bool operator==(const Key&, const Key&) = default;
};

struct KeyHash {
  std::size_t operator()(const Key& key) const noexcept {
    std::uint64_t h = key.client.hash() * 0x9e3779b97f4a7c15ULL;
    h = (h ^ h >> 29U ^ key.server.hash()) * 0xbf58476d1ce4e5b9ULL;
    return (h ^ h >> 32U ^ std::hash<std::string_view>()(key.signature)) + key.port;
  }
};

Bucket merge_parts(std::vector<Bucket> parts) {
  Bucket whole = std::move(parts.front());
  if (parts.size() == 1) return whole;
  std::size_t most = whole.rows.size();
  for (const Bucket& part : parts) most += part.rows.size();
  whole.rows.reserve(most);  // rows must not move: the keys point into their names
  std::unordered_map<Key, Row*, KeyHash> known;
  known.reserve(most);
  for (Row& row : whole.rows) known.emplace(Key{row.signature, row.client, row.server, row.port}, &row);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    whole.closed = whole.closed && parts[i].closed;
    for (Row& row : parts[i].rows) {
      const auto found = known.find({row.signature, row.client, row.server, row.port});
      if (found != known.end()) {
        found->second->values.merge(row.values);
        continue;
      }
      Row& added = whole.rows.emplace_back(std::move(row));
      known.emplace(Key{added.signature, added.client, added.server, added.port}, &added);
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
