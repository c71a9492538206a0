// SPDX-License-Identifier: MIT
// The ClientHello in QUIC's Initial packets (RFC 9000, RFC 9001, RFC 9369). They are encrypted under keys that follow
// from a constant of the version and the connection id in the packet, so that whoever sees them can read them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "pastmon/base/clock.h"

namespace pastmon::names {

/// Versions whose Initial packets can be read: 1, 2 and the drafts 23 to 34.
bool readable_quic_version(std::uint32_t version) noexcept;

/// Reads Initials and puts their pieces of a ClientHello together, which may be spread over several datagrams in any
/// order. Belongs to one thread. Bounded, and never busy for long: whoever sends many forged Initials gets no more than
/// `max_per_second` of them decrypted.
class QuicHellos {
 public:
  struct Options {
    std::size_t max_unfinished = 1'000;      ///< ClientHellos under way; then the oldest is given up
    std::size_t max_hello = 16'384;          ///< bytes of one
    base::Micros keep = 10 * base::kSecond;  ///< and so long; finished ones are remembered as long
    std::uint32_t max_per_second = 1'000;    ///< packets decrypted, on average; a burst is as large
  };
  /// Totals since the start.
  struct Counters {
    std::uint64_t decrypted = 0;
    std::uint64_t failed = 0;    ///< not what the keys are for, or damaged
    std::uint64_t passed = 0;    ///< not looked at, because there were too many
    std::uint64_t given_up = 0;  ///< ClientHellos that stayed unfinished
  };

  explicit QuicHellos(const Options& options);
  ~QuicHellos();
  QuicHellos(const QuicHellos&) = delete;
  QuicHellos& operator=(const QuicHellos&) = delete;

  /// A client's datagram. Gives the ClientHello (a handshake message, for read_client_hello) that became complete with
  /// it; valid until the next call. Else an empty span.
  std::span<const std::uint8_t> read(std::span<const std::uint8_t> datagram, base::Micros now);

  /// The version of the packets that the last ClientHello came in.
  std::uint32_t version() const noexcept { return version_; }

  Counters counters() const noexcept { return counters_; }
  std::size_t unfinished() const noexcept { return order_.size(); }

 private:
  struct Hello {
    std::string id;                                         ///< the connection id that the client chose for the server
    std::vector<std::uint8_t> bytes;                        ///< by offset; empty when it is finished
    std::vector<std::pair<std::size_t, std::size_t>> have;  ///< [from, to), in order, none touching the next
    base::Micros since = 0;
    bool finished = false;
  };
  struct Crypto;

  void expire(base::Micros now);
  Hello& hello_of(std::string_view id, base::Micros now);
  void take_frames(Hello& hello, std::span<const std::uint8_t> plain);
  bool take_piece(Hello& hello, std::uint64_t offset, std::span<const std::uint8_t> piece);

  Options options_;
  Counters counters_;
  std::list<Hello> order_;  // oldest first
  std::unordered_map<std::string, std::list<Hello>::iterator> index_;
  std::vector<std::uint8_t> finished_;
  std::uint32_t version_ = 0;
  std::unique_ptr<Crypto> crypto_;
};

}  // namespace pastmon::names
