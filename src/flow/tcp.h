// SPDX-License-Identifier: MIT
// One TCP segment: its facts, its payload, and what it does to the connection (RFC 9293).
#pragma once

#include "reassembly.h"

namespace pastmon::flow {

class Tcp {
 public:
  explicit Tcp(Core& core) : core_(core), reassembly_(core) {}

  /// Says the packet event and all that follows from it. `time`: not before the flow's last packet.
  void packet(FlowId flow, const Flow& entry, TcpState& state, Side which, const decode::Packet& packet,
              base::Micros time);

  /// An ICMP error says that what `which` sent found nobody: refuses an open SYN, else means nothing (RFC 5461).
  void unreachable(FlowId flow, Side which, base::Micros time);

  /// True when `sequence` may belong to a segment that `which` has sent not long ago.
  bool may_have_sent(FlowId flow, Side which, std::uint32_t sequence) const;

  /// Delivers or gives up what is still held, says `unanswered` for an open SYN, and lets go of the state.
  void end(FlowId flow, base::Micros time);

  /// Which time-out holds now.
  static IdleClass idle_class(const TcpState& state) {
    return state.stage == Stage::established && !state.side[0].closed ? IdleClass::tcp : rare_class(state);
  }

  Reassembly& reassembly() { return reassembly_; }

 private:
  static IdleClass rare_class(const TcpState& state);
  /// `facts` of the packet event, which is the newest event.
  void reset(FlowId flow, TcpState& state, Side which, const decode::Packet& packet, PacketFacts& facts);
  /// `place`: of the packet event. The answer is the number of the first chunk that the packet itself released.
  std::uint32_t take_payload(FlowId flow, TcpState& state, Side which, const decode::Packet& packet, std::int64_t begin,
                             std::size_t place);
  std::uint32_t take_disordered(FlowId flow, TcpState& state, Side which, const Segment& segment, std::size_t place);
  void close_packet(std::size_t place, std::uint32_t first_chunk);
  void say_handshake(EventKind kind, FlowId flow, Side which, const TcpState& state, base::Micros time);
  TcpState& state_of(FlowId flow) const { return core_.tcp[core_.table[flow].state]; }

  Core& core_;
  Reassembly reassembly_;
};

}  // namespace pastmon::flow
