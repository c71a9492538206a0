// SPDX-License-Identifier: MIT
// The only way to read bytes that came from the network: every read is checked, nothing throws, and after the first
// read past the end the cursor has failed for good and returns zeros.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace pastmon::base {

class Cursor {
 public:
  Cursor() = default;
  Cursor(const std::uint8_t* data, std::size_t size) noexcept : at_(data), end_(data + size) {}
  explicit Cursor(std::span<const std::uint8_t> bytes) noexcept : Cursor(bytes.data(), bytes.size()) {}

  bool ok() const noexcept { return !failed_; }
  std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - at_); }
  const std::uint8_t* data() const noexcept { return at_; }

  /// True when `n` more bytes are there. Does not fail the cursor.
  bool has(std::size_t n) const noexcept { return left() >= n; }

  std::uint8_t u8() noexcept { return static_cast<std::uint8_t>(number<1>()); }
  std::uint16_t be16() noexcept { return static_cast<std::uint16_t>(number<2>()); }
  std::uint32_t be24() noexcept { return static_cast<std::uint32_t>(number<3>()); }
  std::uint32_t be32() noexcept { return static_cast<std::uint32_t>(number<4>()); }
  std::uint64_t be64() noexcept { return number<8>(); }
  std::uint16_t le16() noexcept { return __builtin_bswap16(be16()); }
  std::uint32_t le32() noexcept { return __builtin_bswap32(be32()); }
  std::uint64_t le64() noexcept { return __builtin_bswap64(be64()); }

  void skip(std::size_t n) noexcept { take(n); }

  /// The next `n` bytes, or an empty span (and a failed cursor) when there are fewer.
  std::span<const std::uint8_t> bytes(std::size_t n) noexcept {
    const std::uint8_t* p = take(n);
    return p != nullptr ? std::span(p, n) : std::span<const std::uint8_t>();
  }

 private:
  const std::uint8_t* take(std::size_t n) noexcept {
    if (failed_ || left() < n) {
      failed_ = true;
      return nullptr;
    }
    const std::uint8_t* p = at_;
    at_ += n;
    return p;
  }

  template <std::size_t N>
  std::uint64_t number() noexcept {
    const std::uint8_t* p = take(N);
    if (p == nullptr) return 0;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < N; ++i) value = value << 8 | p[i];
    return value;
  }

  const std::uint8_t* at_ = nullptr;
  const std::uint8_t* end_ = nullptr;
  bool failed_ = false;
};

}  // namespace pastmon::base
