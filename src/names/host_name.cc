// SPDX-License-Identifier: MIT
#include "pastmon/names/host_name.h"

#include <algorithm>

#include "pastmon/base/address.h"
#include "pastmon/base/text.h"

namespace pastmon::names {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

/// The character at the front of well-formed UTF-8.
struct Character {
  char32_t point;
  std::size_t size;
};

Character front(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  char32_t point = lead & (0xffU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) point = point << 6 | (static_cast<unsigned char>(text[i]) & 0x3fU);
  return {point, size};
}

/// Control characters, and those of Unicode's category Cf that reorder or hide text.
bool forbidden(char32_t c) {
  const bool control = c < 0x20 || (c >= 0x7f && c < 0xa0);
  const bool invisible = c == 0xad || c == 0x61c || c == 0x180e || (c >= 0x200b && c <= 0x200f) ||
                         (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
                         (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe007f);
  return control || invisible;
}

}  // namespace

std::optional<std::string> clean_host_name(std::string_view bytes) {
  constexpr std::size_t most = 4 * kMaxHostName;  // nothing longer can come to 255 bytes by repair
  if (bytes.size() > most) return std::nullopt;
  if (bytes.ends_with('.')) bytes.remove_suffix(1);
  const std::string repaired = base::lower(base::repair_utf8(bytes));
  std::string name;
  for (std::string_view rest = repaired; !rest.empty();) {
    const Character c = front(rest);
    name.append(forbidden(c.point) ? kReplacement : rest.substr(0, c.size));
    rest.remove_prefix(c.size);
  }
  if (name.empty() || name.size() > kMaxHostName) return std::nullopt;
  return name;
}

std::optional<std::string> dns_host_name(std::string_view bytes) {
  constexpr std::size_t most = 253, label_most = 63;
  if (bytes.ends_with('.')) bytes.remove_suffix(1);
  if (bytes.empty() || bytes.size() > most) return std::nullopt;
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto allowed = [&](char c) { return (c >= 'a' && c <= 'z') || digit(c) || c == '-' || c == '_'; };
  std::string name = base::lower(bytes);
  std::string_view last;
  for (const std::string_view label : base::split(name, '.')) {
    if (label.empty() || label.size() > label_most || !std::all_of(label.begin(), label.end(), allowed))
      return std::nullopt;
    last = label;
  }
  // No top-level domain is a number: this is an address, or one in another spelling.
  const bool number = std::all_of(last.begin(), last.end(), digit) || last.starts_with("0x");
  if (number || base::Address::parse(name)) return std::nullopt;
  return name;
}

}  // namespace pastmon::names
