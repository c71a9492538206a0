// SPDX-License-Identifier: MIT
#include "pages/login.h"

#include "web/login_fixture.h"

namespace pastmon::web {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Login : public test::LoginFixture {
 protected:
  void adjust(ApplicationOptions& options) override {
    options.access.trusted_proxies = {*Network::parse("127.0.0.1")};
    options.access.hosts = {"localhost", "monitor.example"};
  }
  Response through_proxy(Request request, std::vector<std::pair<std::string, std::string>> headers = {}) {
    request.headers.emplace_back("x-forwarded-for", "198.51.100.7");
    request.headers.insert(request.headers.end(), headers.begin(), headers.end());
    return application_->answer(request);
  }
};

TEST_F(Login, WithoutUsersThePageSaysHowToMakeOne) {
  EXPECT_THAT(page("/PasTmon/login"), HasSubstr("pastmon-admin user add NAME --role editor"));
  EXPECT_THAT(page("/PasTmon/level1"), AllOf(Not(HasSubstr("Log in")), Not(HasSubstr("Log out"))));
}

TEST_F(Login, ThePageBehindAProxyLeadsToTheFormAndTheFormBack) {
  add_users();
  Response response = through_proxy(get("/PasTmon/level1?signature=DNS&client=a b"));
  EXPECT_EQ(response.status, 303);
  EXPECT_EQ(header_of(response, "Location"),
            "/PasTmon/login?next=%2FPasTmon%2Flevel1%3Fsignature%3DDNS%26client%3Da%2520b");
  response = through_proxy(get("/PasTmon/login?next=%2FPasTmon%2Flevel1%3Fsignature%3DDNS"));
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, HasSubstr("name=\"next\" value=\"/PasTmon/level1?signature=DNS\""));
  EXPECT_THAT(response.body, Not(HasSubstr("href=\"/PasTmon/level2\""))) << "no menu for strangers";
  response = post("/PasTmon/login", {{"name", "bob"}, {"password", kPassword}, {"next", "/PasTmon/level1?x=y"}});
  EXPECT_EQ(response.status, 303);
  EXPECT_EQ(header_of(response, "Location"), "/PasTmon/level1?x=y");
}

TEST_F(Login, TheCookieIsForHttpOnlyAndLastsAsLongAsTheSession) {
  add_users();
  const Response response = post("/PasTmon/login", {{"name", "bob"}, {"password", kPassword}});
  EXPECT_THAT(
      header_of(response, "Set-Cookie"),
      AllOf(StartsWith("pastmon_session="), HasSubstr("; HttpOnly; SameSite=Lax"), HasSubstr("Max-Age=604800")));
}

TEST_F(Login, NextLeadsNowhereElse) {
  add_users();
  for (const char* next :
       {"https://attacker.example/", "//attacker.example/", "/\\attacker.example", "/PasTmon", "javascript:alert(1)",
        "/PasTmon/\r\nSet-Cookie: x=y", "/PasTmon/login?next=/PasTmon/login"}) {
    const Response response = post("/PasTmon/login", {{"name", "bob"}, {"password", kPassword}, {"next", next}});
    EXPECT_EQ(header_of(response, "Location"), "/PasTmon/") << next;
  }
}

TEST_F(Login, AWrongPasswordIsSaidAndTheSameForAnUnknownName) {
  add_users();
  const Response wrong = post("/PasTmon/login", {{"name", "bob"}, {"password", "<b>"}, {"next", "/PasTmon/all"}});
  const Response unknown = post("/PasTmon/login", {{"name", "eve"}, {"password", "<b>"}, {"next", "/PasTmon/all"}});
  EXPECT_EQ(wrong.status, 403);
  EXPECT_THAT(wrong.body, HasSubstr("Name or password is wrong."));
  EXPECT_EQ(wrong.body, unknown.body);
  EXPECT_THAT(wrong.body, HasSubstr("value=\"/PasTmon/all\""));
  EXPECT_THAT(wrong.body, Not(HasSubstr("&lt;b&gt;"))) << "nothing of the password";
  EXPECT_EQ(header_of(wrong, "Set-Cookie"), "");
}

TEST_F(Login, SpacesBelongToAPassword) {
  ASSERT_TRUE(state().add_user({"carol", store::Role::reader, *secret::hash_password(" with spaces "), 1}));
  EXPECT_EQ(post("/PasTmon/login", {{"name", "carol"}, {"password", "with spaces"}}).status, 403);
  EXPECT_EQ(post("/PasTmon/login", {{"name", " carol "}, {"password", " with spaces "}}).status, 303);
}

TEST_F(Login, TooManyAttemptsAreToldWhenToComeBack) {
  add_users();
  for (int i = 0; i < 10; ++i) post("/PasTmon/login", {{"name", "bob"}, {"password", "wrong"}});
  const Response response = post("/PasTmon/login", {{"name", "bob"}, {"password", kPassword}});
  EXPECT_EQ(response.status, 429);
  EXPECT_THAT(response.body, HasSubstr("Too many attempts. Try again in 5 minutes."));
  EXPECT_NE(header_of(response, "Retry-After"), "");
}

TEST_F(Login, BehindAProxyTheBrowsersAddressCounts) {
  add_users();
  const auto attempt = [&](const std::string& address, const std::string& password) {
    Visitor visitor;
    visitor.form_key = "cookie";
    Request request = post_request(
        "/PasTmon/login",
        {{"name", "bob"}, {"password", password}, {"form_token", FormTokens(kFormSecret, "").token(visitor)}});
    request.headers.emplace_back("x-forwarded-for", address);
    return application_->answer(request).status;
  };
  for (int i = 0; i < 10; ++i) EXPECT_EQ(attempt("192.0.2.1, 198.51.100.1", "wrong"), 403);
  EXPECT_EQ(attempt("192.0.2.99, 198.51.100.1", kPassword), 429) << "what stands left of it is invented";
  EXPECT_EQ(attempt("198.51.100.2", kPassword), 303);
}

TEST_F(Login, TheFrameSaysWhoIsLoggedInAndLetsThemOut) {
  add_users();
  const std::string cookie = log_in("bob");
  const Response response = through_proxy(get("/PasTmon/level1", {{"cookie", cookie}}));
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, HasSubstr(">bob</span> <button>Log out</button>"));
  const std::string marker = "name=\"form_token\" value=\"";
  const std::size_t at = response.body.find(marker);
  ASSERT_NE(at, std::string::npos);
  Request request = post_request("/PasTmon/logout", {{"form_token", response.body.substr(at + marker.size(), 64)}});
  std::erase_if(request.headers, [](const auto& h) { return h.first == "cookie"; });
  request.headers.emplace_back("cookie", cookie);
  const Response out = through_proxy(request);
  EXPECT_EQ(out.status, 303);
  EXPECT_THAT(header_of(out, "Set-Cookie"), AllOf(StartsWith("pastmon_session=;"), HasSubstr("Max-Age=0")));
  EXPECT_EQ(through_proxy(get("/PasTmon/level1", {{"cookie", cookie}})).status, 303) << "the cookie opens nothing more";
}

TEST_F(Login, LoggingOutNeedsTheToken) {
  add_users();
  const std::string cookie = log_in("bob");
  Request request = post_request("/PasTmon/logout", {{"form_token", "guessed"}});
  std::erase_if(request.headers, [](const auto& h) { return h.first == "cookie"; });
  request.headers.emplace_back("cookie", cookie);
  EXPECT_EQ(application_->answer(request).status, 403);
  EXPECT_THAT(application_->answer(get("/PasTmon/level1", {{"cookie", cookie}})).body, HasSubstr(">bob</span>"));
}

TEST_F(Login, LoggingInAnewEndsTheSessionBefore) {
  add_users();
  const std::string cookie = log_in("bob");
  const auto session = logins().session(cookie.substr(cookie.find('=') + 1));
  Visitor visitor;
  visitor.session = (*session)->token;
  visitor.form_key = (*session)->form_key;
  Request request =
      post_request("/PasTmon/login",
                   {{"name", "alice"}, {"password", kPassword}, {"form_token", FormTokens("", "").token(visitor)}});
  std::erase_if(request.headers, [](const auto& h) { return h.first == "cookie"; });
  request.headers.emplace_back("cookie", cookie);
  EXPECT_EQ(application_->answer(request).status, 303);
  EXPECT_FALSE(logins().session(cookie.substr(cookie.find('=') + 1))->has_value());
}

TEST_F(Login, StrangersWhoMayLookAreOfferedALogin) {
  add_users();
  EXPECT_THAT(page("/PasTmon/level1?signature=DNS"),
              HasSubstr("href=\"/PasTmon/login?next=%2FPasTmon%2Flevel1%3Fsignature%3DDNS\">Log in</a>"));
}

TEST_F(Login, ProgramsGetAProblemInsteadOfAPage) {
  add_users();
  const Response response = through_proxy(get("/PasTmon/api/v1/list"));
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_THAT(header_of(response, "WWW-Authenticate"), StartsWith("Basic realm=\"PasTmon\""));
  const Response browser = through_proxy(get("/PasTmon/api/v1/list"), {{"sec-fetch-mode", "cors"}});
  EXPECT_EQ(browser.status, 401);
  EXPECT_EQ(header_of(browser, "WWW-Authenticate"), "") << "a script's request opens no window of the browser's";
}

TEST_F(Login, AFormOfASessionThatHasEndedLeadsBackToItsPage) {
  add_users();
  const Response response = through_proxy(post_request("/PasTmon/logout", {}),
                                          {{"referer", "https://monitor.example/PasTmon/graph?signature=DNS"}});
  EXPECT_EQ(response.status, 303);
  EXPECT_EQ(header_of(response, "Location"), "/PasTmon/login?next=%2FPasTmon%2Fgraph%3Fsignature%3DDNS");
}

TEST_F(Login, WhenUsersCannotBeReadThePageSaysSo) {
  fail_state = "the disk is gone";
  const Response response = through_proxy(get("/PasTmon/", {{"cookie", "pastmon_session=x"}}));
  EXPECT_EQ(response.status, 503);
  EXPECT_THAT(response.body, AllOf(HasSubstr("Nobody can be let in"), Not(HasSubstr("the disk is gone"))));
  EXPECT_EQ(post("/PasTmon/login", {{"name", "bob"}, {"password", kPassword}}).status, 503);
}

class HttpsLogin : public test::LoginFixture {
  void adjust(ApplicationOptions& options) override { options.public_url = "https://monitor.example"; }
};

TEST_F(HttpsLogin, CookiesAreForHttpsOnly) {
  add_users();
  EXPECT_EQ(header_of(ask("/PasTmon/login"), "Set-Cookie").find("__Host-pastmon_form="), 0U);
  EXPECT_THAT(header_of(ask("/PasTmon/login"), "Set-Cookie"), testing::EndsWith("; Secure"));
}

}  // namespace
}  // namespace pastmon::web
