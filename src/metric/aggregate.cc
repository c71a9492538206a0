// SPDX-License-Identifier: MIT
#include "pastmon/metric/aggregate.h"

#include <algorithm>
#include <cmath>

namespace pastmon::metric {

double DistributionValue::quantile(double q) const noexcept {
  const std::uint64_t n = sketch.count();
  if (n == 0) return 0;
  const std::uint64_t rank = Sketch::rank(q, n);
  const auto lowest = static_cast<double>(summary.min);
  const auto highest = static_cast<double>(summary.max);
  if (rank == n) return highest;
  if (rank == 1) return lowest;
  return std::min(std::max(sketch.quantile(q), lowest), highest);
}

std::string_view to_string(Blame blame) noexcept {
  switch (blame) {
    case Blame::unknown:
      return "unknown";
    case Blame::client:
      return "client";
    case Blame::network:
      return "network";
    case Blame::server:
      return "server";
    case Blame::transfer:
      return "transfer";
    case Blame::loss:
      return "loss";
  }
  return "unknown";
}

Aggregate& Aggregate::operator=(const Aggregate& other) {
  if (this == &other) return *this;
  first = other.first;
  last = other.last;
  counters_ = other.counters_;
  sizes_ = other.sizes_;
  for (std::size_t i = 0; i < kDistributions; ++i) {
    const auto& value = other.distributions_[i];
    distributions_[i] = value != nullptr ? std::make_unique<DistributionValue>(*value) : nullptr;
  }
  return *this;
}

void Aggregate::merge(const Aggregate& other) {
  if (other.first != base::kNone) seen(other.first);
  if (other.last != base::kNone) seen(other.last);
  for (std::size_t i = 0; i < kCounters; ++i) counters_[i] = saturating_sum(counters_[i], other.counters_[i]);
  for (std::size_t i = 0; i < kSizes; ++i) sizes_[i].merge(other.sizes_[i]);
  for (std::size_t i = 0; i < kDistributions; ++i) {
    if (other.distributions_[i] != nullptr) (*this)[static_cast<Distribution>(i)].merge(*other.distributions_[i]);
  }
}

Blame Aggregate::verdict() const noexcept {
  struct Part {
    Blame blame;
    Counter counter;
  };
  static constexpr Part parts[] = {{Blame::client, Counter::verdict_client},
                                   {Blame::network, Counter::verdict_network},
                                   {Blame::server, Counter::verdict_server},
                                   {Blame::transfer, Counter::verdict_transfer},
                                   {Blame::loss, Counter::verdict_loss}};
  Blame blame = Blame::unknown;
  std::int64_t largest = 0;
  const std::int64_t known = (*this)[Counter::verdict_transactions];
  if (known == 0 || known < (*this)[Counter::answered] - known) return blame;  // few must not speak for many
  for (const Part& part : parts) {
    if ((*this)[part.counter] <= largest) continue;
    largest = (*this)[part.counter];
    blame = part.blame;
  }
  return blame;
}

bool operator==(const Aggregate& a, const Aggregate& b) noexcept {
  if (a.first != b.first || a.last != b.last || a.counters_ != b.counters_ || a.sizes_ != b.sizes_) return false;
  for (std::size_t i = 0; i < kDistributions; ++i) {
    const auto distribution = static_cast<Distribution>(i);
    if (!(a[distribution] == b[distribution])) return false;
  }
  return true;
}

const DistributionValue& Aggregate::none() noexcept {
  static const DistributionValue empty;
  return empty;
}

}  // namespace pastmon::metric
