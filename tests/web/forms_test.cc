// SPDX-License-Identifier: MIT
#include "forms.h"

#include <gtest/gtest.h>

namespace pastmon::web {
namespace {

Visitor visitor(std::string key, std::string session = {}) {
  Visitor result;
  result.form_key = std::move(key);
  result.session = std::move(session);
  return result;
}

Request sent(const Visitor& by, std::string_view token) {
  Request request;
  request.visitor = by;
  request.form = *Parameters::parse("form_token=" + std::string(token));
  return request;
}

Request from(std::vector<std::pair<std::string, std::string>> headers) {
  Request request;
  request.headers = {{"host", "Monitor:8080"}};
  request.headers.insert(request.headers.end(), headers.begin(), headers.end());
  return request;
}

TEST(FormTokens, BelongToOneVisitorAndOneServer) {
  const FormTokens tokens("secret", "");
  const std::string token = tokens.token(visitor("one"));
  EXPECT_TRUE(tokens.has_token(sent(visitor("one"), token)));
  EXPECT_FALSE(tokens.has_token(sent(visitor("two"), token)));
  EXPECT_FALSE(tokens.has_token(sent(visitor("one"), token.substr(1))));
  EXPECT_FALSE(tokens.has_token(sent(visitor("one"), "")));
  EXPECT_FALSE(FormTokens("other", "").has_token(sent(visitor("one"), token)));
  EXPECT_FALSE(FormTokens("", "").has_token(sent(visitor("one"), token)));
}

TEST(FormTokens, OfASessionOutliveTheServer) {
  const Visitor user = visitor("key in the database", "session");
  EXPECT_TRUE(FormTokens("", "").has_token(sent(user, FormTokens("", "").token(user))));
  EXPECT_FALSE(FormTokens("", "").has_token(sent(user, FormTokens("", "").token(visitor("another", "session")))));
}

TEST(FormTokens, ABrowserWithoutTheCookieHasNone) {
  const FormTokens tokens("secret", "");
  Visitor fresh = visitor("just made");
  fresh.new_form_key = true;
  EXPECT_FALSE(tokens.has_token(sent(fresh, tokens.token(fresh))));
  EXPECT_FALSE(tokens.has_token(sent(visitor(""), tokens.token(visitor("")))));
}

TEST(FormTokens, TheBrowserSaysWhereAFormComesFrom) {
  const FormTokens tokens("secret", "https://pastmon.example");
  for (const auto& headers : std::vector<std::vector<std::pair<std::string, std::string>>>{
           {},
           {{"origin", "http://monitor:8080"}},
           {{"origin", "https://pastmon.example"}},
           {{"sec-fetch-site", "same-origin"}},
           {{"sec-fetch-site", "same-origin"}, {"origin", "http://monitor:8080"}}})
    EXPECT_TRUE(tokens.from_here(from(headers)));
  for (const auto& headers : std::vector<std::vector<std::pair<std::string, std::string>>>{
           {{"origin", "http://attacker.example"}},
           {{"origin", "http://monitor:8081"}},
           {{"origin", "http://monitor"}},
           {{"origin", "null"}},
           {{"origin", ""}},
           {{"origin", "https://pastmon.example.attacker.example"}},
           {{"sec-fetch-site", "cross-site"}},
           {{"sec-fetch-site", "same-site"}, {"origin", "http://monitor:8080"}},
           {{"sec-fetch-site", "none"}},
           {{"sec-fetch-site", "same-origin"}, {"origin", "http://attacker.example"}}})
    EXPECT_FALSE(tokens.from_here(from(headers))) << headers.front().second;
}

TEST(ReadForm, TakesFieldsOfTheRightTypeOnly) {
  Request request;
  request.body = "a=1+2&b=%3Cb%3E";
  EXPECT_EQ(read_form(request), FormState::wrong_type);
  for (const char* type : {"text/plain", "application/json", "multipart/form-data; boundary=x"}) {
    request.headers = {{"content-type", type}};
    EXPECT_EQ(read_form(request), FormState::wrong_type) << type;
  }
  request.headers = {{"content-type", "Application/X-WWW-Form-URLencoded; charset=UTF-8"}};
  EXPECT_EQ(read_form(request), FormState::fine);
  EXPECT_EQ(request.form.get("a"), "1 2");
  EXPECT_EQ(request.form.get("b"), "<b>");
}

TEST(ReadForm, IsBounded) {
  Request request;
  request.headers = {{"content-type", "application/x-www-form-urlencoded"}};
  for (const std::string& body : {"a=" + std::string(20'000, 'x'), std::string("a=%00"), std::string("a=%zz")}) {
    request.body = body;
    EXPECT_EQ(read_form(request), FormState::malformed);
  }
}

}  // namespace
}  // namespace pastmon::web
