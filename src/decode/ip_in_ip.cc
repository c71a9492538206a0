// SPDX-License-Identifier: MIT
// IP packets directly inside IP packets: RFC 2003 (4 in 4), RFC 4213 (6in4), RFC 2473 (4 and 6 in 6); and Ethernet
// frames, EtherIP (RFC 3378): two bytes, version 3, then the frame.
#include "layers.h"

namespace pastmon::decode::layer {

Verdict ipv4_in_ip(State& s, Bytes b) noexcept { return s.outer() ? s.done(Transport::other, b) : ipv4(s, b); }
Verdict ipv6_in_ip(State& s, Bytes b) noexcept { return s.outer() ? s.done(Transport::other, b) : ipv6(s, b); }

Verdict ether_ip(State& s, Bytes b) noexcept {
  if (s.outer() || !b.has(16) || b.header<2>().be16<0>() != 0x3000) return s.done(Transport::other, b);
  b.skip(2);
  return enter<Space::link_type>(s, 1, b);
}

}  // namespace pastmon::decode::layer
