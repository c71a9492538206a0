// SPDX-License-Identifier: MIT
// Sizes ("100M") and durations ("30s") as people write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pastmon/base/clock.h"

namespace pastmon::config {

/// "4096", "64K", "100M", "2G", "1T" (powers of 1024) → bytes; nothing when it is none of these or too large.
std::optional<std::int64_t> parse_size(std::string_view text);
/// "250ms", "30s", "5m", "1h", "7d" → microseconds; nothing when it is none of these or too large.
std::optional<base::Micros> parse_duration(std::string_view text);

/// The shortest exact form: 104857600 → "100M".
std::string format_size(std::int64_t bytes);
std::string format_duration(base::Micros duration);

}  // namespace pastmon::config
