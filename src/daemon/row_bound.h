// SPDX-License-Identifier: MIT
// Closed buckets on their way to the report or the store: at most so many rows each, and people are told.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "pastmon/base/clock.h"
#include "pastmon/metric/bucket.h"

namespace pastmon::daemon {

class RowBound {
 public:
  RowBound(std::size_t max_rows, const base::Clock& clock) : max_rows_(max_rows), clock_(clock) {}

  /// The workers' parts of each bucket become one, and its lightest rows beyond the bound are folded (metric/fold.h).
  /// A line in the log says so, once a minute at most. One thread at a time.
  std::vector<metric::Bucket> apply(std::vector<metric::Bucket> closed);

  /// Rows folded so far. Any thread.
  std::uint64_t folded() const noexcept { return folded_; }

 private:
  void tell(const std::string& line);

  std::size_t max_rows_;
  const base::Clock& clock_;
  std::atomic<std::uint64_t> folded_ = 0;
  base::Micros quiet_until_ = 0;  ///< monotonic
  std::uint64_t untold_ = 0;      ///< buckets folded without a line of their own
};

}  // namespace pastmon::daemon
