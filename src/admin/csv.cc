// SPDX-License-Identifier: MIT
#include "csv.h"

#include "pastmon/base/text.h"

namespace pastmon::admin {

void CsvLine::separate() {
  if (ended_) {
    line_.clear();
    ended_ = false;
    first_ = true;
  }
  if (!first_) line_.push_back(',');
  first_ = false;
}

void CsvLine::number(std::string_view value) {
  separate();
  line_ += value;
}

void CsvLine::text(std::string_view bytes) {
  constexpr std::string_view formula = "=+-@\t\r\n";
  separate();
  const std::string value = base::repair_utf8(bytes);
  const bool defuse = !value.empty() && formula.find(value.front()) != std::string_view::npos;
  const bool quote = value.find_first_of(",\"\r\n") != std::string_view::npos;
  if (quote) line_.push_back('"');
  if (defuse) line_.push_back('\'');
  for (const char c : value) {
    if (c == '"') line_.push_back('"');
    line_.push_back(c);
  }
  if (quote) line_.push_back('"');
}

const std::string& CsvLine::end() {
  line_ += "\r\n";
  ended_ = true;
  return line_;
}

}  // namespace pastmon::admin
