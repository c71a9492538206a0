// SPDX-License-Identifier: MIT
#include "time_ticks.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "pastmon/base/text.h"

namespace pastmon::web {
namespace {

enum class Every { second, day, week, month };
struct TickStep {
  Every every;
  int count;
  base::Seconds about;  // its length
};
constexpr base::Seconds kDaySeconds = 86'400;
constexpr std::array<TickStep, 24> kTickSteps = {{{Every::second, 60, 60},
                                                  {Every::second, 120, 120},
                                                  {Every::second, 300, 300},
                                                  {Every::second, 600, 600},
                                                  {Every::second, 900, 900},
                                                  {Every::second, 1800, 1800},
                                                  {Every::second, 3600, 3600},
                                                  {Every::second, 7200, 7200},
                                                  {Every::second, 10'800, 10'800},
                                                  {Every::second, 21'600, 21'600},
                                                  {Every::second, 43'200, 43'200},
                                                  {Every::day, 1, kDaySeconds},
                                                  {Every::day, 2, 2 * kDaySeconds},
                                                  {Every::week, 1, 7 * kDaySeconds},
                                                  {Every::week, 2, 14 * kDaySeconds},
                                                  {Every::month, 1, 30 * kDaySeconds},
                                                  {Every::month, 2, 60 * kDaySeconds},
                                                  {Every::month, 3, 91 * kDaySeconds},
                                                  {Every::month, 6, 182 * kDaySeconds},
                                                  {Every::month, 12, 365 * kDaySeconds},
                                                  {Every::month, 24, 730 * kDaySeconds},
                                                  {Every::month, 60, 1826 * kDaySeconds},
                                                  {Every::month, 120, 3652 * kDaySeconds},
                                                  {Every::month, 240, 7305 * kDaySeconds}}};
constexpr std::array<std::string_view, 12> kMonthNames = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::string two_digits(int n) { return base::cat(n < 10 ? "0" : "", n); }

TimeTick labelled(const Calendar& calendar, base::Seconds at, Every every) {
  const Calendar::Local t = calendar.local(at);
  const bool midnight = t.hour == 0 && t.minute == 0 && t.second == 0;
  const std::string_view month = kMonthNames[static_cast<std::size_t>(t.month - 1)];
  switch (every) {
    case Every::second:
      return midnight ? TimeTick{at, base::cat(t.day, " ", month), true}
                      : TimeTick{at, base::cat(two_digits(t.hour), ":", two_digits(t.minute)), false};
    case Every::day:
    case Every::week:
      return {at, base::cat(t.day, " ", month), t.day == 1 && every == Every::day};
    default:
      return t.month == 1 ? TimeTick{at, base::cat(t.year), true} : TimeTick{at, std::string(month), false};
  }
}

/// Clock times of one day, each moment that shows them.
void add_day(const Calendar& calendar, Calendar::Local day, int step, std::vector<base::Seconds>& moments) {
  day.hour = day.minute = 0;
  for (int second = 0; second < kDaySeconds; second += step) {
    Calendar::Local wanted = day;
    wanted.second = second;
    for (const auto which : {Calendar::Ambiguous::earlier, Calendar::Ambiguous::later}) {
      const base::Seconds at = calendar.moment(wanted, which);
      const Calendar::Local shown = calendar.local(at);
      if (shown.hour * 3600 + shown.minute * 60 + shown.second == second) moments.push_back(at);
    }
  }
}

std::vector<base::Seconds> moments_of(const Calendar& calendar, const TimeRange& time, const TickStep& step) {
  std::vector<base::Seconds> moments;
  Calendar::Local at = calendar.local(time.from);
  at.second = 0;
  if (step.every != Every::second) at.hour = at.minute = 0;
  if (step.every == Every::week) at.day -= static_cast<int>((at.weekday + 7 - calendar.week_starts()) % 7);
  if (step.every == Every::month) {
    at.day = 1;
    at.month = step.count >= 12 ? 1 : (at.month - 1) / step.count * step.count + 1;
    if (step.count > 12) at.year = at.year / (step.count / 12) * (step.count / 12);
  }
  for (base::Seconds moment = time.from; moment <= time.to;) {
    moment = calendar.moment(at, Calendar::Ambiguous::earlier);
    if (step.every == Every::second) {
      add_day(calendar, at, step.count, moments);
      ++at.day;
      at.hour = at.minute = 0;
    } else {
      moments.push_back(moment);
      (step.every == Every::month ? at.month : at.day) += step.every == Every::week ? 7 * step.count : step.count;
    }
  }
  std::sort(moments.begin(), moments.end());
  moments.erase(std::unique(moments.begin(), moments.end()), moments.end());
  std::erase_if(moments, [&](base::Seconds m) { return m < time.from || m > time.to; });
  return moments;
}

}  // namespace

std::vector<TimeTick> time_ticks(const Calendar& calendar, const TimeRange& time, std::size_t most) {
  most = std::max<std::size_t>(most, 2);
  const base::Seconds span = std::max<base::Seconds>(time.to - time.from, 1);
  std::vector<TimeTick> ticks;
  for (const TickStep& step : kTickSteps) {
    if (span / step.about > static_cast<base::Seconds>(most) + 2) continue;
    const std::vector<base::Seconds> moments = moments_of(calendar, time, step);
    if (moments.size() > most) continue;
    for (const base::Seconds at : moments) ticks.push_back(labelled(calendar, at, step.every));
    break;
  }
  return ticks;
}

}  // namespace pastmon::web
