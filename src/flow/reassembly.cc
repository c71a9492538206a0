// SPDX-License-Identifier: MIT
#include "reassembly.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

namespace pastmon::flow {
namespace {

constexpr std::size_t kPieceOverhead = 64;  // so that a flood of one-byte segments counts for what it costs
constexpr std::size_t kMaxPieces = 2048;

std::size_t cost(const Piece& piece) { return piece.captured + kPieceOverhead; }

// First piece that ends behind `offset`.
std::size_t piece_behind(const std::vector<Piece>& pieces, std::uint64_t offset) {
  const auto at = std::upper_bound(pieces.begin(), pieces.end(), offset,
                                   [](std::uint64_t value, const Piece& piece) { return value < piece.end; });
  return static_cast<std::size_t>(at - pieces.begin());
}

// The part [from, to) of a segment's bytes.
Chunk part(const Segment& s, std::uint64_t from, std::uint64_t to) {
  const std::uint64_t skipped = from - s.begin;
  Chunk chunk;
  chunk.offset = from;
  chunk.size = static_cast<std::uint32_t>(to - from);
  chunk.time = s.time;
  chunk.spread = s.spread;
  if (skipped < s.captured) {
    chunk.data = s.data + skipped;
    chunk.captured = std::min(chunk.size, static_cast<std::uint32_t>(s.captured - skipped));
  }
  return chunk;
}

void consider(Survey& survey, base::Micros opened) {
  survey.opened = survey.fills_gap ? std::min(survey.opened, opened) : opened;
  survey.fills_gap = true;
}

}  // namespace

Survey Reassembly::survey(TcpSide& side, const Segment& s) {
  Survey result;
  const Disorder* const d = side.disorder != kNoIndex ? &core_.disorders[side.disorder] : nullptr;
  std::uint64_t seen = kNoOffset;  // the first byte that was seen before
  std::uint64_t at = s.begin;
  while (at < s.end) {
    std::uint64_t to = s.end;
    if (at < side.next) {
      to = std::min(to, side.next);
      const std::uint64_t lost_from = d != nullptr ? d->lost_from : 0;
      const std::uint64_t lost_to = d != nullptr ? d->lost_to : 0;
      if (at >= lost_from && at < lost_to) {
        to = std::min(to, lost_to);
        result.new_bytes += static_cast<std::uint32_t>(to - at);
        consider(result, d->lost_opened);
      } else {
        if (at < lost_from) to = std::min(to, lost_from);
        seen = std::min(seen, at);
      }
    } else {
      const std::size_t i = d != nullptr ? piece_behind(d->pieces, at) : 0;
      const bool piece = d != nullptr && i < d->pieces.size();
      if (piece && d->pieces[i].begin <= at) {
        to = std::min(to, d->pieces[i].end);
        if (seen == kNoOffset) result.sighting = d->pieces[i].time;
        seen = std::min(seen, at);
      } else {
        if (piece) to = std::min(to, d->pieces[i].begin);
        result.new_bytes += static_cast<std::uint32_t>(to - at);
        if (piece) consider(result, d->pieces[i].opened);
        if (!piece && at < side.highest && d != nullptr) consider(result, d->fin_time);
      }
    }
    at = to;
  }
  if (seen != kNoOffset) {
    result.seen_before = true;
    const base::Micros sighting = side.times.sighting(seen, core_.rings);
    if (sighting != base::kNone) result.sighting = sighting;
  }
  return result;
}

void Reassembly::store(FlowId flow, Side which, TcpSide& side, const Segment& s, base::Micros delay) {
  if (side.next == s.begin && side.disorder == kNoIndex) {
    core_.out->chunks.push_back(part(s, s.begin, s.end));
    side.next = s.end;
    side.highest = std::max(side.highest, s.end);
    return;
  }
  Disorder& d = disorder(flow, which, side);
  if (s.begin < d.lost_to && s.end > d.lost_from) {
    if (s.begin <= d.lost_from) {
      d.lost_from = std::min(s.end, d.lost_to);
    } else if (s.end >= d.lost_to) {
      d.lost_to = s.begin;
    } else {
      d.lost_from = s.end;
    }
  }
  std::uint64_t at = std::max(s.begin, side.next);
  if (at > side.next && d.pieces.empty() && !fits(d, s.captured)) skip(side, at, s.time);
  while (at < s.end) {
    const std::size_t i = piece_behind(d.pieces, at);
    const bool last = i == d.pieces.size();
    if (!last && d.pieces[i].begin <= at) {
      at = d.pieces[i].end;
      continue;
    }
    const std::uint64_t to = last ? s.end : std::min(s.end, d.pieces[i].begin);
    const bool fills = at < side.highest;
    Chunk chunk = part(s, at, to);
    chunk.delay = fills ? delay : 0;
    if (at == side.next) {
      core_.out->chunks.push_back(chunk);
      side.next = to;
      drain(side, d);
    } else if (fits(d, chunk.captured)) {
      Piece piece;
      piece.begin = at;
      piece.end = to;
      piece.captured = chunk.captured;
      piece.time = s.time;
      piece.spread = s.spread;
      piece.opened = !fills ? s.time : last ? d.fin_time : d.pieces[i].opened;
      piece.delay = chunk.delay;
      hold(d, i, std::move(piece), chunk.data);
    }
    at = std::max(to, side.next);
  }
  if (!d.pieces.empty()) side.highest = std::max(side.highest, d.pieces.back().end);
  side.highest = std::max(side.highest, side.next);
  relist(side);
}

void Reassembly::make_room(FlowId flow, Side which, TcpSide& side, const Segment& s) {
  const std::size_t size = s.captured;
  while (side.disorder != kNoIndex) {
    Disorder& d = core_.disorders[side.disorder];
    if (d.pieces.empty()) break;
    if (d.pieces.size() < kMaxPieces && d.held + size + kPieceOverhead <= core_.options.max_buffered_per_side) break;
    release(flow, which, side, d.pieces.front().begin, s.time);
  }
  while (core_.counters.buffered_bytes + size + kPieceOverhead > core_.options.max_buffered) {
    // Sides that wait for a FIN's predecessors only hold nothing: passing them over would need another list.
    const std::uint32_t oldest = core_.gaps.oldest;
    if (oldest == kNoIndex) break;
    const Disorder& d = core_.disorders[oldest];
    TcpSide& other = core_.tcp[core_.table[d.flow].state].side[d.side];
    const std::uint64_t to = d.pieces.empty() ? other.highest : d.pieces.front().begin;
    release(d.flow, d.side, other, to, std::max(s.time, core_.table[d.flow].last));
  }
}

void Reassembly::finish_at(FlowId flow, Side which, TcpSide& side, std::uint64_t offset, base::Micros time) {
  side.fin = offset;
  if (side.next >= offset) return;
  disorder(flow, which, side).fin_time = time;
  side.highest = std::max(side.highest, offset);
  relist(side);
}

void Reassembly::release(FlowId flow, Side which, TcpSide& side, std::uint64_t to, base::Micros time) {
  Flow& entry = core_.table[flow];
  if (time > entry.last) {  // a time-out, or another flow's need of room: no later event may have an earlier time
    entry.last = time;
    core_.table.touch(flow, entry, entry.idle_class);
  }
  const auto first = static_cast<std::uint32_t>(core_.out->chunks.size());
  disorder(flow, which, side);
  skip(side, to, time);
  relist(side);
  const auto count = static_cast<std::uint32_t>(core_.out->chunks.size()) - first;
  if (count > 0) {
    Event& event = core_.emit(EventKind::data, flow, which, time);
    event.first_chunk = first;
    event.chunk_count = count;
  }
  check_closed(flow, which, side, time);
}

void Reassembly::check_closed(FlowId flow, Side which, TcpSide& side, base::Micros time) {
  if (side.closed || side.fin == kNoOffset || side.next < side.fin) return;
  side.closed = true;
  Flow& entry = core_.table[flow];
  core_.emit(EventKind::side_closed, flow, entry, which, time);
  const TcpState& state = core_.tcp[entry.state];
  if (state.side[0].closed && state.side[1].closed) core_.table.touch(flow, entry, IdleClass::linger);
}

base::Micros Reassembly::expire(base::Micros now, std::size_t& budget) {
  while (core_.gaps.oldest != kNoIndex) {
    const Disorder& d = core_.disorders[core_.gaps.oldest];
    TcpSide& side = core_.tcp[core_.table[d.flow].state].side[d.side];
    const base::Micros due = d.listed_since + core_.options.gap_timeout;
    if (now < due && d.listed_since <= now + kClockStep) return due;
    if (budget == 0) return now;
    --budget;
    const std::uint64_t to = d.pieces.empty() ? side.highest : d.pieces.front().begin;
    release(d.flow, d.side, side, to, std::max(now, core_.table[d.flow].last));
  }
  return std::numeric_limits<base::Micros>::max();
}

void Reassembly::note_retransmission(FlowId flow, Side which, TcpSide& side, std::uint64_t from, std::uint64_t to) {
  if (side.acknowledged && to <= side.acked) return;
  Disorder& d = disorder(flow, which, side);
  const bool none = d.retransmitted_from == d.retransmitted_to;
  d.retransmitted_from = none ? from : std::min(d.retransmitted_from, from);
  d.retransmitted_to = none ? to : std::max(d.retransmitted_to, to);
}

void Reassembly::forget(TcpSide& side) {
  side.times.release(core_.rings);
  if (side.disorder == kNoIndex) return;
  unlist(side.disorder);
  core_.disorders.give_back(side.disorder);
  side.disorder = kNoIndex;
}

void Reassembly::tidy(TcpSide& side) {
  if (side.disorder == kNoIndex) return;
  const Disorder& d = core_.disorders[side.disorder];
  if (side.highest > side.next || d.retransmitted_to > side.acked || d.lost_from != d.lost_to) return;
  core_.disorders.give_back(side.disorder);
  side.disorder = kNoIndex;
}

Disorder& Reassembly::disorder(FlowId flow, Side which, TcpSide& side) {
  if (side.disorder == kNoIndex) {
    side.disorder = core_.disorders.take();
    Disorder& d = core_.disorders[side.disorder];
    d.flow = flow;
    d.side = which;
  }
  return core_.disorders[side.disorder];
}

bool Reassembly::fits(const Disorder& d, std::size_t size) const {
  const std::size_t need = size + kPieceOverhead;
  return d.pieces.size() < kMaxPieces && d.held + need <= core_.options.max_buffered_per_side &&
         core_.counters.buffered_bytes + need <= core_.options.max_buffered;
}

void Reassembly::hold(Disorder& d, std::size_t at, Piece piece, const std::uint8_t* data) {
  if (piece.captured > 0) {
    piece.data = std::make_unique_for_overwrite<std::uint8_t[]>(piece.captured);
    std::memcpy(piece.data.get(), data, piece.captured);
  }
  d.held += cost(piece);
  core_.counters.buffered_bytes += cost(piece);
  d.pieces.insert(d.pieces.begin() + static_cast<std::ptrdiff_t>(at), std::move(piece));
}

void Reassembly::drain(TcpSide& side, Disorder& d) {
  std::size_t count = 0;
  for (; count < d.pieces.size() && d.pieces[count].begin == side.next; ++count) {
    Piece& piece = d.pieces[count];
    Chunk& chunk = core_.out->chunks.emplace_back();
    chunk.offset = piece.begin;
    chunk.data = piece.data.get();
    chunk.size = static_cast<std::uint32_t>(piece.end - piece.begin);
    chunk.captured = piece.captured;
    chunk.time = piece.time;
    chunk.spread = piece.spread;
    chunk.delay = piece.delay;
    side.next = piece.end;
    d.held -= cost(piece);
    core_.counters.buffered_bytes -= cost(piece);
    if (piece.data != nullptr) core_.retired.push_back(std::move(piece.data));
  }
  d.pieces.erase(d.pieces.begin(), d.pieces.begin() + static_cast<std::ptrdiff_t>(count));
}

void Reassembly::skip(TcpSide& side, std::uint64_t to, base::Micros time) {
  Disorder& d = core_.disorders[side.disorder];
  while (side.next < to) {
    const std::uint64_t gap_end = d.pieces.empty() ? to : std::min(to, d.pieces.front().begin);
    if (gap_end > side.next) {
      Chunk& chunk = core_.out->chunks.emplace_back();
      chunk.offset = side.next;
      chunk.size = static_cast<std::uint32_t>(gap_end - side.next);
      chunk.time = time;
      chunk.lost = true;
      core_.counters.given_up_bytes += chunk.size;
      d.lost_opened = !d.pieces.empty() ? d.pieces.front().opened : side.fin != kNoOffset ? d.fin_time : time;
      d.lost_from = side.next;
      d.lost_to = gap_end;
      side.next = gap_end;
    }
    drain(side, d);
  }
  side.highest = std::max(side.highest, side.next);
}

void Reassembly::relist(TcpSide& side) {
  const std::uint32_t index = side.disorder;
  Disorder& d = core_.disorders[index];
  if (side.highest == side.next) return unlist(index);
  const base::Micros opened = d.pieces.empty() ? d.fin_time : d.pieces.front().opened;
  if (d.listed && d.listed_since == opened) return;
  unlist(index);
  d.listed = true;
  d.listed_since = opened;
  d.older = core_.gaps.newest;
  (d.older != kNoIndex ? core_.disorders[d.older].newer : core_.gaps.oldest) = index;
  core_.gaps.newest = index;
}

void Reassembly::unlist(std::uint32_t index) {
  Disorder& d = core_.disorders[index];
  if (!d.listed) return;
  (d.older != kNoIndex ? core_.disorders[d.older].newer : core_.gaps.oldest) = d.newer;
  (d.newer != kNoIndex ? core_.disorders[d.newer].older : core_.gaps.newest) = d.older;
  d.newer = d.older = kNoIndex;
  d.listed = false;
}

}  // namespace pastmon::flow
