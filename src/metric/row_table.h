// SPDX-License-Identifier: MIT
// The rows of one open bucket. A row's place in memory stays the same until the table ends, so that conversations can
// keep a pointer to it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "pastmon/base/clock.h"
#include "pastmon/metric/aggregate.h"
#include "pastmon/signature/record.h"

namespace pastmon::metric {

struct RowKey {
  signature::NameId name = 0;
  signature::Endpoints endpoints;

  friend bool operator==(const RowKey&, const RowKey&) = default;
};

struct RowKeyHash {
  std::size_t operator()(const RowKey& key) const noexcept {
    std::uint64_t h = key.endpoints.client.hash() * 0x9e3779b97f4a7c15ULL;
    h = (h ^ h >> 29U ^ key.endpoints.server.hash()) * 0xbf58476d1ce4e5b9ULL;
    h = (h ^ h >> 32U ^ (std::uint64_t{key.name} << 16U | key.endpoints.port)) * 0x94d049bb133111ebULL;
    return h ^ h >> 31U;
  }
};

struct OpenRow {
  RowKey key;
  bool changed = false;  ///< stands in RowTable::changed: differs from the last snapshot
  Aggregate values;
};

struct RowTable {
  base::Seconds start = 0;
  std::uint32_t serial = 0;  ///< of this table among all that one BucketSet ever had; 0: none
  std::unordered_map<RowKey, OpenRow, RowKeyHash> rows;
  std::vector<OpenRow*> changed;
};

}  // namespace pastmon::metric
