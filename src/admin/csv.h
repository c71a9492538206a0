// SPDX-License-Identifier: MIT
// CSV as RFC 4180 has it, safe to open in a spreadsheet.
#pragma once

#include <string>
#include <string_view>

namespace pastmon::admin {

/// Builds one line after the other.
class CsvLine {
 public:
  /// A number, or nothing: as it is.
  void number(std::string_view value);
  /// Valid UTF-8, quoted where it must be. What a spreadsheet would take for a formula (it begins with = + - @, a tab
  /// or a line end) gets an apostrophe in front: names come from the network.
  void text(std::string_view bytes);
  /// The line with its end (CR LF); then the next one begins.
  const std::string& end();

 private:
  void separate();

  std::string line_;
  bool ended_ = false;
  bool first_ = true;
};

}  // namespace pastmon::admin
