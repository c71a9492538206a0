// SPDX-License-Identifier: MIT
// Where layers meet, and where the next encapsulation plugs in: write src/decode/<layer>.cc with a function
//   Verdict layer::<layer>(State& s, Bytes b) noexcept
// that takes its header off `b` and returns enter<Space>(s, number, b) for what it carries, and add one row to the
// table below. Rows of a space are tried in order, so the most frequent stand first.
#pragma once

#include <cstdint>

#include "bytes.h"
#include "pastmon/capture/frame.h"
#include "pastmon/decode/decoder.h"
#include "pastmon/decode/packet.h"

//  space, number in that space, function
#define PASTMON_DECODE_LAYERS(ROW)               \
  ROW(link_type, 1, ethernet)                    \
  ROW(link_type, 113, linux_cooked)              \
  ROW(link_type, 276, linux_cooked_2)            \
  ROW(link_type, 101, raw_ip)                    \
  ROW(link_type, 12, raw_ip)                     \
  ROW(link_type, 14, raw_ip)                     \
  ROW(link_type, 228, ipv4)                      \
  ROW(link_type, 229, ipv6)                      \
  ROW(link_type, 0, null_loopback)               \
  ROW(link_type, 108, null_loopback)             \
  ROW(link_type, 9, ppp)                         \
  ROW(link_type, 50, ppp)                        \
  ROW(link_type, 51, pppoe)                      \
  ROW(link_type, 166, ppp_with_direction)        \
  ROW(link_type, 204, ppp_with_direction)        \
  ROW(link_type, 104, cisco_hdlc)                \
  ROW(link_type, 205, cisco_hdlc_with_direction) \
  ROW(link_type, 10, fddi)                       \
  ROW(link_type, 105, wifi)                      \
  ROW(link_type, 127, radiotap)                  \
  ROW(link_type, 119, prism)                     \
  ROW(link_type, 163, avs)                       \
  ROW(link_type, 192, ppi)                       \
  ROW(link_type, 197, erf)                       \
  ROW(link_type, 239, nflog)                     \
  ROW(ether_type, 0x0800, ipv4)                  \
  ROW(ether_type, 0x86dd, ipv6)                  \
  ROW(ether_type, 0x8100, vlan)                  \
  ROW(ether_type, 0x88a8, vlan)                  \
  ROW(ether_type, 0x9100, vlan)                  \
  ROW(ether_type, 0x8847, mpls)                  \
  ROW(ether_type, 0x8848, mpls)                  \
  ROW(ether_type, 0x8864, pppoe)                 \
  ROW(ether_type, 0x88e7, backbone_tag)          \
  ROW(ether_type, 0x8926, vn_tag)                \
  ROW(ether_type, 0x893f, e_tag)                 \
  ROW(ip_protocol, 6, tcp)                       \
  ROW(ip_protocol, 17, udp)                      \
  ROW(ip_protocol, 1, icmp)                      \
  ROW(ip_protocol, 58, icmpv6)                   \
  ROW(ip_protocol, 4, ipv4_in_ip)                \
  ROW(ip_protocol, 41, ipv6_in_ip)               \
  ROW(ip_protocol, 47, gre)                      \
  ROW(ip_protocol, 97, ether_ip)                 \
  ROW(ip_protocol, 51, authentication)           \
  ROW(udp_port, 4789, vxlan)                     \
  ROW(udp_port, 8472, vxlan)                     \
  ROW(udp_port, 4790, vxlan_gpe)                 \
  ROW(udp_port, 6081, geneve)                    \
  ROW(udp_port, 2152, gtp_u)                     \
  ROW(udp_port, 3544, teredo)                    \
  ROW(udp_port, 1701, l2tp)                      \
  ROW(udp_port, 5247, capwap)                    \
  ROW(udp_port, 4341, lisp)

namespace pastmon::decode {

/// How the number that a header gives for what it carries is to be read.
enum class Space : std::uint8_t {
  link_type,    ///< capture::LinkType; an unknown one is undecodable
  ether_type,   ///< an unknown one is not IP
  ip_protocol,  ///< an unknown one is Transport::other
  udp_port,     ///< destination port of a tunnel over UDP (Teredo: either port); an unknown one is Transport::udp
};

/// Layers (link header, tags, network headers, transport) that one frame may have: a mobile network's tunnel inside
/// another one over MPLS and VLANs needs about ten.
inline constexpr unsigned kMaxDepth = 16;

/// One frame's way through the layers.
struct State {
  Packet& packet;
  Counters& counters;
  TunnelAddresses tunnels = TunnelAddresses::inner;
  unsigned depth = 0;
  std::uint32_t frames = 1;  ///< more when their payload was put together: each of them counts

  /// The packet counts under the addresses around a tunnel: it is not opened.
  bool outer() const noexcept { return tunnels == TunnelAddresses::outer; }
  /// Behind a tunnel over UDP the inner packet's ports count, if it has any.
  void forget_ports() noexcept { packet.tuple.source_port = packet.tuple.destination_port = 0; }

  Verdict undecodable(Reason reason) noexcept {
    count(reason);
    counters.undecodable += frames;
    return Verdict::undecodable;
  }
  Verdict not_ip() noexcept {
    counters.not_ip += frames;
    return Verdict::not_ip;
  }
  /// The addresses are known, but not the ports: `b` is the IP payload.
  Verdict other(Bytes b, Reason reason) noexcept {
    count(reason);
    return done(Transport::other, b);
  }
  /// The tuple is complete.
  Verdict done(Transport transport, Bytes payload) noexcept {
    packet.transport = transport;
    packet.payload = payload.data;
    packet.payload_captured = payload.captured;
    packet.payload_length = payload.length;
    packet.hash = symmetric_hash(packet.tuple);
    return Verdict::packet;
  }

 private:
  void count(Reason reason) noexcept { ++counters.reasons[static_cast<std::size_t>(reason)]; }
};

namespace layer {
#define PASTMON_DECODE_DECLARE(space, number, function) Verdict function(State& s, Bytes b) noexcept;
PASTMON_DECODE_LAYERS(PASTMON_DECODE_DECLARE)
#undef PASTMON_DECODE_DECLARE
Verdict llc(State& s, Bytes b) noexcept;  // behind 802.3, 802.11 and FDDI
}  // namespace layer

/// A bit for the last six bits of each port in the table: most datagrams are told apart from tunnels by one test.
inline constexpr std::uint64_t kTunnelPorts = 0
#define PASTMON_DECODE_PORT(space, value, function) \
  | (Space::space == Space::udp_port ? std::uint64_t{1} << ((value)&63U) : 0U)
    PASTMON_DECODE_LAYERS(PASTMON_DECODE_PORT)
#undef PASTMON_DECODE_PORT
    ;

/// Goes on with the layer that has this number.
template <Space S>
inline Verdict enter(State& s, std::uint32_t number, Bytes b) noexcept {
  if (S != Space::udp_port && ++s.depth > kMaxDepth) return s.undecodable(Reason::nested_too_deep);
  if (S == Space::udp_port && ((kTunnelPorts >> (number & 63U) & 1U) == 0 || s.outer())) {
    return s.done(Transport::udp, b);
  }
#define PASTMON_DECODE_ENTER(space, value, function) \
  if (S == Space::space && number == value) return layer::function(s, b);
  PASTMON_DECODE_LAYERS(PASTMON_DECODE_ENTER)
#undef PASTMON_DECODE_ENTER
  if constexpr (S == Space::link_type) return s.undecodable(Reason::link_unknown);
  if constexpr (S == Space::ether_type) return s.not_ip();
  if constexpr (S == Space::udp_port) return s.done(Transport::udp, b);
  return s.done(Transport::other, b);
}

}  // namespace pastmon::decode
