// SPDX-License-Identifier: MIT
// Bounds of the sketch's bins, worked out by the compiler in fixed-point arithmetic that carries a lower and an upper
// bound of γ^i: where both round up to the same whole number, that number is exact.
#include <algorithm>
#include <array>
#include <bit>

#include "pastmon/metric/sketch.h"

namespace pastmon::metric {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr unsigned kFraction = 64;  // bits behind the point; γ^1555 needs 46 before it, the factor 101 seven more

/// ⌈γ^i⌉ for i = 0 … kBins: the lowest whole number of bin i.
consteval std::array<std::int64_t, Sketch::kBins + 1> lowest_values() {
  std::array<std::int64_t, Sketch::kBins + 1> lowest{};
  const auto ceiling = [](Wide x) {
    return static_cast<std::int64_t>((x + ((Wide{1} << kFraction) - 1)) >> kFraction);
  };
  Wide below = Wide{1} << kFraction;  // ≤ γ^i
  Wide above = below;                 // ≥ γ^i
  for (auto& value : lowest) {
    value = ceiling(below);
    if (value != ceiling(above)) throw "not enough bits to tell a bound exactly";
    below = below * 101 / 99;
    above = (above * 101 + 98) / 99;
  }
  return lowest;
}

constexpr auto kLowest = lowest_values();
static_assert(kLowest[Sketch::kBins - 1] <= Sketch::kMaxValue && Sketch::kMaxValue < kLowest[Sketch::kBins],
              "one microsecond to one year takes exactly kBins bins");

// Values of one bit width are split into 64 equal parts, each narrower than a bin, so that at most one bound lies
// inside a part: a look-up by the leading bits and one comparison find the bin.
constexpr unsigned kPartBits = 6;
constexpr unsigned kWidths = std::bit_width(static_cast<std::uint64_t>(Sketch::kMaxValue));

constexpr std::size_t part_of(std::uint64_t value) noexcept {  // value ≥ 1
  const auto zeros = static_cast<unsigned>(std::countl_zero(value));
  const std::uint64_t leading = (value << zeros) << 1U >> (64U - kPartBits);  // the bits behind the highest one
  return (63U - zeros) << kPartBits | leading;
}

/// Bin of the lowest value of each part.
consteval std::array<std::uint16_t, std::size_t{kWidths} << kPartBits> first_bins() {
  std::array<std::uint16_t, std::size_t{kWidths} << kPartBits> bins{};
  const auto bin_of = [](std::int64_t value) {
    return static_cast<std::uint16_t>(std::upper_bound(kLowest.begin(), kLowest.end(), value) - kLowest.begin() - 1);
  };
  for (unsigned width = 0; width < kWidths; ++width) {
    for (std::uint64_t part = 0; part < 1U << kPartBits; ++part) {
      const std::uint64_t scaled = (std::uint64_t{1} << kPartBits | part) << width;
      const auto first = static_cast<std::int64_t>((scaled + (1U << kPartBits) - 1) >> kPartBits);
      const auto next = static_cast<std::int64_t>((scaled + (std::uint64_t{1} << width) - 1) >> kPartBits);
      const std::uint16_t bin = bin_of(first);
      bins.at(width << kPartBits | part) = bin;
      if (next > first && bin_of(next) > bin + 1) throw "a part that spans more than two bins";
    }
  }
  return bins;
}

constexpr auto kFirstBin = first_bins();

}  // namespace

std::uint32_t Sketch::bin(std::int64_t value) noexcept {
  if (value < 1) return 0;
  if (value > kMaxValue) value = kMaxValue;
  const std::uint32_t first = kFirstBin[part_of(static_cast<std::uint64_t>(value))];
  return first + static_cast<std::uint32_t>(value >= kLowest[first + 1]);
}

std::int64_t Sketch::low(std::uint32_t bin) noexcept { return kLowest[bin]; }
std::int64_t Sketch::high(std::uint32_t bin) noexcept { return kLowest[bin + 1] - 1; }

double Sketch::value_of(std::uint32_t bin) noexcept {
  const auto lowest = static_cast<double>(low(bin));
  const auto highest = static_cast<double>(high(bin));
  return lowest == highest ? lowest : 2 * lowest / (lowest + highest) * highest;  // equal relative error at both ends
}

}  // namespace pastmon::metric
