// SPDX-License-Identifier: MIT
// Puts the fragments of IPv4 and IPv6 datagrams together. Decoder gives fragments as Transport::fragment; they wait
// here for the rest, and then all go on as packets of the flow that their datagram belongs to, so that each frame is
// one packet. Those whose datagram stays incomplete go on as fragments.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <list>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "pastmon/base/clock.h"
#include "pastmon/decode/decoder.h"
#include "pastmon/decode/packet.h"

namespace pastmon::decode {

struct FragmentOptions {
  std::size_t max_bytes = 16U << 20U;         ///< held over all datagrams; beyond it the oldest is given up
  base::Micros timeout = 10 * base::kSecond;  ///< after a datagram's first fragment. Shorter than requests are waited
                                              ///< for: the beginning of a response may be all that is needed
};

/// Fragments that one datagram may have: 65,535 bytes in frames of 296.
inline constexpr std::size_t kMaxFragments = 256;

/// Totals since the start; each datagram that is given up counts under one reason.
struct FragmentCounters {
  std::uint64_t fragments = 0;    ///< given to take()
  std::uint64_t reassembled = 0;  ///< datagrams put together
  std::uint64_t incomplete = 0;   ///< given up: the rest did not come in time, or before the capture ended
  std::uint64_t evicted = 0;      ///< given up: no room
  std::uint64_t refused = 0;      ///< given up: fragments that contradict each other, overlap (IPv6, RFC 5722) or are
                                  ///< too many; or a single one that cannot be part of anything
  std::uint64_t overlaps = 0;     ///< IPv4 fragments that overlap others: what came first is kept
  std::uint64_t held_bytes = 0;   ///< held now, with bookkeeping
};

/// One per capture thread, used with that thread's Decoder.
class Reassembler {
 public:
  /// `decoder` must live as long as this; it decodes what was put together.
  Reassembler(const FragmentOptions& options, Decoder& decoder) : options_(options), decoder_(decoder) {}
  Reassembler(const Reassembler&) = delete;
  Reassembler& operator=(const Reassembler&) = delete;

  /// Takes a packet that is Transport::fragment; its bytes are copied. Returns what goes on now, often nothing. A
  /// datagram that is complete gives one packet with all of its payload, at the time of the fragment that completed it
  /// and with `spread` back to the earliest one, then its other fragments with Packet::part. Lengths are whole, and
  /// captured is what there is from the start without a hole. Valid until the next call of any of these.
  std::span<const Packet> take(const Packet& fragment);

  /// Gives out what has waited too long at `now` (capture clock). Its first fragment is decoded by itself: the payload
  /// ends with it. All have Packet::held.
  std::span<const Packet> expire(base::Micros now);
  /// When expire() next has something to do.
  base::Micros due() const noexcept { return due_; }

  /// The capture has ended: gives out everything.
  std::span<const Packet> finish();

  const FragmentCounters& counters() const noexcept { return counters_; }

 private:
  struct Piece {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    std::uint32_t captured = 0;
    base::Micros time = 0;  ///< first sighting
    std::unique_ptr<std::uint8_t[]> data;
  };
  struct Datagram {
    FiveTuple key;
    base::Micros since = 0;
    std::vector<Packet> frames;  ///< in order of arrival, without bytes
    std::vector<Piece> pieces;   ///< by offset, none overlaps another
    std::uint32_t covered = 0;   ///< bytes in pieces
    std::uint32_t total = 0;     ///< bytes of the datagram; 0: not known yet
    std::size_t cost = 0;        ///< its part of held_bytes
    bool refused = false;        ///< nothing of it is put together any more
  };
  struct Hash {
    std::size_t operator()(const FiveTuple& key) const noexcept { return symmetric_hash(key); }
  };
  using Place = std::list<Datagram>::iterator;

  void begin_call();
  std::span<const Packet> answer();
  void expire_until(base::Micros now);
  void arrive(Packet packet);
  Place place_of(const Packet& packet);
  bool store(Datagram& d, const Packet& packet);
  void insert(Datagram& d, const Packet& packet, std::size_t at, std::uint32_t begin, std::uint32_t end);
  void put_together(const Datagram& d, Packet& packet);
  void give_out(std::vector<Packet>& frames, const Packet& whole);
  void give_up(Place place, std::uint64_t& reason);
  void refuse(Datagram& d);
  void erase(Place place);

  FragmentOptions options_;
  Decoder& decoder_;
  FragmentCounters counters_;
  base::Micros due_ = std::numeric_limits<base::Micros>::max();
  std::list<Datagram> datagrams_;  ///< longest waiting first
  std::unordered_map<FiveTuple, Place, Hash> index_;
  std::vector<Packet> out_;
  std::vector<std::unique_ptr<std::uint8_t[]>> retired_;  ///< what `out_` points to
};

}  // namespace pastmon::decode
