// SPDX-License-Identifier: MIT
// The three-way handshake (RFC 9293, 3.5): who opened the connection, when its three parts were seen, and how it
// failed.
#pragma once

#include <optional>

#include "tcp_state.h"

namespace pastmon::flow {

/// What a SYN on a 5-tuple that the table knows already means.
enum class Reuse : std::uint8_t {
  same,       ///< it belongs to the flow (or to nothing)
  restart,    ///< the old connection is over: a new flow begins with this packet
  confirmed,  ///< a SYN-ACK answers TcpState::pending: a new flow begins with that SYN
};
Reuse reuse(const TcpState& state, Side which, const decode::TcpFields& tcp, base::Micros idle,
            base::Micros syn_timeout);

/// A segment with SYN, sent by `which`. Sets facts.handshake. `taken`: its payload, if any, belongs to the stream.
struct SynOutcome {
  bool taken = false;
  std::optional<EventKind> event;  ///< to say after the packet event
};
SynOutcome on_syn(TcpState& state, Side which, const decode::Packet& packet, PacketFacts& facts);

/// A segment with ACK and without SYN and RST. True: it completes the handshake (say `established`).
bool completes(TcpState& state, Side which, const decode::Packet& packet, PacketFacts& facts);

/// True when the RST of `which` refuses the open SYN.
bool refuses(const TcpState& state, Side which, const decode::TcpFields& tcp);

/// A SYN taken over from the connection that it replaced.
void begin_with(TcpState& state, const PendingSyn& syn);

/// First SYN → completing ACK, for telling reordering from retransmission; kNone when unknown or spoilt by repetition.
base::Micros connect_time(const TcpState& state) noexcept;

}  // namespace pastmon::flow
