// SPDX-License-Identifier: MIT
// All metrics of one row, and the rules for adding up rows: counters and sums add, minima and maxima combine, sketches
// merge; in any order and grouping with the same result.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "pastmon/base/clock.h"
#include "pastmon/base/result.h"
#include "pastmon/metric/registry.h"
#include "pastmon/metric/sketch.h"

namespace pastmon::metric {

/// count, sum, min and max of whole numbers ≥ 0.
struct Summary {
  std::int64_t count = 0;
  std::int64_t sum = 0;
  std::int64_t min = 0;  ///< meaningful when count > 0
  std::int64_t max = 0;

  void add(std::int64_t value) noexcept {
    if (count == 0 || value < min) min = value;
    if (count == 0 || value > max) max = value;
    ++count;
    sum += value;
  }
  void merge(const Summary& other) noexcept {
    if (other.count == 0) return;
    if (count == 0 || other.min < min) min = other.min;
    if (count == 0 || other.max > max) max = other.max;
    count += other.count;
    sum += other.sum;
  }
  double mean() const noexcept { return count == 0 ? 0 : static_cast<double>(sum) / static_cast<double>(count); }

  friend bool operator==(const Summary&, const Summary&) = default;
};

/// A Summary with its sketch. `sketch.count() == summary.count` unless only the hot columns were read.
struct DistributionValue {
  Summary summary;
  Sketch sketch;

  void add(std::int64_t value) {
    summary.add(value < 0 ? 0 : value);
    sketch.add(value);
  }
  void merge(const DistributionValue& other) {
    summary.merge(other.summary);
    sketch.merge(other.sketch);
  }
  /// Quantile clamped to the exact minimum and maximum; 0 when empty.
  double quantile(double q) const noexcept;

  friend bool operator==(const DistributionValue&, const DistributionValue&) = default;
};

/// Who is to blame (metrics.md, "The verdict").
enum class Blame : std::uint8_t { unknown, client, network, server, transfer, loss };
std::string_view to_string(Blame blame) noexcept;

class Aggregate {
 public:
  std::int64_t& operator[](Counter c) noexcept { return counters_[static_cast<std::size_t>(c)]; }
  std::int64_t operator[](Counter c) const noexcept { return counters_[static_cast<std::size_t>(c)]; }
  Summary& operator[](Size s) noexcept { return sizes_[static_cast<std::size_t>(s)]; }
  const Summary& operator[](Size s) const noexcept { return sizes_[static_cast<std::size_t>(s)]; }
  DistributionValue& operator[](Distribution d) noexcept { return distributions_[static_cast<std::size_t>(d)]; }
  const DistributionValue& operator[](Distribution d) const noexcept {
    return distributions_[static_cast<std::size_t>(d)];
  }

  /// Earliest and latest capture time of anything counted here; base::kNone when empty.
  base::Micros first = base::kNone;
  base::Micros last = base::kNone;
  void seen(base::Micros at) noexcept {
    if (first == base::kNone || at < first) first = at;
    if (at > last) last = at;
  }

  void merge(const Aggregate& other);
  Blame verdict() const noexcept;

  /// All metrics that are not hot, and the sketches of all distributions: the versioned `detail` of a stored row
  /// (docs/detail-format.md). decode_detail merges into this aggregate and never trusts its input: an error leaves
  /// the aggregate unchanged.
  std::string encode_detail() const;
  base::Result<void> merge_detail(std::string_view bytes);

  friend bool operator==(const Aggregate&, const Aggregate&) = default;

 private:
  std::array<std::int64_t, kCounters> counters_{};
  std::array<Summary, kSizes> sizes_{};
  std::array<DistributionValue, kDistributions> distributions_{};
};

}  // namespace pastmon::metric
