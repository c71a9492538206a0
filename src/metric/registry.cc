// SPDX-License-Identifier: MIT
#include "pastmon/metric/registry.h"

#include "registry_table.h"

namespace pastmon::metric {
namespace {

/// Position in kRegistry of each enumerator of one kind.
template <std::size_t N>
consteval std::array<std::uint8_t, N> positions(Kind kind) {
  std::array<std::uint8_t, N> at{};
  std::size_t found = 0;
  for (std::size_t i = 0; i < kRegistry.size(); ++i) {
    if (kRegistry[i].kind != kind) continue;
    at.at(kRegistry[i].index) = static_cast<std::uint8_t>(i);
    ++found;
  }
  if (found != N) throw "an enumerator is missing in the registry, or stands there twice";
  return at;
}

consteval bool numbers_are_unique() {
  std::array<bool, 256> taken{};
  for (const Info& metric : kRegistry) {
    if (metric.number == 0 || taken.at(metric.number)) return false;
    taken.at(metric.number) = true;
  }
  return true;
}
static_assert(numbers_are_unique());

constexpr auto kCounterAt = positions<kCounters>(Kind::counter);
constexpr auto kSizeAt = positions<kSizes>(Kind::size);
constexpr auto kDistributionAt = positions<kDistributions>(Kind::distribution);

}  // namespace

std::span<const Info> registry() noexcept { return kRegistry; }

const Info* find(std::string_view name) noexcept {
  for (const Info& metric : kRegistry) {
    if (metric.name == name) return &metric;
  }
  return nullptr;
}

const Info* find_number(std::uint64_t number) noexcept {
  for (const Info& metric : kRegistry) {
    if (metric.number == number) return &metric;
  }
  return nullptr;
}

const Info& info(Counter metric) noexcept { return kRegistry[kCounterAt[static_cast<std::size_t>(metric)]]; }
const Info& info(Size metric) noexcept { return kRegistry[kSizeAt[static_cast<std::size_t>(metric)]]; }
const Info& info(Distribution metric) noexcept { return kRegistry[kDistributionAt[static_cast<std::size_t>(metric)]]; }

}  // namespace pastmon::metric
