// SPDX-License-Identifier: MIT
#include "visitors.h"

#include "web/login_fixture.h"

namespace pastmon::web {
namespace {

const base::Address kLocal = *base::Address::parse("127.0.0.1");

/// "alice:correct horse"
constexpr const char* kAlice = "Basic YWxpY2U6Y29ycmVjdCBob3JzZQ==";
constexpr const char* kWrong = "Basic YWxpY2U6d3Jvbmc=";

class VisitorsTest : public test::LoginFixture {
 protected:
  Admission who(const Request& request, bool proxied = false, bool always = false) {
    const Services& services = application_->services();
    return Visitors(always, services.cookies, services.logins).who(request, kLocal, proxied);
  }
};

TEST_F(VisitorsTest, WithoutUsersWhoeverIsLetInIsAnEditor) {
  const Admission admission = who(get("/PasTmon/"));
  EXPECT_EQ(admission.outcome, Admission::let_in);
  EXPECT_TRUE(admission.visitor.may_change());
  EXPECT_FALSE(admission.visitor.can_log_in);
}

TEST_F(VisitorsTest, WithUsersAStrangerMayLook) {
  add_users();
  const Admission admission = who(get("/PasTmon/"));
  EXPECT_EQ(admission.outcome, Admission::let_in);
  EXPECT_FALSE(admission.visitor.may_change());
  EXPECT_TRUE(admission.visitor.can_log_in);
}

TEST_F(VisitorsTest, BehindAProxyNothingIsShownWithoutALogin) {
  for (const bool users : {false, true}) {
    if (users) add_users();
    for (const char* path : {"/PasTmon/", "/PasTmon/api/v1/list", "/PasTmon/metrics", "/PasTmon/health", "/", "/x",
                             "/PasTmon/logins", "/PasTmon/assetsx"}) {
      const Admission admission = who(get(path), true);
      EXPECT_EQ(admission.outcome, Admission::login_needed) << path;
      EXPECT_FALSE(admission.visitor.let_in);
      EXPECT_FALSE(admission.visitor.may_change());
    }
    for (const char* path : {"/PasTmon/login", "/PasTmon/assets/pastmon.css", "/favicon.ico"})
      EXPECT_EQ(who(get(path), true).outcome, Admission::let_in) << path;
  }
}

TEST_F(VisitorsTest, LoginAlwaysHoldsForEverybody) {
  EXPECT_EQ(who(get("/PasTmon/"), false, true).outcome, Admission::login_needed);
  EXPECT_FALSE(who(get("/PasTmon/"), false, true).visitor.may_change());
  EXPECT_EQ(who(get("/PasTmon/login"), false, true).outcome, Admission::let_in);
}

TEST_F(VisitorsTest, ASessionSaysWhoItIs) {
  add_users();
  for (const bool proxied : {false, true}) {
    Admission admission = who(get("/PasTmon/", {{"cookie", log_in("bob")}}), proxied);
    EXPECT_EQ(admission.outcome, Admission::let_in);
    EXPECT_TRUE(admission.visitor.let_in);
    EXPECT_EQ(admission.visitor.name, "bob");
    EXPECT_FALSE(admission.visitor.may_change());
    EXPECT_FALSE(admission.visitor.session.empty());
    EXPECT_FALSE(admission.visitor.new_form_key);
    EXPECT_TRUE(who(get("/PasTmon/", {{"cookie", log_in("alice")}}), proxied).visitor.may_change());
  }
  EXPECT_EQ(who(get("/PasTmon/", {{"cookie", "pastmon_session=guessed"}}), true).outcome, Admission::login_needed);
}

TEST_F(VisitorsTest, ProgramsMaySendNameAndPassword) {
  add_users();
  for (const char* path : {"/PasTmon/api/v1/list", "/PasTmon/metrics", "/PasTmon/health"}) {
    const Admission admission = who(get(path, {{"authorization", kAlice}}), true);
    EXPECT_EQ(admission.outcome, Admission::let_in) << path;
    EXPECT_EQ(admission.visitor.name, "alice");
    EXPECT_TRUE(admission.visitor.session.empty());
  }
  EXPECT_EQ(who(get("/PasTmon/", {{"authorization", kAlice}}), true).outcome, Admission::login_needed)
      << "pages do not";
  EXPECT_EQ(who(get("/PasTmon/metrics", {{"authorization", kWrong}}), true).outcome, Admission::login_needed);
  EXPECT_EQ(who(get("/PasTmon/metrics", {{"authorization", kWrong}}), false).outcome, Admission::login_needed)
      << "what is wrong is not overlooked";
  for (const char* header : {"Basic", "Basic !!!!", "Basic YWxpY2U=", "Bearer x", ""})
    EXPECT_EQ(who(get("/PasTmon/metrics", {{"authorization", header}}), true).outcome, Admission::login_needed)
        << header;
}

TEST_F(VisitorsTest, ProgramsAreRateLimitedToo) {
  add_users();
  for (int i = 0; i < 10; ++i) who(get("/PasTmon/metrics", {{"authorization", kWrong}}), true);
  const Admission admission = who(get("/PasTmon/metrics", {{"authorization", kAlice}}), true);
  EXPECT_EQ(admission.outcome, Admission::too_often);
  EXPECT_GT(admission.wait, 0);
}

TEST_F(VisitorsTest, WhileUsersCannotBeReadNobodyMayMoreThanAStranger) {
  fail_state = "the disk is gone";
  EXPECT_EQ(who(get("/PasTmon/")).outcome, Admission::let_in);
  EXPECT_FALSE(who(get("/PasTmon/")).visitor.may_change());
  EXPECT_TRUE(who(get("/PasTmon/")).visitor.unknown);
  EXPECT_EQ(who(get("/PasTmon/", {{"cookie", "pastmon_session=x"}})).outcome, Admission::let_in);
  EXPECT_EQ(who(get("/PasTmon/", {{"cookie", "pastmon_session=x"}}), true).outcome, Admission::unavailable);
  EXPECT_EQ(who(get("/PasTmon/metrics", {{"authorization", kAlice}}), true).outcome, Admission::unavailable);
}

TEST_F(VisitorsTest, AssetsNeedNoLookingUp) {
  fail_state = "the disk is gone";
  EXPECT_EQ(who(get("/PasTmon/assets/pastmon.css", {{"cookie", "pastmon_session=x"}}), true).outcome,
            Admission::let_in);
}

}  // namespace
}  // namespace pastmon::web
