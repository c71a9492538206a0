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

/// The last address of a routing header that has not been reached yet: source route (type 0, RFC 5095 forbids it), home
/// address (2, RFC 6275), segments (4, RFC 8754, listed backwards). `b` begins with the header of `size` bytes.
const std::uint8_t* final_destination(const Bytes& b, std::uint32_t size) noexcept {
  const auto h = b.header<8>();
  const std::uint32_t addresses = h.u8<1>() / 2U;
  if (h.u8<3>() == 0 || addresses == 0 || !b.has(size)) return nullptr;
  switch (h.u8<2>()) {
    case 0:
      return b.data + 8 + std::size_t{16} * (addresses - 1);
    case 2:
    case 4:
      return b.data + 8;
    default:
      return nullptr;
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
    if (protocol == kRouting) {
      if (const std::uint8_t* last = final_destination(b, size); last != nullptr) out.destination = last;
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
