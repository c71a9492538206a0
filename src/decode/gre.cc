// SPDX-License-Identifier: MIT
// GRE (RFC 2784, 2890), PPTP's version 1 (RFC 2637), and the mirror sessions that use it: ERSPAN I, II and III.
//
//   0       2          4              each if its flag is set:
//  +-------+----------+----------+-----+----------+
//  | flags | protocol | checksum | key | sequence | data …      C 0x8000, R 0x4000, K 0x2000, S 0x1000; version: 3 bits
//  +-------+----------+----------+-----+----------+
//
//  ERSPAN II (with sequence; I has no header):  | version 1, VLAN … (8) | Ethernet …
//  ERSPAN III:                                  | version 2, … (12), last bit O | 8 bytes if O | Ethernet …
#include <algorithm>

#include "layers.h"

namespace pastmon::decode::layer {
namespace {

enum : std::uint16_t {
  kChecksum = 0x8000,
  kRouting = 0x4000,
  kKey = 0x2000,
  kSequence = 0x1000,
  kAcknowledgement = 0x0080,
  kVersion = 0x0007,
};
constexpr std::uint16_t kPpp = 0x880b, kEthernet = 0x6558, kErspan2 = 0x88be, kErspan3 = 0x22eb, kWccp = 0x883e;

Verdict ethernet_behind(State& s, Bytes whole, Bytes b, std::uint32_t header) noexcept {
  if (!b.has(header + 14)) return s.done(Transport::other, whole);
  b.skip(header);
  return enter<Space::link_type>(s, 1, b);
}

Verdict erspan3(State& s, Bytes whole, Bytes b) noexcept {
  if (!b.has(12)) return s.done(Transport::other, whole);
  const auto h = b.header<12>();
  const std::uint32_t header = (h.u8<11>() & 1U) != 0 ? 20 : 12;
  const unsigned frame_type = h.u8<10>() >> 2 & 0x1fU;  // 0: Ethernet, 2: IP
  if (frame_type != 2) return ethernet_behind(s, whole, b, header);
  if (!b.has(header + 1)) return s.done(Transport::other, whole);
  b.skip(header);
  return raw_ip(s, b);
}

Verdict version_1(State& s, Bytes b, std::uint16_t flags, std::uint16_t protocol) noexcept {
  const std::uint32_t header = 8U + ((flags & kSequence) != 0 ? 4U : 0U) + ((flags & kAcknowledgement) != 0 ? 4U : 0U);
  if (protocol != kPpp || (flags & kKey) == 0 || !b.has(header + 2)) return s.done(Transport::other, b);
  b.skip(header);
  return ppp(s, b);
}

}  // namespace

Verdict gre(State& s, Bytes b) noexcept {
  if (s.outer() || !b.has(4)) return s.done(Transport::other, b);
  const Bytes whole = b;
  const auto h = b.header<4>();
  const std::uint16_t flags = h.be16<0>();
  const std::uint16_t protocol = h.be16<2>();
  if ((flags & kVersion) == 1) return version_1(s, b, flags, protocol);
  if ((flags & (kVersion | kRouting)) != 0) return s.done(Transport::other, b);
  std::uint32_t header = 4;
  for (const std::uint16_t flag : {kChecksum, kKey, kSequence}) header += (flags & flag) != 0 ? 4U : 0U;
  if (!b.has(header + 1)) return s.done(Transport::other, b);
  b.skip(header);
  switch (protocol) {
    case 0x0800:
    case 0x86dd:
    case 0x8847:
    case 0x8848:
      return enter<Space::ether_type>(s, protocol, b);
    case kEthernet:
      return ethernet_behind(s, whole, b, 0);
    case kErspan2:
      return ethernet_behind(s, whole, b, (flags & kSequence) != 0 ? 8 : 0);
    case kErspan3:
      return erspan3(s, whole, b);
    case kPpp:
      return ppp(s, b);
    case kWccp:  // version 2 puts four bytes in front
      if (b.data[0] >> 4 != 4) b.skip(std::min<std::uint32_t>(4, b.length));
      return raw_ip(s, b);
    default:
      return s.done(Transport::other, whole);
  }
}

}  // namespace pastmon::decode::layer
