// SPDX-License-Identifier: MIT
// IPv4 (RFC 791).
//
//   0       1       2               4               6               8
//  +-------+-------+---------------+---------------+---------------+
//  |ver|IHL| TOS   | total length  | identification|flags, fragment|
//  +-------+-------+---------------+---------------+---------------+
//  | TTL   | proto | checksum      | source                        |
//  +-------+-------+---------------+-------------------------------+
//  | destination                   | options (IHL − 5 words) …
//  +-------------------------------+--------
//
// Checksums are not verified: an interface that computes them itself shows wrong ones to a capture.
#include "layers.h"

namespace pastmon::decode::layer {

Verdict ipv4(State& s, Bytes b) noexcept {
  if (!b.has(20)) return s.undecodable(Reason::ip_truncated);
  const auto h = b.header<20>();
  const std::uint32_t header = (h.u8<0>() & 15U) * 4U;
  const std::uint32_t total = h.be16<2>();
  if (h.u8<0>() >> 4 != 4 || header < 20 || (total != 0 && total < header)) {
    return s.undecodable(Reason::ip_malformed);
  }
  if (total != 0) b.trim(total);  // 0: segmentation offload, a packet larger than the field can say
  if (b.length < header) return s.undecodable(Reason::ip_truncated);

  Packet& p = s.packet;
  p.tuple.source = base::Address::v4(h.at<12, 4>());
  p.tuple.destination = base::Address::v4(h.at<16, 4>());
  p.tuple.protocol = h.u8<9>();
  p.ttl = h.u8<8>();
  p.ip_id = h.be16<4>();
  const std::uint16_t fragment = h.be16<6>();
  b.skip(header);
  if ((fragment & 0x3fffU) != 0) {
    p.fragment_offset = static_cast<std::uint16_t>((fragment & 0x1fffU) * 8);
    p.more_fragments = (fragment & 0x2000U) != 0;
    return s.done(Transport::fragment, b);
  }
  return enter<Space::ip_protocol>(s, p.tuple.protocol, b);
}

}  // namespace pastmon::decode::layer
