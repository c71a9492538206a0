// SPDX-License-Identifier: MIT
// Packets for tests, put together from the outside in:
//   ethernet(0x0800) + ipv4({.protocol = 6}, tcp({}, "GET /"))
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "pastmon/capture/frame.h"
#include "pastmon/decode/decoder.h"

namespace pastmon::decode::testing {

using Octets = std::vector<std::uint8_t>;

inline Octets operator+(Octets a, const Octets& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

inline Octets text(std::string_view s) { return {s.begin(), s.end()}; }
inline Octets be(std::uint64_t value, int size) {
  Octets out;
  for (int i = size - 1; i >= 0; --i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  return out;
}
inline Octets zeros(std::size_t n) { return Octets(n, 0); }

inline Octets ethernet(std::uint16_t type) { return be(0x020000000002, 6) + be(0x020000000001, 6) + be(type, 2); }
inline Octets vlan(std::uint16_t id, std::uint16_t type) { return be(id, 2) + be(type, 2); }

struct Ip {
  std::uint8_t protocol = 6;
  std::uint8_t ttl = 64;
  std::uint16_t fragment = 0;    ///< flags and offset of IPv4
  Octets options = {};           ///< IPv4 options, a multiple of 4 bytes
  int total_length = -1;         ///< -1: right; IPv6: the payload length
  std::uint8_t version_ihl = 0;  ///< 0: right
  bool swapped = false;          ///< source and destination exchanged
};

inline const Octets kV4A = {192, 0, 2, 1}, kV4B = {192, 0, 2, 2};
inline const Octets kV6A = be(0x20010db800000000, 8) + be(1, 8), kV6B = be(0x20010db800000000, 8) + be(2, 8);

inline Octets ipv4(const Ip& ip, const Octets& payload) {
  const std::size_t header = 20 + ip.options.size();
  const auto total = ip.total_length >= 0 ? static_cast<std::size_t>(ip.total_length) : header + payload.size();
  const std::size_t first = ip.version_ihl != 0 ? ip.version_ihl : 0x40 | header / 4;
  return be(first, 1) + be(0, 1) + be(total, 2) + be(7, 2) + be(ip.fragment, 2) + be(ip.ttl, 1) + be(ip.protocol, 1) +
         be(0, 2) + (ip.swapped ? kV4B + kV4A : kV4A + kV4B) + ip.options + payload;
}

inline Octets ipv6(const Ip& ip, const Octets& payload) {
  const auto length = ip.total_length >= 0 ? static_cast<std::size_t>(ip.total_length) : payload.size();
  const std::uint64_t first = ip.version_ihl != 0 ? ip.version_ihl : 0x60;
  return be(first, 1) + be(0, 3) + be(length, 2) + be(ip.protocol, 1) + be(ip.ttl, 1) +
         (ip.swapped ? kV6B + kV6A : kV6A + kV6B) + payload;
}

struct Tcp {
  std::uint16_t source = 40000, destination = 80;
  std::uint32_t sequence = 1000, acknowledgement = 2000;
  std::uint8_t flags = tcp_flag::ack;
  std::uint16_t window = 512;
  Octets options = {};   ///< a multiple of 4 bytes
  int data_offset = -1;  ///< in words; -1: right
};

inline Octets tcp(const Tcp& t, std::string_view payload = {}) {
  const std::size_t words = t.data_offset >= 0 ? static_cast<std::size_t>(t.data_offset) : 5 + t.options.size() / 4;
  return be(t.source, 2) + be(t.destination, 2) + be(t.sequence, 4) + be(t.acknowledgement, 4) + be(words << 4, 1) +
         be(t.flags, 1) + be(t.window, 2) + be(0, 4) + t.options + text(payload);
}

/// length −1: right.
inline Octets udp(std::uint16_t source, std::uint16_t destination, std::string_view payload, int length = -1) {
  const auto size = length >= 0 ? static_cast<std::size_t>(length) : payload.size() + 8;
  return be(source, 2) + be(destination, 2) + be(size, 2) + be(0, 2) + text(payload);
}

/// `rest` is the second word of the header.
inline Octets icmp(std::uint8_t type, std::uint8_t code, std::uint32_t rest, const Octets& body) {
  return be(type, 1) + be(code, 1) + be(0, 2) + be(rest, 4) + body;
}

inline constexpr std::uint8_t kTcp = 6, kUdp = 17, kIcmp = 1, kIcmpv6 = 58;

/// What the decoder says of one frame; `bytes` keeps what the packet points to.
struct Decoded {
  Octets bytes;
  Verdict verdict = Verdict::undecodable;
  Packet packet;
  Counters counters;

  std::uint64_t reason(Reason r) const { return counters.reasons[static_cast<std::size_t>(r)]; }
  std::string_view payload() const { return {reinterpret_cast<const char*>(packet.payload), packet.payload_captured}; }
};

/// Decodes a frame of which snaplen left `captured` bytes (-1: all). The bytes lie in memory of exactly that size, so
/// that a sanitizer sees every read beyond them.
inline Decoded run(const Octets& frame, capture::LinkType link = capture::LinkType::ethernet, int captured = -1) {
  Decoded d;
  d.bytes = frame;
  if (captured >= 0) d.bytes.resize(static_cast<std::size_t>(captured));
  d.bytes.shrink_to_fit();
  Decoder decoder;
  capture::Frame f;
  f.time = 1'700'000'000'123'456;
  f.data = d.bytes.data();
  f.captured = static_cast<std::uint32_t>(d.bytes.size());
  f.length = static_cast<std::uint32_t>(frame.size());
  f.link = link;
  d.verdict = decoder.decode(f, d.packet);
  d.counters = decoder.counters();
  return d;
}

}  // namespace pastmon::decode::testing
