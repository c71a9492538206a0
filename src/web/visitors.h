// SPDX-License-Identifier: MIT
// Who asks, and what they may do. Without user accounts whoever the access list lets in is an editor.
#pragma once

#include "cookies.h"
#include "request.h"

namespace pastmon::web {

class Visitors {
 public:
  explicit Visitors(const Cookies& cookies) : cookies_(cookies) {}

  /// Any thread.
  Visitor who(const Request& request) const;

 private:
  const Cookies& cookies_;
};

}  // namespace pastmon::web
