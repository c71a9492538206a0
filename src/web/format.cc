// SPDX-License-Identifier: MIT
#include "format.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "pastmon/base/text.h"

namespace pastmon::web::format {
namespace {

/// Three significant digits below 1000; `trim`: without zeros behind the point.
std::string three_digits(double value, bool trim) {
  const double size = std::fabs(value);
  const int decimals = size >= 99.95 || size == 0 ? 0 : size >= 9.995 ? 1 : 2;
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  std::string result = text.data();
  if (decimals > 0 && trim) {
    result.erase(result.find_last_not_of('0') + 1);
    if (result.ends_with('.')) result.pop_back();
  }
  return result;
}

std::string two_units(std::int64_t seconds, std::int64_t unit, std::string_view big, std::int64_t part,
                      std::string_view small) {
  const std::int64_t rest = seconds % unit / part;
  return rest == 0 ? base::cat(seconds / unit, " ", big) : base::cat(seconds / unit, " ", big, " ", rest, " ", small);
}

}  // namespace

std::string count(std::int64_t value) {
  std::string digits = base::cat(value);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > (value < 0 ? 1 : 0); at -= 3) {
    digits.insert(static_cast<std::size_t>(at), ",");
  }
  return digits;
}

std::string duration(double us) {
  if (us < 999.5) return base::cat(three_digits(us, true), " µs");
  if (us < 999'500) return base::cat(three_digits(us / 1e3, false), " ms");
  if (us < 119.5e6) return base::cat(three_digits(us / 1e6, false), " s");
  const auto seconds = static_cast<std::int64_t>(us / 1e6 + 0.5);
  if (seconds < 7200) return two_units(seconds, 60, "min", 1, "s");
  if (seconds < 2 * 86'400) return two_units(seconds, 3600, "h", 60, "min");
  return two_units(seconds, 86'400, "d", 3600, "h");
}

std::string bytes(double value) {
  static constexpr std::array<std::string_view, 6> kUnits = {"B", "kB", "MB", "GB", "TB", "PB"};
  std::size_t unit = 0;
  for (; value >= 999.5 && unit + 1 < kUnits.size(); ++unit) value /= 1000;
  return base::cat(three_digits(value, unit == 0), " ", kUnits[unit]);
}

std::string decimal(double value) {
  if (std::fabs(value) >= 999.5) return count(static_cast<std::int64_t>(std::llround(value)));
  return three_digits(value, true);
}

std::string percent(double part, double whole) {
  if (whole <= 0) return "–";
  const double share = 100 * part / whole;
  if (share > 0 && share < 0.1) return "< 0.1 %";
  return base::cat(three_digits(share, false), " %");
}

std::string span(std::int64_t seconds) {
  const auto words = [](std::int64_t n, std::string_view unit) { return base::cat(n, " ", unit, n == 1 ? "" : "s"); };
  if (seconds < 120) return words(seconds, "second");
  if (seconds < 120 * 60) return words(seconds / 60, "minute");
  if (seconds < 48 * 3600) return words(seconds / 3600, "hour");
  return words(seconds / 86'400, "day");
}

std::string value(metric::Unit unit, double value) {
  switch (unit) {
    case metric::Unit::microseconds:
      return duration(value);
    case metric::Unit::bytes:
      return bytes(value);
    default:
      return decimal(value);
  }
}

std::string_view unit_key(metric::Unit unit) noexcept {
  switch (unit) {
    case metric::Unit::microseconds:
      return "us";
    case metric::Unit::bytes:
      return "bytes";
    default:
      return "count";
  }
}

std::int64_t failures(const metric::Aggregate& values) noexcept {
  using metric::Counter;
  return values[Counter::unanswered] + values[Counter::refused] + values[Counter::aborted];
}

std::string wire_text(std::string_view bytes) {
  std::string text = base::escape_controls(bytes);
  // U+200B–200F, U+202A–202E, U+2060–2069: all are E2 80 xx or E2 81 xx.
  for (std::size_t i = 0; (i = text.find('\xe2', i)) != std::string::npos && i + 2 < text.size();) {
    const auto second = static_cast<unsigned char>(text[i + 1]);
    const auto third = static_cast<unsigned char>(text[i + 2]);
    const bool turns = (second == 0x80 && ((third >= 0x8b && third <= 0x8f) || (third >= 0xaa && third <= 0xae))) ||
                       (second == 0x81 && third >= 0xa0 && third <= 0xa9);
    if (turns) {
      text.erase(i, 3);
    } else {
      i += 3;
    }
  }
  return text;
}

}  // namespace pastmon::web::format
