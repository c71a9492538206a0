// SPDX-License-Identifier: MIT
#include "report_text.h"

#include <array>
#include <cstdio>
#include <ctime>
#include <span>

#include "pastmon/base/text.h"

namespace pastmon::daemon {
namespace {

struct Scale {
  double factor;
  double limit;  // what would print as this much takes the next scale
  const char* unit;
};

std::string scaled(double value, std::span<const Scale> scales) {
  std::array<char, 64> text{};
  for (std::size_t i = 0; i < scales.size(); ++i) {
    const double in_unit = value / scales[i].factor;
    // Where the digits would round up to the limit the next unit is the better one.
    if (in_unit >= scales[i].limit - 0.5 && i + 1 < scales.size()) continue;
    const bool whole = scales[i].factor == 1 || in_unit >= 99.95;
    const int decimals = whole ? 0 : in_unit >= 9.995 ? 1 : 2;
    std::snprintf(text.data(), text.size(), "%.*f%s", decimals, in_unit, scales[i].unit);
    break;
  }
  return text.data();
}

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

/// The first `columns` characters.
std::string_view first_columns(std::string_view text, std::size_t columns) {
  std::size_t at = 0;
  while (at < text.size()) {
    if (!continues(text[at]) && columns-- == 0) break;
    ++at;
  }
  return text.substr(0, at);
}

}  // namespace

std::string duration_text(double micros) {
  static constexpr Scale scales[] = {
      {1, 1e3, "us"}, {1e3, 1e3, "ms"}, {1e6, 1e4, "s"}, {3.6e9, 1e2, "h"}, {8.64e10, 0, "d"}};
  return scaled(micros, scales);
}

std::string amount_text(std::int64_t amount) {
  static constexpr Scale scales[] = {{1, 1e3, ""}, {1e3, 1e3, "k"}, {1e6, 1e3, "M"}, {1e9, 1e3, "G"}, {1e12, 0, "T"}};
  return scaled(static_cast<double>(amount), scales);
}

std::string time_text(std::int64_t seconds) {
  const std::time_t time = seconds;
  std::tm parts{};
  std::array<char, 64> text{};
  if (gmtime_r(&time, &parts) == nullptr) return base::cat("second ", seconds);
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts);
  return text.data();
}

std::string printable(std::string_view text, bool utf8) {
  std::string safe = base::escape_controls(text);
  if (utf8) return safe;
  std::string ascii;
  for (const char c : safe) {
    if (continues(c)) continue;
    ascii.push_back(static_cast<unsigned char>(c) < 0x80 ? c : '?');
  }
  return ascii;
}

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  for (const char c : text) columns += continues(c) ? 0U : 1U;
  return columns;
}

std::string fitted(std::string_view text, std::size_t width, bool right, bool utf8) {
  const std::size_t columns = columns_of(text);
  if (columns > width) {
    if (width == 0) return {};
    return base::cat(first_columns(text, width - 1), utf8 ? "…" : "~");
  }
  const std::string padding(width - columns, ' ');
  return right ? base::cat(padding, text) : base::cat(text, padding);
}

}  // namespace pastmon::daemon
