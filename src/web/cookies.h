// SPDX-License-Identifier: MIT
// Cookies (RFC 6265). Ours are for the whole host, invisible to scripts, and not sent along with forms of other sites
// (SameSite=Lax). Where browsers come over https their names begin with __Host-, which binds them to it and to this
// host.
#pragma once

#include <string>
#include <string_view>

#include "request.h"

namespace pastmon::web {

class Cookies {
 public:
  explicit Cookies(bool secure) : secure_(secure) {}

  /// Value of our cookie of this name; "" when there is none, or one that is no word of letters, digits and _ -.
  std::string_view get(const Request& request, std::string_view name) const;

  /// A Set-Cookie value. `seconds`: how long the browser keeps it; 0: until it is closed; negative: it forgets it now.
  std::string set(std::string_view name, std::string_view value, std::int64_t seconds = 0) const;

 private:
  std::string full_name(std::string_view name) const;
  bool secure_;
};

}  // namespace pastmon::web
