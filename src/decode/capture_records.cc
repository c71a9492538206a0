// SPDX-License-Identifier: MIT
// Records that capture systems put around a frame: Endace's ERF, and the Linux firewall's NFLOG.
//
//  ERF:    | time (8) | type | flags | record length (2) | lost (2) | wire length (2) | extensions (8 each) | …
//          a set highest bit of the type, or of an extension's first byte, says that an extension follows
//  NFLOG:  | family | version 0 | resource (2) | { length (2), type (2), value, padding to 4 } …      host byte order
#include <algorithm>

#include "layers.h"

namespace pastmon::decode::layer {
namespace {
constexpr unsigned kMaxErfExtensions = 8;
constexpr unsigned kMaxFields = 32;
constexpr std::uint32_t kPayloadField = 9;
}  // namespace

Verdict erf(State& s, Bytes b) noexcept {
  if (!b.has(16)) return s.undecodable(Reason::link_truncated);
  const auto h = b.header<16>();
  const unsigned type = h.u8<8>() & 0x7fU;
  const std::uint32_t wire = h.be16<14>();
  bool more = (h.u8<8>() & 0x80U) != 0;
  b.skip(16);
  for (unsigned i = 0; more; ++i) {
    if (i == kMaxErfExtensions || !b.has(8)) return s.undecodable(Reason::link_truncated);
    more = (b.data[0] & 0x80U) != 0;
    b.skip(8);
  }
  constexpr unsigned ethernet_type = 2, ethernet_color = 11, ipv4_type = 22, ipv6_type = 23;
  if (type == ipv4_type || type == ipv6_type) return raw_ip(s, b);
  if (type != ethernet_type && type != ethernet_color) return s.not_ip();
  if (!b.has(2)) return s.undecodable(Reason::link_truncated);
  b.skip(2);
  if (wire > 0) b.trim(wire);
  return enter<Space::link_type>(s, 1, b);
}

Verdict nflog(State& s, Bytes b) noexcept {
  if (!b.has(4)) return s.undecodable(Reason::link_truncated);
  b.skip(4);
  for (unsigned i = 0; i < kMaxFields && b.has(4); ++i) {
    const std::uint32_t size = std::uint32_t{b.data[0]} | std::uint32_t{b.data[1]} << 8U;
    const std::uint32_t type = (std::uint32_t{b.data[2]} | std::uint32_t{b.data[3]} << 8U) & 0x7fffU;
    if (size < 4 || size > b.length) break;
    if (type == kPayloadField) {
      b.trim(size);
      b.skip(4);
      return raw_ip(s, b);
    }
    b.skip(std::min((size + 3U) & ~3U, b.length));
  }
  return s.not_ip();
}

}  // namespace pastmon::decode::layer
