// SPDX-License-Identifier: MIT
#include "acknowledgement.h"

#include <algorithm>

#include "sequence.h"

namespace pastmon::flow {
namespace {

constexpr std::int64_t kLargestWindow = std::int64_t{1} << 30;  // RFC 7323, 2.3

// RFC 5681, 2: outstanding data, no payload, no SYN or FIN, the greatest acknowledgement again, the same window.
// Receivers with SACK may move the window while they report blocks, so an ACK with SACK blocks needs no same window.
bool is_duplicate(const TcpSide& sender, const TcpSide& receiver, const decode::Packet& p) {
  return receiver.highest > receiver.acked && p.payload_length == 0 && sender.sent &&
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

AckFacts acknowledge(Core& core, Reassembly& reassembly, FlowId flow, TcpState& state, Side which,
                     const decode::Packet& p, base::Micros time, bool keep_alive) {
  AckFacts facts;
  TcpSide& side = state.side[which ^ 1];
  if (!side.based || side.soft) return facts;
  const std::int64_t offset = stream_offset(side.base, side.highest, p.tcp.acknowledgement);
  if (offset < 0) return facts;
  const auto to = static_cast<std::uint64_t>(offset);
  const std::uint64_t seen = side.highest == side.fin ? side.fin + 1 : side.highest;
  if (to > seen && static_cast<std::int64_t>(to - seen) > kLargestWindow) return facts;

  if (to > seen || std::min(to, side.highest) > side.next) {
    facts.gap = true;
    reassembly.release(flow, which ^ 1, side, std::min(to, side.fin), time);
  } else if (side.disorder != kNoIndex && to > side.acked) {  // bytes given up before: their time was up
    const Disorder& d = core.disorders[side.disorder];
    facts.gap = side.acked < d.lost_to && to > d.lost_from;
  }
  if (to > side.acked || !side.acknowledged) {
    side.acknowledged = true;
    const base::Micros sighting = advance(core, side, to, facts.gap);
    if (sighting != base::kNone) facts.rtt = elapsed(sighting, time);
    if (side.disorder != kNoIndex) reassembly.tidy(side);
  } else if (to == side.acked) {
    facts.duplicate = !keep_alive && is_duplicate(state.side[which], side, p);
  }
  return facts;
}

}  // namespace pastmon::flow
