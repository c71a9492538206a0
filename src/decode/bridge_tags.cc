// SPDX-License-Identifier: MIT
// Tags of switches besides VLANs: 802.1ah provider backbone bridges (type 0x88e7), VN-Tag (0x8926), 802.1BR (0x893f).
//
//  802.1ah:  | flags, I-SID (4) | customer's Ethernet frame …
//  VN-Tag:   | tag (4) | type (2) | data …           802.1BR:  | tag (6) | type (2) | data …
#include "layers.h"

namespace pastmon::decode::layer {
namespace {

Verdict behind_tag(State& s, Bytes b, std::uint32_t tag) noexcept {
  if (!b.has(tag + 2)) return s.undecodable(Reason::link_truncated);
  b.skip(tag);
  const std::uint16_t type = b.header<2>().be16<0>();
  b.skip(2);
  return enter<Space::ether_type>(s, type, b);
}

}  // namespace

Verdict backbone_tag(State& s, Bytes b) noexcept {
  if (!b.has(4)) return s.undecodable(Reason::link_truncated);
  b.skip(4);
  return enter<Space::link_type>(s, 1, b);
}

Verdict vn_tag(State& s, Bytes b) noexcept { return behind_tag(s, b, 4); }
Verdict e_tag(State& s, Bytes b) noexcept { return behind_tag(s, b, 6); }

}  // namespace pastmon::decode::layer
