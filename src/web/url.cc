// SPDX-License-Identifier: MIT
#include "url.h"

#include <algorithm>

#include "pastmon/base/text.h"

namespace pastmon::web {
namespace {

bool unreserved(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string percent_encode(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (unreserved(c)) {
      out.push_back(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out.push_back('%');
      out.push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 15]);
    }
  }
  return out;
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '+' && plus_is_space) {
      c = ' ';
    } else if (c == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (c == '\0') return std::nullopt;
    out.push_back(c);
  }
  return base::repair_utf8(out);
}

bool is_own_path(std::string_view text) noexcept {
  const auto harmless = [](char c) { return c > ' ' && c < '\x7f' && c != '\\'; };
  return text.starts_with("/PasTmon/") && text.size() <= 4096 && std::all_of(text.begin(), text.end(), harmless);
}

std::optional<Parameters> Parameters::parse(std::string_view query) {
  Parameters result;
  if (query.size() > kMaxBytes) return std::nullopt;
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
    if (pair.empty()) continue;
    if (result.values_.size() == kMax) return std::nullopt;
    const std::size_t equals = pair.find('=');
    auto name = percent_decode(pair.substr(0, equals), true);
    auto value = percent_decode(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1), true);
    if (!name || !value) return std::nullopt;
    result.values_.emplace_back(std::move(*name), std::move(*value));
  }
  return result;
}

std::string_view Parameters::get(std::string_view name) const noexcept { return base::trim(get_exactly(name)); }

std::string_view Parameters::get_exactly(std::string_view name) const noexcept {
  for (const auto& [key, value] : values_) {
    if (key == name) return value;
  }
  return {};
}

bool Parameters::has(std::string_view name) const noexcept {
  for (const auto& entry : values_) {
    if (entry.first == name) return true;
  }
  return false;
}

UrlBuilder& UrlBuilder::add(std::string_view name, std::string_view value) {
  if (value.empty()) return *this;
  url_.push_back(first_ ? '?' : '&');
  first_ = false;
  url_ += percent_encode(name);
  url_.push_back('=');
  url_ += percent_encode(value);
  return *this;
}

}  // namespace pastmon::web
