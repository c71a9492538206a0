// SPDX-License-Identifier: MIT
// What the engine remembers of one flow. The conversation itself is small; streams exist for recognised TCP
// conversations only, a hold only while the beginning of a flow is unmatched. All three live in pools.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "compiled.h"
#include "header_reader.h"
#include "open_requests.h"
#include "pastmon/flow/segment.h"
#include "pastmon/signature/record.h"

namespace pastmon::signature {

/// What a message is in its conversation.
enum class Role : std::uint8_t {
  none,      ///< not known, or of no consequence: a push, an answer to nothing, a part of what was lost
  request,   ///< belongs to the request of `Message::request`
  response,  ///< belongs to the response of `Message::request`
};

/// The message that is passing in one direction.
struct Message {
  std::uint64_t from = 0;            ///< stream offset of its first byte
  std::uint64_t size = 0;            ///< bytes so far
  std::uint64_t extra = 0;           ///< bytes behind its framing that belong to it (group `skip`)
  base::Micros first = 0, last = 0;  ///< earliest and latest sighting of its bytes
  base::Micros gap = 0, gap_until = 0;
  std::uint32_t request = kNoIndex;
  const NamedRule* upgrade = nullptr;  ///< behind it the connection speaks another service
  Role role = Role::none;
  bool matched = false;
  bool ends = false;  ///< with it the request or response of its role ends
};

/// A packet that waits for the name of the message that begins in it.
struct WaitingPacket {
  flow::PacketFacts facts;
  flow::Side side = 0;
};

/// One direction of a recognised TCP conversation.
struct Stream {
  enum class Mode : std::uint8_t {
    framed,   ///< message boundaries are known
    hunting,  ///< bytes were lost: waits for bytes that look like the beginning of a message
  };
  FramingState framing;
  Message message;
  std::uint64_t skip = 0;  ///< bytes to pass before the framing looks again; kForever
  Mode mode = Mode::framed;
  bool in_message = false;
  bool ends_after_skip = false;
  bool blind = false;                    ///< snaplen cut the message: it runs to the end of the turn
  bool turn_start = false;               ///< a turn of this side has just begun
  bool opening = true;                   ///< `first_message` may still apply
  bool first_framing = false;            ///< … and does to the current message
  bool other_framing = false;            ///< `other_message` applies to the current message
  bool readable = false;                 ///< HTTP/2: the connection's beginning was seen, and no gap since
  bool has_text = false;                 ///< HTTP/2: patterns see `text` instead of the message's bytes
  std::uint32_t fixed = 0;               ///< the current message has so many bytes (response_bytes); 0: usual framing
  const Signature* observing = nullptr;  ///< the message at hand is collected for its `observe_request` in `observed`
  const std::uint8_t* start = nullptr;   ///< of the message, in the chunk at hand; null: it began in an earlier one
  std::vector<std::uint8_t> unit;        ///< the beginning of a unit that is not all there
  std::vector<std::uint8_t> window;      ///< the beginning of a message that began in an earlier chunk
  std::vector<WaitingPacket> waiting;    ///< bounded by kMaxWaiting
  // What few conversations have, behind what all look at.
  std::unique_ptr<HeaderReader> headers;  ///< HTTP/2
  std::vector<std::uint8_t> text;         ///< HTTP/2: the decoded headers of the message
  std::vector<std::uint8_t> observed;     ///< up to kMaxObserved bytes

  void reset() {
    framing = {};
    message = {};
    skip = 0;
    mode = Mode::framed;
    in_message = ends_after_skip = blind = turn_start = first_framing = other_framing = false;
    start = nullptr;
    opening = true;
    fixed = 0;
    headers.reset();
    has_text = readable = false;
    unit.clear();
    window.clear();
    waiting.clear();
    observing = nullptr;
  }
};
inline constexpr std::size_t kMaxWaiting = 32;
inline constexpr std::size_t kMaxObserved = 4096;

struct Streams {
  std::array<Stream, 2> of;  ///< by side
  void reset() {
    of[0].reset();
    of[1].reset();
  }
};

/// Packets of a beginning that no signature has matched yet, with up to kHeldBytes of each side's payload.
struct Hold {
  struct Packet {
    flow::PacketFacts facts;
    flow::Side side = 0;
    bool record = true;  ///< false: payload only, the packet has had its record
    std::uint32_t first_chunk = 0, chunk_count = 0;
  };
  std::vector<Packet> packets;
  std::vector<flow::Chunk> chunks;  ///< `data` is null until it is given out again …
  std::vector<std::uint32_t> at;    ///< … and lies here in `bytes`
  std::vector<std::uint8_t> bytes;
  std::array<std::vector<std::uint8_t>, 2> window;  ///< first payload bytes by side
  base::Micros since = 0;
  std::uint32_t conversation = 0;
  std::uint32_t earlier = kNoIndex, later = kNoIndex;  ///< in the order of `since`
  flow::Side first_side = 0;

  void reset() {
    packets.clear();
    chunks.clear();
    at.clear();
    bytes.clear();
    window[0].clear();
    window[1].clear();
    earlier = later = kNoIndex;
  }
};
inline constexpr std::size_t kHeldBytes = 2048;  ///< kept of each side's payload
inline constexpr std::size_t kHeldPackets = 64;

struct Conversation {
  enum class State : std::uint8_t {
    none,     ///< no flow has this number now
    fresh,    ///< no payload yet, or a beginning that is held
    other,    ///< unrecognised: turns
    service,  ///< recognised
    plain,    ///< packets only: neither TCP, UDP nor ICMP echo …
  };
  Endpoints endpoints[2];  ///< [side of the client]
  const Protocol* protocol = nullptr;
  const Signature* expected = nullptr;  ///< the next message of the client begins this one (`after`)
  base::Micros established = base::kNone;
  base::Micros connect_rtt[2] = {base::kNone, base::kNone};  ///< of the handshake, by the side that answered
  base::Micros ack_rtt[2] = {base::kNone, base::kNone};      ///< smallest so far, by the side that acknowledged
  base::Micros previous_end = base::kNone;                   ///< of the last response
  std::uint32_t head = kNoIndex, tail = kNoIndex;            ///< open requests, oldest first
  std::uint32_t kept = kNoIndex;                             ///< reported requests that are kept a while
  std::uint32_t open = 0;
  std::uint32_t streams = kNoIndex;
  std::uint32_t hold = kNoIndex;
  std::uint32_t current[2] = {kNoIndex, kNoIndex};  ///< request of a side that is not at its end
  std::uint32_t flow = 0;
  NameId last_name = 0;     ///< row of what belongs to nothing else
  std::uint32_t tried = 0;  ///< stream offset (its lowest bits) of the end of the newest turn that was held again
  std::uint16_t set = 0;
  State state = State::none;
  config::Carrier carrier = config::Carrier::tcp;
  flow::Side client = 0;
  std::uint8_t last_side = 2;       ///< who sent payload last; 2: nobody yet
  std::uint8_t tries = 0;           ///< datagrams or turns of an unrecognised flow that were matched
  flow::Side tried_side = 0;        ///< whose turn `tried` is
  bool client_known : 1 = false;    ///< by the handshake: no message can say otherwise
  bool spoke[2] = {false, false};   ///< side has sent payload
  bool desynced : 1 = false;        ///< order is lost: requests count again from the client's next turn on
  bool turns_off : 1 = false;       ///< UDP: a side sent twice in a row
  bool muted : 1 = false;           ///< no request is answered now (`mutes`)
  bool mute_next : 1 = false;       ///< the next one is not
  bool observed : 1 = false;        ///< TCP: a request was handed on
  bool closed[2] = {false, false};  ///< side has sent its FIN
  bool over : 1 = false;            ///< RST or both FINs: nothing more is opened
  bool called_back : 1 = false;     ///< announced by its client: the server has opened it

  /// Who has opened the connection.
  flow::Side caller() const noexcept { return called_back ? server() : client; }
  flow::Side server() const noexcept { return static_cast<flow::Side>(1 - client); }
  std::uint16_t port_of(flow::Side side) const noexcept { return endpoints[1 - side].port; }
};

}  // namespace pastmon::signature
