// SPDX-License-Identifier: MIT
// MPLS (RFC 3032), and Ethernet over MPLS (RFC 4448).
//
//   0                     20    23 24      32
//  +---------------------+-----+-+--------+
//  | label               | TC  |S| TTL    |   … up to and with the one whose S bit is set, then what it carries
//  +---------------------+-----+-+--------+
//
// Nothing says what that is: the first four bits are the version of an IP packet; 0 begins the control word of an
// Ethernet pseudo-wire; an Ethernet frame without one is believed only when its type is one that we read.
#include "layers.h"

namespace pastmon::decode::layer {
namespace {

constexpr unsigned kMaxLabels = 16;

bool is_ip(Bytes b) noexcept {
  if (!b.has(20)) return b.has(1) && (b.data[0] >> 4 == 4 || b.data[0] >> 4 == 6);
  const auto h = b.header<20>();
  if (h.u8<0>() >> 4 == 6) return h.be16<4>() <= b.length;
  return h.u8<0>() >> 4 == 4 && (h.u8<0>() & 15U) >= 5 && h.be16<2>() <= b.length;
}

bool is_ethernet(Bytes b) noexcept {
  if (!b.has(14)) return false;
  const std::uint16_t type = b.header<14>().be16<12>();
  return type == 0x0800 || type == 0x86dd || type == 0x8100 || type == 0x88a8 || type == 0x0806;
}

}  // namespace

Verdict mpls(State& s, Bytes b) noexcept {
  for (unsigned i = 0; i < kMaxLabels; ++i) {
    if (!b.has(4)) return s.undecodable(Reason::link_truncated);
    const bool last = (b.header<4>().u8<2>() & 1U) != 0;
    b.skip(4);
    if (!last) continue;
    if (is_ip(b)) return enter<Space::ether_type>(s, b.data[0] >> 4 == 4 ? 0x0800 : 0x86dd, b);
    if (b.has(4) && b.data[0] >> 4 == 0) {
      Bytes behind = b;
      behind.skip(4);
      if (is_ethernet(behind)) return enter<Space::link_type>(s, 1, behind);
    }
    return is_ethernet(b) ? enter<Space::link_type>(s, 1, b) : s.not_ip();
  }
  return s.undecodable(Reason::nested_too_deep);
}

}  // namespace pastmon::decode::layer
