// SPDX-License-Identifier: MIT
// What is left of a frame while its headers are taken off, and the fixed headers at its front. One check at run time
// covers a whole fixed header; the offsets inside it are checked by the compiler. Variable parts (options) are read
// with base::Cursor.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "pastmon/base/cursor.h"

namespace pastmon::decode {

/// The N bytes of a header that are known to be there.
template <std::size_t N>
class Header {
 public:
  explicit Header(const std::uint8_t* data) noexcept : data_(data) {}

  template <std::size_t At>
  std::uint8_t u8() const noexcept {
    static_assert(At < N);
    return data_[At];
  }
  template <std::size_t At>
  std::uint16_t be16() const noexcept {
    static_assert(At + 2 <= N);
    return static_cast<std::uint16_t>(data_[At] << 8 | data_[At + 1]);
  }
  template <std::size_t At>
  std::uint32_t be32() const noexcept {
    static_assert(At + 4 <= N);
    std::uint32_t value;
    std::memcpy(&value, data_ + At, 4);
    if constexpr (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__) value = __builtin_bswap32(value);
    return value;
  }
  /// `Size` bytes from offset At.
  template <std::size_t At, std::size_t Size>
  const std::uint8_t* at() const noexcept {
    static_assert(At + Size <= N);
    return data_ + At;
  }

 private:
  const std::uint8_t* data_;
};

/// The bytes behind the headers taken off so far. `captured` of them are at `data`; `length` is how many there were on
/// the wire, by the lengths in the headers: snaplen cuts `captured`, padding is cut from both.
struct Bytes {
  const std::uint8_t* data = nullptr;
  std::uint32_t captured = 0;
  std::uint32_t length = 0;

  bool has(std::uint32_t n) const noexcept { return captured >= n; }

  /// The first N bytes. The caller has checked has(N).
  template <std::size_t N>
  Header<N> header() const noexcept {
    return Header<N>(data);
  }

  /// Takes off the first n bytes, n ≤ length; those that snaplen cut count as taken.
  void skip(std::uint32_t n) noexcept {
    const std::uint32_t there = std::min(n, captured);
    data += there;
    captured -= there;
    length -= n;
  }

  /// A header says that only n bytes belong to it: the rest is padding. A larger n than there is changes nothing.
  void trim(std::uint32_t n) noexcept {
    length = std::min(length, n);
    captured = std::min(captured, n);
  }

  base::Cursor cursor() const noexcept { return {data, captured}; }
};

}  // namespace pastmon::decode
