// SPDX-License-Identifier: MIT
// Framing `tls`: TLS records (RFC 8446, 5.1). Each record is a message.
//
//   +------+---------+--------+----------
//   | type | version | length | fragment      type 20 … 24, version 3.x, length up to 2^14 + 2048
//   +------+---------+--------+----------
#include "framing.h"

namespace pastmon::signature {
namespace {
constexpr std::size_t kRecordHead = 5;
constexpr std::size_t kMaxRecord = (1U << 14U) + 2048;
}  // namespace

Step frame_tls(FramingState& /*state*/, Bytes bytes) noexcept {
  const std::uint8_t* p = bytes.data;
  if (p[0] < 20 || p[0] > 24 || (bytes.size > 1 && p[1] != 3)) return step::bad();
  if (bytes.size < kRecordHead) return step::more(bytes);
  const std::size_t length = std::size_t{p[3]} << 8U | p[4];
  return length > kMaxRecord ? step::bad() : step::end(kRecordHead, length);
}

}  // namespace pastmon::signature
