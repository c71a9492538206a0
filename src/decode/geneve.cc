// SPDX-License-Identifier: MIT
// Geneve (RFC 8926) behind UDP port 6081, and VXLAN's generic extension (port 4790).
//
//   0               1       2                       4                       7       8
//  +-------+-------+-------+-----------------------+-----------------------+-------+----------
//  |ver (2)| words | O C … | protocol              | network identifier    | 0     | options, data …
//  +-------+-------+-------+-----------------------+-----------------------+-------+----------
//  | 0 0 R R I P B O       | reserved      | next  | network identifier    | 0     | data …         VXLAN-GPE
//
// What does not look like this is an ordinary datagram.
#include "layers.h"

namespace pastmon::decode::layer {

Verdict geneve(State& s, Bytes b) noexcept {
  if (!b.has(8)) return s.done(Transport::udp, b);
  const auto h = b.header<8>();
  const std::uint32_t header = 8 + (h.u8<0>() & 0x3fU) * 4U;
  const std::uint16_t protocol = h.be16<2>();
  const bool known = protocol == 0x6558 || protocol == 0x0800 || protocol == 0x86dd;
  if (h.u8<0>() >> 6 != 0 || (h.u8<1>() & 0x3fU) != 0 || h.u8<7>() != 0 || !known || !b.has(header + 14)) {
    return s.done(Transport::udp, b);
  }
  b.skip(header);
  s.forget_ports();
  return protocol == 0x6558 ? enter<Space::link_type>(s, 1, b) : enter<Space::ether_type>(s, protocol, b);
}

Verdict vxlan_gpe(State& s, Bytes b) noexcept {
  if (!b.has(8 + 14)) return s.done(Transport::udp, b);
  const auto h = b.header<8>();
  constexpr unsigned instance = 0x08, next_protocol = 0x04;
  const unsigned flags = h.u8<0>();
  const unsigned next = (flags & next_protocol) != 0 ? h.u8<3>() : 3;
  if ((flags & 0xf0U) != 0 || (flags & instance) == 0 || h.u8<7>() != 0 || next < 1 || next > 3) {
    return s.done(Transport::udp, b);
  }
  b.skip(8);
  s.forget_ports();
  if (next == 3) return enter<Space::link_type>(s, 1, b);
  return enter<Space::ether_type>(s, next == 1 ? 0x0800 : 0x86dd, b);
}

}  // namespace pastmon::decode::layer
