// SPDX-License-Identifier: MIT
// Teredo (RFC 4380): IPv6 in UDP, at port 3544 of servers; in front there may be an authentication (0x0001) and an
// origin indication (0x0000).
//
//  | 00 01 | id length | value length | id … | value … | nonce (8) | confirmation |     | 00 00 | port | address (4) |
//
// Believed only when an IPv6 packet of exactly the right length follows.
#include "layers.h"

namespace pastmon::decode::layer {

Verdict teredo(State& s, Bytes b) noexcept {
  const Bytes whole = b;
  if (b.has(4) && b.header<2>().be16<0>() == 1) {
    const std::uint32_t header = 4U + b.data[2] + b.data[3] + 9U;
    if (!b.has(header)) return s.done(Transport::udp, whole);
    b.skip(header);
  }
  if (b.has(8) && b.header<2>().be16<0>() == 0) b.skip(8);
  if (!b.has(40) || b.data[0] >> 4 != 6 || b.header<40>().be16<4>() + 40U != b.length)
    return s.done(Transport::udp, whole);
  s.forget_ports();
  return enter<Space::ether_type>(s, 0x86dd, b);
}

}  // namespace pastmon::decode::layer
