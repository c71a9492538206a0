// SPDX-License-Identifier: MIT
// DDSketch (Masson, Rim, Lee: "DDSketch: A Fast and Fully-Mergeable Quantile Sketch", PVLDB 12(12), 2019) over whole
// microseconds with relative accuracy 1 %: merging equals sketching the union, bit for bit. Nothing ever collapses: one
// microsecond to one year needs 1,555 bins; larger values are clamped to a year and counted. Zero has an exact counter.
//
// Bin i holds the values v with γ^i ≤ v < γ^(i+1), γ = 1.01 / 0.99 = 101 / 99. The bounds are whole numbers that the
// compiler works out without floating point (src/metric/sketch_bins.cc), so bins are the same on every machine.
// Stored form: docs/sketch-format.md. A sketch belongs to one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "pastmon/base/result.h"
#include "pastmon/base/varint.h"

namespace pastmon::metric {

class Sketch {
 public:
  static constexpr double kAccuracy = 0.01;
  static constexpr std::uint32_t kBins = 1555;
  static constexpr std::uint64_t kMaxCount = (std::uint64_t{1} << 53U) - 1;  ///< of anything here: counts stop there
  static constexpr std::int64_t kMaxValue = 366LL * 86'400 * 1'000'000;      ///< one (leap) year in microseconds

  /// Bin of a value ≥ 1: 0 … kBins−1. Values above kMaxValue have the bin of kMaxValue, values below 1 that of 1.
  static std::uint32_t bin(std::int64_t value) noexcept;
  /// Lowest and highest whole number in a bin. In some of the first bins (γ^i < 50) there is none: low > high.
  static std::int64_t low(std::uint32_t bin) noexcept;
  static std::int64_t high(std::uint32_t bin) noexcept;
  /// The value that stands for a bin: within 1 % of every value in it; exact where the bin holds a single number.
  static double value_of(std::uint32_t bin) noexcept;

  void add(std::int64_t value, std::uint64_t times = 1);  ///< negative values count as 0
  void merge(const Sketch& other);
  void clear() noexcept;

  std::uint64_t count() const noexcept { return count_; }
  std::uint64_t clamped() const noexcept { return clamped_; }

  /// ⌈q·n⌉ of a count n, at least 1 (0 when n is 0); q in 0…1 is taken to nine decimals, so that 0.07 of 100 is 7.
  static std::uint64_t rank(double q, std::uint64_t n) noexcept;
  /// The value at rank ⌈q·n⌉, as its bin's value; 0 when empty. The caller clamps it to the exact minimum and maximum.
  double quantile(double q) const noexcept;

  /// (lowest value of the bin, highest value of the bin, count) of each bin in use, ascending; zero is (0, 0, n).
  struct Bin {
    double low, high;
    std::uint64_t count;
  };
  std::vector<Bin> bins() const;

  void encode(std::string& out) const;                         ///< appends the stored form
  static base::Result<Sketch> decode(base::VarintReader& in);  ///< never trusts its input

  friend bool operator==(const Sketch& a, const Sketch& b) noexcept;

 private:
  static constexpr unsigned kCountBits = 53;
  struct Entry {
    std::uint64_t bin : 64 - kCountBits;
    std::uint64_t count : kCountBits;
  };
  void add_to(std::uint32_t bin, std::uint64_t times);
  void insert(std::size_t position, std::uint32_t bin, std::uint64_t times);
  void fill(std::uint32_t first, std::uint32_t last);

  // Sorted by bin. A sketch whose bins lie close together is filled up with entries of count 0, so that a bin is found
  // by its distance from the first.
  std::vector<Entry> entries_;
  std::uint64_t count_ = 0;
  std::uint64_t zeros_ = 0;
  std::uint64_t clamped_ = 0;
};

}  // namespace pastmon::metric
