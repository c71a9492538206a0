// SPDX-License-Identifier: MIT
// ICMP (RFC 792) and ICMPv6 (RFC 4443). Error messages quote the packet that caused them.
//
//   0       1       2               4               8
//  +-------+-------+---------------+---------------+----------
//  | type  | code  | checksum      | by type       | quoted packet, or data …
//  +-------+-------+---------------+---------------+----------
//
// RFC 4884: an error may say how long its quote is (ICMP: byte 5, in words of 4; ICMPv6: byte 4, in words of 8), and
// extensions follow the quote.
#include "layers.h"
#include "quoted.h"

namespace pastmon::decode::layer {
namespace {

bool is_error_v4(std::uint8_t type) noexcept {
  constexpr std::uint8_t unreachable = 3, source_quench = 4, redirect = 5, time_exceeded = 11, parameter_problem = 12;
  return type == unreachable || type == time_exceeded || type == redirect || type == parameter_problem ||
         type == source_quench;
}

bool may_have_extensions(std::uint8_t type_v4) noexcept { return type_v4 == 3 || type_v4 == 11 || type_v4 == 12; }

/// Reads the fields that both versions share; false when the header is cut off.
bool read_header(State& s, Bytes b) noexcept {
  if (!b.has(4)) return false;
  const auto h = b.header<4>();
  IcmpFields& icmp = s.packet.icmp;
  icmp = IcmpFields{};
  icmp.type = h.u8<0>();
  icmp.code = h.u8<1>();
  return true;
}

/// The quote behind the eight bytes of header, `words`·`unit` bytes long if the message says so.
Bytes quote(Bytes b, std::uint32_t words, std::uint32_t unit) noexcept {
  b.skip(8);
  if (words != 0) b.trim(words * unit);
  return b;
}

}  // namespace

Verdict icmp(State& s, Bytes b) noexcept {
  if (!read_header(s, b)) return s.other(b, Reason::transport_truncated);
  IcmpFields& icmp = s.packet.icmp;
  if (is_error_v4(icmp.type) && b.has(8)) {
    const std::uint8_t words = may_have_extensions(icmp.type) ? b.header<8>().u8<5>() : std::uint8_t{0};
    read_quote_v4(icmp, quote(b, words, 4));
  }
  return s.done(Transport::icmp, b);
}

Verdict icmpv6(State& s, Bytes b) noexcept {
  if (!read_header(s, b)) return s.other(b, Reason::transport_truncated);
  IcmpFields& icmp = s.packet.icmp;
  constexpr std::uint8_t unreachable = 1, time_exceeded = 3, last_error = 127;
  if (icmp.type <= last_error && icmp.type != 0 && b.has(8)) {
    const bool extensible = icmp.type == unreachable || icmp.type == time_exceeded;
    read_quote_v6(icmp, quote(b, extensible ? b.header<8>().u8<4>() : std::uint8_t{0}, 8));
  }
  return s.done(Transport::icmpv6, b);
}

}  // namespace pastmon::decode::layer
