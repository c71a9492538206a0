// SPDX-License-Identifier: MIT
// What a signature file says, typed and checked key by key, but not yet compiled: patterns are still text.
// The language is described in docs/signatures.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pastmon/base/clock.h"

namespace pastmon::config {

enum class Carrier : std::uint8_t { tcp, udp, icmp, icmpv6 };
inline constexpr std::size_t kCarriers = 4;

/// How the bytes of one direction are cut into messages.
enum class FramingKind : std::uint8_t {
  datagram,   ///< each datagram is a message
  turn,       ///< everything up to a change of direction
  line,       ///< up to a line feed
  length,     ///< a count in the message's head; see the fields of FramingSpec
  http,       ///< HTTP/1 and what looks like it (SIP, RTSP): header lines, then a body by count, chunks or to the close
  tls,        ///< TLS records
  resp,       ///< Redis' RESP2 and RESP3 values, inline commands
  ber,        ///< one BER value (definite length)
  imap,       ///< lines with literals {n}
  memcached,  ///< text, meta and binary protocol
  rpc,        ///< ONC RPC record marking
  smb2,       ///< NetBIOS session messages of SMB2 commands; each NextCommand is a message
  http2,      ///< the preface, then frames
};

struct FramingSpec {
  FramingKind kind = FramingKind::turn;
  /// Kind `length`: message size = number at `offset`, rounded up to a multiple of `align`, plus `adjust`.
  std::uint32_t offset = 0;
  std::uint32_t width = 4;  ///< bytes of the number, 1 to 8; 0: none, each message has `adjust` bytes
  bool little_endian = false;
  std::uint32_t bits = 64;  ///< of the number, the lowest; the others mean something else
  bool varint = false;      ///< instead of `width`: 7 bits a byte, least significant first (MQTT)
  std::int64_t adjust = 0;
  std::uint32_t align = 1;
  std::uint64_t max = 16ULL << 20U;  ///< a larger message is no message of this framing
  bool join = false;                 ///< a number with all bits set says that the next message belongs to this one
  std::int32_t pad_at = -1;  ///< offset of one byte in the head whose value the size grows by (padding); -1: none
  std::uint32_t hide = 0;    ///< leading bytes of each message that patterns do not see
  std::string when;          ///< `first_message`, `other_message` only: pattern over the bytes at its beginning
  friend bool operator==(const FramingSpec&, const FramingSpec&) = default;
};

/// One way in which a service is carried.
struct CarrierSpec {
  Carrier carrier = Carrier::tcp;
  FramingSpec framing;
  std::optional<FramingSpec> first_message;  ///< of the client's opening messages, as long as `when` matches
  std::optional<FramingSpec> other_message;  ///< of all messages that `when` matches
  std::vector<std::uint16_t> ports;          ///< a hint …
  bool ports_only = false;                   ///< … or the only ports
  friend bool operator==(const CarrierSpec&, const CarrierSpec&) = default;
};

enum class Recognise : std::uint8_t {
  request,   ///< a matching request is proof enough (on a listed port a response or greeting too)
  either,    ///< a matching response or greeting also, on any port
  pair,      ///< a request and its response must match; on a listed port either is enough
  both,      ///< as `pair`, but on a listed port either is enough only if the other side does not contradict
  exchange,  ///< a request and its response must match, on a listed port too
  port,      ///< on a listed port only
  never,     ///< matches only in a conversation that is known for this service already
};
/// What a request does to the answers of those behind it (pairing by order).
enum class Mutes : std::uint8_t {
  nothing,
  next,  ///< neither it nor the next one is answered
  all,   ///< none is answered any more, from this one on
  none,  ///< all are answered again, from this one on
};
enum class Pairing : std::uint8_t { order, id, match };
enum class Scope : std::uint8_t {
  flow,    ///< a response comes in the flow of its request
  id,      ///< it may come in any flow that brings the request's id
  client,  ///< it may come in any flow to the address and port that sent the request
};

/// The closed list of a group that stands in a name.
struct NameValues {
  struct Word {
    std::string word;   ///< as it stands in the name
    std::string bytes;  ///< as it stands in the message
    friend bool operator==(const Word&, const Word&) = default;
  };
  std::string group;
  std::vector<Word> words;
  friend bool operator==(const NameValues&, const NameValues&) = default;
};

/// What happens when a message of a response matches.
struct ResponseRule {
  std::string response;  ///< pattern
  std::string target;    ///< upgrade: a service, or "*" for whatever comes; rename: a row's name
  std::string as{};      ///< upgrade: the request stays open, as one of that service that began with these bytes
  friend bool operator==(const ResponseRule&, const ResponseRule&) = default;
};

/// A message that announces a connection to its sender's host.
struct ExpectRule {
  bool request = false;  ///< a message of the client; else of the server
  std::string pattern;   ///< its group `port`: on which port
  std::string service;   ///< what that connection speaks
  friend bool operator==(const ExpectRule&, const ExpectRule&) = default;
};

/// One kind of transaction. Patterns are anchored at the first byte of a message; an empty text means "none".
struct SignatureSpec {
  std::string where;  ///< "http.conf:12", for messages
  std::string name;   ///< "HTTP {method}"
  std::vector<NameValues> values;
  bool fold_case = false;            ///< values are found in any case
  std::string request;               ///< first message of a request
  std::string request_end;           ///< message that ends a request of several
  std::string request_part;          ///< message that goes on with the open request of its id
  std::string request_more;          ///< after an interim answer: messages that go on with the request
  bool request_until_turn = false;   ///< the request runs to the server's next message
  std::string response;              ///< first message of the response; none: any message
  std::string response_only;         ///< first message that is the whole response although others have several
  std::string response_end;          ///< message that ends a response of several
  std::string response_next;         ///< with response_until_turn: begins the response of the next open request
  std::string response_skips;        ///< message of the server that is no part of the response in whose turn it comes
  std::string response_pauses;       ///< message of a response behind which the client's turn does not end it
  bool response_until_turn = false;  ///< the response runs to the next request
  std::uint32_t response_bytes = 0;  ///< the response is so many bytes, without the usual framing
  std::string interim;               ///< an answer that is neither first byte nor end
  std::string error;                 ///< over the group `status` of the response, else over each of its messages
  std::string after;                 ///< this request follows a transaction of that name …
  std::string after_response;        ///< … if its response matched
  std::string observe;               ///< hand response messages on under this word
  std::string observe_request;       ///< the same for the request's first message
  std::string request_upgrade;       ///< behind this request the connection speaks that service, or "*"
  std::vector<ResponseRule> upgrade;
  std::vector<ResponseRule> rename;
  bool greeting = false;  ///< the server speaks first; the request is the completed handshake
  bool no_reply = false;
  Mutes mutes = Mutes::nothing;
  bool wait = false;
  bool early_waits = false;                   ///< as `wait` when the response begins before the request's end
  bool chunks = false;                        ///< each message of the request is answered (BDAT)
  bool alone = false;                         ///< until the response begins, the client's other messages ask nothing
  bool estimated = false;                     ///< by turns: never unanswered
  bool silent = false;                        ///< no transaction: its packets and its place in the dialogue only
  std::optional<Recognise> recognise;         ///< instead of the service's
  base::Micros timeout = 30 * base::kSecond;  ///< datagrams only, after the last transmission
  friend bool operator==(const SignatureSpec&, const SignatureSpec&) = default;
};

struct ServiceSpec {
  std::string where;  ///< "http.conf:3", for messages
  std::string name;
  std::vector<CarrierSpec> over;
  Pairing pairing = Pairing::order;
  Scope scope = Scope::flow;
  Recognise recognise = Recognise::request;
  std::string part_of;                    ///< a service whose row names this one may give, too
  std::uint32_t window = 256;             ///< bytes of a message that patterns see
  bool in_order = false;                  ///< pairing id: requests with the same id are answered in their order
  bool repeats = false;                   ///< datagrams: an id is never used again, not even when it was answered
  bool both_ways = false;                 ///< each side may send requests; the requester is the client
  std::string untagged;                   ///< pairing id: messages without id that go on with the oldest open request
  std::string ignore;                     ///< messages of the server that answer nothing
  std::string abort;                      ///< message of either side that ends the transaction of its id
  std::string abort_above;                ///< … that ends those with larger ids
  std::string closes;                     ///< message of the server behind which nothing with its first id is answered
  std::string ignore_request;             ///< messages of the client that ask nothing
  std::vector<ExpectRule> expect;         ///< connections that its messages announce
  std::vector<SignatureSpec> signatures;  ///< none: its packets are counted under the service's name
  friend bool operator==(const ServiceSpec&, const ServiceSpec&) = default;
};

}  // namespace pastmon::config
