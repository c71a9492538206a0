// SPDX-License-Identifier: MIT
// VXLAN (RFC 7348): an Ethernet frame behind UDP port 4789, or 8472 as Linux had it first. The inner addresses count.
//
//   0       1                       4                       7       8
//  +-------+-----------------------+-----------------------+-------+----------
//  | flags | reserved (0)          | network identifier    | rsvd  | Ethernet …
//  +-------+-----------------------+-----------------------+-------+----------
//
// What does not look like this is an ordinary datagram.
#include "layers.h"

namespace pastmon::decode::layer {

Verdict vxlan(State& s, Bytes b) noexcept {
  constexpr std::uint32_t kIdentifierPresent = 0x08000000;
  constexpr std::uint32_t kHeaders = 8 + 14;
  if (!b.has(kHeaders) || b.header<8>().be32<0>() != kIdentifierPresent || b.header<8>().u8<7>() != 0) {
    return s.done(Transport::udp, b);
  }
  b.skip(8);
  s.forget_ports();
  return enter<Space::link_type>(s, 1, b);
}

}  // namespace pastmon::decode::layer
