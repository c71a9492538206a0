// SPDX-License-Identifier: MIT
// Datagrams cut into fragments for tests, and a decoder with a reassembler behind it.
#pragma once

#include <algorithm>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "decode/packet_builder.h"
#include "pastmon/decode/reassembler.h"

namespace pastmon::decode::testing {

inline constexpr base::Micros kStart = 1'700'000'000 * base::kSecond;

/// The part [from, to) of an IP payload.
struct Cut {
  std::size_t from = 0;
  std::size_t to = 0;
};

inline Octets part_of(const Octets& payload, Cut cut) {
  return {payload.begin() + static_cast<std::ptrdiff_t>(cut.from),
          payload.begin() + static_cast<std::ptrdiff_t>(cut.to)};
}

/// A frame (link type raw IP) with that part.
inline Octets fragment_v4(const Octets& payload, Cut cut, std::uint8_t protocol = kUdp, bool swapped = false) {
  const std::uint16_t more = cut.to < payload.size() ? 0x2000 : 0;
  return ipv4({.protocol = protocol, .fragment = static_cast<std::uint16_t>(more | cut.from / 8), .swapped = swapped},
              part_of(payload, cut));
}
inline Octets fragment_v6(const Octets& payload, Cut cut, std::uint8_t protocol = kUdp, std::uint32_t id = 9) {
  const Octets header = be(protocol, 1) + be(0, 1) + be(cut.from | (cut.to < payload.size() ? 1U : 0U), 2) + be(id, 4);
  return ipv6({.protocol = 44}, header + part_of(payload, cut));
}

/// What goes on behind the reassembler, its bytes copied.
struct Given {
  Packet packet;
  std::string payload;
};

class Line {
 public:
  explicit Line(FragmentOptions options = {}, TunnelAddresses tunnels = TunnelAddresses::inner)
      : decoder(tunnels), reassembler(options, decoder) {}

  /// A frame at kStart + `at`, of which snaplen left `captured` bytes (-1: all).
  std::vector<Given> operator()(base::Micros at, const Octets& frame, int captured = -1) {
    Octets bytes = frame;  // memory of exactly that size, gone before the next call
    if (captured >= 0) bytes.resize(static_cast<std::size_t>(captured));
    bytes.shrink_to_fit();
    capture::Frame f;
    f.time = kStart + at;
    f.data = bytes.data();
    f.captured = static_cast<std::uint32_t>(bytes.size());
    f.length = static_cast<std::uint32_t>(frame.size());
    f.link = capture::LinkType::raw_ip;
    Packet packet;
    if (decoder.decode(f, packet) != Verdict::packet) return {};
    if (packet.transport != Transport::fragment) return copy(std::span(&packet, 1));
    const std::span<const Packet> out = reassembler.take(packet);
    std::fill(bytes.begin(), bytes.end(), std::uint8_t{0xee});  // who kept a pointer to the frame reads this
    return copy(out);
  }
  std::vector<Given> expire(base::Micros at) { return copy(reassembler.expire(kStart + at)); }
  std::vector<Given> finish() { return copy(reassembler.finish()); }

  Decoder decoder;
  Reassembler reassembler;

 private:
  static std::vector<Given> copy(std::span<const Packet> packets) {
    std::vector<Given> out;
    for (const Packet& p : packets) {
      out.push_back({p, {reinterpret_cast<const char*>(p.payload), p.payload_captured}});
    }
    return out;
  }
};

}  // namespace pastmon::decode::testing
