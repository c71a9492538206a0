// SPDX-License-Identifier: MIT
#include "router.h"

#include <exception>
#include <utility>

#include "pastmon/base/log.h"

namespace pastmon::web {

void Router::add(std::string_view method, std::string_view path, Handler handler) {
  const bool below = path.ends_with('*');
  if (below) path.remove_suffix(1);
  routes_.push_back({std::string(method), std::string(path), below, std::move(handler)});
}

Response Router::dispatch(const Request& request) const {
  std::string allowed;
  for (const Route& route : routes_) {
    const bool path_matches = route.below
                                  ? request.path.size() > route.path.size() && request.path.starts_with(route.path)
                                  : request.path == route.path;
    if (!path_matches) continue;
    if (request.method == route.method || (request.method == "HEAD" && route.method == "GET")) {
      return route.handler(request);
    }
    if (!allowed.empty()) allowed += ", ";
    allowed += route.method == "GET" ? "GET, HEAD" : route.method;
  }
  if (!allowed.empty()) {
    Response response = Response::text(405, "This address does not answer that method.");
    response.headers.emplace_back("Allow", allowed);
    return response;
  }
  if (!not_found_) return Response::text(404, "There is no such page.");
  Response response = not_found_(request);
  response.status = 404;
  return response;
}

Response Router::route(const Request& request) const {
  try {
    return dispatch(request);
  } catch (const std::exception& e) {
    base::log::error("page ", request.path, " failed: ", e.what());
  } catch (...) {
    base::log::error("page ", request.path, " failed");
  }
  return Response::text(500, "This page failed. The program's log says why.");
}

}  // namespace pastmon::web
