// SPDX-License-Identifier: MIT
// Which times a program has given away as closed buckets. A bucket is given once only, but the clock may be set: what
// was closed while it ran in the future must not keep shut what lies between. Owned by one thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "pastmon/base/clock.h"

namespace pastmon::metric {

class ClosedTimes {
 public:
  /// The bucket [start, start + seconds) is closed. Those that follow each other within an hour close what is between
  /// them: nothing is opened there late.
  void close(base::Seconds start, base::Seconds seconds) {
    const base::Seconds end = start + seconds;
    for (Span& span : spans_) {
      if (start > span.to + kTogether || end < span.from - kTogether) continue;
      span.from = std::min(span.from, start);
      span.to = std::max(span.to, end);
      return;
    }
    if (spans_.size() == kMaxSpans) spans_.erase(spans_.begin());
    spans_.push_back({start, end});
  }

  bool closed(base::Seconds start) const noexcept { return next_open(start) != start; }

  /// `start`, or the end of what is closed around it.
  base::Seconds next_open(base::Seconds start) const noexcept {
    for (bool moved = true; moved;) {
      moved = false;
      for (const Span& span : spans_) {
        if (start < span.from || start >= span.to) continue;
        start = span.to;
        moved = true;
      }
    }
    return start;
  }

 private:
  struct Span {
    base::Seconds from = 0;
    base::Seconds to = 0;
  };
  static constexpr base::Seconds kTogether = 3'600;
  static constexpr std::size_t kMaxSpans = 64;  // of a clock that was set more often the oldest is forgotten

  std::vector<Span> spans_;
};

}  // namespace pastmon::metric
