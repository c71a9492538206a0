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
#define PASTMON_DECODE_LAYERS(ROW)    \
  ROW(link_type, 1, ethernet)         \
  ROW(link_type, 113, linux_cooked)   \
  ROW(link_type, 276, linux_cooked_2) \
  ROW(link_type, 101, raw_ip)         \
  ROW(link_type, 12, raw_ip)          \
  ROW(link_type, 14, raw_ip)          \
  ROW(link_type, 228, ipv4)           \
  ROW(link_type, 229, ipv6)           \
  ROW(link_type, 0, null_loopback)    \
  ROW(link_type, 108, null_loopback)  \
  ROW(ether_type, 0x0800, ipv4)       \
  ROW(ether_type, 0x86dd, ipv6)       \
  ROW(ether_type, 0x8100, vlan)       \
  ROW(ether_type, 0x88a8, vlan)       \
  ROW(ether_type, 0x9100, vlan)       \
  ROW(ip_protocol, 6, tcp)            \
  ROW(ip_protocol, 17, udp)           \
  ROW(ip_protocol, 1, icmp)           \
  ROW(ip_protocol, 58, icmpv6)        \
  ROW(ip_protocol, 4, ipv4)           \
  ROW(ip_protocol, 41, ipv6)          \
  ROW(udp_port, 4789, vxlan)

namespace pastmon::decode {

/// How the number that a header gives for what it carries is to be read.
enum class Space : std::uint8_t {
  link_type,    ///< capture::LinkType; an unknown one is undecodable
  ether_type,   ///< an unknown one is not IP
  ip_protocol,  ///< an unknown one is Transport::other; 4 and 41: IP in IP (RFC 2003, 4213), the inner addresses count
  udp_port,     ///< destination port of a tunnel over UDP; an unknown one is Transport::udp
};

/// Layers (link header, tags, network headers, transport) that one frame may have: ten tags around TCP in IP.
inline constexpr unsigned kMaxDepth = 13;

/// One frame's way through the layers.
struct State {
  Packet& packet;
  Counters& counters;
  unsigned depth = 0;

  Verdict undecodable(Reason reason) noexcept {
    count(reason);
    ++counters.undecodable;
    return Verdict::undecodable;
  }
  Verdict not_ip() noexcept {
    ++counters.not_ip;
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
}  // namespace layer

/// Goes on with the layer that has this number.
template <Space S>
inline Verdict enter(State& s, std::uint32_t number, Bytes b) noexcept {
  if (S != Space::udp_port && ++s.depth > kMaxDepth) return s.undecodable(Reason::nested_too_deep);
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
