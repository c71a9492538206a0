// SPDX-License-Identifier: MIT
// Framing `length`: the size of a message is a number in its head.
//
//   |<- offset ->|<- width ->|
//   +------------+-----------+---------------------+
//   |            |  number   |                     |    size = number rounded up to `align` + adjust
//   +------------+-----------+---------------------+
//
// PostgreSQL: offset 1, width 4, adjust 1. DNS over TCP: width 2, adjust 2. MySQL: width 3, little, adjust 4, join.
#include <algorithm>

#include "framing.h"

namespace pastmon::signature {
namespace {

struct Number {
  std::uint64_t value = 0;
  std::size_t head = 0;  ///< bytes up to and with the number; 0: not all there
  bool all_ones = false;
};

Number fixed(const config::FramingSpec& spec, Bytes bytes) noexcept {
  const std::size_t head = std::max(std::size_t{spec.offset} + spec.width, static_cast<std::size_t>(spec.pad_at + 1));
  if (bytes.size < head) return {};
  Number n{0, head, spec.width > 0};
  for (std::size_t i = 0; i < spec.width; ++i) {
    const std::uint8_t byte = bytes.data[spec.offset + (spec.little_endian ? spec.width - 1 - i : i)];
    n.value = n.value << 8U | byte;
    n.all_ones = n.all_ones && byte == 0xff;
  }
  if (spec.bits < 64) n.value &= (std::uint64_t{1} << spec.bits) - 1;
  return n;
}

Number variable(const config::FramingSpec& spec, Bytes bytes) noexcept {
  Number n;
  for (std::size_t i = spec.offset, shift = 0; i < bytes.size; ++i, shift += 7) {
    n.value |= std::uint64_t{bytes.data[i] & 0x7fU} << shift;
    if (bytes.data[i] < 0x80 || shift >= 28) {
      n.head = i + 1;
      return n;
    }
  }
  return {};
}

}  // namespace

Step frame_length(const config::FramingSpec& spec, FramingState& state, Bytes bytes) noexcept {
  if (spec.width == 0 && !spec.varint) {
    const auto size = static_cast<std::uint64_t>(spec.adjust);
    const std::size_t used = bytes.size < size ? bytes.size : static_cast<std::size_t>(size);
    return step::end(used, size - used);
  }
  const Number n = spec.varint ? variable(spec, bytes) : fixed(spec, bytes);
  if (n.head == 0) return step::more(bytes);
  if (n.value > spec.max) return step::bad();
  const std::uint64_t rounded = spec.align > 1 ? (n.value + spec.align - 1) / spec.align * spec.align : n.value;
  std::int64_t size = static_cast<std::int64_t>(rounded) + spec.adjust;
  if (spec.varint) size += static_cast<std::int64_t>(n.head);
  if (spec.pad_at >= 0 && !spec.varint) size += bytes.data[spec.pad_at];
  if (size < static_cast<std::int64_t>(n.head)) return step::bad();
  if (state.phase == 0) state.hidden = static_cast<std::uint16_t>(spec.hide);
  const std::uint64_t skip = static_cast<std::uint64_t>(size) - n.head;
  const bool joined = spec.join && n.all_ones;
  state.phase = joined ? 1 : 0;
  return joined ? step::part(n.head, skip) : step::end(n.head, skip);
}

}  // namespace pastmon::signature
