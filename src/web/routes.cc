// SPDX-License-Identifier: MIT
#include <initializer_list>

#include "pages/change.h"
#include "pages/pages.h"
#include "services.h"

namespace pastmon::web {
namespace {

using PageHandler = Response (*)(const Services&, const Request&);

struct PageRoute {
  std::string_view path;
  PageHandler handler;
};

constexpr MenuEntry kMenu[] = {{"/PasTmon/", "Home"},
                               {"/PasTmon/level1", "Level 1"},
                               {"/PasTmon/level2", "Level 2"},
                               {"/PasTmon/all", "All"},
                               {"/PasTmon/internal", "Internal"}};

constexpr PageRoute kRoutes[] = {{"/PasTmon/", pages::home},
                                 {"/PasTmon/level1", pages::list},
                                 {"/PasTmon/level2", pages::list},
                                 {"/PasTmon/all", pages::list},
                                 {"/PasTmon/graph", pages::graph},
                                 {"/PasTmon/graph.svg", pages::graph_image},
                                 {"/PasTmon/internal", pages::internal},
                                 {"/PasTmon/host", pages::host},
                                 {"/PasTmon/signatures", pages::signatures},
                                 {"/PasTmon/health", pages::health},
                                 {"/PasTmon/api/v1/list", pages::api_list},
                                 {"/PasTmon/api/v1/series", pages::api_series}};
struct ChangeRoute {
  std::string_view path;
  pages::ChangeHandler handler;
  store::Role needed;
};

/// What POST answers; each passes pages::change() first.
constexpr std::initializer_list<ChangeRoute> kChanges = {};
constexpr std::string_view kAssets = "/PasTmon/assets/";

}  // namespace

std::span<const MenuEntry> menu() noexcept { return kMenu; }

Router make_router(const Services& services) {
  Router router;
  for (const PageRoute& route : kRoutes) {
    router.add("GET", route.path,
               [&services, handler = route.handler](const Request& r) { return handler(services, r); });
  }
  for (const ChangeRoute& route : kChanges) {
    router.add("POST", route.path, [&services, &route](const Request& r) {
      return pages::change(services, r, route.needed, route.handler);
    });
  }
  for (const std::string_view path : {"/", "/PasTmon"}) {
    router.add("GET", path, [](const Request&) { return Response::redirect("/PasTmon/"); });
  }
  router.add("GET", "/PasTmon/assets/*", [&services](const Request& request) {
    return services.assets.serve(std::string_view(request.path).substr(kAssets.size()), request);
  });
  router.add("GET", "/favicon.ico",
             [&services](const Request& request) { return services.assets.serve("icon.svg", request); });
  router.not_found([&services](const Request& request) { return pages::not_found(services, request); });
  return router;
}

}  // namespace pastmon::web
