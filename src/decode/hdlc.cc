// SPDX-License-Identifier: MIT
// Cisco HDLC: an address (0x0f unicast, 0x8f multicast), a control byte, and an EtherType.
//
//   0      1       2          4
//  +------+-------+----------+------
//  | addr | 0     | type     | data …
//  +------+-------+----------+------
#include "layers.h"

namespace pastmon::decode::layer {

Verdict cisco_hdlc(State& s, Bytes b) noexcept {
  if (!b.has(4)) return s.undecodable(Reason::link_truncated);
  const std::uint16_t type = b.header<4>().be16<2>();
  b.skip(4);
  return enter<Space::ether_type>(s, type, b);
}

/// One byte in front tells who sent it.
Verdict cisco_hdlc_with_direction(State& s, Bytes b) noexcept {
  if (!b.has(1)) return s.undecodable(Reason::link_truncated);
  b.skip(1);
  return cisco_hdlc(s, b);
}

}  // namespace pastmon::decode::layer
