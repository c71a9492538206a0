// SPDX-License-Identifier: MIT
#include "units.h"

#include <charconv>
#include <limits>
#include <span>

#include "pastmon/base/text.h"

namespace pastmon::config {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t factor;
};

// Largest first: the formatters take the first that divides.
constexpr Unit kSizes[] = {{"T", 1LL << 40U}, {"G", 1LL << 30U}, {"M", 1LL << 20U}, {"K", 1LL << 10U}, {"", 1}};
constexpr Unit kDurations[] = {{"d", 86'400 * base::kSecond},
                               {"h", 3'600 * base::kSecond},
                               {"m", 60 * base::kSecond},
                               {"s", base::kSecond},
                               {"ms", 1'000},
                               {"us", 1}};

std::optional<std::int64_t> parse(std::string_view text, std::span<const Unit> units) {
  text = base::trim(text);
  std::int64_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc() || number < 0) return std::nullopt;
  const std::string_view name = base::trim(text.substr(static_cast<std::size_t>(end - text.data())));
  for (const Unit& unit : units) {
    if (unit.name != name) continue;
    if (number > std::numeric_limits<std::int64_t>::max() / unit.factor) return std::nullopt;
    return number * unit.factor;
  }
  return std::nullopt;
}

std::string format(std::int64_t value, std::span<const Unit> units) {
  for (const Unit& unit : units) {
    if (value % unit.factor == 0 && (value != 0 || unit.factor == 1)) return base::cat(value / unit.factor, unit.name);
  }
  return base::cat(value);
}

}  // namespace

std::optional<std::int64_t> parse_size(std::string_view text) { return parse(text, kSizes); }
std::optional<base::Micros> parse_duration(std::string_view text) { return parse(text, kDurations); }
std::string format_size(std::int64_t bytes) { return format(bytes, kSizes); }
std::string format_duration(base::Micros duration) { return duration == 0 ? "0s" : format(duration, kDurations); }

}  // namespace pastmon::config
