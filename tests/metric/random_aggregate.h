// SPDX-License-Identifier: MIT
// Aggregates with some of all metrics, for tests of what holds for any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

#include "pastmon/metric/aggregate.h"

namespace pastmon::testing_support {

inline metric::Aggregate random_aggregate(std::mt19937_64& random) {
  metric::Aggregate values;
  const auto number = [&random] { return static_cast<std::int64_t>(random() >> (20 + random() % 44)); };
  for (const metric::Info& metric : metric::registry()) {
    if (random() % 4 == 0) continue;
    const std::size_t samples = 1 + random() % 40;
    switch (metric.kind) {
      case metric::Kind::counter:
        values[static_cast<metric::Counter>(metric.index)] = number();
        break;
      case metric::Kind::size:
        for (std::size_t i = 0; i < samples; ++i) values[static_cast<metric::Size>(metric.index)].add(number());
        break;
      case metric::Kind::distribution:
        for (std::size_t i = 0; i < samples; ++i) values[static_cast<metric::Distribution>(metric.index)].add(number());
        break;
    }
  }
  values.seen(number());
  values.seen(number());
  return values;
}

}  // namespace pastmon::testing_support
