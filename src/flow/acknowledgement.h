// SPDX-License-Identifier: MIT
// What the acknowledgement number of a segment says about the other side's stream: round-trip samples (Karn's rule),
// duplicate ACKs (RFC 5681), bytes that the sensor never saw.
#pragma once

#include "reassembly.h"

namespace pastmon::flow {

/// What goes into the facts of the packet.
struct AckFacts {
  base::Micros rtt = base::kNone;
  bool gap = false;
  bool duplicate = false;
};

/// Takes the ACK of `packet`, sent by `which`, into account. Says `data` events for bytes that this ACK releases.
AckFacts acknowledge(Core& core, Reassembly& reassembly, FlowId flow, TcpState& state, Side which,
                     const decode::Packet& packet, base::Micros time, bool keep_alive);

}  // namespace pastmon::flow
