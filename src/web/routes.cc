// SPDX-License-Identifier: MIT
#include "pages/change.h"
#include "pages/login.h"
#include "pages/pages.h"
#include "services.h"

namespace pastmon::web {
namespace {

using PageHandler = Response (*)(const Services&, const Request&);

struct PageRoute {
  std::string_view path;
  PageHandler handler;
};

constexpr MenuEntry kMenu[] = {
    {"/PasTmon/", "Home"},   {"/PasTmon/level1", "Level 1"},        {"/PasTmon/level2", "Level 2"},
    {"/PasTmon/all", "All"}, {"/PasTmon/favourites", "Favourites"}, {"/PasTmon/internal", "Internal"}};

constexpr PageRoute kRoutes[] = {{"/PasTmon/", pages::home},
                                 {"/PasTmon/level1", pages::list},
                                 {"/PasTmon/level2", pages::list},
                                 {"/PasTmon/all", pages::list},
                                 {"/PasTmon/graph", pages::graph},
                                 {"/PasTmon/graph.svg", pages::graph_image},
                                 {"/PasTmon/favourites", pages::favourites},
                                 {"/PasTmon/favorites", pages::favorites},
                                 {"/PasTmon/favourites/remove", pages::removal_of_favourite},
                                 {"/PasTmon/internal", pages::internal},
                                 {"/PasTmon/host", pages::host},
                                 {"/PasTmon/signatures", pages::signatures},
                                 {"/PasTmon/health", pages::health},
                                 {"/PasTmon/login", pages::login},
                                 {"/PasTmon/metrics", pages::prometheus},
                                 {"/PasTmon/api/v1/list", pages::api_list},
                                 {"/PasTmon/api/v1/series", pages::api_series},
                                 {"/PasTmon/api/v1/signatures", pages::api_signatures},
                                 {"/PasTmon/api/v1/sensors", pages::api_sensors},
                                 {"/PasTmon/api/v1/hosts", pages::api_hosts},
                                 {"/PasTmon/api/v1/statistics", pages::api_statistics},
                                 {"/PasTmon/api/v1/metrics", pages::api_metrics},
                                 {"/PasTmon/api/v1/health", pages::api_health},
                                 {"/PasTmon/api/v1/openapi.json", pages::api_description}};

struct ChangeRoute {
  std::string_view path;
  pages::ChangeHandler handler;
  store::Role needed;
};

/// What POST answers; each passes pages::change() first.
constexpr ChangeRoute kChanges[] = {{"/PasTmon/login", pages::log_in, store::Role::reader},
                                    {"/PasTmon/logout", pages::log_out, store::Role::reader},
                                    {"/PasTmon/favourites/add", pages::add_favourite, store::Role::editor},
                                    {"/PasTmon/favourites/rename", pages::rename_favourite, store::Role::editor},
                                    {"/PasTmon/favourites/move", pages::move_favourite, store::Role::editor},
                                    {"/PasTmon/favourites/remove", pages::remove_favourite, store::Role::editor}};
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
