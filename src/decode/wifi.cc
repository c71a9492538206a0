// SPDX-License-Identifier: MIT
// IEEE 802.11 (clause 9.2): data frames in clear text. All multi-byte fields are little-endian.
//
//   0         2          4          10         16         22     24         30     32
//  +---------+----------+----------+----------+----------+------+----------+------+----+------
//  | control | duration | address1 | address2 | address3 | seq  | address4 | QoS  | HT | LLC …
//  +---------+----------+----------+----------+----------+------+----------+------+----+------
//
// address4: between two bridges (to and from the distribution system); QoS: by the subtype; HT: with "order". Encrypted
// frames, aggregated ones (A-MSDU) and fragments are no IP that we look at.
//
// In front of it capture cards put what they know of the radio: radiotap, Prism, AVS.
#include "layers.h"

namespace pastmon::decode::layer {
namespace {

std::uint32_t little(const std::uint8_t* p, unsigned bytes) noexcept {
  std::uint32_t value = 0;
  for (unsigned i = bytes; i > 0; --i) value = value << 8U | p[i - 1];
  return value;
}

Verdict frame(State& s, Bytes b, bool padded) noexcept {
  if (!b.has(24)) return b.has(1) && (b.data[0] & 0x0cU) != 0x08 ? s.not_ip() : s.undecodable(Reason::link_truncated);
  const unsigned control = b.data[0], flags = b.data[1];
  constexpr unsigned type = 0x0c, data = 0x08, no_data = 0x40, qos = 0x80;
  constexpr unsigned both_systems = 0x03, more_fragments = 0x04, is_protected = 0x40, order = 0x80;
  const bool fragment = (flags & more_fragments) != 0 || (b.data[22] & 0x0fU) != 0;
  if ((control & type) != data || (control & no_data) != 0 || (flags & is_protected) != 0 || fragment)
    return s.not_ip();
  std::uint32_t header = 24;
  if ((flags & both_systems) == both_systems) header += 6;
  if ((control & qos) != 0) {
    if (!b.has(header + 2)) return s.undecodable(Reason::link_truncated);
    if ((b.data[header] & 0x80U) != 0) return s.not_ip();  // A-MSDU
    header += 2U + ((flags & order) != 0 ? 4U : 0U);
  }
  if (padded) header = (header + 3U) & ~3U;
  if (!b.has(header)) return s.undecodable(Reason::link_truncated);
  b.skip(header);
  return llc(s, b);
}

}  // namespace

Verdict wifi(State& s, Bytes b) noexcept { return frame(s, b, false); }

/// Version 0, padding, length (2), words of flags that say which fields follow. Time (bit 0, 8 bytes, aligned) and
/// flags (bit 1) come first.
Verdict radiotap(State& s, Bytes b) noexcept {
  if (!b.has(8)) return s.undecodable(Reason::link_truncated);
  const std::uint32_t length = little(b.data + 2, 2);
  const std::uint32_t present = little(b.data + 4, 4);
  if (b.data[0] != 0 || length < 8 || !b.has(length)) return s.undecodable(Reason::link_truncated);
  std::uint32_t at = 8;
  for (std::uint32_t more = present; (more & 0x80000000U) != 0 && at + 4 <= length; at += 4)
    more = little(b.data + at, 4);
  if ((present & 1U) != 0) at = ((at + 7U) & ~7U) + 8U;
  const bool has_flags = (present & 2U) != 0 && at < length;
  const unsigned flags = has_flags ? b.data[at] : 0;
  b.skip(length);
  constexpr unsigned checksum_at_end = 0x10, data_pad = 0x20;
  if ((flags & checksum_at_end) != 0 && b.length >= 4) b.trim(b.length - 4);
  return frame(s, b, (flags & data_pad) != 0);
}

/// AVS: magic 0x80211001 or -2, then the header's length, big-endian.
Verdict avs(State& s, Bytes b) noexcept {
  if (!b.has(8)) return s.undecodable(Reason::link_truncated);
  const std::uint32_t length = b.header<8>().be32<4>();
  if (length < 8 || !b.has(length)) return s.undecodable(Reason::link_truncated);
  b.skip(length);
  return frame(s, b, false);
}

/// Prism: message code and length, in the byte order of the machine that captured; or AVS.
Verdict prism(State& s, Bytes b) noexcept {
  if (!b.has(8)) return s.undecodable(Reason::link_truncated);
  if ((b.header<8>().be32<0>() & 0xfffff000U) == 0x80211000U) return avs(s, b);
  const std::uint32_t swapped = little(b.data + 4, 4);
  const std::uint32_t length = swapped < 0x10000 ? swapped : b.header<8>().be32<4>();
  if (length < 8 || !b.has(length)) return s.undecodable(Reason::link_truncated);
  b.skip(length);
  return frame(s, b, false);
}

/// PPI: version 0, flags, length (2), link type (4) of what follows.
Verdict ppi(State& s, Bytes b) noexcept {
  if (!b.has(8)) return s.undecodable(Reason::link_truncated);
  const std::uint32_t length = little(b.data + 2, 2);
  const std::uint32_t link = little(b.data + 4, 4);
  if (length < 8 || !b.has(length)) return s.undecodable(Reason::link_truncated);
  b.skip(length);
  return enter<Space::link_type>(s, link, b);
}

}  // namespace pastmon::decode::layer
