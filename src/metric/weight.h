// SPDX-License-Identifier: MIT
// What a row is worth when not all can be kept: answered transactions above all, then payload, packets and
// transactions. So what nobody answered goes first, and of that, what carried nothing: a scan's single SYNs before a
// stream of syslog.
#pragma once

#include <compare>
#include <cstdint>

#include "pastmon/metric/aggregate.h"

namespace pastmon::metric {

struct Weight {
  std::int64_t answered = 0;
  std::int64_t payload = 0;
  std::int64_t packets = 0;
  std::int64_t transactions = 0;

  friend auto operator<=>(const Weight&, const Weight&) = default;
};

inline Weight weight_of(const Aggregate& values) noexcept {
  return {values[Counter::answered], saturating_sum(values[Counter::payload_client], values[Counter::payload_server]),
          saturating_sum(values[Counter::packets_client], values[Counter::packets_server]),
          values[Counter::transactions]};
}

}  // namespace pastmon::metric
