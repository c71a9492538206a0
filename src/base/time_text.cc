// SPDX-License-Identifier: MIT
#include "pastmon/base/time_text.h"

#include <charconv>
#include <chrono>
#include <ctime>
#include <optional>

#include "pastmon/base/text.h"

namespace pastmon::base {
namespace {

constexpr Seconds kEnd = 253'402'300'800;  // year 10000

/// What is left of the text, taken from its front.
class Rest {
 public:
  explicit Rest(std::string_view text) : text_(text) {}
  bool empty() const { return text_.empty(); }
  bool take(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  /// Exactly `digits` digits, at most `most`.
  bool take(std::size_t digits, int most, int& value) {
    if (text_.size() < digits) return false;
    value = 0;
    for (const char c : text_.substr(0, digits)) {
      if (c < '0' || c > '9') return false;
      value = value * 10 + (c - '0');
    }
    text_.remove_prefix(digits);
    return value <= most;
  }
  /// One digit or more; true if any is not 0.
  std::optional<bool> take_fraction() {
    const std::size_t digits = std::min(text_.find_first_not_of("0123456789"), text_.size());
    if (digits == 0) return std::nullopt;
    const bool any = text_.substr(0, digits).find_first_not_of('0') != std::string_view::npos;
    text_.remove_prefix(digits);
    return any;
  }

 private:
  std::string_view text_;
};

std::optional<Seconds> take_date(Rest& rest) {
  int year = 0, month = 0, day = 0;
  if (!rest.take(4, 9999, year) || !rest.take('-') || !rest.take(2, 12, month) || !rest.take('-') ||
      !rest.take(2, 31, day))
    return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count() * Seconds{86'400};
}

/// "13:00", "13:00:59", "13:00:59.5"; a leap second is the second after it.
std::optional<Seconds> take_time(Rest& rest) {
  int hour = 0, minute = 0, second = 0;
  if (!rest.take(2, 23, hour) || !rest.take(':') || !rest.take(2, 59, minute)) return std::nullopt;
  bool more = false;
  if (rest.take(':')) {
    if (!rest.take(2, 60, second)) return std::nullopt;
    if (rest.take('.')) {
      const std::optional<bool> fraction = rest.take_fraction();
      if (!fraction) return std::nullopt;
      more = *fraction;
    }
  }
  return hour * 3600 + minute * 60 + second + (more ? 1 : 0);
}

/// "Z", "+01:00", or nothing.
std::optional<Seconds> take_offset(Rest& rest) {
  if (rest.empty() || rest.take('Z') || rest.take('z')) return 0;
  const bool east = rest.take('+');
  if (!east && !rest.take('-')) return std::nullopt;
  int hours = 0, minutes = 0;
  if (!rest.take(2, 23, hours) || !rest.take(':') || !rest.take(2, 59, minutes)) return std::nullopt;
  const Seconds offset = hours * 3600 + minutes * 60;
  return east ? offset : -offset;
}

std::optional<Seconds> parse(std::string_view text) {
  if (text.find_first_not_of("0123456789") == std::string_view::npos) {
    Seconds seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return seconds;
  }
  Rest rest(text);
  std::optional<Seconds> time = take_date(rest);
  if (!time) return std::nullopt;
  if (rest.take('T') || rest.take('t') || rest.take(' ')) {
    const std::optional<Seconds> of_day = take_time(rest);
    if (!of_day) return std::nullopt;
    *time += *of_day;
  }
  const std::optional<Seconds> offset = take_offset(rest);
  if (!offset || !rest.empty()) return std::nullopt;
  return *time - *offset;
}

}  // namespace

Result<Seconds> parse_time(std::string_view text) {
  const std::optional<Seconds> time = parse(text);
  if (!time)
    return Error{cat("\"", escape_controls(text),
                     "\" is not a time: give 2026-11-26, 2026-11-26T13:00:00Z (or with an offset, +01:00), or seconds "
                     "since 1970")};
  if (*time < 0 || *time > kEnd)
    return Error{cat("\"", escape_controls(text), "\" is not between the years 1970 and 9999")};
  return *time;
}

std::string utc_text(Seconds seconds) {
  const std::time_t time = seconds;
  std::tm parts{};
  char text[48];
  if (::gmtime_r(&time, &parts) == nullptr || std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &parts) == 0)
    return cat(seconds);
  return text;
}

}  // namespace pastmon::base
