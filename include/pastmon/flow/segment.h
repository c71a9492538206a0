// SPDX-License-Identifier: MIT
// What flow tells the signature module: one event per packet, with all that TCP tracking found out about it, the new
// in-order payload as chunks, and events for the ends of handshakes, directions and flows.
//
// ICMP errors: the packet event of an ICMP or ICMPv6 error that quotes a packet stands in the flow that it quotes when
// the table has that flow (side: who sent the ICMP packet's quoted original; `packet` is set), else in a flow of the
// ICMP packet's own addresses. Quoted packets are no packets and open no flow.
//
// Lifetime: events, chunks, payload and FlowKey pointers stay valid until the tracker's next process(), expire() or
// finish(). A FlowId is used again only after the batch that held its `end` event.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "pastmon/base/address.h"
#include "pastmon/base/clock.h"
#include "pastmon/decode/packet.h"

namespace pastmon::flow {

using FlowId = std::uint32_t;

/// Sides are neutral: side 0 sent the first packet that we saw of the flow. Who the client is, says Role.
using Side = std::uint8_t;

struct FlowKey {
  base::Address address[2];  ///< by side
  std::uint16_t port[2] = {0, 0};
  std::uint8_t protocol = 0;  ///< IP protocol number
  decode::Transport transport = decode::Transport::other;
};

/// How the client side was decided (metrics.md, "Who is the client": rules 1 and 2, then 4 and 5; rule 3 is the
/// signature module's, and stands above `port` and `first`).
enum class ClientBy : std::uint8_t { syn, syn_ack, port, first };

enum class EventKind : std::uint8_t {
  packet,   ///< one captured packet; the others that it causes follow it, but for `data` (and `side_closed`) of what
            ///< its ACK released: those bytes came before it, and so do their events
  syn_ack,  ///< the SYN was answered: `handshake` holds its times so far
  data,     ///< payload of `side` (chunks only) that no packet of `side` released: the peer acknowledged beyond a
            ///< gap, a gap's time was up, or the flow is about to end
  established,  ///< the handshake's last ACK was seen: all times of `handshake`. Comes without a `syn_ack` before it
                ///< (handshake.syn_ack is kNone) when the sensor missed the SYN-ACK
  refused,      ///< the SYN was answered by RST, or quoted by an ICMP unreachable while it was open
  unanswered,   ///< the SYN found no answer in time, or before the flow or the capture ended
  side_closed,  ///< in-order FIN of `side`: every byte before it has been delivered (or given up as lost)
  reset,        ///< valid RST sent by `side`
  unreachable,  ///< an ICMP error of the kinds that fail a transaction quoted a packet that `side` had sent (UDP …)
  end,          ///< last event of the flow; see EndReason
};

enum class EndReason : std::uint8_t {
  closed,   ///< both FINs, or RST, and the linger time is over (or a new SYN reuses the ports)
  idle,     ///< time-out
  evicted,  ///< the table was full
  capture,  ///< the capture ended
};

/// A run of payload bytes of one side, in order, each byte delivered once.
struct Chunk {
  std::uint64_t offset = 0;            ///< of the first byte in its side's stream; the first byte after the SYN, or the
                                       ///< first byte seen, has offset 0. Datagrams are counted on in the same way
  const std::uint8_t* data = nullptr;  ///< `captured` bytes
  std::uint32_t size = 0;              ///< bytes of the stream that this chunk covers
  std::uint32_t captured = 0;          ///< of them at `data`; fewer when snaplen cut them, 0 when `lost`
  base::Micros time = 0;               ///< first sighting of these bytes at the sensor: of the last of them …
  base::Micros delay = 0;              ///< how long the gap was open that this chunk filled as a retransmission; else 0
  bool lost = false;        ///< never seen: skipped because the peer acknowledged them or the buffer was full
  base::Micros spread = 0;  ///< … and the first of them came so much earlier, when fragments brought them
};

/// Times of a three-way handshake; base::kNone where not (yet) known.
struct Handshake {
  base::Micros syn = base::kNone;      ///< first SYN
  base::Micros syn_ack = base::kNone;  ///< first SYN-ACK
  base::Micros ack = base::kNone;      ///< ACK that completes it
  bool repeated = false;               ///< SYN or SYN-ACK was sent again: no round-trip sample (Karn)
};

/// Facts about one packet, in the terms of metrics.md. Copied by those who keep it longer than the batch.
struct PacketFacts {
  base::Micros time = 0;
  std::uint32_t wire_bytes = 0;
  std::uint32_t new_payload = 0;       ///< transport payload bytes never seen before
  std::uint32_t segment_size = 0;      ///< TCP payload of a data segment; 0: none (keep-alives have none)
  std::int32_t window = -1;            ///< advertised receive window in bytes; -1: not TCP, or a RST
  base::Micros ack_rtt = base::kNone;  ///< this ACK's round-trip sample for the other side's data (Karn's rule held)
  base::Micros retransmission_delay = base::kNone;  ///< first sighting (or opening of the gap) → this retransmission
  std::uint64_t retransmitted_from = 0;             ///< stream offset of the retransmission …
  std::uint64_t retransmitted_to = 0;               ///< … and of the byte behind it
  std::uint32_t ack_gap = 0;                        ///< 1 when this ACK covers bytes the sensor never saw
  std::uint16_t mss = 0;                            ///< option of a SYN or SYN-ACK; 0: none
  std::uint8_t tcp_flags = 0;
  bool handshake : 1 = false;  ///< SYN, SYN-ACK or the completing ACK (if without payload): belongs to TCP SYNACK
  bool retransmission : 1 = false;
  bool out_of_order : 1 = false;
  bool duplicate_ack : 1 = false;
  bool zero_window : 1 = false;
  bool keep_alive : 1 = false;
  bool pure_ack : 1 = false;  ///< payload-free ACK (its ack_rtt may serve server_time)
  bool tcp_reset : 1 = false;
};

struct Event {
  EventKind kind = EventKind::packet;
  Side side = 0;    ///< who sent it, or whom it concerns
  Side client = 0;  ///< the client side, as far as flow knows
  ClientBy client_by = ClientBy::first;
  EndReason end_reason = EndReason::idle;
  FlowId flow = 0;
  const FlowKey* key = nullptr;
  base::Micros time = 0;                   ///< of the packet, or of the moment that the event stands for
  PacketFacts facts;                       ///< kind packet
  Handshake handshake;                     ///< kinds syn_ack, established, refused, unanswered
  std::uint32_t first_chunk = 0;           ///< kinds packet, data: chunks released now, all of `side`, in stream order;
  std::uint32_t chunk_count = 0;           ///< possibly of earlier packets' bytes too
  const decode::Packet* packet = nullptr;  ///< kind packet of ICMP and `unreachable`: the decoded packet, else null
};

/// The output of one call of the tracker.
struct Events {
  std::vector<Event> events;
  std::vector<Chunk> chunks;

  void clear() noexcept {
    events.clear();
    chunks.clear();
  }
  std::span<const Chunk> chunks_of(const Event& e) const noexcept {
    return std::span(chunks).subspan(e.first_chunk, e.chunk_count);
  }
};

}  // namespace pastmon::flow
