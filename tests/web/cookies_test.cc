// SPDX-License-Identifier: MIT
#include "cookies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pastmon::web {
namespace {

Request with(std::string cookies) {
  Request request;
  request.headers = {{"cookie", std::move(cookies)}};
  return request;
}

TEST(Cookies, AreFoundAmongOthers) {
  const Cookies cookies(false);
  EXPECT_EQ(cookies.get(with("a=b; pastmon_form=one; xpastmon_form=two"), "form"), "one");
  EXPECT_EQ(cookies.get(with("pastmon_form = one "), "form"), "one");
  EXPECT_EQ(cookies.get(with("pastmon_formx=one"), "form"), "");
  EXPECT_EQ(cookies.get(with(""), "form"), "");
  EXPECT_EQ(cookies.get(Request(), "form"), "");
  Request two;
  two.headers = {{"cookie", "a=b"}, {"cookie", "pastmon_form=one"}};
  EXPECT_EQ(cookies.get(two, "form"), "one");
}

TEST(Cookies, WhatIsNoWordIsNone) {
  const Cookies cookies(false);
  for (const std::string& value : {std::string("a b"), std::string("\"a\""), std::string("<b>"), std::string(201, 'a')})
    EXPECT_EQ(cookies.get(with("pastmon_form=" + value), "form"), "") << value;
}

TEST(Cookies, OverHttpsTheyAreBoundToItAndToTheHost) {
  EXPECT_EQ(Cookies(true).set("session", "x"), "__Host-pastmon_session=x; Path=/; HttpOnly; SameSite=Lax; Secure");
  EXPECT_EQ(Cookies(true).get(with("pastmon_session=x"), "session"), "");
  EXPECT_EQ(Cookies(true).get(with("__Host-pastmon_session=x"), "session"), "x");
}

TEST(Cookies, LastAsLongAsTheyAreTold) {
  EXPECT_EQ(Cookies(false).set("session", "x"), "pastmon_session=x; Path=/; HttpOnly; SameSite=Lax");
  EXPECT_THAT(Cookies(false).set("session", "x", 60), testing::EndsWith("; Max-Age=60"));
  EXPECT_THAT(Cookies(false).set("session", "", -1), testing::EndsWith("; Max-Age=0"));
}

}  // namespace
}  // namespace pastmon::web
