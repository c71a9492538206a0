// SPDX-License-Identifier: MIT
// From a frame to a packet: link layer, VLAN tags, IPv4 or IPv6 with its extension headers, transport.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "pastmon/capture/frame.h"
#include "pastmon/decode/packet.h"

namespace pastmon::decode {

/// Reasons of Verdict::undecodable and of Transport::other; each is counted for the Internal page.
enum class Reason : std::uint8_t {
  link_truncated,       ///< the link header is cut off
  link_unknown,         ///< a link type that we do not know
  ip_truncated,         ///< the IP header is cut off
  ip_malformed,         ///< bad version, header length or total length
  extension_malformed,  ///< IPv6 extension headers that do not add up, or too many (counts as Transport::other)
  transport_truncated,  ///< TCP, UDP or ICMP header cut off (the packet counts as Transport::other)
  transport_malformed,  ///< e.g. a TCP data offset below 5 (likewise)
  nested_too_deep,      ///< more encapsulations than the bound
  count_
};
inline constexpr std::size_t kReasons = static_cast<std::size_t>(Reason::count_);
const char* to_string(Reason reason);

/// Whose addresses a packet inside a tunnel counts under.
enum class TunnelAddresses : std::uint8_t {
  inner,  ///< of the packet that the tunnel carries
  outer,  ///< of the tunnel's ends: GRE and IP in IP as Transport::other, tunnels over UDP as Transport::udp
};

/// Totals since the start.
struct Counters {
  std::uint64_t packets = 0;      ///< frames given to decode()
  std::uint64_t not_ip = 0;       ///< of them Verdict::not_ip
  std::uint64_t undecodable = 0;  ///< of them Verdict::undecodable
  std::array<std::uint64_t, kReasons>
      reasons{};  ///< by Reason; those that give Transport::other are packets all the same
};

/// Stateless but for its counters; one per capture thread. Never throws, never allocates.
class Decoder {
 public:
  explicit Decoder(TunnelAddresses tunnels = TunnelAddresses::inner) : tunnels_(tunnels) {}

  /// Fills in `packet` when the answer is Verdict::packet. The packet points into the frame's bytes.
  /// Lengths come from the headers: a frame padded to Ethernet's minimum has no phantom payload, and a frame that
  /// snaplen cut keeps its true payload_length. IP length 0 (segmentation offload) means "to the end of the frame".
  Verdict decode(const capture::Frame& frame, Packet& packet) noexcept;

  /// Goes on with the IP payload of a fragment: `packet` is one that decode() gave as Transport::fragment, its payload
  /// is now its whole datagram's, or as much as there is. It came in `frames` frames: so many count as undecodable or
  /// not IP when that is the answer. The result may be a fragment again, inside a tunnel.
  Verdict decode_rest(Packet& packet, std::uint32_t frames) noexcept;

  const Counters& counters() const noexcept { return counters_; }

 private:
  TunnelAddresses tunnels_;
  Counters counters_;
};

}  // namespace pastmon::decode
