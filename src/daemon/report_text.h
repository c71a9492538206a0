// SPDX-License-Identifier: MIT
// Figures and names as people read them in a terminal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pastmon::daemon {

/// Three significant digits and a unit: "870us", "12.3ms", "1.25s", "305s", "2.80h", "1.50d". Microseconds in.
std::string duration_text(double micros);

/// "999", "1.50k", "12.3M", "4.00G": decimal multiples.
std::string amount_text(std::int64_t amount);

/// "2023-11-14 22:15:00 UTC".
std::string time_text(std::int64_t seconds);

/// Control bytes escaped, broken UTF-8 repaired; without `utf8` every character beyond ASCII becomes '?'.
std::string printable(std::string_view text, bool utf8);

/// Columns that printable text takes.
std::size_t columns_of(std::string_view text);

/// `text` in exactly `width` columns: padded on its left or right, or cut and marked so.
std::string fitted(std::string_view text, std::size_t width, bool right, bool utf8);

}  // namespace pastmon::daemon
