// SPDX-License-Identifier: MIT
// What is remembered of one TCP connection. The part that every segment touches is TcpState; Disorder is added for a
// side only once something was lost, reordered or sent again.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "pastmon/base/clock.h"
#include "pastmon/flow/segment.h"
#include "send_times.h"
#include "slab.h"

namespace pastmon::flow {

/// Largest window scale that counts (RFC 7323, 2.3).
inline constexpr std::uint8_t kLargestShift = 14;

inline constexpr std::uint64_t kNoOffset = ~std::uint64_t{0};

/// A run of payload that waits for what stands before it. Owns a copy of the bytes.
struct Piece {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::unique_ptr<std::uint8_t[]> data;
  std::uint32_t captured = 0;
  base::Micros time = 0;    ///< first sighting
  base::Micros spread = 0;  ///< Chunk::spread
  base::Micros opened = 0;  ///< when the gap before it, if there is one, was first seen
  base::Micros delay = 0;   ///< Chunk::delay
};

/// The untidy part of one side's stream.
struct Disorder {
  std::vector<Piece> pieces;  ///< by offset, not overlapping
  std::size_t held = 0;       ///< what they count against the bounds
  std::uint64_t retransmitted_from =
      0;  ///< hull of the retransmitted bytes that are not acknowledged; empty: from = to
  std::uint64_t retransmitted_to = 0;
  std::uint64_t lost_from = 0;  ///< the newest run given up as lost: a late segment there is not "seen before"
  std::uint64_t lost_to = 0;
  base::Micros lost_opened = 0;
  base::Micros fin_time = 0;       ///< when a FIN with bytes missing before it was seen
  std::uint32_t newer = kNoIndex;  ///< neighbours in the list of open gaps
  std::uint32_t older = kNoIndex;
  base::Micros listed_since = 0;  ///< when the first open gap was opened
  bool listed = false;
  FlowId flow = kNoIndex;
  Side side = 0;
};

/// One side's stream: what this side has sent. Offsets as in sequence.h.
struct TcpSide {
  std::uint64_t next = 0;         ///< everything before it is delivered or given up
  std::uint64_t highest = 0;      ///< behind the highest byte seen (or FIN); > next: there is a gap
  std::uint64_t acked = 0;        ///< greatest acknowledgement by the peer
  std::uint64_t fin = kNoOffset;  ///< offset of the FIN
  std::uint32_t base = 0;         ///< sequence number of offset 0
  std::uint16_t window = 0;       ///< last advertised, not scaled
  std::uint8_t window_scale = 0;
  bool based : 1 = false;         ///< `base` is known
  bool soft : 1 = false;          ///< … from a packet without payload in the middle: the first payload sets it anew
  bool acknowledged : 1 = false;  ///< `acked` is known
  bool sent : 1 = false;          ///< `window` is known
  bool scale_seen : 1 = false;    ///< the SYN had the window scale option
  bool closed : 1 = false;        ///< side_closed was said
  std::uint8_t astray = 0;        ///< segments in a row that lay outside any window
  std::uint32_t disorder = kNoIndex;
  SendTimes times;
};

enum class Stage : std::uint8_t {
  middle,        ///< first seen after its beginning
  syn_sent,      ///< a SYN without an answer
  syn_received,  ///< SYN-ACK seen, its ACK not
  established,   ///< handshake complete
  refused,       ///< the SYN was refused
  reset,         ///< valid RST
};

/// A SYN of other sequence number on a living connection: a new one begins if a SYN-ACK answers it.
struct PendingSyn {
  base::Micros time = base::kNone;  ///< kNone: there is none
  std::uint32_t sequence = 0;
  std::uint8_t window_scale = 0;
  Side side = 0;
};

struct alignas(64) TcpState {
  TcpSide side[2];
  Stage stage = Stage::middle;
  Side syn_side = 0;      ///< who sent the first SYN; meaningful from syn_sent on
  bool scaled = false;    ///< both SYNs carried the window scale option
  bool repeated = false;  ///< SYN or SYN-ACK was sent again before the handshake was complete
  base::Micros syn_time = base::kNone;
  base::Micros syn_ack_time = base::kNone;
  base::Micros ack_time = base::kNone;
  PendingSyn pending;

  Handshake handshake() const { return {syn_time, syn_ack_time, ack_time, repeated}; }
};
static_assert(sizeof(TcpState) <= 256);

}  // namespace pastmon::flow
