// SPDX-License-Identifier: MIT
// Linux "cooked" captures, as the `any` interface gives them (LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2).
//
//  v1:  0      2         4          6           14         16
//      +------+---------+----------+-----------+----------+------
//      | kind | ARPHRD  | addr len | address   | protocol | data …
//      +------+---------+----------+-----------+----------+------
//  v2:  0          2          4           8        10     11         12          20
//      +----------+----------+-----------+--------+------+----------+-----------+------
//      | protocol | reserved | interface | ARPHRD | kind | addr len | address   | data …
//      +----------+----------+-----------+--------+------+----------+-----------+------
//
// The protocol is an EtherType, except for some hardware types (ARPHRD), for which it means something else.
#include "layers.h"

namespace pastmon::decode::layer {
namespace {

bool protocol_is_ether_type(std::uint16_t hardware) noexcept {
  constexpr std::uint16_t frame_relay = 770, ip_gre = 778, radiotap = 803, netlink = 824;
  return hardware != frame_relay && hardware != ip_gre && hardware != radiotap && hardware != netlink;
}

Verdict cooked(State& s, Bytes b, std::uint32_t header, std::uint16_t hardware, std::uint16_t protocol) noexcept {
  if (!protocol_is_ether_type(hardware)) return s.not_ip();
  b.skip(header);
  constexpr std::uint16_t llc_frames = 0x0004;
  if (protocol == llc_frames) return llc(s, b);
  return enter<Space::ether_type>(s, protocol, b);
}

}  // namespace

Verdict linux_cooked(State& s, Bytes b) noexcept {
  if (!b.has(16)) return s.undecodable(Reason::link_truncated);
  const auto h = b.header<16>();
  return cooked(s, b, 16, h.be16<2>(), h.be16<14>());
}

Verdict linux_cooked_2(State& s, Bytes b) noexcept {
  if (!b.has(20)) return s.undecodable(Reason::link_truncated);
  const auto h = b.header<20>();
  return cooked(s, b, 20, h.be16<8>(), h.be16<0>());
}

}  // namespace pastmon::decode::layer
