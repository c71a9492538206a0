// SPDX-License-Identifier: MIT
// Packets built in code, as decode would hand them to flow, and a tracker whose output is easy to ask.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "pastmon/flow/tracker.h"

namespace pastmon::flow::test {

namespace flag = decode::tcp_flag;

inline constexpr base::Micros kStart = 1'700'000'000 * base::kSecond;

inline base::Address address(std::uint32_t number) {
  const std::uint8_t bytes[4] = {static_cast<std::uint8_t>(number >> 24), static_cast<std::uint8_t>(number >> 16),
                                 static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
  return base::Address::v4(bytes);
}

inline const base::Address kClient = address(0xc0000201);
inline const base::Address kServer = address(0xc0000202);
inline const base::Address kRouter = address(0xc00002fe);

inline decode::FiveTuple reversed(const decode::FiveTuple& t) {
  return {t.destination, t.source, t.destination_port, t.source_port, t.protocol};
}

inline decode::Packet packet(base::Micros at, decode::Transport transport, const decode::FiveTuple& tuple,
                             std::string_view payload = {}) {
  decode::Packet p;
  p.time = kStart + at;
  p.transport = transport;
  p.tuple = tuple;
  p.hash = decode::symmetric_hash(tuple);
  p.payload = reinterpret_cast<const std::uint8_t*>(payload.data());
  p.payload_length = p.payload_captured = static_cast<std::uint32_t>(payload.size());
  p.wire_bytes = 54 + p.payload_length;
  return p;
}

/// One end of a TCP connection. Numbers are relative: 0 is the initial sequence number's successor.
struct End {
  decode::FiveTuple tuple;  ///< as this end sends
  std::uint32_t isn = 0;
  std::uint32_t peer_isn = 0;
  std::uint16_t window = 8192;

  /// A segment at stream offset `offset` that acknowledges `ack` bytes of the peer. A SYN stands at offset -1.
  decode::Packet segment(base::Micros at, std::uint8_t flags, std::int64_t offset, std::int64_t ack,
                         std::string_view payload = {}) const {
    decode::Packet p = packet(at, decode::Transport::tcp, tuple, payload);
    p.tcp.flags = flags;
    p.tcp.sequence = isn + 1 + static_cast<std::uint32_t>(offset);
    if ((flags & flag::ack) != 0) p.tcp.acknowledgement = peer_isn + 1 + static_cast<std::uint32_t>(ack);
    p.tcp.window = window;
    return p;
  }
  decode::Packet syn(base::Micros at) const { return segment(at, flag::syn, -1, 0); }
  decode::Packet syn_ack(base::Micros at) const { return segment(at, flag::syn | flag::ack, -1, 0); }
  decode::Packet ack(base::Micros at, std::int64_t offset, std::int64_t ack) const {
    return segment(at, flag::ack, offset, ack);
  }
  decode::Packet data(base::Micros at, std::int64_t offset, std::int64_t ack, std::string_view payload) const {
    return segment(at, flag::ack | flag::psh, offset, ack, payload);
  }
  decode::Packet fin(base::Micros at, std::int64_t offset, std::int64_t ack) const {
    return segment(at, flag::ack | flag::fin, offset, ack);
  }
  decode::Packet rst(base::Micros at, std::int64_t offset) const { return segment(at, flag::rst, offset, 0); }
};

struct Connection {
  End client;
  End server;

  explicit Connection(std::uint16_t client_port = 40'000, std::uint16_t server_port = 80,
                      std::uint32_t client_isn = 1000, std::uint32_t server_isn = 9000) {
    client.tuple = {kClient, kServer, client_port, server_port, 6};
    server.tuple = reversed(client.tuple);
    client.isn = server.peer_isn = client_isn;
    server.isn = client.peer_isn = server_isn;
  }
};

/// An event with its chunks and payload copied out, so that it outlives the tracker's call.
struct Seen : Event {
  std::vector<Chunk> parts;
  std::string text;  ///< captured payload of the chunks
};

class Lab {
 public:
  explicit Lab(const Options& options = {}) : tracker(options) {}

  /// Feeds one packet; the answer is its packet event.
  Seen operator()(const decode::Packet& p) {
    feed({p});
    return packet_event();
  }
  void feed(std::vector<decode::Packet> packets) {
    tracker.process(packets, events_);
    collect();
  }
  void expire(base::Micros at) {
    tracker.expire(kStart + at, events_);
    collect();
  }
  void finish() {
    last.clear();
    std::vector<Seen> seen;
    while (tracker.finish(events_)) {
      collect();
      seen.insert(seen.end(), last.begin(), last.end());
    }
    last = seen;
  }
  /// SYN at `at`, SYN-ACK 10 ms, ACK 15 ms later.
  void open(const Connection& c, base::Micros at = 0) {
    feed({c.client.syn(at), c.server.syn_ack(at + 10'000), c.client.ack(at + 15'000, 0, 0)});
  }

  Seen packet_event() const {
    for (const Seen& e : last) {
      if (e.kind == EventKind::packet) return e;
    }
    return {};
  }
  std::size_t count(EventKind kind) const { return of(kind).size(); }
  std::vector<Seen> of(EventKind kind) const {
    std::vector<Seen> found;
    for (const Seen& e : last) {
      if (e.kind == kind) found.push_back(e);
    }
    return found;
  }

  Tracker tracker;
  std::vector<Seen> last;          ///< events of the last call
  std::vector<Seen> all;           ///< events of all calls
  std::deque<std::string> stream;  ///< by side of flow number 0: "?" for each lost byte, "." for each not captured

 private:
  void collect() {
    last.clear();
    if (stream.empty()) stream.resize(2);
    for (const Event& e : events_.events) {
      Seen seen;
      static_cast<Event&>(seen) = e;
      for (const Chunk& c : events_.chunks_of(e)) {
        seen.parts.push_back(c);
        std::string bytes(reinterpret_cast<const char*>(c.data), c.captured);
        bytes.append(c.size - c.captured, c.lost ? '?' : '.');
        seen.text += bytes;
        if (e.flow == 0) stream[e.side] += bytes;
      }
      last.push_back(seen);
      all.push_back(seen);
    }
  }

  Events events_;
};

}  // namespace pastmon::flow::test
