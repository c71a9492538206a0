// SPDX-License-Identifier: MIT
#include "csv.h"

#include <cmath>

#include "pastmon/base/text.h"

namespace pastmon::web {

Csv& Csv::cell(std::string_view value) {
  if (!first_) out_ += ',';
  first_ = false;
  if (value.find_first_of("\",\r\n") == std::string_view::npos) {
    out_ += value;
    return *this;
  }
  out_ += '"';
  for (const char c : value) {
    if (c == '"') out_ += '"';
    out_ += c;
  }
  out_ += '"';
  return *this;
}

Csv& Csv::text(std::string_view value) {
  const bool formula = !value.empty() && std::string_view("=+-@\t\r\n").find(value.front()) != std::string_view::npos;
  return formula ? cell(base::cat("'", value)) : cell(value);
}

Csv& Csv::number(std::int64_t value) { return cell(base::cat(value)); }

Csv& Csv::number(double value) {
  return std::isfinite(value) ? cell(base::cat(std::round(value * 1000) / 1000)) : empty();
}

void Csv::end_row() {
  out_ += "\r\n";
  first_ = true;
}

}  // namespace pastmon::web
