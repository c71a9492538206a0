// SPDX-License-Identifier: MIT
// What the web server counts about itself, for /PasTmon/metrics. Counters never fall while the process lives. Any
// thread.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "pastmon/base/clock.h"

namespace pastmon::web {

/// How often something took at most how long.
class LatencyHistogram {
 public:
  /// Upper bounds; one more bin is for all that took longer.
  static constexpr std::array<base::Micros, 12> kBounds = {
      1'000, 2'500, 5'000, 10'000, 25'000, 50'000, 100'000, 250'000, 1'000'000, 2'500'000, 10'000'000, 60'000'000};
  void add(base::Micros took) noexcept {
    std::size_t bin = 0;
    while (bin < kBounds.size() && took > kBounds[bin]) ++bin;
    ++bins_[bin];
    sum_ += took > 0 ? static_cast<std::uint64_t>(took) : 0;
  }
  std::uint64_t bin(std::size_t at) const noexcept { return bins_[at]; }
  std::uint64_t sum() const noexcept { return sum_; }  ///< microseconds

 private:
  std::array<std::atomic<std::uint64_t>, kBounds.size() + 1> bins_{};
  std::atomic<std::uint64_t> sum_ = 0;
};

class Telemetry {
 public:
  explicit Telemetry(base::Micros started) : started_(started) {}

  /// One answered request.
  void request(int status, base::Micros took) noexcept {
    const auto at = static_cast<std::size_t>(status / 100);
    ++by_class_[at < by_class_.size() ? at : 0];
    requests_.add(took);
  }
  /// One question to the database.
  void query(base::Micros took, bool answered) noexcept {
    queries_.add(took);
    if (!answered) ++queries_failed_;
  }

  base::Micros started() const noexcept { return started_; }  ///< time of day
  const LatencyHistogram& requests() const noexcept { return requests_; }
  const LatencyHistogram& queries() const noexcept { return queries_; }
  std::uint64_t queries_failed() const noexcept { return queries_failed_; }
  /// `status_class` 1 … 5: answers 100–199 … 500–599.
  std::uint64_t answers(std::size_t status_class) const noexcept { return by_class_[status_class]; }

  std::atomic<std::int64_t> connections = 0;           ///< open now
  std::atomic<std::uint64_t> connections_opened = 0;   ///< so far
  std::atomic<std::uint64_t> connections_refused = 0;  ///< too many of one address

 private:
  base::Micros started_;
  LatencyHistogram requests_;
  LatencyHistogram queries_;
  std::atomic<std::uint64_t> queries_failed_ = 0;
  std::array<std::atomic<std::uint64_t>, 6> by_class_{};
};

}  // namespace pastmon::web
