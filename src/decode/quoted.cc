// SPDX-License-Identifier: MIT
// RFC 792 and RFC 4443: an IP header and at least 8 bytes behind it. Headers are drawn in ipv4.cc, ipv6.cc, tcp.cc and
// udp.cc. A quote is always cut, so the lengths in it are only upper limits.
#include "quoted.h"

#include "ipv6_extensions.h"

namespace pastmon::decode {
namespace {

constexpr std::uint8_t kTcp = 6, kUdp = 17;

void read_transport(IcmpFields& icmp, Bytes b) noexcept {
  const std::uint8_t protocol = icmp.quoted.protocol;
  if ((protocol != kTcp && protocol != kUdp) || !b.has(4)) return;
  const auto ports = b.header<4>();
  icmp.quoted.source_port = ports.be16<0>();
  icmp.quoted.destination_port = ports.be16<2>();
  if (!b.has(8)) return;
  const auto h = b.header<8>();
  if (protocol == kTcp) {
    icmp.quoted_sequence = h.be32<4>();
    return;
  }
  const std::uint32_t length = h.be16<4>();
  if (length >= 8) b.trim(length);
  b.skip(8);
  icmp.quoted_payload = b.captured != 0 ? b.data : nullptr;
  icmp.quoted_payload_size = static_cast<std::uint16_t>(b.captured > 0xffff ? 0xffff : b.captured);
}

}  // namespace

void read_quote_v4(IcmpFields& icmp, Bytes b) noexcept {
  if (!b.has(20)) return;
  const auto h = b.header<20>();
  const std::uint32_t header = (h.u8<0>() & 15U) * 4U;
  if (h.u8<0>() >> 4 != 4 || header < 20 || header > b.length) return;
  icmp.has_quote = true;
  icmp.quoted.source = base::Address::v4(h.at<12, 4>());
  icmp.quoted.destination = base::Address::v4(h.at<16, 4>());
  icmp.quoted.protocol = h.u8<9>();
  const std::uint32_t total = h.be16<2>();
  if (total >= header) b.trim(total);
  b.skip(header);
  if ((h.be16<6>() & 0x1fffU) == 0) read_transport(icmp, b);
}

void read_quote_v6(IcmpFields& icmp, Bytes b) noexcept {
  if (!b.has(40)) return;
  const auto h = b.header<40>();
  if (h.u8<0>() >> 4 != 6) return;
  icmp.has_quote = true;
  icmp.quoted.source = base::Address::v6(h.at<8, 16>());
  icmp.quoted.destination = base::Address::v6(h.at<24, 16>());
  b.skip(40);
  if (const std::uint32_t length = h.be16<4>(); length != 0) b.trim(length);
  const Extensions extensions = skip_extensions(h.u8<6>(), b);
  icmp.quoted.protocol = extensions.protocol;
  if (extensions.end == Extensions::End::transport) read_transport(icmp, b);
}

}  // namespace pastmon::decode
