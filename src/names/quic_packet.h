// SPDX-License-Identifier: MIT
// One Initial packet: its head, and its contents decrypted.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "pastmon/base/cursor.h"

namespace pastmon::names {

/// A packet with a long header. Spans point into the datagram.
struct LongPacket {
  std::uint32_t version = 0;
  bool initial = false;
  std::span<const std::uint8_t> to, from;  ///< connection ids
  std::span<const std::uint8_t> whole;     ///< the packet from its first byte on
  std::size_t number_at = 0;               ///< where the (protected) packet number begins
};

/// The packet at the front of `rest`, which moves behind it. Nothing: no long header of a known version, or it breaks
/// off.
std::optional<LongPacket> read_long_packet(std::span<const std::uint8_t>& rest);

/// A variable-length integer (RFC 9000, 16).
std::uint64_t quic_integer(base::Cursor& c);

/// Takes the protection off Initials that a client sent.
class InitialOpener {
 public:
  InitialOpener();
  ~InitialOpener();
  InitialOpener(const InitialOpener&) = delete;
  InitialOpener& operator=(const InitialOpener&) = delete;

  /// The frames of a packet; valid until the next call. Nothing: it is damaged or under other keys.
  std::optional<std::span<const std::uint8_t>> open(const LongPacket& packet);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pastmon::names
