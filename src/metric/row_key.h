// SPDX-License-Identifier: MIT
// The key of a stored row, for tables in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <tuple>

#include "pastmon/metric/bucket.h"

namespace pastmon::metric {

/// The name is that of the row itself, which must not move.
struct Key {
  std::string_view signature;
  base::Address client;
  base::Address server;
  std::uint16_t port = 0;

  friend bool operator==(const Key&, const Key&) = default;
  friend auto operator<=>(const Key&, const Key&) = default;
};

inline Key key_of(const Row& row) noexcept { return {row.signature, row.client, row.server, row.port}; }

struct KeyHash {
  std::size_t operator()(const Key& key) const noexcept {
    std::uint64_t h = key.client.hash() * 0x9e3779b97f4a7c15ULL;
    h = (h ^ h >> 29U ^ key.server.hash()) * 0xbf58476d1ce4e5b9ULL;
    return (h ^ h >> 32U ^ std::hash<std::string_view>()(key.signature)) + key.port;
  }
};

}  // namespace pastmon::metric
