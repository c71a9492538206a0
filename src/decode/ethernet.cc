// SPDX-License-Identifier: MIT
// Ethernet II (IEEE 802.3, clause 3.2.6; RFC 894).
//
//   0                   6                   12      14
//  +-------------------+-------------------+-------+----------
//  | destination       | source            | type  | data …
//  +-------------------+-------------------+-------+----------
//
// A type below 1536 is the length of an 802.3 frame, which carries LLC: IP behind SNAP, or what we do not look at.
#include "layers.h"

namespace pastmon::decode::layer {

Verdict ethernet(State& s, Bytes b) noexcept {
  if (!b.has(14)) return s.undecodable(Reason::link_truncated);
  const std::uint16_t type = b.header<14>().be16<12>();
  b.skip(14);
  if (type < 1536) {
    b.trim(type);
    return llc(s, b);
  }
  return enter<Space::ether_type>(s, type, b);
}

}  // namespace pastmon::decode::layer
