// SPDX-License-Identifier: MIT
#include "calendar.h"

#include <date/date.h>
#include <date/tz.h>

#include <array>
#include <charconv>
#include <chrono>
#include <exception>

#include "pastmon/base/text.h"

namespace pastmon::web {
namespace {

using std::chrono::seconds;
using SysTime = date::sys_time<seconds>;
using LocalTime = date::local_time<seconds>;

constexpr base::Seconds kBucket = 300;
constexpr base::Seconds kHour = 3600;

constexpr int kMaxDays = 3660;
constexpr std::array<Calendar::Preset, 12> kPresets = {{{"hour", "Last hour"},
                                                        {"3h", "Last 3 hours"},
                                                        {"24h", "Last 24 hours"},
                                                        {"7d", "Last 7 days"},
                                                        {"today", "Today"},
                                                        {"yesterday", "Yesterday"},
                                                        {"week", "This week"},
                                                        {"last_week", "Last week"},
                                                        {"month", "This month"},
                                                        {"last_month", "Last month"},
                                                        {"year", "This year"},
                                                        {"last_year", "Last year"}}};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

LocalTime to_local(const date::time_zone* zone, base::Seconds at) {
  const SysTime time{seconds(at)};
  return zone == nullptr ? LocalTime{time.time_since_epoch()} : zone->to_local(time);
}

base::Seconds to_sys(const date::time_zone* zone, LocalTime local, Calendar::Ambiguous which) {
  if (zone == nullptr) return local.time_since_epoch().count();
  const auto choose = which == Calendar::Ambiguous::earlier ? date::choose::earliest : date::choose::latest;
  return zone->to_sys(local, choose).time_since_epoch().count();
}

std::string two(unsigned n) { return base::cat(n < 10 ? "0" : "", n); }

struct Fields {
  date::year_month_day day;
  unsigned hour, minute, second;
};

Fields fields(const date::time_zone* zone, base::Seconds at) {
  const LocalTime local = to_local(zone, at);
  const auto day = date::floor<date::days>(local);
  const auto in_day = static_cast<unsigned>((local - day).count());
  return {date::year_month_day{day}, in_day / 3600, in_day / 60 % 60, in_day % 60};
}

std::string date_text(const date::year_month_day& day) {
  return base::cat(static_cast<int>(day.year()), "-", two(static_cast<unsigned>(day.month())), "-",
                   two(static_cast<unsigned>(day.day())));
}

/// "22 Nov", or with its year when that is not the present one.
std::string day_text(const date::year_month_day& day, const date::year_month_day& today) {
  if (day.year() != today.year()) return date_text(day);
  return base::cat(static_cast<unsigned>(day.day()), " ", kMonths[static_cast<unsigned>(day.month()) - 1]);
}

/// Takes `digits` digits and, when it is not 0, the separator behind them.
bool take(std::string_view& text, std::size_t digits, char separator, unsigned& value) {
  if (text.size() < digits + (separator != 0 ? 1 : 0)) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, value);
  if (error != std::errc() || end != text.data() + digits) return false;
  text.remove_prefix(digits);
  if (separator == 0) return true;
  if (text.front() != separator) return false;
  text.remove_prefix(1);
  return true;
}

/// 12 for "12d", the last twelve days; 0: something else, or more than ten years.
int days_of(std::string_view preset) {
  int days = 0;
  const auto [end, error] = std::from_chars(preset.data(), preset.data() + preset.size(), days);
  const bool said = error == std::errc() && std::string_view(end, preset.data() + preset.size()) == "d";
  return said && days > 0 && days <= kMaxDays ? days : 0;
}

}  // namespace

base::Seconds bucket_start(base::Seconds at) noexcept { return at - ((at % kBucket) + kBucket) % kBucket; }

std::span<const Calendar::Preset> Calendar::presets() noexcept { return kPresets; }

std::string Calendar::preset_title(std::string_view preset) {
  for (const Preset& known : kPresets) {
    if (known.key == preset) return std::string(known.title);
  }
  const int days = days_of(preset);
  return days == 0 ? std::string() : days == 1 ? std::string("Last 24 hours") : base::cat("Last ", days, " days");
}

base::Result<Calendar> Calendar::make(std::string_view zone, unsigned week_starts) {
  try {
    const date::time_zone* found = zone.empty() ? date::current_zone() : date::locate_zone(std::string(zone));
    return Calendar(found, found->name(), week_starts % 7);
  } catch (const std::exception&) {
    if (zone.empty() || zone == "UTC") return Calendar(nullptr, "UTC", week_starts % 7);
    return base::Error{base::cat("timezone \"", zone, "\" is not known (is package tzdata installed?)")};
  }
}

base::Seconds Calendar::start_of_day(base::Seconds at, int days_later) const {
  const auto day = date::floor<date::days>(to_local(zone_, at)) + date::days(days_later);
  return to_sys(zone_, LocalTime{day.time_since_epoch()}, Ambiguous::earlier);
}

std::optional<TimeRange> Calendar::range(std::string_view preset, base::Seconds now) const {
  const base::Seconds end = bucket_start(now) + kBucket;
  if (preset == "hour") return TimeRange{end - kHour, end};
  if (preset == "3h") return TimeRange{end - 3 * kHour, end};
  // From a whole hour on: whole hours are added up in the database.
  const auto days_back = [&](int days) { return TimeRange{(end - days * 24 * kHour) / kHour * kHour, end}; };
  if (preset == "24h") return days_back(1);
  if (const int days = days_of(preset); days > 0) return days_back(days);
  if (preset == "today") return TimeRange{start_of_day(now, 0), end};
  if (preset == "yesterday") return TimeRange{start_of_day(now, -1), start_of_day(now, 0)};

  const date::year_month_day today = fields(zone_, now).day;
  const date::weekday weekday{date::local_days{today}};
  const int into_week = static_cast<int>((weekday.c_encoding() + 7 - week_starts_) % 7);
  if (preset == "week") return TimeRange{start_of_day(now, -into_week), end};
  if (preset == "last_week") return TimeRange{start_of_day(now, -into_week - 7), start_of_day(now, -into_week)};

  const int into_month = static_cast<int>(static_cast<unsigned>(today.day())) - 1;
  if (preset == "month") return TimeRange{start_of_day(now, -into_month), end};
  if (preset == "last_month") {
    const date::year_month_day first = (today.year() / today.month() - date::months(1)) / 1;
    const base::Seconds from = to_sys(zone_, LocalTime{date::local_days{first}.time_since_epoch()}, Ambiguous::earlier);
    return TimeRange{from, start_of_day(now, -into_month)};
  }
  const auto new_year = [&](date::year year) {
    const date::year_month_day first = year / 1 / 1;
    return to_sys(zone_, LocalTime{date::local_days{first}.time_since_epoch()}, Ambiguous::earlier);
  };
  if (preset == "year") return TimeRange{new_year(today.year()), end};
  if (preset == "last_year") return TimeRange{new_year(today.year() - date::years(1)), new_year(today.year())};
  return std::nullopt;
}

std::optional<base::Seconds> Calendar::parse(std::string_view local, Ambiguous which) const {
  unsigned year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (!take(local, 4, '-', year) || !take(local, 2, '-', month) || !take(local, 2, 0, day)) return std::nullopt;
  const date::year_month_day date_part =
      date::year(static_cast<int>(year)) / static_cast<int>(month) / static_cast<int>(day);
  if (!date_part.ok() || year < 1970) return std::nullopt;
  if (!local.empty()) {
    if (local.front() != 'T' && local.front() != ' ') return std::nullopt;
    local.remove_prefix(1);
    if (!take(local, 2, ':', hour) || !take(local, 2, 0, minute)) return std::nullopt;
    if (!local.empty() && (local.front() != ':' || local.size() != 3)) return std::nullopt;
    if (!local.empty()) {
      local.remove_prefix(1);
      if (!take(local, 2, 0, second)) return std::nullopt;
    }
    if (hour > 23 || minute > 59 || second > 59) return std::nullopt;
  }
  const LocalTime time =
      LocalTime{date::local_days{date_part}.time_since_epoch()} + seconds(hour * 3600 + minute * 60 + second);
  return to_sys(zone_, time, which);
}

Calendar::Local Calendar::local(base::Seconds at) const {
  const Fields f = fields(zone_, at);
  const auto day = date::floor<date::days>(to_local(zone_, at));
  return {static_cast<int>(f.day.year()),
          static_cast<int>(static_cast<unsigned>(f.day.month())),
          static_cast<int>(static_cast<unsigned>(f.day.day())),
          static_cast<int>(f.hour),
          static_cast<int>(f.minute),
          static_cast<int>(f.second),
          date::weekday{day}.c_encoding()};
}

base::Seconds Calendar::moment(const Local& local, Ambiguous which) const {
  const auto month = date::year(local.year) / date::month(1) + date::months(local.month - 1);
  const auto day = date::local_days{month / 1} + date::days(local.day - 1);
  return to_sys(
      zone_, LocalTime{day.time_since_epoch()} + seconds(local.hour * 3600 + local.minute * 60 + local.second), which);
}

base::Seconds Calendar::days_later(base::Seconds at, int days) const {
  Local shown = local(at);
  shown.day += days;
  return moment(shown, Ambiguous::earlier);
}

std::string Calendar::form_time(base::Seconds at) const {
  const Fields f = fields(zone_, at);
  return base::cat(date_text(f.day), "T", two(f.hour), ":", two(f.minute));
}

std::string Calendar::full_time(base::Seconds at) const {
  const Fields f = fields(zone_, at);
  return base::cat(date_text(f.day), " ", two(f.hour), ":", two(f.minute), ":", two(f.second));
}

std::string Calendar::short_time(base::Seconds at, base::Seconds now) const {
  const Fields f = fields(zone_, at);
  return f.day == fields(zone_, now).day ? base::cat(two(f.hour), ":", two(f.minute), ":", two(f.second))
                                         : short_minute(at, now);
}

std::string Calendar::short_minute(base::Seconds at, base::Seconds now) const {
  const Fields f = fields(zone_, at);
  const std::string minutes = base::cat(two(f.hour), ":", two(f.minute));
  return f.day == fields(zone_, now).day ? minutes : base::cat(day_text(f.day, fields(zone_, now).day), " ", minutes);
}

std::string Calendar::span_text(const TimeRange& range, base::Seconds now) const {
  const Fields from = fields(zone_, range.from);
  const Fields to = fields(zone_, range.to);
  const auto today = fields(zone_, now).day;
  const std::string start = base::cat(day_text(from.day, today), " ", two(from.hour), ":", two(from.minute), " – ");
  return base::cat(start, from.day == to.day ? std::string() : base::cat(day_text(to.day, today), " "), two(to.hour),
                   ":", two(to.minute));
}

}  // namespace pastmon::web
