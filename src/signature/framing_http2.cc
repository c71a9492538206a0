// SPDX-License-Identifier: MIT
// Framing `http2`: the client's connection preface (RFC 9113, 3.4), then frames of both sides (4.1). The preface and
// each frame are messages.
//
//   +-------------+------+-------+------------------+---------
//   | length (24) | type | flags | R stream id (31) | payload
//   +-------------+------+-------+------------------+---------
#include <cstring>

#include "framing.h"

namespace pastmon::signature {
namespace {
constexpr std::size_t kHttp2Head = 9;
constexpr char kPreface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
constexpr std::size_t kPrefaceSize = sizeof kPreface - 1;
constexpr std::uint8_t kMaxType = 0x20;
}  // namespace

Step frame_http2(FramingState& /*state*/, const FramingContext& context, Bytes bytes) noexcept {
  const std::uint8_t* p = bytes.data;
  if (context.from_client && p[0] == 'P') {
    const std::size_t n = bytes.size < kPrefaceSize ? bytes.size : kPrefaceSize;
    if (std::memcmp(p, kPreface, n) != 0) return step::bad();
    return n < kPrefaceSize ? step::more(bytes) : step::end(kPrefaceSize);
  }
  if (bytes.size < kHttp2Head) return step::more(bytes);
  const std::uint64_t length = std::uint64_t{p[0]} << 16U | std::uint64_t{p[1]} << 8U | p[2];
  return p[3] > kMaxType ? step::bad() : step::end(kHttp2Head, length);
}

}  // namespace pastmon::signature
