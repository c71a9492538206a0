// SPDX-License-Identifier: MIT
// When each data segment of one side was sighted: for round-trip samples by Karn's rule and for the age of what is sent
// again. A short ring in place; a long one from a pool while more segments are under way than it holds. What finds no
// room gives no sample; it never gives a wrong one.
#pragma once

#include <cstdint>

#include "pastmon/base/clock.h"
#include "slab.h"

namespace pastmon::flow {

struct SendTime {
  std::uint32_t begin = 0;  ///< low 32 bits of the stream offset of the first byte …
  std::uint32_t end = 0;    ///< … and of the one behind the last
  base::Micros time = 0;
};

inline constexpr std::uint32_t kShortRing = 3;
inline constexpr std::uint32_t kLongRing = 64;
inline constexpr std::size_t kMaxLongRings = 65'536;  ///< of 1 KB each, over all flows

struct LongRing {
  SendTime entries[kLongRing];
};
using LongRings = Slab<LongRing, 64>;

/// The entries stand in order of sighting; the oldest `acked_` of `count_` are acknowledged already and stay as history
/// until their place is needed.
class SendTimes {
 public:
  /// A segment of new bytes. `acked`: how far the stream is acknowledged.
  void add(std::uint64_t begin, std::uint64_t end, base::Micros time, LongRings& pool);

  /// The stream is acknowledged from `before` to `now`. The sighting of the newest segment covered by it, or kNone
  /// when the ring cannot tell for certain which segment that is.
  base::Micros acknowledge(std::uint64_t before, std::uint64_t now, LongRings& pool) noexcept;

  /// First sighting of the byte at `offset`; kNone when it is not remembered.
  base::Micros sighting(std::uint64_t offset, LongRings& pool) noexcept;

  void release(LongRings& pool);

 private:
  SendTime* entries(LongRings& pool) noexcept { return long_ == kNoIndex ? short_ : pool[long_].entries; }
  std::uint32_t capacity() const noexcept { return long_ == kNoIndex ? kShortRing : kLongRing; }
  std::uint32_t index(std::uint32_t nth) const noexcept {
    const std::uint32_t at = first_ + nth;
    return at >= capacity() ? at - capacity() : at;
  }
  void lengthen(LongRings& pool);
  void shorten(LongRings& pool) noexcept;

  SendTime short_[kShortRing];
  std::uint32_t long_ = kNoIndex;
  std::uint8_t first_ = 0;
  std::uint8_t count_ = 0;
  std::uint8_t acked_ = 0;
};

}  // namespace pastmon::flow
