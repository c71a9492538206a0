// SPDX-License-Identifier: MIT
//   0       1       2               4               8
//  +-------+-------+---------------+---------------+------
//  | next  | len   | hop-by-hop, routing, destination options …       8 + 8·len bytes
//  +-------+-------+---------------+---------------+------
//  | next  | 0     | offset, 0, M  | identification|                  fragment: 8 bytes
//  +-------+-------+---------------+---------------+------
//  | next  | len   | authentication header (RFC 4302) …               8 + 4·len bytes
//  +-------+-------+---------------+---------------+------
#include "ipv6_extensions.h"

namespace pastmon::decode {
namespace {

enum : std::uint8_t {
  kHopByHop = 0,
  kRouting = 43,
  kFragment = 44,
  kAuthentication = 51,
  kDestination = 60,
  kMobility = 135,
  kHostIdentity = 139,
  kShim6 = 140,
};

bool is_extension(std::uint8_t protocol) noexcept {
  switch (protocol) {
    case kHopByHop:
    case kRouting:
    case kFragment:
    case kAuthentication:
    case kDestination:
    case kMobility:
    case kHostIdentity:
    case kShim6:
      return true;
    default:
      return false;
  }
}

}  // namespace

Extensions skip_extensions(std::uint8_t next, Bytes& b) noexcept {
  Extensions out;
  out.protocol = next;
  for (unsigned seen = 0; is_extension(out.protocol); ++seen) {
    if (seen == kMaxExtensions || b.length < 8) {
      out.end = Extensions::End::malformed;
      return out;
    }
    if (!b.has(8)) {
      out.end = Extensions::End::truncated;
      return out;
    }
    const auto h = b.header<8>();
    const std::uint8_t protocol = out.protocol;
    const std::uint32_t length = h.u8<1>();
    const std::uint32_t size = protocol == kFragment         ? 8
                               : protocol == kAuthentication ? 8 + 4 * length
                                                             : 8 + 8 * length;
    if (size > b.length) {
      out.end = Extensions::End::malformed;
      return out;
    }
    out.protocol = h.u8<0>();
    b.skip(size);
    if (protocol == kFragment) {
      const std::uint16_t offset = h.be16<2>();
      out.identification = h.be32<4>();
      out.fragment_offset = offset & 0xfff8U;
      out.more_fragments = (offset & 1U) != 0;
      if ((offset & 0xfff9U) != 0) {  // else an atomic fragment, which is whole (RFC 6946)
        out.end = Extensions::End::fragment;
        return out;
      }
    }
  }
  return out;
}

}  // namespace pastmon::decode
