// SPDX-License-Identifier: MIT
// The authentication header of IPsec in IPv4 (RFC 4302); that in IPv6 is one of its extension headers. What follows is
// not encrypted, and has no addresses of its own unless it is an IP header.
//
//   0       1       2               4               8               12
//  +-------+-------+---------------+---------------+---------------+------
//  | next  | len   | reserved      | parameters    | sequence      | integrity check …     4·(len + 2) bytes
//  +-------+-------+---------------+---------------+---------------+------
#include "layers.h"

namespace pastmon::decode::layer {

Verdict authentication(State& s, Bytes b) noexcept {
  if (!b.has(12)) return s.other(b, Reason::transport_truncated);
  const std::uint32_t size = 4 * (b.header<12>().u8<1>() + 2U);
  if (size < 12 || size > b.length) return s.other(b, Reason::transport_malformed);
  const std::uint8_t next = b.header<12>().u8<0>();
  b.skip(size);
  s.packet.tuple.protocol = next;
  return enter<Space::ip_protocol>(s, next, b);
}

}  // namespace pastmon::decode::layer
