// SPDX-License-Identifier: MIT
// Figures for people: three digits that matter, the unit that fits.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "pastmon/metric/aggregate.h"
#include "pastmon/metric/registry.h"

namespace pastmon::web::format {

std::string count(std::int64_t value);           ///< "12,345"
std::string duration(double microseconds);       ///< "850 µs", "1.24 ms", "12.3 s", "2 min 5 s", "3 h 12 min"
std::string bytes(double value);                 ///< "812 B", "1.24 kB", "12.3 MB" (powers of 1000)
std::string decimal(double value);               ///< "0.25", "1.24", "12.3", "12,345"
std::string percent(double part, double whole);  ///< "12.3 %", "< 0.1 %"; "–" when whole is 0
/// A span of time in words: "5 minutes", "3 hours", "12 days".
std::string span(std::int64_t seconds);

/// In the metric's unit.
std::string value(metric::Unit unit, double value);

/// The unit's name in data for scripts: "us", "bytes", "count".
std::string_view unit_key(metric::Unit unit) noexcept;

/// Transactions that got no proper answer: unanswered, refused, aborted.
std::int64_t failures(const metric::Aggregate& values) noexcept;

/// Text from the network for a page: valid UTF-8, control characters escaped, characters that turn the direction of
/// text around (RFC 9839's "problematic" ones included) left out.
std::string wire_text(std::string_view bytes);

}  // namespace pastmon::web::format
