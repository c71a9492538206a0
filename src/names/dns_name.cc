// SPDX-License-Identifier: MIT
//   label:    | length (00, 6 bits) | length bytes …
//   pointer:  | 11, offset in the message (14 bits) |      ends the name
//   the end:  | 0 |
#include "dns_name.h"

namespace pastmon::names {
namespace {

constexpr std::size_t kMaxWireName = 255;

void append_label(std::string& name, std::span<const std::uint8_t> label) {
  for (const std::uint8_t byte : label) {
    const char c = static_cast<char>(byte >= 'A' && byte <= 'Z' ? byte - 'A' + 'a' : byte);
    if (byte < 0x20 || byte == 0x7f) {
      name.push_back('\\');
      for (const int divisor : {100, 10, 1}) name.push_back(static_cast<char>('0' + byte / divisor % 10));
      continue;
    }
    if (c == '.' || c == '\\') name.push_back('\\');
    name.push_back(c);
  }
}

}  // namespace

std::optional<std::string> read_dns_name(std::span<const std::uint8_t> message, std::size_t& at) {
  constexpr unsigned pointer = 0xc0;
  std::string name;
  std::size_t wire = 0;
  std::size_t here = at;
  std::size_t limit = at;  // a pointer must lead to before this: each jump lowers it, so jumps come to an end
  bool jumped = false;
  for (;;) {
    if (here >= message.size()) return std::nullopt;
    const unsigned length = message[here];
    if ((length & pointer) == pointer) {
      if (here + 2 > message.size()) return std::nullopt;
      const std::size_t target = (length & 0x3fU) << 8 | message[here + 1];
      if (target >= limit) return std::nullopt;
      if (!jumped) at = here + 2;
      jumped = true;
      here = limit = target;
      continue;
    }
    if ((length & pointer) != 0 || here + 1 + length > message.size()) return std::nullopt;
    wire += 1 + length;
    if (wire > kMaxWireName) return std::nullopt;
    if (length == 0) {
      if (!jumped) at = here + 1;
      return name;
    }
    if (!name.empty()) name.push_back('.');
    append_label(name, message.subspan(here + 1, length));
    here += 1 + length;
  }
}

}  // namespace pastmon::names
