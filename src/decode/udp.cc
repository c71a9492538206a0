// SPDX-License-Identifier: MIT
// UDP (RFC 768).
//
//   0               2               4               6               8
//  +---------------+---------------+---------------+---------------+------
//  | source port   | destination   | length        | checksum      | data …
//  +---------------+---------------+---------------+---------------+------
//
// Length 0 means "to the end": jumbograms (RFC 2675) and segmentation offload. A length beyond the IP payload (always
// so in a first fragment) counts as far as the payload goes.
#include "layers.h"

namespace pastmon::decode::layer {

Verdict udp(State& s, Bytes b) noexcept {
  if (!b.has(8)) return s.other(b, Reason::transport_truncated);
  const auto h = b.header<8>();
  const std::uint32_t length = h.be16<4>();
  if (length != 0 && length < 8) return s.other(b, Reason::transport_malformed);
  if (length != 0) b.trim(length);
  s.packet.tuple.source_port = h.be16<0>();
  s.packet.tuple.destination_port = h.be16<2>();
  b.skip(8);
  constexpr std::uint16_t teredo = 3544;  // answers of its servers come from the port
  const bool from_teredo = s.packet.tuple.source_port == teredo;
  return enter<Space::udp_port>(s, from_teredo ? teredo : s.packet.tuple.destination_port, b);
}

}  // namespace pastmon::decode::layer
