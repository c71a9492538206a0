// SPDX-License-Identifier: MIT
#include "handshake.h"

#include <algorithm>

#include "core.h"
#include "sequence.h"

namespace pastmon::flow {
namespace {

// The side's SYN has the sequence number `sequence`.
void start(TcpSide& side, std::uint32_t sequence, std::uint8_t window_scale) {
  side.base = sequence + 1;
  side.based = true;
  side.soft = false;
  side.scale_seen = window_scale != decode::kNoWindowScale;
  side.window_scale = side.scale_seen ? std::min(window_scale, kLargestShift) : std::uint8_t{0};
}

bool is_own_syn(const TcpSide& side, std::uint32_t sequence) {
  return side.based && !side.soft && side.base == sequence + 1;
}

// The acknowledgement covers the side's SYN, and nothing that it did not send.
bool acknowledges_syn(const TcpSide& side, std::uint32_t acknowledgement) {
  const std::int64_t offset = stream_offset(side.base, 0, acknowledgement);
  const std::uint64_t end = side.fin != kNoOffset ? side.fin + 1 : side.highest;
  return offset >= 0 && static_cast<std::uint64_t>(offset) <= end;
}

bool is_over(const TcpState& state) {
  return state.stage == Stage::refused || state.stage == Stage::reset || (state.side[0].closed && state.side[1].closed);
}

SynOutcome on_plain_syn(TcpState& state, Side which, const decode::Packet& p, PacketFacts& facts) {
  TcpSide& side = state.side[which];
  TcpSide& peer = state.side[which ^ 1];
  if (state.stage == Stage::middle && !side.based && !peer.based) {
    start(side, p.tcp.sequence, p.tcp.window_scale);
    state.stage = Stage::syn_sent;
    state.syn_side = which;
    state.syn_time = facts.time;
    return {true, {}};
  }
  if (is_own_syn(side, p.tcp.sequence)) {
    if (state.stage == Stage::syn_sent || state.stage == Stage::syn_received) state.repeated = true;
    return {true, {}};
  }
  if (state.stage == Stage::syn_sent && which != state.syn_side && !side.based) {  // simultaneous open
    start(side, p.tcp.sequence, p.tcp.window_scale);
    return {true, {}};
  }
  state.pending = {facts.time, p.tcp.sequence, p.tcp.window_scale, which};
  return {};
}

SynOutcome on_syn_ack(TcpState& state, Side which, const decode::Packet& p, PacketFacts& facts) {
  TcpSide& side = state.side[which];
  TcpSide& peer = state.side[which ^ 1];
  if (state.stage == Stage::middle && !side.based && !peer.based) {  // the sensor missed the SYN
    start(side, p.tcp.sequence, p.tcp.window_scale);
    start(peer, p.tcp.acknowledgement - 1, decode::kNoWindowScale);
    state.stage = Stage::syn_received;
    state.syn_side = which ^ 1;
    state.syn_ack_time = facts.time;
    return {true, EventKind::syn_ack};
  }
  const bool from_server = which != state.syn_side;
  if ((state.stage == Stage::syn_sent || state.stage == Stage::refused) && from_server &&
      acknowledges_syn(peer, p.tcp.acknowledgement)) {
    start(side, p.tcp.sequence, p.tcp.window_scale);
    state.scaled = side.scale_seen && peer.scale_seen;
    if (state.stage == Stage::refused) {  // its outcome is known already: nothing more is said of this handshake
      state.stage = Stage::established;
      return {true, {}};
    }
    state.stage = Stage::syn_received;
    state.syn_ack_time = facts.time;
    return {true, EventKind::syn_ack};
  }
  if (state.stage == Stage::syn_received) {
    if (from_server && is_own_syn(side, p.tcp.sequence)) {
      state.repeated = true;
      return {true, {}};
    }
    // Another sequence: a stray one, or the server has begun anew. The client's acknowledgement tells (completes()).
    if (from_server && acknowledges_syn(peer, p.tcp.acknowledgement) &&
        (state.pending.time == base::kNone || state.pending.side == which)) {
      state.pending = {facts.time, p.tcp.sequence, p.tcp.window_scale, which};
    }
    if (!from_server && acknowledges_syn(peer, p.tcp.acknowledgement)) {  // simultaneous open
      state.stage = Stage::established;
      state.ack_time = facts.time;
      return {true, EventKind::established};
    }
  }
  return {is_own_syn(side, p.tcp.sequence), {}};
}

}  // namespace

Reuse reuse(const TcpState& state, Side which, const decode::TcpFields& tcp, base::Micros idle,
            base::Micros syn_timeout) {
  const bool ack = (tcp.flags & decode::tcp_flag::ack) != 0;
  if (ack && state.pending.time != base::kNone && state.pending.side != which &&
      tcp.acknowledgement == state.pending.sequence + 1) {
    return Reuse::confirmed;
  }
  if (is_own_syn(state.side[which], tcp.sequence)) return Reuse::same;
  if (is_over(state)) {
    // A SYN-ACK that answers the refused SYN after all is no new connection.
    const bool late = ack && state.stage == Stage::refused && which != state.syn_side &&
                      acknowledges_syn(state.side[which ^ 1], tcp.acknowledgement);
    return late ? Reuse::same : Reuse::restart;
  }
  if (ack) return Reuse::same;
  if (state.stage == Stage::syn_sent) return which == state.syn_side ? Reuse::restart : Reuse::same;
  return idle >= syn_timeout ? Reuse::restart : Reuse::same;
}

SynOutcome on_syn(TcpState& state, Side which, const decode::Packet& packet, PacketFacts& facts) {
  facts.handshake = true;
  return (packet.tcp.flags & decode::tcp_flag::ack) != 0 ? on_syn_ack(state, which, packet, facts)
                                                         : on_plain_syn(state, which, packet, facts);
}

namespace {

// The client goes on with a later SYN-ACK than the first: its sequence is the server's.
bool takes_later_syn_ack(TcpState& state, Side which, std::uint32_t acknowledgement) {
  const PendingSyn& later = state.pending;
  if (later.time == base::kNone || later.side == which || acknowledgement != later.sequence + 1) return false;
  start(state.side[later.side], later.sequence, later.window_scale);
  state.scaled = state.syn_time != base::kNone && state.side[0].scale_seen && state.side[1].scale_seen;
  state.repeated = true;
  state.pending = {};
  return true;
}

}  // namespace

bool completes(TcpState& state, Side which, const decode::Packet& packet, PacketFacts& facts) {
  TcpSide& peer = state.side[which ^ 1];
  const bool from_client = which == state.syn_side;
  if (state.stage == Stage::syn_received) {
    if (!from_client) return false;
    const std::uint32_t acknowledgement = packet.tcp.acknowledgement;
    if (!acknowledges_syn(peer, acknowledgement) && !takes_later_syn_ack(state, which, acknowledgement)) return false;
    state.ack_time = facts.time;
  } else if (state.stage == Stage::syn_sent) {  // the sensor missed the SYN-ACK
    if (from_client) {
      state.ack_time = facts.time;
    } else if (!acknowledges_syn(peer, packet.tcp.acknowledgement)) {
      return false;
    }
  } else {
    return false;
  }
  state.stage = Stage::established;
  facts.handshake = from_client && packet.payload_length == 0;
  return true;
}

bool refuses(const TcpState& state, Side which, const decode::TcpFields& tcp) {
  return state.stage == Stage::syn_sent && which != state.syn_side && (tcp.flags & decode::tcp_flag::ack) != 0 &&
         acknowledges_syn(state.side[which ^ 1], tcp.acknowledgement);
}

void begin_with(TcpState& state, const PendingSyn& syn) {
  start(state.side[syn.side], syn.sequence, syn.window_scale);
  state.stage = Stage::syn_sent;
  state.syn_side = syn.side;
  state.syn_time = syn.time;
}

base::Micros connect_time(const TcpState& state) noexcept {
  if (state.repeated || state.syn_time == base::kNone || state.ack_time == base::kNone) return base::kNone;
  return elapsed(state.syn_time, state.ack_time);
}

}  // namespace pastmon::flow
