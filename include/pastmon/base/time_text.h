// SPDX-License-Identifier: MIT
// Times as people write them.
#pragma once

#include <string>
#include <string_view>

#include "pastmon/base/clock.h"
#include "pastmon/base/result.h"

namespace pastmon::base {

/// Reads seconds since the epoch ("1700000000"), a date ("2026-11-26": its midnight) or RFC 3339
/// ("2026-11-26T13:00:00Z", "2026-11-26 13:00+01:00"; the seconds and the offset may be missing). UTC unless an offset
/// is given. A fraction of a second counts as the next whole one. Years 1970 to 9999. The error names the text and what
/// is accepted.
Result<Seconds> parse_time(std::string_view text);

/// "2026-11-26 13:00 UTC"
std::string utc_text(Seconds seconds);

}  // namespace pastmon::base
