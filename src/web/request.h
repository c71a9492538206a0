// SPDX-License-Identifier: MIT
// An HTTP request as the pages see it: decoded, bounded, free of the server library's types.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pastmon/base/address.h"
#include "url.h"
#include "visitor.h"

namespace pastmon::web {

struct Request {
  std::string method;  ///< "GET", …, as sent
  std::string path;    ///< decoded, begins with '/'; never contains a NUL byte
  Parameters query;
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
  std::string body;                                          ///< at most the server's cap
  base::Address peer;                                        ///< the other end of the TCP connection
  Parameters form;                                           ///< the body of a change (pages/change.h), else empty
  Visitor visitor;                                           ///< who asks

  /// The first header of this name (given in lower case); "" when there is none.
  std::string_view header(std::string_view name) const noexcept {
    for (const auto& [key, value] : headers) {
      if (key == name) return value;
    }
    return {};
  }
  bool has_header(std::string_view name) const noexcept {
    for (const auto& entry : headers) {
      if (entry.first == name) return true;
    }
    return false;
  }
};

}  // namespace pastmon::web
