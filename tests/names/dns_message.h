// SPDX-License-Identifier: MIT
// DNS messages for tests.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pastmon::names::testing {

inline std::string be16(unsigned value) { return {static_cast<char>(value >> 8), static_cast<char>(value)}; }
inline std::string be32(unsigned value) { return be16(value >> 16) + be16(value & 0xffff); }

inline std::string label(const std::string& text) { return static_cast<char>(text.size()) + text; }

/// "www.example.org" as labels, with the root.
inline std::string name(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t dot = text.find('.');
    out += label(std::string(text.substr(0, dot)));
    text.remove_prefix(dot == std::string_view::npos ? text.size() : dot + 1);
  }
  return out + std::string(1, '\0');
}
inline std::string pointer(unsigned offset) { return be16(0xc000 | offset); }

inline std::string header(unsigned flags, unsigned questions, unsigned answers, unsigned id = 1) {
  return be16(id) + be16(flags) + be16(questions) + be16(answers) + be16(0) + be16(0);
}
inline std::string question(const std::string& owner, unsigned type = 1) { return owner + be16(type) + be16(1); }
inline std::string record(const std::string& owner, unsigned type, const std::string& data, unsigned ttl = 300,
                          unsigned klass = 1) {
  return owner + be16(type) + be16(klass) + be32(ttl) + be16(static_cast<unsigned>(data.size())) + data;
}

inline constexpr unsigned kA = 1, kCname = 5, kPtr = 12, kAaaa = 28;
inline constexpr unsigned kResponse = 0x8180;
inline const std::string kFour = "\xc0\x01\x02\x03";  // 192.1.2.3
inline const std::string kSix = "\x20\x01\x0d\xb8" + std::string(11, '\0') + "\x01";

inline std::vector<std::uint8_t> bytes(const std::string& s) { return {s.begin(), s.end()}; }

}  // namespace pastmon::names::testing
