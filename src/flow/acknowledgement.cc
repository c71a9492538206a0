// SPDX-License-Identifier: MIT
#include "acknowledgement.h"

#include <algorithm>

#include "sequence.h"

namespace pastmon::flow {
namespace {

constexpr std::int64_t kLargestWindow = std::int64_t{1} << 30;  // RFC 7323, 2.3

// RFC 5681, 2: outstanding data, no payload, no SYN or FIN, the greatest acknowledgement again, the same window.
// Receivers with SACK may move the window while they report blocks, so an ACK with SACK blocks needs no same window.
bool is_duplicate(const TcpSide& sender, const TcpSide& receiver, const decode::Packet& p, const PacketFacts& facts) {
  return receiver.highest > receiver.acked && p.payload_length == 0 && !facts.keep_alive && sender.sent &&
         (p.tcp.flags & (decode::tcp_flag::syn | decode::tcp_flag::fin)) == 0 &&
         (p.tcp.window == sender.window || p.tcp.sack_blocks);
}

base::Micros advance(Core& core, TcpSide& side, std::uint64_t to, bool unseen) {
  const std::uint64_t before = side.acked;
  base::Micros sighting = side.times.acknowledge(before, std::min(to, side.fin), core.rings);
  side.acked = to;
  if (unseen) sighting = base::kNone;
  if (side.disorder != kNoIndex) {
    Disorder& d = core.disorders[side.disorder];
    if (before < d.retransmitted_to && to > d.retransmitted_from) sighting = base::kNone;
    if (to >= d.retransmitted_to) d.retransmitted_from = d.retransmitted_to = 0;
  }
  return sighting;
}

}  // namespace

void acknowledge(Core& core, Reassembly& reassembly, FlowId flow, TcpState& state, Side which, const decode::Packet& p,
                 PacketFacts& facts) {
  TcpSide& sender = state.side[which];
  TcpSide& side = state.side[which ^ 1];
  if (!side.based || side.soft) return;
  const std::int64_t offset = stream_offset(side.base, side.highest, p.tcp.acknowledgement);
  if (offset < 0) return;
  const auto to = static_cast<std::uint64_t>(offset);
  const std::uint64_t seen = side.highest == side.fin ? side.fin + 1 : side.highest;
  if (to > seen && static_cast<std::int64_t>(to - seen) > kLargestWindow) return;

  const bool unseen = to > seen || std::min(to, side.highest) > side.next;
  if (unseen) {
    facts.ack_gap = 1;
    reassembly.release(flow, which ^ 1, side, side.fin != kNoOffset ? std::min(to, side.fin) : to, facts.time);
  }
  if (to > side.acked || !side.acknowledged) {
    side.acknowledged = true;
    const base::Micros sighting = advance(core, side, to, unseen);
    if (sighting != base::kNone) facts.ack_rtt = elapsed(sighting, facts.time);
    reassembly.tidy(side);
  } else if (to == side.acked) {
    facts.duplicate_ack = is_duplicate(sender, side, p, facts);
  }
}

}  // namespace pastmon::flow
