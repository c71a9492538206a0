// SPDX-License-Identifier: MIT
// All metrics of one row, and the rules for adding up rows: counters and sums add, minima and maxima combine, sketches
// merge; in any order and grouping with the same result.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

#include "pastmon/base/clock.h"
#include "pastmon/base/result.h"
#include "pastmon/metric/registry.h"
#include "pastmon/metric/sketch.h"

namespace pastmon::metric {

/// a + b, at most the largest number: what a damaged store holds must not overflow. Both ≥ 0.
inline std::int64_t saturating_sum(std::int64_t a, std::int64_t b) noexcept {
  std::int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<std::int64_t>::max() : sum;
}

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
    count = saturating_sum(count, other.count);
    sum = saturating_sum(sum, other.sum);
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
  /// The value at rank ⌈q·n⌉, within 1 %, never outside the exact minimum and maximum (which are the values at the
  /// first and the last rank). 0 when empty or when there is no sketch.
  double quantile(double q) const noexcept;

  friend bool operator==(const DistributionValue&, const DistributionValue&) = default;
};

/// The quantiles that are shown, by the names they go by.
struct Quantile {
  std::string_view name;
  double q = 0;
};
inline constexpr std::array kQuantiles = {Quantile{"p50", 0.5}, Quantile{"p90", 0.9}, Quantile{"p95", 0.95},
                                          Quantile{"p99", 0.99}, Quantile{"p999", 0.999}};

/// Who is to blame (metrics.md, "The verdict").
enum class Blame : std::uint8_t { unknown, client, network, server, transfer, loss };
std::string_view to_string(Blame blame) noexcept;

/// Distributions take memory from their first sample on: most rows of a flood of connections have none. A reference
/// stays valid as long as the aggregate. Belongs to one thread at a time.
class Aggregate {
 public:
  Aggregate() = default;
  Aggregate(const Aggregate& other) { *this = other; }
  Aggregate& operator=(const Aggregate& other);
  Aggregate(Aggregate&&) noexcept = default;
  Aggregate& operator=(Aggregate&&) noexcept = default;
  ~Aggregate() = default;

  std::int64_t& operator[](Counter c) noexcept { return counters_[static_cast<std::size_t>(c)]; }
  std::int64_t operator[](Counter c) const noexcept { return counters_[static_cast<std::size_t>(c)]; }
  Summary& operator[](Size s) noexcept { return sizes_[static_cast<std::size_t>(s)]; }
  const Summary& operator[](Size s) const noexcept { return sizes_[static_cast<std::size_t>(s)]; }
  DistributionValue& operator[](Distribution d) {
    auto& value = distributions_[static_cast<std::size_t>(d)];
    if (value == nullptr) value = std::make_unique<DistributionValue>();
    return *value;
  }
  const DistributionValue& operator[](Distribution d) const noexcept {
    const auto& value = distributions_[static_cast<std::size_t>(d)];
    return value != nullptr ? *value : none();
  }

  /// Earliest and latest capture time of anything counted here; base::kNone when empty.
  base::Micros first = base::kNone;
  base::Micros last = base::kNone;
  void seen(base::Micros at) noexcept {
    if (first == base::kNone || at < first) first = at;
    if (at > last) last = at;
  }

  void merge(const Aggregate& other);

  /// The largest of the verdict's parts; `unknown` when no transaction had round trips or all parts are 0. Equal
  /// parts: the first in the order of Blame.
  Blame verdict() const noexcept;

  /// All metrics that are not hot, and the sketches of all distributions: the versioned `detail` of a stored row
  /// (docs/detail-format.md). merge_detail adds it to this aggregate and never trusts its input: an error leaves the
  /// aggregate unchanged. Metrics of a newer program are skipped.
  std::string encode_detail() const;
  base::Result<void> merge_detail(std::string_view bytes);

  friend bool operator==(const Aggregate& a, const Aggregate& b) noexcept;

 private:
  static const DistributionValue& none() noexcept;

  std::array<std::int64_t, kCounters> counters_{};
  std::array<Summary, kSizes> sizes_{};
  std::array<std::unique_ptr<DistributionValue>, kDistributions> distributions_;  // null: empty
};

}  // namespace pastmon::metric
