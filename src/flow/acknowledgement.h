// SPDX-License-Identifier: MIT
// What the acknowledgement number of a segment says about the other side's stream: round-trip samples (Karn's rule),
// duplicate ACKs (RFC 5681), bytes that the sensor never saw.
#pragma once

#include "reassembly.h"

namespace pastmon::flow {

/// Takes the ACK of `packet`, sent by `which`, into account and fills in ack_rtt, ack_gap and duplicate_ack.
/// facts.keep_alive must be known already. Says `data` events for bytes that this ACK releases.
void acknowledge(Core& core, Reassembly& reassembly, FlowId flow, TcpState& state, Side which,
                 const decode::Packet& packet, PacketFacts& facts);

}  // namespace pastmon::flow
