// SPDX-License-Identifier: MIT
// L2TP version 2 (RFC 2661): PPP behind UDP port 1701. Control messages (T) are ordinary datagrams.
//
//   0                2         4        6                   if S:        if O:
//  +----------------+---------+--------+---------+---------+-----------+--------------+------
//  |T L 0 0 S 0 O … | length  | tunnel | session | Ns, Nr    | offset, padding      | PPP …      length: if L
//  +----------------+---------+--------+---------+---------+-----------+--------------+------
#include "layers.h"

namespace pastmon::decode::layer {

Verdict l2tp(State& s, Bytes b) noexcept {
  const Bytes whole = b;
  if (!b.has(8)) return s.done(Transport::udp, whole);
  constexpr std::uint16_t control = 0x8000, length = 0x4000, sequence = 0x0800, offset = 0x0200, version = 0x000f;
  const std::uint16_t flags = b.header<2>().be16<0>();
  if ((flags & (control | version)) != 2) return s.done(Transport::udp, whole);
  std::uint32_t header = 6U + ((flags & length) != 0 ? 2U : 0U) + ((flags & sequence) != 0 ? 4U : 0U);
  if ((flags & length) != 0 && b.header<4>().be16<2>() > b.length) return s.done(Transport::udp, whole);
  if ((flags & offset) != 0) {
    if (!b.has(header + 2)) return s.done(Transport::udp, whole);
    header += 2U + (std::uint32_t{b.data[header]} << 8U | b.data[header + 1]);
  }
  if (!b.has(header + 4)) return s.done(Transport::udp, whole);
  b.skip(header);
  s.forget_ports();
  return ppp(s, b);
}

}  // namespace pastmon::decode::layer
