// SPDX-License-Identifier: MIT
#include "zone.h"

#include <cstdlib>
#include <ctime>

#include "pastmon/base/text.h"

namespace pastmon::summarise {

using base::cat;

namespace {

constexpr base::Seconds kDayLength = 86'400;

long offset_at(base::Seconds at) {
  const std::time_t time = at;
  std::tm broken{};
  return localtime_r(&time, &broken) != nullptr ? broken.tm_gmtoff : 0;
}

}  // namespace

std::string misfit(base::Seconds interval, const std::string& zone, base::Seconds now) {
  if (kDayLength % interval != 0)
    return cat("an interval of ", interval, " s does not divide a day: days, weeks and months of level 2 are inexact");
  if (!zone.empty()) setenv("TZ", zone.c_str(), 1);
  tzset();
  for (const base::Seconds at : {now, now + kDayLength * 365 / 2}) {  // winter and summer
    const long offset = offset_at(at);
    if (offset % interval == 0) continue;
    return cat("an interval of ", interval, " s does not divide the offset of the time zone", zone.empty() ? "" : " ",
               zone, " (", offset, " s from UTC): days of level 2 begin up to ", interval, " s off");
  }
  return {};
}

}  // namespace pastmon::summarise
