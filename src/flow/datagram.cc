// SPDX-License-Identifier: MIT
#include "datagram.h"

namespace pastmon::flow {

void take_datagram(Core& core, FlowId id, const Flow& flow, Side which, const decode::Packet& p, base::Micros time) {
  std::uint64_t& next = core.datagrams[flow.state].next[which];
  Event& event = core.emit(EventKind::packet, id, flow, which, time);
  event.facts.time = time;
  event.facts.wire_bytes = p.wire_bytes;
  event.facts.new_payload = p.payload_length;
  event.first_chunk = static_cast<std::uint32_t>(core.out->chunks.size());
  event.chunk_count = 1;
  if (p.transport == decode::Transport::icmp || p.transport == decode::Transport::icmpv6) event.packet = &p;
  Chunk& chunk = core.out->chunks.emplace_back();
  chunk.offset = next;
  chunk.data = p.payload;
  chunk.size = p.payload_length;
  chunk.captured = p.payload_captured;
  chunk.time = p.held ? p.time : time;
  chunk.spread = p.spread;
  next += p.payload_length;
}

void take_part(Core& core, FlowId id, const Flow& flow, Side which, const decode::Packet& p) {
  Event& event = core.emit(EventKind::packet, id, flow, which, flow.last);
  event.facts.time = p.time;
  event.facts.wire_bytes = p.wire_bytes;
  event.first_chunk = static_cast<std::uint32_t>(core.out->chunks.size());
}

void take_error(Core& core, FlowId flow, Side which, const decode::Packet& p, base::Micros time) {
  Event& event = core.emit(EventKind::packet, flow, which, time);
  event.facts.time = time;
  event.facts.wire_bytes = p.wire_bytes;
  event.facts.new_payload = p.payload_length;
  event.first_chunk = static_cast<std::uint32_t>(core.out->chunks.size());
  event.packet = &p;
}

bool is_unreachable(const decode::Packet& p) noexcept {
  if (p.transport == decode::Transport::icmp) return p.icmp.type == 3 && p.icmp.code != 4;
  return p.transport == decode::Transport::icmpv6 && p.icmp.type == 1;
}

decode::Transport transport_of(std::uint8_t protocol) noexcept {
  switch (protocol) {
    case 1:
      return decode::Transport::icmp;
    case 6:
      return decode::Transport::tcp;
    case 17:
      return decode::Transport::udp;
    case 58:
      return decode::Transport::icmpv6;
    default:
      return decode::Transport::other;
  }
}

}  // namespace pastmon::flow
