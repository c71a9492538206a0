// SPDX-License-Identifier: MIT
#include "pastmon/base/text.h"

#include <array>
#include <charconv>
#include <cstddef>

namespace pastmon::base {
namespace detail {

template <class Number>
void append_number(std::string& out, Number value) {
  std::array<char, 32> text;
  const auto [end, status] = std::to_chars(text.data(), text.data() + text.size(), value);
  out.append(text.data(), end);
}

void append(std::string& out, std::string_view text) { out.append(text); }
void append(std::string& out, double value) { append_number(out, value); }
void append(std::string& out, std::int64_t value) { append_number(out, value); }
void append(std::string& out, std::uint64_t value) { append_number(out, value); }

}  // namespace detail

namespace {

struct Decoded {
  char32_t point = 0;
  std::size_t size = 0;  // 0: not a well-formed sequence
};

Decoded decode(std::string_view s) {
  const auto byte = [s](std::size_t i) { return static_cast<unsigned char>(s[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || s.size() < size) return {};
  char32_t point = lead & (0xffU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    point = point << 6 | (byte(i) & 0x3fU);
  }
  const bool overlong = (size == 3 && point < 0x800) || (size == 4 && point < 0x10000);
  const bool surrogate = point >= 0xd800 && point <= 0xdfff;
  if (overlong || surrogate || point > 0x10ffff) return {};
  return {point, size};
}

template <class Each>
void each_character(std::string_view bytes, std::string& out, Each each) {
  out.reserve(bytes.size());
  for (std::size_t i = 0; i < bytes.size();) {
    const Decoded d = decode(bytes.substr(i));
    if (d.size == 0) {
      out.append("\xef\xbf\xbd");
      ++i;
    } else {
      each(d.point, bytes.substr(i, d.size));
      i += d.size;
    }
  }
}

}  // namespace

std::string repair_utf8(std::string_view bytes) {
  std::string out;
  each_character(bytes, out, [&out](char32_t, std::string_view sequence) { out.append(sequence); });
  return out;
}

std::string escape_controls(std::string_view bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  each_character(bytes, out, [&out](char32_t point, std::string_view sequence) {
    if (point >= 0x20 && point != 0x7f && !(point >= 0x80 && point < 0xa0)) {
      out.append(sequence);
    } else if (point == '\n') {
      out.append("\\n");
    } else if (point == '\t') {
      out.append("\\t");
    } else if (point == '\r') {
      out.append("\\r");
    } else {
      out.append("\\x");
      out.push_back(digits[point >> 4 & 15]);
      out.push_back(digits[point & 15]);
    }
  });
  return out;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::string_view trim(std::string_view text) {
  static constexpr std::string_view space = " \t\r\n\v\f";
  const std::size_t from = text.find_first_not_of(space);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(space) - from + 1);
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace pastmon::base
