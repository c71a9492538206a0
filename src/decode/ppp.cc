// SPDX-License-Identifier: MIT
// PPP (RFC 1661), alone, in HDLC-like framing (RFC 1662), in PPPoE sessions (RFC 2516) and with a byte of direction.
//
//   0      1       2          4                PPPoE:  0      1      2         4        6
//  +------+-------+----------+------                  +------+------+---------+--------+-----
//  | 0xff | 0x03  | protocol | data …                 | 0x11 | code | session | length | PPP …
//  +------+-------+----------+------                  +------+------+---------+--------+-----
//
// Address and control (ff 03) may be left out, and the protocol's first byte when it is 0 (its last bit tells).
#include "layers.h"

namespace pastmon::decode::layer {

/// From the protocol field on.
Verdict ppp_protocol(State& s, Bytes b) noexcept {
  if (!b.has(2)) return s.undecodable(Reason::link_truncated);
  const auto h = b.header<2>();
  const bool compressed = (h.u8<0>() & 1U) != 0;
  const std::uint16_t protocol = compressed ? h.u8<0>() : h.be16<0>();
  b.skip(compressed ? 1 : 2);
  constexpr std::uint16_t ip = 0x0021, ip6 = 0x0057, unicast_mpls = 0x0281, multicast_mpls = 0x0283;
  if (protocol == ip) return enter<Space::ether_type>(s, 0x0800, b);
  if (protocol == ip6) return enter<Space::ether_type>(s, 0x86dd, b);
  if (protocol == unicast_mpls || protocol == multicast_mpls) return enter<Space::ether_type>(s, 0x8847, b);
  return s.not_ip();  // LCP, authentication, compressed or encrypted data
}

Verdict ppp(State& s, Bytes b) noexcept {
  if (!b.has(2)) return s.undecodable(Reason::link_truncated);
  if (b.header<2>().be16<0>() == 0xff03) b.skip(2);
  return ppp_protocol(s, b);
}

/// One byte in front tells who sent it.
Verdict ppp_with_direction(State& s, Bytes b) noexcept {
  if (!b.has(4)) return s.undecodable(Reason::link_truncated);
  b.skip(1);
  if (b.data[0] == 0x03) b.skip(1);  // pppd puts the direction in the place of the address
  return ppp(s, b);
}

Verdict pppoe(State& s, Bytes b) noexcept {
  if (!b.has(6)) return s.undecodable(Reason::link_truncated);
  const auto h = b.header<6>();
  if (h.u8<0>() != 0x11 || h.u8<1>() != 0) return s.not_ip();
  const std::uint32_t length = h.be16<4>();
  b.skip(6);
  b.trim(length);
  return ppp_protocol(s, b);
}

}  // namespace pastmon::decode::layer
