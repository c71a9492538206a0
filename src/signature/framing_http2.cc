// SPDX-License-Identifier: MIT
// Framing `http2`: the client's connection preface (RFC 9113, 3.4), then frames of both sides (4.1). The preface is a
// message, and so is each frame, but HEADERS and PUSH_PROMISE are one with the CONTINUATION frames behind them (6.10).
//
//   +-------------+------+-------+------------------+---------
//   | length (24) | type | flags | R stream id (31) | payload
//   +-------------+------+-------+------------------+---------
//
// A header block up to kMaxBlock is asked for as a whole, so that it can be read. A longer one is passed by count,
// frame by frame.
#include <cstring>

#include "framing.h"

namespace pastmon::signature {
namespace {

constexpr std::size_t kHttp2Head = 9;
constexpr char kPreface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
constexpr std::size_t kPrefaceSize = sizeof kPreface - 1;
constexpr std::uint8_t kMaxType = 0x20;
constexpr std::uint8_t kHeadersFrame = 1, kPushFrame = 5, kContinuationFrame = 9;
constexpr std::uint8_t kEndOfHeaders = 0x4;
constexpr std::size_t kMaxBlock = 16U << 10U;

std::size_t payload_size(const std::uint8_t* head) noexcept {
  return std::size_t{head[0]} << 16U | std::size_t{head[1]} << 8U | head[2];
}

/// A header block over one or several frames.
Step block(Bytes bytes) noexcept {
  std::size_t at = 0;
  while (true) {
    const std::uint8_t* head = bytes.data + at;
    const std::size_t length = payload_size(head);
    const bool last = (head[4] & kEndOfHeaders) != 0;
    if (at + kHttp2Head + length > kMaxBlock) return step::end(at + kHttp2Head, length);
    at += kHttp2Head + length;
    if (last && bytes.size >= at) return step::end(at);
    if (last || bytes.size < at + kHttp2Head) return step::more(bytes);
    const std::uint8_t* next = bytes.data + at;
    if (next[3] != kContinuationFrame || std::memcmp(next + 5, bytes.data + 5, 4) != 0) return step::bad();
  }
}

}  // namespace

Step frame_http2(FramingState& /*state*/, const FramingContext& context, Bytes bytes) noexcept {
  const std::uint8_t* p = bytes.data;
  if (context.from_client && p[0] == 'P') {
    const std::size_t n = bytes.size < kPrefaceSize ? bytes.size : kPrefaceSize;
    if (std::memcmp(p, kPreface, n) != 0) return step::bad();
    return n < kPrefaceSize ? step::more(bytes) : step::end(kPrefaceSize);
  }
  if (bytes.size < kHttp2Head) return step::more(bytes);
  if (p[3] > kMaxType) return step::bad();
  return p[3] == kHeadersFrame || p[3] == kPushFrame ? block(bytes) : step::end(kHttp2Head, payload_size(p));
}

}  // namespace pastmon::signature
