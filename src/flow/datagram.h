// SPDX-License-Identifier: MIT
// Flows without a connection: UDP, ICMP, other protocols, fragments. Also ICMP errors, which speak of other flows.
#pragma once

#include "core.h"

namespace pastmon::flow {

/// Says the packet event with the payload as one chunk.
void take_datagram(Core& core, FlowId id, const Flow& flow, Side which, const decode::Packet& packet,
                   base::Micros time);

/// Says the packet event of a frame that brought a part of a datagram which another packet carries whole.
void take_part(Core& core, FlowId id, const Flow& flow, Side which, const decode::Packet& packet);

/// Says the packet event of an ICMP error in the flow that it quotes; `which` sent the packet quoted.
void take_error(Core& core, FlowId flow, Side which, const decode::Packet& packet, base::Micros time);

/// True for the errors that fail a transaction: ICMP type 3 except code 4 (RFC 792, RFC 1191), ICMPv6 type 1 (RFC
/// 4443).
bool is_unreachable(const decode::Packet& packet) noexcept;

/// The transport that a flow of this IP protocol has in the table.
decode::Transport transport_of(std::uint8_t protocol) noexcept;

}  // namespace pastmon::flow
