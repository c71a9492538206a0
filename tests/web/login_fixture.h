// SPDX-License-Identifier: MIT
// Pages with users: alice may change things, bob may look.
#pragma once

#include "logins.h"
#include "pastmon/secret/secret.h"
#include "web/pages_fixture.h"

namespace pastmon::web::test {

class LoginFixture : public PagesFixture {
 protected:
  static constexpr const char* kPassword = "correct horse";

  void add_users() {
    static const std::string hash = *secret::hash_password(kPassword);
    const base::Seconds now = clock.now() / base::kSecond;
    ASSERT_TRUE(state().add_user({"alice", store::Role::editor, hash, now}));
    ASSERT_TRUE(state().add_user({"bob", store::Role::reader, hash, now}));
    clock.advance(2 * base::kSecond);  // that there are none may have been looked up a moment ago
  }

  /// The cookie header of a browser that has just logged in.
  std::string log_in(const std::string& name, const std::string& password = kPassword) {
    const Response response = post("/PasTmon/login", {{"name", name}, {"password", password}});
    EXPECT_EQ(response.status, 303);
    for (const auto& [header, value] : response.headers) {
      if (header == "Set-Cookie") return value.substr(0, value.find(';'));
    }
    ADD_FAILURE() << "no session";
    return "";
  }
  Logins& logins() { return application_->services().logins; }

  static Request get(std::string_view target, std::vector<std::pair<std::string, std::string>> headers = {}) {
    Request request = request_of(target);
    request.headers.insert(request.headers.end(), headers.begin(), headers.end());
    return request;
  }
  static std::string header_of(const Response& response, std::string_view name) {
    for (const auto& [header, value] : response.headers) {
      if (header == name) return value;
    }
    return "";
  }
};

}  // namespace pastmon::web::test
