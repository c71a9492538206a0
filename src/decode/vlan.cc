// SPDX-License-Identifier: MIT
// VLAN tags: 802.1Q (type 0x8100), 802.1ad "QinQ" (0x88a8), and the older 0x9100. Tags nest.
//
//   0       2       4
//  +-------+-------+----------
//  | TCI   | type  | data …        TCI: priority (3 bits), drop eligible (1), VLAN id (12)
//  +-------+-------+----------
#include "layers.h"

namespace pastmon::decode::layer {

Verdict vlan(State& s, Bytes b) noexcept {
  if (!b.has(4)) return s.undecodable(Reason::link_truncated);
  const auto tag = b.header<4>();
  if (s.packet.vlan == 0) s.packet.vlan = tag.be16<0>() & 0x0fffU;
  b.skip(4);
  return enter<Space::ether_type>(s, tag.be16<2>(), b);
}

}  // namespace pastmon::decode::layer
