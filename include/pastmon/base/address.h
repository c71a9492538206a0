// SPDX-License-Identifier: MIT
// An IPv4 or IPv6 address as 16 bytes; IPv4 is kept in its IPv4-mapped form (RFC 4291, 2.5.5.2).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace pastmon::base {

class Address {
 public:
  using Bytes = std::array<std::uint8_t, 16>;

  constexpr Address() = default;  ///< "::", which also stands for "none"

  /// From the 4 bytes of an IPv4 address in network order. The caller guarantees that they are there.
  static Address v4(const std::uint8_t* bytes) noexcept {
    Address a;
    a.bytes_[10] = a.bytes_[11] = 0xff;
    std::memcpy(a.bytes_.data() + 12, bytes, 4);
    return a;
  }
  /// From the 16 bytes of an IPv6 address in network order.
  static Address v6(const std::uint8_t* bytes) noexcept {
    Address a;
    std::memcpy(a.bytes_.data(), bytes, 16);
    return a;
  }
  /// "(many)": stands for all the clients, or servers, that were added up in one row because a bucket had too many
  /// rows. 100::6d61:6e79 ("many" in ASCII) is in the discard-only prefix 100::/64 (RFC 6666), which no host can have;
  /// a packet that is forged with it counts as one of the many. It has no name, and nobody is asked for one.
  static constexpr Address many() noexcept {
    Address a;
    a.bytes_ = {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'm', 'a', 'n', 'y'};
    return a;
  }
  /// From text such as "192.0.2.1", "2001:db8::1" or "(many)"; nothing when it is none of them.
  static std::optional<Address> parse(std::string_view text);

  bool is_v4() const noexcept {
    static constexpr std::uint8_t prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    return std::memcmp(bytes_.data(), prefix, 12) == 0;
  }
  bool is_many() const noexcept { return *this == many(); }
  const Bytes& bytes() const noexcept { return bytes_; }

  /// The canonical text (RFC 5952 for IPv6), or "(many)".
  std::string to_string() const;

  /// A hash for tables in memory; fast, not stable between versions.
  std::uint64_t hash() const noexcept {
    std::uint64_t high, low;
    std::memcpy(&high, bytes_.data(), 8);
    std::memcpy(&low, bytes_.data() + 8, 8);
    std::uint64_t h = (high ^ 0x9e3779b97f4a7c15ULL) * 0xff51afd7ed558ccdULL;
    h ^= h >> 32;
    h = (h ^ low) * 0xc4ceb9fe1a85ec53ULL;
    return h ^ h >> 29;
  }

  friend bool operator==(const Address&, const Address&) = default;
  friend auto operator<=>(const Address&, const Address&) = default;

 private:
  Bytes bytes_{};
};

struct AddressHash {
  std::size_t operator()(const Address& a) const noexcept { return a.hash(); }
};

}  // namespace pastmon::base
