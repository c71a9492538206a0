// SPDX-License-Identifier: MIT
#include "pastmon/decode/duplicates.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace pastmon::decode {
namespace {

constexpr std::size_t kEntries = 1U << 14U;
constexpr base::Micros kSynAgain = 1'000;    // microseconds: a repeated SYN may be answered soon after the first
constexpr base::Micros kSameInstant = 100;   // microseconds: no host repeats itself so soon
constexpr std::uint32_t kPayloadBytes = 32;  // of the payload's beginning; the checksum is not to be trusted

std::uint64_t mix(std::uint64_t a, std::uint64_t b) noexcept {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a ^ 0xa0761d6478bd642fULL) * (b ^ 0xe7037ed1a0b428dbULL);
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

/// Mixes in the first `most` bytes of `data`, in pairs of words.
std::uint64_t mix_bytes(std::uint64_t h, const std::uint8_t* data, std::uint32_t size, std::uint32_t most) noexcept {
  const std::uint32_t n = std::min(size, most);
  std::uint32_t i = 0;
  for (; i + 8 <= n; i += 8) {
    std::uint64_t word;
    std::memcpy(&word, data + i, 8);
    h = mix(h, word);
  }
  if (i == n) return h;
  std::uint64_t word = 0;
  std::memcpy(&word, data + i, n - i);
  return mix(h, word ^ n);
}

/// All that stays the same when a packet passes elsewhere. Of TCP the header's numbers suffice: with the same sequence
/// number and length come the same bytes.
std::uint64_t packet_hash(const Packet& p) noexcept {
  std::uint64_t source;  // the tuple's hash is the same for both directions
  std::memcpy(&source, p.tuple.source.bytes().data() + 8, 8);
  source ^= std::uint64_t{p.tuple.source_port} << 32U;
  const std::uint64_t which = std::uint64_t{p.ip_id} << 32U | std::uint64_t{p.fragment_offset} << 16U |
                              std::uint64_t{static_cast<std::uint8_t>(p.transport)};
  const std::uint64_t h = mix(p.hash + source, which ^ std::uint64_t{p.payload_length} << 40U);
  if (p.transport == Transport::tcp) {
    const std::uint64_t numbers = std::uint64_t{p.tcp.sequence} << 32U | p.tcp.acknowledgement;
    return mix(h ^ numbers, std::uint64_t{p.tcp.window} << 8U | p.tcp.flags);
  }
  const std::uint64_t begun = mix_bytes(h, p.payload, p.payload_captured, kPayloadBytes);
  if (p.payload_captured < kPayloadBytes + 8) return begun;
  return mix_bytes(begun, p.payload + p.payload_captured - 8, 8, 8);
}

/// Where it was seen: link addresses (or Linux' packet type), tag, hops, interface.
std::uint32_t place_hash(const capture::Frame& frame, const Packet& p) noexcept {
  std::uint64_t link[2] = {0, 0};
  if (frame.captured >= sizeof link) std::memcpy(link, frame.data, sizeof link);
  const std::uint64_t way = std::uint64_t{frame.interface} << 24U | std::uint64_t{p.vlan} << 8U | std::uint64_t{p.ttl};
  return static_cast<std::uint32_t>(mix(link[0] ^ way, link[1]));
}

}  // namespace

DuplicateFilter::DuplicateFilter(const DuplicateOptions& options)
    : window_(options.window), table_(options.window > 0 ? kEntries : 0) {}

bool DuplicateFilter::is_copy(const Seen& first, std::uint32_t place, const Packet& p) const noexcept {
  const base::Micros apart = p.time > first.time ? p.time - first.time : first.time - p.time;
  if (apart > window_) return false;
  if (p.ip_id != 0 || place != first.place) return true;
  if (p.transport == Transport::tcp && (p.tcp.flags & tcp_flag::syn) != 0) return apart <= kSynAgain;
  return p.payload_length > 0 && apart <= kSameInstant;
}

bool DuplicateFilter::repeated(const capture::Frame& frame, const Packet& packet) noexcept {
  if (window_ == 0) return false;
  const std::uint64_t hash = packet_hash(packet);
  const auto tag = static_cast<std::uint32_t>(hash >> 32U);
  const std::uint32_t place = place_hash(frame, packet);
  Seen& seen = table_[hash % kEntries];
  if (seen.tag == tag && seen.time != base::kNone && is_copy(seen, place, packet)) {
    ++duplicates_;
    return true;
  }
  seen = {tag, place, packet.time};
  return false;
}

}  // namespace pastmon::decode
