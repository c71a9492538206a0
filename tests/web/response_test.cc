// SPDX-License-Identifier: MIT
#include "response.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pastmon::web {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

TEST(Serialise, CarriesLengthDateAndSecurityHeaders) {
  Response response;
  response.body = "hello";
  const std::string bytes = serialise(response, 1'700'000'000, true, false);
  EXPECT_THAT(bytes, testing::StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(bytes, HasSubstr("Date: Tue, 14 Nov 2023 22:13:20 GMT\r\n"));
  EXPECT_THAT(bytes, HasSubstr("Content-Length: 5\r\n"));
  EXPECT_THAT(bytes, HasSubstr("default-src 'none'; script-src 'self'"));
  EXPECT_THAT(bytes, Not(HasSubstr("unsafe-inline")));
  EXPECT_THAT(bytes, HasSubstr("X-Content-Type-Options: nosniff\r\n"));
  EXPECT_THAT(bytes, HasSubstr("Connection: keep-alive\r\n"));
  EXPECT_THAT(bytes, EndsWith("\r\n\r\nhello"));
}

TEST(Serialise, HeadHasTheLengthButNoBody) {
  Response response;
  response.body = "hello";
  const std::string bytes = serialise(response, 0, false, true);
  EXPECT_THAT(bytes, HasSubstr("Content-Length: 5\r\n"));
  EXPECT_THAT(bytes, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(bytes, EndsWith("\r\n\r\n"));
}

TEST(Serialise, AHeaderWithALineBreakIsLeftOut) {
  Response response = Response::redirect("/PasTmon/\r\nSet-Cookie: a=b");
  EXPECT_THAT(serialise(response, 0, true, true), Not(HasSubstr("Set-Cookie")));
}

TEST(Serialise, OnlyDrawingsMayHaveTheirStyleInside) {
  Response response;
  EXPECT_THAT(serialise(response, 0, true, true), Not(HasSubstr("unsafe-inline")));
  response.drawing = true;
  EXPECT_THAT(
      serialise(response, 0, true, true),
      testing::AllOf(HasSubstr("default-src 'none'; style-src 'unsafe-inline';"), Not(HasSubstr("script-src"))));
}

TEST(Problem, IsProblemJson) {
  const Response response = Response::problem(400, "Bad \"regex\"", "offset 3");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(response.body, "{\"title\":\"Bad \\\"regex\\\"\",\"status\":400,\"detail\":\"offset 3\"}\n");
}

}  // namespace
}  // namespace pastmon::web
