// SPDX-License-Identifier: MIT
// The extension headers between an IPv6 header and its transport (RFC 8200, section 4).
#pragma once

#include <cstdint>

#include "bytes.h"
#include "pastmon/decode/packet.h"

namespace pastmon::decode {

/// Extension headers that one packet may have. RFC 8200 names seven places for them.
inline constexpr unsigned kMaxExtensions = 8;

struct Extensions {
  enum class End : std::uint8_t {
    transport,  ///< `protocol` is what follows, at the front of the bytes
    fragment,   ///< a fragment: what follows belongs to a datagram that has more
    truncated,  ///< snaplen cut a header off
    malformed,  ///< a header reaches behind the packet, or there are too many
  };
  End end = End::transport;
  std::uint8_t protocol = 0;                  ///< of the transport; of the header that could not be read
  bool more_fragments = false;                ///< not the last one
  std::uint16_t fragment_offset = 0;          ///< bytes
  std::uint32_t identification = 0;           ///< of the fragment header; 0: there is none
  const std::uint8_t* destination = nullptr;  ///< 16 bytes, of a routing header: where the packet goes in the end
};

/// Takes the extension headers off `b`; `next` is the next-header field of the IPv6 header.
Extensions skip_extensions(std::uint8_t next, Bytes& b) noexcept;

struct State;
/// Goes on behind an IPv6 header, or behind the fragment header of a datagram that was put together.
Verdict ipv6_payload(State& s, std::uint8_t next, Bytes b) noexcept;

}  // namespace pastmon::decode
