// SPDX-License-Identifier: MIT
// GTP-U (3GPP TS 29.281): the traffic of mobile phones behind UDP port 2152.
//
//   0              1        2         4        8            each if a flag is set, then all:
//  +--------------+--------+---------+--------+----------+-------+-----------+------
//  |1,PT,0,E,S,PN | 0xff   | length  | tunnel | sequence | N-PDU | next type | extensions …, IP packet
//  +--------------+--------+---------+--------+----------+-------+-----------+------
//
// An extension: its length in words of 4, content, and in its last byte the next one's type. Other message types are
// signalling, and what does not look like this is an ordinary datagram.
#include "layers.h"

namespace pastmon::decode::layer {
namespace {
constexpr unsigned kMaxExtensionHeaders = 8;
constexpr std::uint8_t kUserData = 0xff;
}  // namespace

Verdict gtp_u(State& s, Bytes b) noexcept {
  const Bytes whole = b;
  if (!b.has(12)) return s.done(Transport::udp, whole);
  const auto h = b.header<12>();
  const unsigned flags = h.u8<0>();
  if ((flags & 0xf0U) != 0x30 || h.u8<1>() != kUserData || h.be16<2>() + 8U > b.length)
    return s.done(Transport::udp, whole);
  b.trim(h.be16<2>() + 8U);
  std::uint8_t next = (flags & 4U) != 0 ? h.u8<11>() : std::uint8_t{0};
  b.skip((flags & 7U) != 0 ? 12 : 8);
  for (unsigned i = 0; next != 0; ++i) {
    const std::uint32_t size = b.has(1) ? b.data[0] * 4U : 0;
    if (i == kMaxExtensionHeaders || size == 0 || !b.has(size)) return s.done(Transport::udp, whole);
    next = b.data[size - 1];
    b.skip(size);
  }
  if (!b.has(20) || (b.data[0] >> 4 != 4 && b.data[0] >> 4 != 6)) return s.done(Transport::udp, whole);
  s.forget_ports();
  return enter<Space::ether_type>(s, b.data[0] >> 4 == 4 ? 0x0800 : 0x86dd, b);
}

}  // namespace pastmon::decode::layer
