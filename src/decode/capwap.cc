// SPDX-License-Identifier: MIT
// CAPWAP data (RFC 5415) between a wireless access point and its controller, behind UDP port 5247: an 802.11 or 802.3
// frame behind a header whose length is in words of 4.
//
//   0        1       2       3       4                       8
//  +--------+-----------------------+-----------+-----------+------
//  | 0      | words, radio, WBID, T | F L W M K | fragment  | …, frame      T: 802.11, else 802.3; F: a fragment
//  +--------+-----------------------+-----------+-----------+------
//
// Encrypted data begins with another byte and stays an ordinary datagram; so do fragments.
#include "layers.h"

namespace pastmon::decode::layer {

Verdict capwap(State& s, Bytes b) noexcept {
  if (!b.has(8)) return s.done(Transport::udp, b);
  const auto h = b.header<8>();
  const std::uint32_t header = (h.u8<1>() >> 3) * 4U;
  constexpr unsigned fragment = 0x80;
  const bool ieee_802_11 = (h.u8<2>() & 1U) != 0;
  if (h.u8<0>() != 0 || header < 8 || (h.u8<3>() & fragment) != 0 || !b.has(header + 14))
    return s.done(Transport::udp, b);
  b.skip(header);
  s.forget_ports();
  return ieee_802_11 ? wifi(s, b) : enter<Space::link_type>(s, 1, b);
}

}  // namespace pastmon::decode::layer
