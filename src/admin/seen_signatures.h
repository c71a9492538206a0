// SPDX-License-Identifier: MIT
// What a watched engine told, kept for a report: counts by row, the first matches, the first near misses. Bounded.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "pastmon/signature/engine.h"
#include "pastmon/signature/watch.h"

namespace pastmon::admin {

/// "10.0.0.1 -> 10.0.0.2:80"
struct Match {
  base::Micros at = 0;
  signature::Endpoints endpoints;
  std::string row;
  std::string groups;  ///< "method = GET, id = 0x1234"
};

struct Miss {
  signature::Near kind = signature::Near::nobody;
  base::Micros at = 0;
  signature::Endpoints endpoints;
  std::string where;
  std::string bytes;   ///< escaped and shortened
  std::string answer;  ///< likewise
};

struct RowCount {
  std::uint64_t requests = 0;  ///< messages that began one
  std::uint64_t answered = 0, errors = 0, failed = 0;
  std::int64_t times = 0, sum = 0, least = 0, most = 0;  ///< response times, microseconds
};

class SeenSignatures final : public signature::Watch {
 public:
  /// Keeps the first `most` matches and near misses each.
  explicit SeenSignatures(std::size_t most) : most_(most) {}

  void request(const signature::SeenRequest& request) override;
  void near_miss(const signature::NearMiss& miss) override;
  void transactions(const signature::Engine& engine, const signature::Records& records);

  const std::map<std::string, RowCount>& rows() const noexcept { return rows_; }
  const std::vector<Match>& matches() const noexcept { return matches_; }
  const std::vector<Miss>& misses() const noexcept { return misses_; }
  std::uint64_t all_misses() const noexcept { return all_misses_; }

 private:
  std::size_t most_;
  std::uint64_t all_misses_ = 0;
  std::map<std::string, RowCount> rows_;
  std::vector<Match> matches_;
  std::vector<Miss> misses_;
};

/// What may be shown of a message: the first word, or the first eight bytes when it is none. What stands behind them
/// may be a password, a query, a name. Control bytes are escaped.
std::string beginning(std::string_view message);
/// The first 32 bytes, escaped: of a conversation that nothing recognised there is nothing else to go by.
std::string first_bytes(std::string_view message);

}  // namespace pastmon::admin
