// SPDX-License-Identifier: MIT
#include "pastmon/decode/reassembler.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace pastmon::decode {
namespace {

constexpr base::Micros kNever = std::numeric_limits<base::Micros>::max();
constexpr base::Micros kClockStep = 10 * base::kSecond;  // a clock that goes back farther was set
constexpr unsigned kMaxNested = 4;                       // fragmented datagrams that carry fragments
constexpr std::size_t kFrameCost = sizeof(Packet) + 128;

/// Identification and addresses; IPv4 also tells protocols apart (RFC 791; RFC 8200, 4.5).
FiveTuple key_of(const Packet& p) noexcept {
  constexpr std::uint8_t ipv6_fragment = 44;
  return {p.tuple.source, p.tuple.destination, static_cast<std::uint16_t>(p.ip_id >> 16U),
          static_cast<std::uint16_t>(p.ip_id), p.tuple.source.is_v4() ? p.tuple.protocol : ipv6_fragment};
}

/// All but the last are multiples of 8 bytes, and no datagram is longer than 65,535.
bool is_sound(const Packet& p) noexcept {
  const std::uint32_t end = p.fragment_offset + p.payload_length;
  return p.payload_length > 0 && end <= 0xffff && (!p.more_fragments || p.payload_length % 8 == 0);
}

}  // namespace

void Reassembler::begin_call() {
  out_.clear();
  retired_.clear();
}

std::span<const Packet> Reassembler::answer() {
  due_ = datagrams_.empty() ? kNever : datagrams_.front().since + options_.timeout;
  return out_;
}

std::span<const Packet> Reassembler::take(const Packet& fragment) {
  begin_call();
  ++counters_.fragments;
  expire_until(fragment.time);
  arrive(fragment);
  while (counters_.held_bytes > options_.max_bytes && !datagrams_.empty()) {
    give_up(datagrams_.begin(), counters_.evicted);
  }
  return answer();
}

std::span<const Packet> Reassembler::expire(base::Micros now) {
  begin_call();
  expire_until(now);
  return answer();
}

std::span<const Packet> Reassembler::finish() {
  begin_call();
  while (!datagrams_.empty()) give_up(datagrams_.begin(), counters_.incomplete);
  return answer();
}

void Reassembler::expire_until(base::Micros now) {
  while (!datagrams_.empty()) {
    const base::Micros since = datagrams_.front().since;
    if (now - since < options_.timeout && since - now <= kClockStep) break;
    give_up(datagrams_.begin(), counters_.incomplete);
  }
}

void Reassembler::arrive(Packet packet) {
  std::vector<Packet> frames{packet};
  for (unsigned nested = 0; nested < kMaxNested; ++nested) {
    Place d = datagrams_.end();
    bool sound = is_sound(packet);
    if (sound) {
      d = place_of(packet);
      sound = !d->refused && store(*d, packet);
      if (!sound) refuse(*d);
    } else {
      ++counters_.refused;
    }
    if (!sound) break;
    for (Packet& frame : frames) {
      frame.payload = nullptr;
      frame.payload_captured = 0;
      d->frames.push_back(frame);
      d->cost += kFrameCost;
      counters_.held_bytes += kFrameCost;
    }
    if (d->covered != d->total) return;
    put_together(*d, packet);
    frames = std::move(d->frames);
    erase(d);
    ++counters_.reassembled;
    if (decoder_.decode_rest(packet, static_cast<std::uint32_t>(frames.size())) != Verdict::packet) return;
    if (packet.transport != Transport::fragment) return give_out(frames, packet);
    // It carries a fragment of another datagram: its frames wait for that one's rest.
    for (Packet& frame : frames) {
      Packet inner = packet;
      inner.time = frame.time;
      inner.wire_bytes = frame.wire_bytes;
      inner.part = true;
      inner.payload_length = 0;
      frame = inner;
    }
    frames.back() = packet;
  }
  for (const Packet& frame : frames) {
    Packet& p = out_.emplace_back(frame);
    p.payload = nullptr;
    p.payload_captured = 0;
    p.held = frames.size() > 1;
  }
}

Reassembler::Place Reassembler::place_of(const Packet& packet) {
  const FiveTuple key = key_of(packet);
  if (const auto found = index_.find(key); found != index_.end()) return found->second;
  const Place place = datagrams_.emplace(datagrams_.end());
  place->key = key;
  place->since = packet.time;
  place->cost = sizeof(Datagram) + sizeof(*index_.begin());
  counters_.held_bytes += place->cost;
  index_.emplace(key, place);
  return place;
}

/// Adds the bytes that no earlier fragment brought. False: this datagram cannot be put together.
bool Reassembler::store(Datagram& d, const Packet& packet) {
  const std::uint32_t begin = packet.fragment_offset;
  const std::uint32_t end = begin + packet.payload_length;
  if (d.frames.size() >= kMaxFragments) return false;
  if (!packet.more_fragments) {
    const bool other_end = d.total != 0 ? d.total != end : !d.pieces.empty() && d.pieces.back().end > end;
    if (other_end) return false;
    d.total = end;
  } else if (d.total != 0 && end > d.total) {
    return false;
  }
  const auto behind = std::upper_bound(d.pieces.begin(), d.pieces.end(), begin,
                                       [](std::uint32_t at, const Piece& piece) { return at < piece.end; });
  auto i = static_cast<std::size_t>(behind - d.pieces.begin());
  if (i < d.pieces.size() && d.pieces[i].begin < end) {
    if (d.pieces[i].begin == begin && d.pieces[i].end == end) return true;  // the same one again
    if (!packet.tuple.source.is_v4()) return false;
    ++counters_.overlaps;
  }
  for (std::uint32_t at = begin; at < end; ++i) {
    const bool last = i == d.pieces.size();
    const std::uint32_t to = last ? end : std::min(end, d.pieces[i].begin);
    if (to > at) insert(d, packet, i++, at, to);
    at = last || to == end ? end : d.pieces[i].end;
  }
  return true;
}

void Reassembler::insert(Datagram& d, const Packet& packet, std::size_t at, std::uint32_t begin, std::uint32_t end) {
  Piece piece;
  piece.begin = begin;
  piece.end = end;
  piece.time = packet.time - packet.spread;
  const std::uint32_t skipped = begin - packet.fragment_offset;
  if (packet.payload_captured > skipped) {
    piece.captured = std::min(end - begin, packet.payload_captured - skipped);
    piece.data = std::make_unique_for_overwrite<std::uint8_t[]>(piece.captured);
    std::memcpy(piece.data.get(), packet.payload + skipped, piece.captured);
  }
  d.covered += end - begin;
  const std::size_t cost = piece.captured + sizeof(Piece);
  d.cost += cost;
  counters_.held_bytes += cost;
  d.pieces.insert(d.pieces.begin() + static_cast<std::ptrdiff_t>(at), std::move(piece));
}

/// Makes `packet`, the fragment that completed the datagram, carry all of it.
void Reassembler::put_together(const Datagram& d, Packet& packet) {
  auto& bytes = retired_.emplace_back(std::make_unique_for_overwrite<std::uint8_t[]>(d.total));
  base::Micros first = packet.time;
  std::uint32_t captured = 0;
  for (const Piece& piece : d.pieces) {
    first = std::min(first, piece.time);
    if (captured != piece.begin || piece.captured == 0) continue;
    std::memcpy(bytes.get() + captured, piece.data.get(), piece.captured);
    captured += piece.captured;
  }
  packet.payload = bytes.get();
  packet.payload_captured = captured;
  packet.payload_length = d.total;
  packet.spread = packet.time - first;
}

/// The packet that stands for the whole datagram, then the frames that brought the rest of it.
void Reassembler::give_out(std::vector<Packet>& frames, const Packet& whole) {
  out_.push_back(whole);
  frames.pop_back();
  for (const Packet& frame : frames) {
    Packet& p = out_.emplace_back(whole);
    p.time = frame.time;
    p.wire_bytes = frame.wire_bytes;
    p.vlan = frame.vlan;
    p.ttl = frame.ttl;
    p.spread = 0;
    p.payload = nullptr;
    p.payload_captured = p.payload_length = 0;
    p.part = p.held = true;
  }
}

void Reassembler::give_up(Place place, std::uint64_t& reason) {
  Datagram& d = *place;
  if (!d.refused) ++reason;
  const bool has_start = !d.pieces.empty() && d.pieces.front().begin == 0 && d.pieces.front().captured > 0;
  bool decoded = !has_start || d.refused;
  for (const Packet& frame : d.frames) {
    Packet p = frame;
    p.held = true;
    if (!decoded && !p.part && p.fragment_offset == 0) {
      decoded = true;
      Piece& start = d.pieces.front();
      p.payload = start.data.get();
      p.payload_captured = std::min(start.captured, p.payload_length);
      retired_.push_back(std::move(start.data));
      if (decoder_.decode_rest(p, 1) != Verdict::packet) continue;
    }
    out_.push_back(p);
  }
  erase(place);
}

/// Later fragments of the same datagram must not make another one of what is left (RFC 5722): it stays known, without
/// its frames, until its time is up.
void Reassembler::refuse(Datagram& d) {
  if (!d.refused) ++counters_.refused;
  d.refused = true;
  for (const Packet& frame : d.frames) out_.emplace_back(frame).held = true;
  const std::size_t rest = sizeof(Datagram) + sizeof(*index_.begin());
  counters_.held_bytes -= d.cost - rest;
  d.cost = rest;
  d.frames = std::vector<Packet>();
  d.pieces = std::vector<Piece>();
}

void Reassembler::erase(Place place) {
  counters_.held_bytes -= place->cost;
  index_.erase(place->key);
  datagrams_.erase(place);
}

}  // namespace pastmon::decode
