// SPDX-License-Identifier: MIT
// Comma-separated values for spreadsheets (RFC 4180). Text that came from the network cannot become a formula there.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace pastmon::web {

/// Cell after cell, row after row; the whole is held in memory, so callers bound their rows.
class Csv {
 public:
  /// Quoted where it must be. Text that a spreadsheet would take for a formula (it begins with = + - @, a tab or a
  /// line break) gets an apostrophe before it.
  Csv& text(std::string_view value);
  Csv& number(std::int64_t value);
  Csv& number(double value);  ///< at most three decimals
  Csv& empty() { return cell({}); }
  void end_row();

  std::string take() { return std::move(out_); }

 private:
  Csv& cell(std::string_view value);
  std::string out_;
  bool first_ = true;
};

}  // namespace pastmon::web
