// SPDX-License-Identifier: MIT
// Framing `rpc`: ONC RPC record marking (RFC 5531, 11). A record is one or several fragments, each with a head of 4
// bytes: the highest bit marks the last one, the other 31 are its length. Patterns do not see the first head.
#include "framing.h"

namespace pastmon::signature {
namespace {
constexpr std::size_t kRecordMark = 4;
constexpr std::uint32_t kMaxFragment = 64U << 20U;
}  // namespace

Step frame_rpc(FramingState& state, Bytes bytes) noexcept {
  if (bytes.size < kRecordMark) return step::more(bytes);
  const std::uint8_t* p = bytes.data;
  const std::uint32_t length =
      std::uint32_t{p[0] & 0x7fU} << 24U | std::uint32_t{p[1]} << 16U | std::uint32_t{p[2]} << 8U | p[3];
  const bool last = (p[0] & 0x80U) != 0;
  if (length > kMaxFragment || (length == 0 && !last)) return step::bad();
  if (state.phase == 0) state.hidden = kRecordMark;
  state.phase = last ? 0 : 1;
  return last ? step::end(kRecordMark, length) : step::part(kRecordMark, length);
}

}  // namespace pastmon::signature
