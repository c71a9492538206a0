// SPDX-License-Identifier: MIT
// Framing `http2`: the client's connection preface (RFC 9113, 3.4), then frames of both sides (4.1). The preface is a
// message, and so is each frame, but HEADERS and PUSH_PROMISE are one with the CONTINUATION frames behind them (6.10).
//
//   +-------------+------+-------+------------------+---------
//   | length (24) | type | flags | R stream id (31) | payload
//   +-------------+------+-------+------------------+---------
//
// A frame of a header block up to kMaxBlock is asked for as a whole, so that it can be read; so the block itself may
// have any size. A longer frame is passed by count.
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

enum Http2Phase : std::uint8_t {
  between_frames = 0,
  within_block,  ///< `state.count`: the stream, all bits of its four bytes
};

std::uint64_t http2_stream(const std::uint8_t* head) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 5; i < kHttp2Head; ++i) value = value << 8U | head[i];
  return value;
}

/// The next frame of a header block.
Step block(FramingState& state, Bytes bytes) noexcept {
  const std::uint8_t* head = bytes.data;
  const std::size_t length = payload_size(head);
  const bool fits = length <= kMaxBlock;
  if (fits && bytes.size < kHttp2Head + length) return step::more(bytes);
  const bool last = (head[4] & kEndOfHeaders) != 0;
  state.count = http2_stream(head);
  state.phase = last ? between_frames : within_block;
  const std::size_t used = kHttp2Head + (fits ? length : 0);
  const std::uint64_t skip = fits ? 0 : length;
  return last ? step::end(used, skip) : step::part(used, skip);
}

}  // namespace

Step frame_http2(FramingState& state, const FramingContext& context, Bytes bytes) noexcept {
  const std::uint8_t* p = bytes.data;
  if (state.phase == within_block) {
    if (bytes.size < kHttp2Head) return step::more(bytes);
    return p[3] == kContinuationFrame && http2_stream(p) == state.count ? block(state, bytes) : step::bad();
  }
  if (context.from_client && p[0] == 'P') {
    const std::size_t n = bytes.size < kPrefaceSize ? bytes.size : kPrefaceSize;
    if (std::memcmp(p, kPreface, n) != 0) return step::bad();
    return n < kPrefaceSize ? step::more(bytes) : step::end(kPrefaceSize);
  }
  if (bytes.size < kHttp2Head) return step::more(bytes);
  if (p[3] > kMaxType) return step::bad();
  return p[3] == kHeadersFrame || p[3] == kPushFrame ? block(state, bytes) : step::end(kHttp2Head, payload_size(p));
}

}  // namespace pastmon::signature
