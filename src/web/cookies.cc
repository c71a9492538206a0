// SPDX-License-Identifier: MIT
#include "cookies.h"

#include <algorithm>

#include "pastmon/base/text.h"

namespace pastmon::web {
namespace {

constexpr std::size_t kMaxValue = 200;

bool is_word(std::string_view text) {
  return text.size() <= kMaxValue && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
         });
}

}  // namespace

std::string Cookies::full_name(std::string_view name) const {
  return base::cat(secure_ ? "__Host-pastmon_" : "pastmon_", name);
}

std::string_view Cookies::get(const Request& request, std::string_view name) const {
  const std::string wanted = full_name(name);
  for (const auto& [header, value] : request.headers) {
    if (header != "cookie") continue;
    for (const std::string_view part : base::split(value, ';')) {
      const std::size_t equals = part.find('=');
      if (equals == std::string_view::npos || base::trim(part.substr(0, equals)) != wanted) continue;
      const std::string_view found = base::trim(part.substr(equals + 1));
      return is_word(found) ? found : std::string_view();
    }
  }
  return {};
}

std::string Cookies::set(std::string_view name, std::string_view value, std::int64_t seconds) const {
  std::string text = base::cat(full_name(name), "=", value, "; Path=/; HttpOnly; SameSite=Lax");
  if (secure_) text += "; Secure";
  if (seconds != 0) text += base::cat("; Max-Age=", std::max<std::int64_t>(seconds, 0));
  return text;
}

}  // namespace pastmon::web
