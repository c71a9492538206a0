// SPDX-License-Identifier: MIT
// The ordered payload of one TCP side: each byte delivered once, the first sighting wins, what comes early is held
// within bounds, what never comes is given up as lost.
#pragma once

#include <cstdint>

#include "core.h"

namespace pastmon::flow {

/// A data segment by its place in the stream.
struct Segment {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  const std::uint8_t* data = nullptr;
  std::uint32_t captured = 0;
  base::Micros time = 0;
  base::Micros spread = 0;
};

/// What a segment that is not simply the next one means to the stream.
struct Survey {
  std::uint32_t new_bytes = 0;          ///< never seen before
  bool seen_before = false;             ///< some bytes were seen before …
  base::Micros sighting = base::kNone;  ///< … first then, if that is remembered
  bool fills_gap = false;               ///< some bytes were missing …
  base::Micros opened = base::kNone;    ///< … since then
};

class Reassembly {
 public:
  explicit Reassembly(Core& core) : core_(core) {}

  Survey survey(TcpSide& side, const Segment& segment);

  /// Holds or delivers the new bytes of the segment; chunks are appended to the output. `delay` goes into the chunks
  /// of bytes that fill a gap. What finds no room is left out.
  void store(FlowId flow, Side which, TcpSide& side, const Segment& segment, base::Micros delay);

  /// Makes room for a segment that will have to wait: gives up gaps, the longest open first, saying `data` events.
  void make_room(FlowId flow, Side which, TcpSide& side, const Segment& segment);

  /// A FIN at `offset`.
  void finish_at(FlowId flow, Side which, TcpSide& side, std::uint64_t offset, base::Micros time);

  /// Delivers all before `to`, the missing bytes as lost; says `data` and, if the FIN is reached, `side_closed`.
  void release(FlowId flow, Side which, TcpSide& side, std::uint64_t to, base::Micros time);

  /// Says side_closed once the FIN is reached.
  void check_closed(FlowId flow, Side which, TcpSide& side, base::Micros time);

  /// Gives up gaps open longer than the time-out, at most `budget` of them, which it counts down; returns when the next
  /// one is due.
  base::Micros expire(base::Micros now, std::size_t& budget);

  /// The bytes [from, to) were sent again.
  void note_retransmission(FlowId flow, Side which, TcpSide& side, std::uint64_t from, std::uint64_t to);

  /// Gives back what belongs to the side, of which everything has been released.
  void forget(TcpSide& side);

  /// Gives back the Disorder when nothing in it matters any more.
  void tidy(TcpSide& side);

 private:
  Disorder& disorder(FlowId flow, Side which, TcpSide& side);
  bool fits(const Disorder& d, std::size_t size) const;
  void hold(Disorder& d, std::size_t at, Piece piece, const std::uint8_t* data);
  void drain(TcpSide& side, Disorder& d);
  void skip(TcpSide& side, std::uint64_t to, base::Micros time);
  void relist(TcpSide& side);
  void unlist(std::uint32_t index);

  Core& core_;
};

}  // namespace pastmon::flow
