// SPDX-License-Identifier: MIT
// A framing cuts the bytes of one direction into messages. It is a function without memory of its own: given the
// state of the direction and the bytes at hand, it reads the next unit (a header, a line, a chunk's size) and says how
// many bytes behind it belong to the message whatever they are, so that bodies are passed by count.
//
// A unit that is not there as a whole is asked for again with more bytes; the caller keeps what it has until then.
// Nothing here depends on how the bytes were split over packets.
#pragma once

#include <cstddef>
#include <cstdint>

#include "pastmon/config/signature_spec.h"

namespace pastmon::signature {

/// State of one direction between two steps. Starts as {}; a framing brings `phase` back to 0 when it ends a message.
struct FramingState {
  std::uint8_t phase = 0;    ///< 0: at the beginning of a message
  std::uint8_t tag = 0;      ///< HTTP requests: a method that changes the response's framing
  std::uint16_t hidden = 0;  ///< leading bytes of the current message that patterns do not see
  std::uint32_t flags = 0;   ///< the framing's own
  std::uint64_t count = 0;   ///< the framing's own: elements, bytes
  std::uint64_t outer = 0;   ///< the framing's own: what is left of an enclosing unit
};

struct Step {
  enum class Kind : std::uint8_t {
    more,  ///< the unit is not there as a whole
    part,  ///< the message goes on behind `used` + `skip` bytes
    end,   ///< the message ends behind `used` + `skip` bytes
    bad,   ///< this is no message of this framing
  };
  Kind kind = Kind::more;
  std::size_t used = 0;    ///< bytes of the unit, at most the bytes at hand
  std::uint64_t skip = 0;  ///< bytes behind it; kForever: up to the end of the direction or turn
};
inline constexpr std::uint64_t kForever = ~0ULL;

/// A unit longer than this is no message.
inline constexpr std::size_t kMaxUnit = 64U << 10U;

/// Tags of HTTP requests (FramingState::tag).
inline constexpr std::uint8_t kTagHead = 1;
inline constexpr std::uint8_t kTagConnect = 2;

/// What the framing of a direction may know besides its bytes.
struct FramingContext {
  bool from_client = true;
  std::uint8_t request_tag = 0;  ///< of the request that the next response answers
  bool both_ways = false;        ///< either side may ask: SIP and RTSP, not HTTP
};

struct Bytes {
  const std::uint8_t* data = nullptr;
  std::size_t size = 0;
};

/// The next step of any framing. `bytes.size` > 0.
Step frame(const config::FramingSpec& spec, FramingState& state, const FramingContext& context, Bytes bytes) noexcept;

// One file each.
Step frame_whole(FramingState& state, Bytes bytes) noexcept;  // datagram, turn
Step frame_line(FramingState& state, Bytes bytes) noexcept;
Step frame_length(const config::FramingSpec& spec, FramingState& state, Bytes bytes) noexcept;
Step frame_http(FramingState& state, const FramingContext& context, Bytes bytes) noexcept;
Step frame_tls(FramingState& state, Bytes bytes) noexcept;
Step frame_resp(FramingState& state, const FramingContext& context, Bytes bytes) noexcept;
Step frame_ber(FramingState& state, Bytes bytes) noexcept;
Step frame_imap(FramingState& state, Bytes bytes) noexcept;
Step frame_memcached(FramingState& state, const FramingContext& context, Bytes bytes) noexcept;
Step frame_rpc(FramingState& state, Bytes bytes) noexcept;
Step frame_smb2(FramingState& state, Bytes bytes) noexcept;
Step frame_http2(FramingState& state, const FramingContext& context, Bytes bytes) noexcept;

namespace step {
/// The bytes do not hold the whole unit yet; a unit that is too long is bad.
inline Step more(Bytes bytes) noexcept { return {bytes.size < kMaxUnit ? Step::Kind::more : Step::Kind::bad, 0, 0}; }
inline Step part(std::size_t used, std::uint64_t skip = 0) noexcept { return {Step::Kind::part, used, skip}; }
inline Step end(std::size_t used, std::uint64_t skip = 0) noexcept { return {Step::Kind::end, used, skip}; }
inline Step bad() noexcept { return {Step::Kind::bad, 0, 0}; }
}  // namespace step

}  // namespace pastmon::signature
