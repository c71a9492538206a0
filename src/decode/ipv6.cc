// SPDX-License-Identifier: MIT
// IPv6 (RFC 8200).
//
//   0               4               6       7       8
//  +---------------+---------------+-------+-------+
//  |6, class, flow | payload length| next  | hops  |
//  +---------------+---------------+-------+-------+
//  | source (16)                                   |
//  +-----------------------------------------------+
//  | destination (16)                              |
//  +-----------------------------------------------+
//  | extension headers, payload …
//
// Behind a routing header the final destination counts, not the next router on the way: so both directions of a flow
// have the same addresses, wherever the sensor is.
#include "ipv6_extensions.h"
#include "layers.h"

namespace pastmon::decode {
namespace layer {

Verdict ipv6(State& s, Bytes b) noexcept {
  if (!b.has(40)) return s.undecodable(Reason::ip_truncated);
  const auto h = b.header<40>();
  if (h.u8<0>() >> 4 != 6) return s.undecodable(Reason::ip_malformed);
  const std::uint32_t length = h.be16<4>();
  const std::uint8_t next = h.u8<6>();

  Packet& p = s.packet;
  p.tuple.source = base::Address::v6(h.at<8, 16>());
  p.tuple.destination = base::Address::v6(h.at<24, 16>());
  p.tuple.protocol = next;
  p.ttl = h.u8<7>();
  b.skip(40);
  constexpr std::uint8_t no_next_header = 59;
  if (length != 0 || next == no_next_header) b.trim(length);  // else 0: a jumbogram (RFC 2675) or segmentation offload

  return ipv6_payload(s, next, b);
}

}  // namespace layer

Verdict ipv6_payload(State& s, std::uint8_t next, Bytes b) noexcept {
  Packet& p = s.packet;
  const Extensions extensions = skip_extensions(next, b);
  p.tuple.protocol = extensions.protocol;
  p.ip_id = extensions.identification;
  if (extensions.destination != nullptr) p.tuple.destination = base::Address::v6(extensions.destination);
  switch (extensions.end) {
    case Extensions::End::transport:
      return enter<Space::ip_protocol>(s, extensions.protocol, b);
    case Extensions::End::fragment:
      p.fragment_offset = extensions.fragment_offset;
      p.more_fragments = extensions.more_fragments;
      return s.done(Transport::fragment, b);
    case Extensions::End::truncated:
      return s.other(b, Reason::transport_truncated);
    case Extensions::End::malformed:
      break;
  }
  return s.other(b, Reason::extension_malformed);
}

}  // namespace pastmon::decode
