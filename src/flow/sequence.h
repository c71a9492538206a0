// SPDX-License-Identifier: MIT
// TCP sequence numbers (RFC 9293, 3.4) unfolded into 64-bit stream offsets: offset 0 is the first byte behind the SYN,
// or the first byte seen. Everything behind this header compares offsets and never thinks of the wrap again.
#pragma once

#include <cstdint>

namespace pastmon::flow {

/// How far `to` lies ahead of `from` modulo 2^32; negative: behind.
constexpr std::int32_t sequence_distance(std::uint32_t from, std::uint32_t to) noexcept {
  return static_cast<std::int32_t>(to - from);
}

/// The offset that `sequence` stands for in a stream whose offset 0 has the number `base`, as the one nearest to
/// `near`. Negative: before the beginning.
constexpr std::int64_t stream_offset(std::uint32_t base, std::uint64_t near, std::uint32_t sequence) noexcept {
  const std::uint32_t reference = base + static_cast<std::uint32_t>(near);
  return static_cast<std::int64_t>(near) + sequence_distance(reference, sequence);
}

}  // namespace pastmon::flow
