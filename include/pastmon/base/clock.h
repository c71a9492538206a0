// SPDX-License-Identifier: MIT
// Time. Everything measured is a 64-bit count of microseconds; a time of day counts from 1970-01-01 00:00 UTC.
// Clocks are passed in, so that tests never sleep.
#pragma once

#include <cstdint>

namespace pastmon::base {

using Micros = std::int64_t;   ///< microseconds: a duration, or since the epoch (UTC)
using Seconds = std::int64_t;  ///< whole seconds: a duration, or since the epoch (UTC)

inline constexpr Micros kSecond = 1'000'000;
inline constexpr Micros kNone = -1;  ///< "no such duration"; no measured duration is negative

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Micros now() const = 0;        ///< wall clock, since the epoch
  virtual Micros monotonic() const = 0;  ///< never steps; only differences mean anything
};

/// The machine's clocks. Any thread.
class SystemClock final : public Clock {
 public:
  Micros now() const override;
  Micros monotonic() const override;
};

/// A clock that stands still until told. Not for use by several threads.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Micros start = 0) : now_(start) {}
  Micros now() const override { return now_; }
  Micros monotonic() const override { return now_; }
  void advance(Micros by) { now_ += by; }
  void set(Micros to) { now_ = to; }

 private:
  Micros now_;
};

}  // namespace pastmon::base
