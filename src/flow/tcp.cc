// SPDX-License-Identifier: MIT
#include "tcp.h"

#include <algorithm>

#include "acknowledgement.h"
#include "handshake.h"
#include "sequence.h"

namespace pastmon::flow {
namespace {

namespace flag = decode::tcp_flag;

constexpr base::Micros kReorderTime = 3'000;  // how late reordering brings a segment when connect_time is unknown
constexpr std::int64_t kLeastRoom = 65'536;
constexpr std::uint8_t kAstrayLimit = 4;

std::int64_t advertised(const TcpState& state, const TcpSide& receiver) {
  const bool known = state.stage == Stage::established && state.syn_ack_time != base::kNone;
  const int shift = state.scaled ? receiver.window_scale : known ? 0 : kLargestShift;
  return std::int64_t{receiver.window} << shift;
}

// Whether [begin, end) may be part of the stream: not a window beyond what the receiver can take. After several such
// segments in a row it is the sensor that has lost much, and the stream is taken up where it is now.
bool is_plausible(const TcpState& state, TcpSide& side, const TcpSide& peer, std::int64_t begin) {
  if (!side.acknowledged || !peer.sent) return true;
  const auto top = static_cast<std::int64_t>(std::max(side.highest, side.acked));
  if (begin <= top + std::max(advertised(state, peer), kLeastRoom) + kLeastRoom) {
    side.astray = 0;
    return true;
  }
  if (side.astray < kAstrayLimit) ++side.astray;
  return side.astray >= kAstrayLimit;
}

// RFC 9293, 3.8.4: only sent while no data is outstanding.
bool is_keep_alive(const TcpSide& side, const decode::Packet& p, std::int64_t begin) {
  return p.payload_length <= 1 && (p.tcp.flags & (flag::syn | flag::fin | flag::rst)) == 0 && !side.soft &&
         begin + 1 == static_cast<std::int64_t>(side.highest) && (!side.acknowledged || side.acked >= side.highest) &&
         side.fin == kNoOffset;
}

void set_window(const TcpState& state, const TcpSide& side, const decode::Packet& p, PacketFacts& facts) {
  const bool syn = (p.tcp.flags & flag::syn) != 0;
  facts.window = state.scaled && !syn ? p.tcp.window << side.window_scale : p.tcp.window;
  if (p.tcp.window == 0 && (p.tcp.flags & (flag::syn | flag::fin)) == 0) facts.zero_window = true;
}

// The first number seen is offset 0; a packet without payload fixes it only until there is payload.
void find_base(TcpSide& side, const decode::Packet& p) {
  if (side.based && !side.soft) return;
  side.base = p.tcp.sequence;
  side.soft = p.payload_length == 0 && (p.tcp.flags & flag::fin) == 0;
  side.based = true;
}

}  // namespace

void Tcp::packet(FlowId flow, const Flow& entry, TcpState& state, Side which, const decode::Packet& p,
                 base::Micros time) {
  TcpSide& side = state.side[which];
  const std::uint8_t flags = p.tcp.flags;
  // The event is filled in where it stands, and moved behind what has to come first in the rare case that there is any.
  const std::size_t place = core_.out->events.size();
  PacketFacts* facts = &core_.emit(EventKind::packet, flow, entry, which, time).facts;
  facts->time = time;
  facts->wire_bytes = p.wire_bytes;
  facts->tcp_flags = flags;
  if ((flags & flag::rst) != 0) return reset(flow, state, which, p, *facts);

  SynOutcome outcome{true, {}};
  std::int64_t begin = 0;
  bool keep_alive = false;
  if ((flags & flag::syn) != 0) {
    outcome = on_syn(state, which, p, *facts);
    facts->mss = p.tcp.mss;
  } else {
    const bool open = state.stage == Stage::syn_sent || state.stage == Stage::syn_received;
    if (open && (flags & flag::ack) != 0 && completes(state, which, p, *facts)) {
      outcome.event = EventKind::established;
    }
    if (state.stage == Stage::syn_sent) {  // still: whatever this is, it is not from this connection
      outcome.taken = false;
    } else {
      find_base(side, p);
      begin = stream_offset(side.base, side.highest, p.tcp.sequence);
      outcome.taken = is_plausible(state, side, state.side[which ^ 1], begin);
      keep_alive = is_keep_alive(side, p, begin);
    }
  }
  set_window(state, side, p, *facts);
  facts->keep_alive = keep_alive;
  facts->pure_ack = p.payload_length == 0 && !keep_alive && (flags & (flag::syn | flag::fin | flag::ack)) == flag::ack;
  if (outcome.taken) {
    if ((flags & flag::ack) != 0) {
      const AckFacts ack = acknowledge(core_, reassembly_, flow, state, which, p, time, keep_alive);
      facts = &core_.out->events[place].facts;
      facts->ack_rtt = ack.rtt;
      if (ack.gap) {
        facts->ack_gap = 1;
        ++core_.counters.ack_gaps;
      }
      if (ack.duplicate) facts->duplicate_ack = true;
    }
    side.window = p.tcp.window;
    side.sent = true;
  }

  auto first_chunk = static_cast<std::uint32_t>(core_.out->chunks.size());
  if (p.payload_length > 0 && !keep_alive) {
    facts->segment_size = p.payload_length;
    if (outcome.taken) first_chunk = take_payload(flow, state, which, p, begin, place);
  }
  if (outcome.taken && (flags & flag::fin) != 0 && side.fin == kNoOffset) {
    const std::int64_t at = begin + p.payload_length;
    if (at >= static_cast<std::int64_t>(side.next)) {
      reassembly_.finish_at(flow, which, side, static_cast<std::uint64_t>(at), time);
    }
  }
  close_packet(place, first_chunk);
  if (outcome.event) say_handshake(*outcome.event, flow, which, state, time);
  if (side.fin != kNoOffset) reassembly_.check_closed(flow, which, side, time);
}

std::uint32_t Tcp::take_payload(FlowId flow, TcpState& state, Side which, const decode::Packet& p, std::int64_t begin,
                                std::size_t place) {
  TcpSide& side = state.side[which];
  std::vector<Chunk>& chunks = core_.out->chunks;
  const auto first_chunk = static_cast<std::uint32_t>(chunks.size());
  const base::Micros time = core_.out->events[place].time;
  const auto next = static_cast<std::int64_t>(side.next);
  if (begin == next && side.next == side.highest && side.disorder == kNoIndex && side.fin == kNoOffset) {
    Chunk& chunk = chunks.emplace_back();
    chunk.offset = side.next;
    chunk.data = p.payload;
    chunk.size = p.payload_length;
    chunk.captured = p.payload_captured;
    chunk.time = time;
    chunk.spread = p.spread;
    core_.out->events[place].facts.new_payload = p.payload_length;
    side.highest = side.next += p.payload_length;
    side.times.add(chunk.offset, side.next, time, core_.rings);
    return first_chunk;
  }
  const std::int64_t end = begin + p.payload_length;
  const auto cut = begin < 0 ? static_cast<std::uint32_t>(std::min<std::int64_t>(-begin, p.payload_length)) : 0U;
  Segment segment;
  segment.begin = static_cast<std::uint64_t>(begin + cut);
  segment.end = std::min(static_cast<std::uint64_t>(std::max<std::int64_t>(end, 0)), side.fin);
  if (segment.begin >= segment.end) return first_chunk;
  segment.captured = p.payload_captured - std::min(cut, p.payload_captured);
  segment.captured = std::min(segment.captured, static_cast<std::uint32_t>(segment.end - segment.begin));
  segment.data = p.payload + std::min(cut, p.payload_captured);
  segment.time = time;
  segment.spread = p.spread;
  return take_disordered(flow, state, which, segment, place);
}

std::uint32_t Tcp::take_disordered(FlowId flow, TcpState& state, Side which, const Segment& s, std::size_t place) {
  TcpSide& side = state.side[which];
  PacketFacts& facts = core_.out->events[place].facts;
  const Survey survey = reassembly_.survey(side, s);
  facts.new_payload = survey.new_bytes;
  base::Micros delay = 0;
  if (survey.fills_gap) {
    const base::Micros limit = connect_time(state);
    delay = elapsed(survey.opened, s.time);
    if (!survey.seen_before && delay <= (limit != base::kNone ? limit : kReorderTime)) {
      facts.out_of_order = true;
      delay = 0;
    }
  }
  if (survey.seen_before || delay > 0) {
    facts.retransmission = true;
    facts.retransmitted_from = s.begin;
    facts.retransmitted_to = s.end;
    const base::Micros since = survey.sighting != base::kNone ? survey.sighting : survey.opened;
    if (since != base::kNone) facts.retransmission_delay = elapsed(since, s.time);
    reassembly_.note_retransmission(flow, which, side, s.begin, s.end);
  }
  if (s.begin > side.next) reassembly_.make_room(flow, which, side, s);
  const std::uint64_t highest = side.highest;
  const auto first_chunk = static_cast<std::uint32_t>(core_.out->chunks.size());
  reassembly_.store(flow, which, side, s, delay);
  if (survey.new_bytes > 0) {
    const std::uint64_t from = s.begin < highest && s.end > highest ? highest : s.begin;
    side.times.add(from, s.end, s.time, core_.rings);
  }
  return first_chunk;
}

void Tcp::close_packet(std::size_t place, std::uint32_t first_chunk) {
  std::vector<Event>& events = core_.out->events;
  Event& event = events[place];
  event.first_chunk = first_chunk;
  event.chunk_count = static_cast<std::uint32_t>(core_.out->chunks.size()) - first_chunk;
  const auto at = events.begin() + static_cast<std::ptrdiff_t>(place);
  if (at + 1 != events.end()) std::rotate(at, at + 1, events.end());
}

void Tcp::reset(FlowId flow, TcpState& state, Side which, const decode::Packet& p, PacketFacts& facts) {
  TcpSide& side = state.side[which];
  const TcpSide& peer = state.side[which ^ 1];
  facts.tcp_reset = true;
  const base::Micros time = facts.time;
  core_.out->events.back().first_chunk = static_cast<std::uint32_t>(core_.out->chunks.size());
  if (refuses(state, which, p.tcp)) {
    state.stage = Stage::refused;
    return say_handshake(EventKind::refused, flow, which, state, time);
  }
  bool valid = state.stage != Stage::refused && state.stage != Stage::reset;
  if (state.stage == Stage::syn_sent && which != state.syn_side) valid = false;
  if (valid && side.based && !side.soft) {
    const std::int64_t at = stream_offset(side.base, side.highest, p.tcp.sequence);
    const auto low = static_cast<std::int64_t>(side.acknowledged ? side.acked : 0);
    const auto high = static_cast<std::int64_t>(std::max(side.highest, side.acked));
    valid = at >= low && at <= high + (peer.sent ? std::max<std::int64_t>(advertised(state, peer), 1) : kLeastRoom);
  }
  if (!valid) return;
  for (const Side s : {Side{0}, Side{1}}) {
    if (state.side[s].highest > state.side[s].next) {
      reassembly_.release(flow, s, state.side[s], state.side[s].highest, time);
    }
  }
  if (state.stage == Stage::syn_sent) say_handshake(EventKind::unanswered, flow, which, state, time);
  state.stage = Stage::reset;
  core_.emit(EventKind::reset, flow, which, time);
}

void Tcp::unreachable(FlowId flow, Side which, base::Micros time) {
  TcpState& state = state_of(flow);
  if (state.stage != Stage::syn_sent || state.syn_side != which) return;
  state.stage = Stage::refused;
  say_handshake(EventKind::refused, flow, which, state, time);
}

bool Tcp::may_have_sent(FlowId flow, Side which, std::uint32_t sequence) const {
  const TcpSide& side = state_of(flow).side[which];
  if (!side.based) return false;
  const std::int64_t at = stream_offset(side.base, side.highest, sequence);
  return at >= static_cast<std::int64_t>(side.acked) - kLeastRoom &&
         at <= static_cast<std::int64_t>(side.highest) + kLeastRoom;
}

void Tcp::end(FlowId flow, base::Micros time) {
  TcpState& state = state_of(flow);
  for (const Side s : {Side{0}, Side{1}}) {
    if (state.side[s].highest > state.side[s].next) {
      reassembly_.release(flow, s, state.side[s], state.side[s].highest, time);
    }
    reassembly_.forget(state.side[s]);
  }
  if (state.stage == Stage::syn_sent) say_handshake(EventKind::unanswered, flow, state.syn_side, state, time);
  core_.tcp.give_back(core_.table[flow].state);
  core_.table[flow].state = kNoIndex;
}

IdleClass Tcp::rare_class(const TcpState& state) {
  switch (state.stage) {
    case Stage::syn_sent:
      return IdleClass::syn;
    case Stage::refused:
    case Stage::reset:
      return IdleClass::linger;
    case Stage::syn_received:  // half open, as scans leave it; payload shows that only the ACK was missed
      if (state.side[0].highest == 0 && state.side[1].highest == 0) return IdleClass::syn;
      break;
    case Stage::middle:
    case Stage::established:
      break;
  }
  return state.side[0].closed && state.side[1].closed ? IdleClass::linger : IdleClass::tcp;
}

void Tcp::say_handshake(EventKind kind, FlowId flow, Side which, const TcpState& state, base::Micros time) {
  core_.emit(kind, flow, which, time).handshake = state.handshake();
}

}  // namespace pastmon::flow
