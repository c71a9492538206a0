// SPDX-License-Identifier: MIT
#include "pages/change.h"

#include "pages/page.h"
#include "web/pages_fixture.h"

namespace pastmon::web {
namespace {

using testing::HasSubstr;
using testing::Not;

int calls = 0;
std::string given;

Response handler(const Services&, const Request& request) {
  ++calls;
  given = request.form.get("title");
  return Response::redirect("/PasTmon/");
}

class Change : public test::PagesFixture {
 protected:
  void SetUp() override {
    PagesFixture::SetUp();
    calls = 0;
  }
  /// A form that has everything.
  Request form() {
    Request request = post_request("/PasTmon/x", {{"title", "a <b>"}});
    request.visitor.form_key = "cookie";
    request.visitor.role = store::Role::editor;
    request.body += "&form_token=" + FormTokens(kFormSecret, "").token(request.visitor);
    return request;
  }
  Response send(const Request& request) {
    return pages::change(application_->services(), request, store::Role::editor, handler);
  }
  static void set(Request& request, const std::string& header, const std::string& value) {
    std::erase_if(request.headers, [&](const auto& h) { return h.first == header; });
    request.headers.emplace_back(header, value);
  }
};

TEST_F(Change, AFormThatHasEverythingIsLetThrough) {
  EXPECT_EQ(send(form()).status, 303);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(given, "a <b>");
}

TEST_F(Change, AnotherTypeThanAFormIsRefused) {
  Request request = form();
  set(request, "content-type", "application/json");
  EXPECT_EQ(send(request).status, 415);
  EXPECT_EQ(calls, 0);
}

TEST_F(Change, AMalformedFormIsRefused) {
  Request request = form();
  request.body += "&x=%";
  EXPECT_EQ(send(request).status, 400);
  EXPECT_EQ(calls, 0);
}

TEST_F(Change, APageOfAnotherSiteIsRefusedEvenWithATrueToken) {
  Request request = form();
  set(request, "origin", "http://attacker.example");
  const Response response = send(request);
  EXPECT_EQ(response.status, 403);
  EXPECT_THAT(response.body, HasSubstr("This form is not from here"));
  EXPECT_EQ(calls, 0);
}

TEST_F(Change, AWrongTokenIsAPageThatSaysWhatToDo) {
  Request request = post_request("/PasTmon/x", {{"title", "a"}, {"form_token", "guessed"}});
  request.visitor.form_key = "cookie";
  request.visitor.role = store::Role::editor;
  set(request, "referer", "http://localhost:8080/PasTmon/graph?signature=DNS&x=<b>");
  Response response = send(request);
  EXPECT_EQ(response.status, 403);
  EXPECT_THAT(response.body, HasSubstr("This form is too old"));
  EXPECT_THAT(response.body, HasSubstr("href=\"/PasTmon/graph?signature=DNS&amp;x=&lt;b&gt;\""));
  set(request, "referer", "http://localhost:8080//attacker.example/");
  EXPECT_THAT(send(request).body, HasSubstr("<a class=\"button\" href=\"/PasTmon/\">"));
  EXPECT_EQ(calls, 0);
}

TEST_F(Change, AReaderIsRefusedWhatAnEditorMay) {
  Request request = form();
  request.visitor.role = store::Role::reader;
  EXPECT_EQ(send(request).status, 403);
  EXPECT_THAT(send(request).body, HasSubstr("You may look, but not change"));
  EXPECT_EQ(calls, 0);
  EXPECT_EQ(pages::change(application_->services(), request, store::Role::reader, handler).status, 303);
}

TEST_F(Change, WhileUsersCannotBeReadAChangeIsToBeTriedAgain) {
  Request request = form();
  request.visitor.role = store::Role::reader;
  request.visitor.unknown = true;
  EXPECT_EQ(send(request).status, 503);
  EXPECT_THAT(send(request).body, HasSubstr("send the form once more"));
  EXPECT_EQ(calls, 0);
}

TEST_F(Change, APageWithFormsBringsTheTokenAndTheCookieThatBelongsToIt) {
  Request request;
  request.visitor.form_key = "fresh";
  request.visitor.new_form_key = true;
  pages::Page page(application_->services(), request, "t", "state.html");
  EXPECT_TRUE(page.finish().headers.empty()) << "without forms no cookie";
  page.use_forms();
  const Response response = page.finish();
  ASSERT_EQ(response.headers.size(), 1U);
  EXPECT_EQ(response.headers[0].first, "Set-Cookie");
  EXPECT_THAT(response.headers[0].second, HasSubstr("pastmon_form=fresh; "));
  request.visitor.new_form_key = false;
  EXPECT_TRUE(page.finish().headers.empty()) << "the browser has it already";
}

TEST_F(Change, OtherPathsAndMethodsStayAsTheyAre) {
  EXPECT_EQ(post("/PasTmon/level1", {}).status, 405);
  EXPECT_EQ(post("/PasTmon/nothing", {}).status, 404);
}

}  // namespace
}  // namespace pastmon::web
