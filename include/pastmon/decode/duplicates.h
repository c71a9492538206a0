// SPDX-License-Identifier: MIT
// A sensor often sees one packet twice: a mirror port that copies both directions of a switch, a trunk on which it
// passes in two VLANs, a router whose both sides are mirrored, a capture on several interfaces. Such copies are the
// same IP packet but for what the way changes (MAC addresses, tags, TTL), moments apart. This filter tells them from
// packets that a host sent twice, so that each is counted once and no copy looks like a retransmission.
#pragma once

#include <cstdint>
#include <vector>

#include "pastmon/base/clock.h"
#include "pastmon/capture/frame.h"
#include "pastmon/decode/packet.h"

namespace pastmon::decode {

struct DuplicateOptions {
  /// A copy comes at most so long after the first one (microseconds); 0: every packet counts.
  base::Micros window = 20'000;
};

/// Remembers the last 16,384 packets or so (256 KiB). One per capture thread. Never throws, never allocates after its
/// construction.
class DuplicateFilter {
 public:
  explicit DuplicateFilter(const DuplicateOptions& options);

  /// True when the packet is a copy of one that was given before. What makes one, by what is sure:
  /// - same addresses, transport header and payload, and the same IP identification: senders change it with each
  ///   packet, also with a retransmission;
  /// - without identification (IPv6; IPv4 with DF may have 0): the same, but seen in another place (MAC addresses,
  /// VLAN,
  ///   TTL, interface), or a SYN within 1 ms, or payload within 100 µs. Bare acknowledgements and RSTs may truly be
  ///   sent several times alike, so those count each.
  bool repeated(const capture::Frame& frame, const Packet& packet) noexcept;

  std::uint64_t duplicates() const noexcept { return duplicates_; }  ///< total since the start

 private:
  struct Seen {
    std::uint32_t tag = 0;    ///< the part of the packet's hash that does not choose the place in the table
    std::uint32_t place = 0;  ///< hash of where it was seen
    base::Micros time = base::kNone;
  };
  bool is_copy(const Seen& first, std::uint32_t place, const Packet& packet) const noexcept;

  base::Micros window_;
  std::uint64_t duplicates_ = 0;
  std::vector<Seen> table_;
};

}  // namespace pastmon::decode
