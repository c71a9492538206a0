// SPDX-License-Identifier: MIT
// BSD loopback: four bytes of address family in front of the IP packet. LINKTYPE_NULL has it in the byte order of the
// capturing machine, LINKTYPE_LOOP in network order; both orders are told apart by where the zeros are.
//
//   0               4
//  +---------------+----------
//  | family        | data …        2: IPv4; 24 (NetBSD, OpenBSD), 28 (FreeBSD), 30 (macOS), 23 (Windows), 10: IPv6
//  +---------------+----------
#include "layers.h"

namespace pastmon::decode::layer {

Verdict null_loopback(State& s, Bytes b) noexcept {
  if (!b.has(4)) return s.undecodable(Reason::link_truncated);
  std::uint32_t family = b.header<4>().be32<0>();
  if (family > 0xffff) family = __builtin_bswap32(family);
  b.skip(4);
  switch (family) {
    case 2:
      return enter<Space::ether_type>(s, 0x0800, b);
    case 10:
    case 23:
    case 24:
    case 28:
    case 30:
      return enter<Space::ether_type>(s, 0x86dd, b);
    default:
      return s.not_ip();
  }
}

}  // namespace pastmon::decode::layer
