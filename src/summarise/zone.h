// SPDX-License-Identifier: MIT
// Does an interval fit the days of people? Intervals begin at multiples of their length since 1970, UTC.
#pragma once

#include <string>

#include "pastmon/base/clock.h"

namespace pastmon::summarise {

/// What is wrong with it, for a line of warning; "" when nothing is. `zone`: "Asia/Kolkata"; "" the machine's. Sets the
/// process's time zone.
std::string misfit(base::Seconds interval, const std::string& zone, base::Seconds now);

}  // namespace pastmon::summarise
