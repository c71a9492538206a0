// SPDX-License-Identifier: MIT
// One decoded packet: flat, without pointers into anything but the frame's own bytes.
#pragma once

#include <cstdint>
#include <cstring>

#include "pastmon/base/address.h"
#include "pastmon/base/clock.h"

namespace pastmon::decode {

enum class Transport : std::uint8_t {
  tcp,
  udp,
  icmp,  ///< ICMP for IPv4
  icmpv6,
  other,     ///< any other IP protocol, or a transport header that was cut off or is malformed
  fragment,  ///< an IP fragment; Reassembler puts datagrams together
};

namespace tcp_flag {
inline constexpr std::uint8_t fin = 0x01, syn = 0x02, rst = 0x04, psh = 0x08, ack = 0x10, urg = 0x20;
}

/// The addresses and ports that a flow is recognised by. Ports are 0 where the transport has none.
struct FiveTuple {
  base::Address source;
  base::Address destination;
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint8_t protocol = 0;  ///< IP protocol number

  friend bool operator==(const FiveTuple&, const FiveTuple&) = default;
};

/// Key of symmetric_hash. A live capture sets it to a random number once, before any packet and any thread, so that
/// nobody outside can choose addresses and ports that all fall on one place of a table.
inline std::uint64_t hash_key = 0x2d358dccaa6c78a5ULL;

/// The hash of a 5-tuple for Packet::hash and for looking up quoted packets: the same for both directions. Multiplies
/// and folds (both halves of the 128-bit product). For tables in memory; not stable between versions.
inline std::uint32_t symmetric_hash(const FiveTuple& t) noexcept {
  const auto fold = [](std::uint64_t a, std::uint64_t b) noexcept {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  };
  const auto end_point = [&fold](const base::Address& address, std::uint16_t port) noexcept {
    std::uint64_t high, low;
    std::memcpy(&high, address.bytes().data(), 8);
    std::memcpy(&low, address.bytes().data() + 8, 8);
    // The port goes with `high`, which is constant for all IPv4 addresses.
    return fold(low ^ hash_key, high ^ std::uint64_t{port} << 24 ^ hash_key << 1 ^ 0xa0761d6478bd642fULL);
  };
  const std::uint64_t both = end_point(t.source, t.source_port) + end_point(t.destination, t.destination_port);
  const std::uint64_t mixed = fold(both ^ t.protocol, hash_key ^ 0xe7037ed1a0b428dbULL);
  return static_cast<std::uint32_t>(mixed ^ mixed >> 32);
}

inline constexpr std::uint8_t kNoWindowScale = 0xff;

/// TCP fields; meaningful only when transport is tcp.
struct TcpFields {
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgement = 0;
  std::uint16_t window = 0;                    ///< as it stands in the header, not scaled
  std::uint16_t mss = 0;                       ///< option; 0: absent
  std::uint8_t flags = 0;                      ///< tcp_flag bits
  std::uint8_t window_scale = kNoWindowScale;  ///< option
  bool sack_permitted = false;
  bool sack_blocks = false;  ///< the header carries SACK blocks
};

/// ICMP and ICMPv6 fields; meaningful only for those transports. The payload begins at the type byte.
struct IcmpFields {
  std::uint8_t type = 0;
  std::uint8_t code = 0;
  bool has_quote = false;  ///< an error message; `quoted` is the 5-tuple of the packet that caused it, as it was sent
  FiveTuple quoted;
  std::uint32_t quoted_sequence = 0;             ///< TCP sequence number of the quoted packet
  const std::uint8_t* quoted_payload = nullptr;  ///< bytes behind the quoted transport header (UDP), if any
  std::uint16_t quoted_payload_size = 0;
};

struct Packet {
  base::Micros time = 0;
  base::Micros spread = 0;  ///< the payload's first bytes were seen so much before `time`: it came in fragments
  FiveTuple tuple;
  std::uint32_t hash = 0;        ///< symmetric_hash(tuple)
  std::uint32_t wire_bytes = 0;  ///< length of the frame on the wire
  Transport transport = Transport::other;
  std::uint8_t ttl = 0;
  std::uint32_t ip_id = 0;  ///< identification: IPv4's, or that of IPv6's fragment header; 0: the sender gave none
  std::uint16_t fragment_offset = 0;  ///< bytes; 0: the first fragment, or no fragment
  bool more_fragments = false;        ///< Transport::fragment: not the last one of its datagram
  bool part = false;  ///< another packet has the whole payload of the datagram that this frame brought a part of: it
                      ///< counts for its flow, and says nothing
  bool held = false;  ///< waited for the rest of its datagram: others were given before it although they came after it
  std::uint16_t vlan = 0;                 ///< outermost VLAN id; 0: none
  const std::uint8_t* payload = nullptr;  ///< transport payload (ICMP: from the type byte; other: IP payload)
  std::uint32_t payload_captured = 0;     ///< bytes at `payload`
  std::uint32_t payload_length = 0;       ///< bytes there were, by the headers' lengths, ≥ payload_captured;
                                          ///< never more than the frame had on the wire
  TcpFields tcp;
  IcmpFields icmp;
};

/// Why a frame gave no packet.
enum class Verdict : std::uint8_t {
  packet,       ///< `Packet` is filled in
  not_ip,       ///< ARP, STP, LLDP, …: nothing we look at
  undecodable,  ///< malformed, or cut off before its addresses
};

}  // namespace pastmon::decode
