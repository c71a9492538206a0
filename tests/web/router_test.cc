// SPDX-License-Identifier: MIT
#include "router.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace pastmon::web {
namespace {

Request get(std::string path, std::string method = "GET") {
  Request request;
  request.method = std::move(method);
  request.path = std::move(path);
  return request;
}

Router two_routes() {
  Router router;
  router.add("GET", "/PasTmon/x", [](const Request&) { return Response::text(200, "x"); });
  router.add("GET", "/PasTmon/files/*", [](const Request& r) { return Response::text(200, r.path); });
  return router;
}

TEST(Router, MatchesWholePathsOnly) {
  const Router router = two_routes();
  EXPECT_EQ(router.route(get("/PasTmon/x")).body, "x\n");
  EXPECT_EQ(router.route(get("/PasTmon/xy")).status, 404);
  EXPECT_EQ(router.route(get("/PasTmon/x/y")).status, 404);
  EXPECT_EQ(router.route(get("/PasTmon")).status, 404);
}

TEST(Router, BelowMatchesWhatLiesBelowButNotTheFolder) {
  const Router router = two_routes();
  EXPECT_EQ(router.route(get("/PasTmon/files/a/b")).status, 200);
  EXPECT_EQ(router.route(get("/PasTmon/files/")).status, 404);
}

TEST(Router, HeadIsAnsweredWhereGetIs) { EXPECT_EQ(two_routes().route(get("/PasTmon/x", "HEAD")).status, 200); }

TEST(Router, OtherMethodsAreToldWhatIsAllowed) {
  const Response response = two_routes().route(get("/PasTmon/x", "POST"));
  EXPECT_EQ(response.status, 405);
  ASSERT_EQ(response.headers.size(), 1U);
  EXPECT_EQ(response.headers[0].second, "GET, HEAD");
}

TEST(Router, AnExceptionBecomesA500) {
  Router router;
  router.add("GET", "/a", [](const Request&) -> Response { throw std::runtime_error("boom"); });
  router.add("GET", "/b", [](const Request&) -> Response { throw 7; });
  EXPECT_EQ(router.route(get("/a")).status, 500);
  EXPECT_EQ(router.route(get("/b")).status, 500);
}

TEST(Router, NotFoundIsAlways404) {
  Router router;
  router.not_found([](const Request&) { return Response::text(200, "page"); });
  EXPECT_EQ(router.route(get("/z")).status, 404);
}

}  // namespace
}  // namespace pastmon::web
