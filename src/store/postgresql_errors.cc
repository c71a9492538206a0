// SPDX-License-Identifier: MIT
#include "postgresql_errors.h"

#include "pastmon/base/text.h"

namespace pastmon::store {

std::string one_line(std::string_view message) {
  std::string line;
  for (const std::string_view part : base::split(message, '\n')) {
    const std::string_view text = base::trim(part);
    if (text.empty() || text.starts_with("^")) continue;
    if (!line.empty()) line += "; ";
    line += text;
  }
  return line;
}

bool connecting_may_help_later(std::string_view message) {
  const auto has = [message](std::string_view text) { return message.find(text) != std::string_view::npos; };
  if (has("FATAL")) {
    return has("starting up") || has("shutting down") || has("recovery") || has("too many") || has("connection slots");
  }
  return !has("translate host name") || has("Temporary failure");
}

bool passes(int state) {
  constexpr int kOfAClass = 36 * 36 * 36;
  for (const std::string_view prefix : {"08", "40", "53", "57", "58"})
    if (state / kOfAClass == sqlstate(prefix)) return true;
  return state == sqlstate("25006") || state == sqlstate("55P03") || state == sqlstate("55006");
}

}  // namespace pastmon::store
