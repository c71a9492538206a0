// SPDX-License-Identifier: MIT
// Small text helpers: joining, UTF-8 repair, escaping of bytes that came from the network.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace pastmon::base {

namespace detail {
void append(std::string& out, std::string_view text);
void append(std::string& out, double value);
void append(std::string& out, std::int64_t value);
void append(std::string& out, std::uint64_t value);
}  // namespace detail

/// Joins texts and numbers: cat("port ", 80, " is in use").
template <class... Parts>
std::string cat(const Parts&... parts) {
  std::string out;
  const auto add = [&out](const auto& part) {
    using Part = std::decay_t<decltype(part)>;
    if constexpr (std::is_same_v<Part, char>) {
      out.push_back(part);
    } else if constexpr (std::is_floating_point_v<Part>) {
      detail::append(out, static_cast<double>(part));
    } else if constexpr (std::is_integral_v<Part> && std::is_signed_v<Part>) {
      detail::append(out, static_cast<std::int64_t>(part));
    } else if constexpr (std::is_integral_v<Part>) {
      detail::append(out, static_cast<std::uint64_t>(part));
    } else {
      detail::append(out, std::string_view(part));
    }
  };
  (add(parts), ...);
  return out;
}

/// Valid UTF-8: every byte that is not part of a well-formed sequence becomes U+FFFD (RFC 3629; no surrogates,
/// nothing overlong, nothing above U+10FFFF).
std::string repair_utf8(std::string_view bytes);

/// repair_utf8, and control characters (C0, DEL, C1) as \xNN or \n, \t, …: safe on a terminal and in a log.
std::string escape_controls(std::string_view bytes);

/// The parts of `text` between `separator`s, empty ones included.
std::vector<std::string_view> split(std::string_view text, char separator);

/// Without white space at both ends.
std::string_view trim(std::string_view text);

/// ASCII lower case; other bytes unchanged.
std::string lower(std::string_view text);

}  // namespace pastmon::base
