// SPDX-License-Identifier: MIT
#include "pastmon/store/web_state.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "backend.h"
#include "pastmon/base/text.h"
#include "private_postgres.h"

namespace pastmon::store {
namespace {

using base::cat;
using testing::ElementsAre;
using testing::HasSubstr;

class WebStateTest : public test::DatabaseTest {
 protected:
  std::unique_ptr<WebState> open() {
    auto state = open_web_state(options_, "");
    if (!state) {
      ADD_FAILURE() << state.message();
      std::abort();
    }
    const auto fine = (*state)->check();
    EXPECT_TRUE(fine) << fine.message();
    return *std::move(state);
  }
  static std::int64_t add(WebState& state, std::string_view title) {
    const auto id = state.add_favourite(title, "signature=DNS", "", 100);
    EXPECT_TRUE(id) << id.message();
    return *id;
  }
  static std::vector<std::string> titles(WebState& state) {
    std::vector<std::string> result;
    const auto all = state.favourites();
    EXPECT_TRUE(all) << all.message();
    for (const Favourite& favourite : *all) result.push_back(favourite.title);
    return result;
  }
  static Session session(const std::string& token, const std::string& user, base::Seconds used) {
    return {token, user, Role::reader, "key of " + token, 10, used, 1000};
  }
};

INSTANTIATE_TEST_SUITE_P(Drivers, WebStateTest, testing::Values("sqlite3", "pgsql"));

TEST_P(WebStateTest, TablesAreMadeOnceAndKeptApartFromTheFigures) {
  writer();
  {
    const auto state = open();
    add(*state, "kept");
    EXPECT_TRUE(state->check());
  }
  EXPECT_THAT(titles(*open()), ElementsAre("kept"));
  EXPECT_TRUE(reader()->check());
}

TEST_P(WebStateTest, NeedsNoFigures) { EXPECT_THAT(titles(*open()), ElementsAre()); }

TEST_P(WebStateTest, ANewerVersionIsRefused) {
  open();
  if (postgresql()) {
    sql("INSERT INTO web.schema_version (version, applied) VALUES (99, 0)");
  } else {
    options_.dbname = directory_.path() + "/web.db";
    sql("INSERT INTO schema_version (version, applied) VALUES (99, 0)");
    options_.dbname = directory_.path() + "/test.db";
  }
  const auto state = open_web_state(options_, "");
  ASSERT_TRUE(state);
  EXPECT_THAT((*state)->check().message(), HasSubstr("version 99, newer than this program's"));
}

TEST_P(WebStateTest, AFavouriteIsKeptAsItWasGiven) {
  const auto state = open();
  const std::string title = "  Ünusual 'quotes' \"and\" <b> ?  ", query = "signature=HTTP%20GET&client=%5E10%2E&x='?'";
  const auto id = state->add_favourite(title, query, "alice", 1234);
  ASSERT_TRUE(id) << id.message();
  const auto all = state->favourites();
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 1U);
  const Favourite& kept = all->front();
  EXPECT_EQ(kept.id, *id);
  EXPECT_EQ(kept.title, "Ünusual 'quotes' \"and\" <b> ?");
  EXPECT_EQ(kept.query, query);
  EXPECT_EQ(kept.changed_by, "alice");
  EXPECT_EQ(kept.created, 1234);
  EXPECT_EQ(kept.changed, 1234);
}

TEST_P(WebStateTest, AChangedFavouriteKeepsItsPlaceAndItsBirthday) {
  const auto state = open();
  const auto first = add(*state, "one");
  add(*state, "two");
  EXPECT_TRUE(*state->change_favourite(first, "uno", "signature=NTP", "bob", 200));
  const auto all = state->favourites();
  EXPECT_EQ(all->front().title, "uno");
  EXPECT_EQ(all->front().query, "signature=NTP");
  EXPECT_EQ(all->front().created, 100);
  EXPECT_EQ(all->front().changed, 200);
  EXPECT_EQ(all->front().changed_by, "bob");
  EXPECT_FALSE(*state->change_favourite(999, "x", "y", "", 1));
}

TEST_P(WebStateTest, ARemovedFavouriteIsGoneAndItsIdIsNotGivenAgain) {
  const auto state = open();
  const auto id = add(*state, "one");
  EXPECT_TRUE(*state->remove_favourite(id));
  EXPECT_FALSE(*state->remove_favourite(id));
  EXPECT_THAT(titles(*state), ElementsAre());
  EXPECT_GT(add(*state, "two"), id);
}

TEST_P(WebStateTest, TheOrderIsWhatWasAskedForAndWhatWasNotNamedComesLast) {
  const auto state = open();
  const auto a = add(*state, "a"), b = add(*state, "b"), c = add(*state, "c"), d = add(*state, "d");
  ASSERT_TRUE(state->order_favourites({d, b, a, c}));
  EXPECT_THAT(titles(*state), ElementsAre("d", "b", "a", "c"));
  ASSERT_TRUE(state->order_favourites({c, 999, c, d}));
  EXPECT_THAT(titles(*state), ElementsAre("c", "d", "b", "a"));
  add(*state, "e");
  EXPECT_THAT(titles(*state), ElementsAre("c", "d", "b", "a", "e"));
}

TEST_P(WebStateTest, FavouritesAreBounded) {
  const auto state = open();
  EXPECT_THAT(state->add_favourite(" ", "q", "", 1).message(), HasSubstr("needs a title"));
  EXPECT_THAT(state->add_favourite("t", "", "", 1).message(), HasSubstr("needs a graph"));
  EXPECT_THAT(state->add_favourite(std::string(201, 'x'), "q", "", 1).message(), HasSubstr("longer than 200 bytes"));
  EXPECT_THAT(state->add_favourite("t", std::string(4097, 'x'), "", 1).message(), HasSubstr("longer than 4096 bytes"));
  const auto id = add(*state, "t");
  EXPECT_FALSE(state->change_favourite(id, "", "q", "", 1));
  for (std::size_t i = 1; i < WebState::kMaxFavourites; ++i) add(*state, cat("t", i));
  EXPECT_THAT(state->add_favourite("one more", "q", "", 1).message(), HasSubstr("1000 favourites already"));
  EXPECT_TRUE(*state->remove_favourite(id));
  EXPECT_TRUE(state->add_favourite("one more", "q", "", 1));
}

TEST_P(WebStateTest, UsersAreAddedListedChangedAndRemoved) {
  const auto state = open();
  EXPECT_FALSE(*state->has_users());
  ASSERT_TRUE(state->add_user({"zoe", Role::reader, "hash z", 5}));
  ASSERT_TRUE(state->add_user({"adam@example.org", Role::editor, "hash a", 6}));
  EXPECT_TRUE(*state->has_users());
  const auto all = state->users();
  ASSERT_EQ(all->size(), 2U);
  EXPECT_EQ((*all)[0].name, "adam@example.org");
  EXPECT_EQ((*all)[0].role, Role::editor);
  EXPECT_EQ((*all)[0].created, 6);
  EXPECT_EQ((*all)[1].password, "hash z");
  EXPECT_THAT(state->add_user({"zoe", Role::editor, "x", 5}).message(), HasSubstr("\"zoe\" already"));
  ASSERT_TRUE(state->set_password("zoe", "hash 2"));
  ASSERT_TRUE(state->set_role("zoe", Role::editor));
  EXPECT_EQ((*state->user("zoe"))->password, "hash 2");
  EXPECT_EQ((*state->user("zoe"))->role, Role::editor);
  ASSERT_TRUE(state->remove_user("zoe"));
  EXPECT_FALSE(state->user("zoe")->has_value());
  for (const auto& result :
       {state->set_password("zoe", "x"), state->set_role("zoe", Role::reader), state->remove_user("zoe")})
    EXPECT_THAT(result.message(), HasSubstr("no user \"zoe\""));
}

TEST_P(WebStateTest, ANameIsOneWord) {
  const auto state = open();
  for (const std::string& name : {std::string(), std::string("a:b"), std::string("a b"), std::string("ü"),
                                  std::string("a\nb"), std::string("a' OR '1'='1"), std::string(65, 'x')}) {
    EXPECT_THAT(state->add_user({name, Role::reader, "x", 1}).message(), HasSubstr("cannot be a user's name")) << name;
    EXPECT_FALSE(state->user(name)->has_value());
  }
  EXPECT_TRUE(state->add_user({std::string(64, 'x'), Role::reader, "x", 1}));
}

TEST_P(WebStateTest, ASessionIsFoundByItsTokenWithTheRoleAsItIsNow) {
  const auto state = open();
  ASSERT_TRUE(state->add_user({"zoe", Role::reader, "hash", 5}));
  ASSERT_TRUE(state->add_session(session("t1", "zoe", 20)));
  ASSERT_TRUE(state->use_session("t1", 30));
  ASSERT_TRUE(state->set_role("zoe", Role::editor));
  const auto found = state->session("t1");
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->user, "zoe");
  EXPECT_EQ((*found)->role, Role::editor);
  EXPECT_EQ((*found)->form_key, "key of t1");
  EXPECT_EQ((*found)->created, 10);
  EXPECT_EQ((*found)->last_used, 30);
  EXPECT_EQ((*found)->expires, 1000);
  EXPECT_FALSE(state->session("t2")->has_value());
  ASSERT_TRUE(state->remove_session("t1"));
  EXPECT_FALSE(state->session("t1")->has_value());
}

TEST_P(WebStateTest, ANewPasswordAndARemovedUserEndTheSessions) {
  const auto state = open();
  for (const char* name : {"zoe", "bob"}) {
    ASSERT_TRUE(state->add_user({name, Role::reader, "hash", 5}));
    ASSERT_TRUE(state->add_session(session(cat("t ", name), name, 20)));
  }
  ASSERT_TRUE(state->set_password("zoe", "other"));
  EXPECT_FALSE(state->session("t zoe")->has_value());
  EXPECT_TRUE(state->session("t bob")->has_value());
  ASSERT_TRUE(state->remove_user("bob"));
  ASSERT_TRUE(state->add_user({"bob", Role::editor, "hash", 5}));
  EXPECT_FALSE(state->session("t bob")->has_value());
}

TEST_P(WebStateTest, OldSessionsGoByAgeAndByIdleness) {
  const auto state = open();
  ASSERT_TRUE(state->add_user({"zoe", Role::reader, "hash", 5}));
  Session expired = session("expired", "zoe", 900);
  expired.expires = 899;
  ASSERT_TRUE(state->add_session(expired));
  ASSERT_TRUE(state->add_session(session("idle", "zoe", 499)));
  ASSERT_TRUE(state->add_session(session("fine", "zoe", 500)));
  ASSERT_TRUE(state->remove_old_sessions(900, 500));
  EXPECT_FALSE(state->session("expired")->has_value());
  EXPECT_FALSE(state->session("idle")->has_value());
  EXPECT_TRUE(state->session("fine")->has_value());
}

TEST_P(WebStateTest, AUsersSessionsAreBounded) {
  const auto state = open();
  for (const char* name : {"zoe", "bob"}) ASSERT_TRUE(state->add_user({name, Role::reader, "hash", 5}));
  ASSERT_TRUE(state->add_session(session("of bob", "bob", 1)));
  for (int i = 0; i <= 20; ++i) ASSERT_TRUE(state->add_session(session(cat("t", i), "zoe", 100 + i)));
  EXPECT_FALSE(state->session("t0")->has_value());
  EXPECT_TRUE(state->session("t1")->has_value());
  EXPECT_TRUE(state->session("t20")->has_value());
  EXPECT_TRUE(state->session("of bob")->has_value());
}

TEST_P(WebStateTest, AConnectionThatWasCutIsOpenedAgain) {
  if (!postgresql()) {
    EXPECT_EQ(open()->description(), cat("sqlite3 ", directory_.path(), "/web.db"));
    return;
  }
  const auto state = open();
  add(*state, "before");
  test::PrivatePostgres::get().psql(
      "postgres",
      cat("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '", options_.dbname, "'"));
  EXPECT_THAT(titles(*state), ElementsAre("before"));
  EXPECT_EQ(state->description(), cat("pgsql ", options_.host, "/", options_.dbname));
}

Options in(const std::string& directory) {
  Options options;
  options.dbname = directory + "/pastmon.db";
  return options;
}

TEST(WebStateFile, LiesBesideTheFiguresOrWhereItIsTold) {
  EXPECT_EQ(web_state_file(in("/var/lib/pastmon"), ""), "/var/lib/pastmon/web.db");
  EXPECT_EQ(web_state_file(in("/var/lib/pastmon"), "/srv/web"), "/srv/web/web.db");
}

TEST(WebStateFile, IsForNobodyElse) {
  const test::TemporaryDirectory directory;
  const auto state = open_web_state(in(directory.path()), "");
  ASSERT_TRUE(state && (*state)->check());
  struct stat status {};
  for (const char* name : {"/web.db", "/web.db-wal"}) {
    ASSERT_EQ(::stat((directory.path() + name).c_str(), &status), 0) << name;
    EXPECT_EQ(status.st_mode & 0777U, 0600U) << name;
  }
}

TEST(WebStateFile, ADirectoryThatTakesNoFileIsAClearError) {
  const auto state = open_web_state(in("/proc/1"), "");
  ASSERT_FALSE(state);
  EXPECT_THAT(state.message(), HasSubstr("cannot make the database /proc/1/web.db"));
  EXPECT_THAT(state.message(), HasSubstr("data_directory, in pastmon-web.conf"));
}

TEST(WebStateFile, TheFiguresAreNotMistakenForIt) {
  const test::TemporaryDirectory directory;
  Options options = in(directory.path());
  options.dbname = directory.path() + "/web.db";
  ASSERT_TRUE((*store::open(options))->prepare());
  const auto state = open_web_state(options, "");
  ASSERT_FALSE(state);
  EXPECT_THAT(state.message(), HasSubstr("is the SQLite database of another program"));
}

TEST(Roles, HaveNames) {
  for (const Role role : {Role::reader, Role::editor}) EXPECT_EQ(role_of(role_name(role)), role);
  EXPECT_FALSE(role_of("owner"));
}

}  // namespace
}  // namespace pastmon::store
