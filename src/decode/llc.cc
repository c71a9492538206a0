// SPDX-License-Identifier: MIT
// Logical link control (IEEE 802.2) with SNAP (RFC 1042): an EtherType behind eight bytes. FDDI frames begin with it
// behind 13 bytes of control and addresses.
//
//   0      1      2      3         6       8
//  +------+------+------+---------+-------+------
//  | 0xaa | 0xaa | 0x03 | OUI     | type  | data …      OUI 0, or 0x0000f8 for tunnelled frames
//  +------+------+------+---------+-------+------
#include "layers.h"

namespace pastmon::decode::layer {

Verdict llc(State& s, Bytes b) noexcept {
  if (!b.has(8)) return s.not_ip();
  const auto h = b.header<8>();
  const std::uint32_t head = h.be32<0>();
  const bool snap =
      (head & 0xffffff00U) == 0xaaaa0300U && (head & 0xffU) == 0 && (h.be16<4>() == 0 || h.be16<4>() == 0x00f8);
  if (!snap) return s.not_ip();
  b.skip(8);
  return enter<Space::ether_type>(s, h.be16<6>(), b);
}

Verdict fddi(State& s, Bytes b) noexcept {
  if (!b.has(13)) return s.undecodable(Reason::link_truncated);
  b.skip(13);
  return llc(s, b);
}

}  // namespace pastmon::decode::layer
