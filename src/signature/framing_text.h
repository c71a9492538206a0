// SPDX-License-Identifier: MIT
// Reading lines and numbers, for the framings of text protocols.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "framing.h"

namespace pastmon::signature::text {

/// Bytes of the first line with its line feed; 0: there is none yet.
inline std::size_t line_size(const std::uint8_t* data, std::size_t size) noexcept {
  const void* feed = size == 0 ? nullptr : std::memchr(data, '\n', size);
  return feed == nullptr ? 0 : static_cast<std::size_t>(static_cast<const std::uint8_t*>(feed) - data) + 1;
}

/// The line's text, without its CR LF or LF.
inline std::string_view line_text(const std::uint8_t* data, std::size_t size_with_feed) noexcept {
  std::size_t n = size_with_feed - 1;
  if (n > 0 && data[n - 1] == '\r') --n;
  return {reinterpret_cast<const char*>(data), n};
}

inline constexpr std::uint64_t kNoNumber = ~0ULL;
inline constexpr std::uint64_t kMaxNumber = 1ULL << 50U;  ///< no body is larger than a petabyte

/// The decimal number at the front of `s`, which loses it; kNoNumber: none, or too large.
inline std::uint64_t take_number(std::string_view& s) noexcept {
  std::uint64_t value = 0;
  std::size_t i = 0;
  for (; i < s.size() && s[i] >= '0' && s[i] <= '9'; ++i) {
    value = value * 10 + static_cast<std::uint64_t>(s[i] - '0');
    if (value > kMaxNumber) return kNoNumber;
  }
  s.remove_prefix(i);
  return i == 0 ? kNoNumber : value;
}

inline char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

/// True when `s` begins with `word` (which is in lower case), in any case.
inline bool begins(std::string_view s, std::string_view word) noexcept {
  if (s.size() < word.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (lower(s[i]) != word[i]) return false;
  }
  return true;
}

/// The next word of `s`, which loses it and the blanks around it.
inline std::string_view take_word(std::string_view& s) noexcept {
  while (!s.empty() && s.front() == ' ') s.remove_prefix(1);
  const std::size_t n = std::min(s.find(' '), s.size());
  const std::string_view word = s.substr(0, n);
  s.remove_prefix(n);
  return word;
}

}  // namespace pastmon::signature::text
