// SPDX-License-Identifier: MIT
// What the signature module tells metric: to which row each packet belongs, and how each transaction ended.
// Pointers in records stay valid until the engine's next process() or finish().
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "pastmon/base/address.h"
#include "pastmon/base/clock.h"
#include "pastmon/flow/segment.h"

namespace pastmon::signature {

/// Index of a row name ("HTTP GET") in the engine's NameTable. Never reused while the program runs.
using NameId = std::uint32_t;

/// Who talked with whom: the rest of a row's key.
struct Endpoints {
  base::Address client;
  base::Address server;
  std::uint16_t port = 0;  ///< server port; 0: none (ICMP, other IP protocols)

  friend bool operator==(const Endpoints&, const Endpoints&) = default;
};

/// A small number for a pair of endpoints under which metric may cache its row; given again only to other
/// conversations after this one's end, so a cache must compare the endpoints (`*endpoints`) too.
using ConversationId = std::uint32_t;

/// One packet and the row that it belongs to. Each packet event of flow gives exactly one, now or later.
struct PacketRecord {
  ConversationId conversation = 0;
  NameId name = 0;
  const Endpoints* endpoints = nullptr;
  const flow::PacketFacts* facts = nullptr;
  bool from_client = false;
};

enum class Outcome : std::uint8_t { answered, unanswered, refused, aborted };

/// One transaction that came to its end (metrics.md, "Transactions"). Times are capture times; base::kNone: none.
struct Transaction {
  ConversationId conversation = 0;
  NameId name = 0;
  const Endpoints* endpoints = nullptr;
  Outcome outcome = Outcome::answered;
  bool error = false;    ///< answered, and the response matched the error rule
  bool early = false;    ///< the final response began before the request had ended
  bool waiting = false;  ///< a `wait` request: counted, no time samples
  bool complete = true;  ///< false: the response had begun when the capture ended: no transfer and transaction time
  base::Micros at = 0;   ///< last response byte, or the moment of failure: decides the bucket
  base::Micros request_begin = base::kNone;   ///< first byte of the request
  base::Micros request_end = base::kNone;     ///< last byte of the request
  base::Micros response_begin = base::kNone;  ///< first byte of the final response
  base::Micros response_end = base::kNone;    ///< last byte of the response
  base::Micros server_from = base::kNone;     ///< later of the own request's end and the previous response's end: from
                                              ///< here the server could work on it
  base::Micros server_rtt = base::kNone;      ///< server-side round trip to deduct; kNone: no server_time sample
  base::Micros client_rtt = base::kNone;      ///< client-side round trip, for the verdict
  /// Retransmission delays by the phase that they lengthened; 0: none. `request_delay`: first sighting of bytes of the
  /// request → their retransmission, part of the response time. `request_gap_delay`: bytes of the request were missing
  /// until they were sent again (Chunk::delay), part of the request time. `response_delay`: both, of the response.
  base::Micros request_delay = 0;
  base::Micros request_gap_delay = 0;
  base::Micros response_delay = 0;
  std::int64_t request_bytes = -1;  ///< application bytes; -1: not known
  std::int64_t response_bytes = -1;
};

/// The round trips of a handshake, for the row of TCP SYNACK.
struct HandshakeRecord {
  ConversationId conversation = 0;
  NameId name = 0;
  const Endpoints* endpoints = nullptr;
  base::Micros at = 0;
  base::Micros connect_time = base::kNone;
  base::Micros rtt_server = base::kNone;
  base::Micros rtt_client = base::kNone;
};

/// A datagram response that came after its time-out.
struct LateRecord {
  ConversationId conversation = 0;
  NameId name = 0;
  const Endpoints* endpoints = nullptr;
  base::Micros at = 0;
};

/// Bytes of a response that a signature marks with `observe`, or of a request (`observe_request`): for host names in
/// DNS answers, TLS handshakes and the like. Of a response that lies in several
/// chunks the first is given; of a TCP connection one request, of which 4 KB are collected.
struct Observation {
  std::string_view kind;   ///< the signature's word: "dns"
  std::string_view bytes;  ///< the group `detail` of the pattern, else the message as far as it is at hand
  const Endpoints* endpoints = nullptr;
  base::Micros at = 0;
};

/// The output of one call of the engine.
struct Records {
  std::vector<PacketRecord> packets;
  std::vector<Transaction> transactions;
  std::vector<HandshakeRecord> handshakes;
  std::vector<LateRecord> late;
  std::vector<Observation> observations;

  void clear() noexcept {
    packets.clear();
    transactions.clear();
    handshakes.clear();
    late.clear();
    observations.clear();
  }
};

}  // namespace pastmon::signature
