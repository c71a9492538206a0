// SPDX-License-Identifier: MIT
// What each kind of record adds to the values of its row: docs/metrics.md as code. Nothing here knows of buckets.
#pragma once

#include "pastmon/metric/aggregate.h"
#include "pastmon/signature/record.h"

namespace pastmon::metric {

/// One packet. Called once a packet: no allocation, but for a row's first round trip and retransmission delay.
void accumulate(Aggregate& values, const signature::PacketRecord& record);

/// One transaction: its outcome; samples of time if it was answered and the server was not asked to wait.
void accumulate(Aggregate& values, const signature::Transaction& record);

/// The round trips of a handshake.
void accumulate(Aggregate& values, const signature::HandshakeRecord& record);

/// A datagram response after its time-out.
void accumulate(Aggregate& values, const signature::LateRecord& record);

}  // namespace pastmon::metric
