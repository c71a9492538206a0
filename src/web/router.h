// SPDX-License-Identifier: MIT
// Which handler answers which path. Paths match exactly; only routes that ask for it match what lies below them.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "request.h"
#include "response.h"

namespace pastmon::web {

class Router {
 public:
  using Handler = std::function<Response(const Request&)>;

  /// `path`: "/PasTmon/level1", or "/PasTmon/assets/*" for everything below. GET also answers HEAD.
  void add(std::string_view method, std::string_view path, Handler handler);

  /// What answers a path that no route has; its status is set to 404.
  void not_found(Handler handler) { not_found_ = std::move(handler); }

  /// Never throws: an exception in a handler becomes a 500 and one line in the log.
  Response route(const Request& request) const;

 private:
  struct Route {
    std::string method;
    std::string path;  // without '*'
    bool below = false;
    Handler handler;
  };
  Response dispatch(const Request& request) const;

  std::vector<Route> routes_;
  Handler not_found_;
};

}  // namespace pastmon::web
