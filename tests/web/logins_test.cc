// SPDX-License-Identifier: MIT
#include "logins.h"

#include <atomic>
#include <ctime>
#include <thread>
#include <vector>

#include "web/login_fixture.h"

namespace pastmon::web {
namespace {

using Attempt = Logins::Attempt;

/// Processor time of this thread: what others do meanwhile does not count.
base::Micros worked() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * base::kSecond + time.tv_nsec / 1000;
}

class LoginsTest : public test::LoginFixture {
 protected:
  void SetUp() override {
    LoginFixture::SetUp();
    add_users();
  }
  Attempt check(std::string_view name, std::string_view password, const char* address = "192.0.2.1") {
    return logins().check(name, password, *base::Address::parse(address));
  }
  store::User alice() { return **state().user("alice"); }
};

TEST_F(LoginsTest, NameAndPasswordHaveToBelongTogether) {
  const Attempt attempt = check("alice", kPassword);
  EXPECT_EQ(attempt.outcome, Attempt::right);
  EXPECT_EQ(attempt.user.name, "alice");
  EXPECT_EQ(attempt.user.role, store::Role::editor);
  EXPECT_EQ(check("alice", "correct hors").outcome, Attempt::wrong);
  EXPECT_EQ(check("alice", "").outcome, Attempt::wrong);
  EXPECT_EQ(check("nobody", kPassword).outcome, Attempt::wrong);
  EXPECT_EQ(check("", "").outcome, Attempt::wrong);
  EXPECT_EQ(check("alice", std::string(2000, 'x')).outcome, Attempt::wrong);
}

TEST_F(LoginsTest, WhoTriesTooOftenFromAnAddressHasToWait) {
  for (int i = 0; i < 10; ++i) EXPECT_EQ(check("nobody" + std::to_string(i), "wrong").outcome, Attempt::wrong);
  const Attempt attempt = check("bob", kPassword);
  EXPECT_EQ(attempt.outcome, Attempt::too_often);
  EXPECT_GT(attempt.wait, 0);
  EXPECT_LE(attempt.wait, 300);
  EXPECT_EQ(check("bob", kPassword, "192.0.2.2").outcome, Attempt::right) << "others need not";
  clock.advance(301 * base::kSecond);
  EXPECT_EQ(check("alice", kPassword).outcome, Attempt::right);
}

TEST_F(LoginsTest, ANameCanBeTriedSoOftenOnlyFromWhereverItMayBe) {
  for (int i = 0; i < 30; ++i) {
    const std::string address = "192.0.2." + std::to_string(i);
    EXPECT_EQ(check("alice", "wrong", address.c_str()).outcome, Attempt::wrong);
  }
  EXPECT_EQ(check("alice", kPassword, "198.51.100.1").outcome, Attempt::too_often);
  EXPECT_EQ(check("bob", kPassword, "198.51.100.1").outcome, Attempt::right);
}

TEST_F(LoginsTest, WhoWasRightBeforeIsNotHeldUpByStrangersElsewhere) {
  ASSERT_EQ(check("alice", kPassword, "198.51.100.1").outcome, Attempt::right);
  for (int i = 0; i < 30; ++i) check("alice", "wrong", ("192.0.2." + std::to_string(i)).c_str());
  EXPECT_EQ(check("alice", kPassword, "198.51.100.1").outcome, Attempt::right);
  EXPECT_EQ(check("alice", kPassword, "198.51.100.2").outcome, Attempt::too_often);
}

TEST_F(LoginsTest, WhoHasToWaitLearnsNothingFromWhatWasRightBefore) {
  ASSERT_EQ(check("alice", kPassword).outcome, Attempt::right);
  for (int i = 0; i < 10; ++i) check("alice", "wrong");
  EXPECT_EQ(check("alice", kPassword).outcome, Attempt::too_often);
}

TEST_F(LoginsTest, ManyAtOnceWithTheRightPasswordAreAllRight) {
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 40; ++i)
    threads.emplace_back([&] { right += check("alice", kPassword).outcome == Attempt::right ? 1 : 0; });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 40);
}

TEST_F(LoginsTest, ManyAtOnceCountLikeOneAfterTheOther) {
  std::atomic<int> wrong = 0, waiting = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 20; ++i) {
    threads.emplace_back([&, i] {
      const Attempt attempt = check("alice", "wrong" + std::to_string(i));
      ++(attempt.outcome == Attempt::wrong ? wrong : waiting);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(wrong, 10);
  EXPECT_GE(waiting, 10);
}

TEST_F(LoginsTest, AnIpv6NetworkCountsAsOneAddress) {
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(check("x", "wrong", ("2001:db8::" + std::to_string(i + 1)).c_str()).outcome, Attempt::wrong);
  EXPECT_EQ(check("alice", kPassword, "2001:db8::ffff").outcome, Attempt::too_often);
  EXPECT_EQ(check("alice", kPassword, "2001:db8:0:1::1").outcome, Attempt::right);
}

TEST_F(LoginsTest, SuccessesDoNotUseUpAttempts) {
  for (int i = 0; i < 40; ++i) ASSERT_EQ(check("alice", kPassword).outcome, Attempt::right);
}

TEST_F(LoginsTest, APasswordThatWasChangedIsNotRememberedAsRight) {
  ASSERT_EQ(check("alice", kPassword).outcome, Attempt::right);
  ASSERT_TRUE(state().set_password("alice", *secret::hash_password("another one")));
  EXPECT_EQ(check("alice", kPassword).outcome, Attempt::wrong);
  EXPECT_EQ(check("alice", "another one").outcome, Attempt::right);
}

TEST_F(LoginsTest, AnUnknownNameTakesAsLongAsAWrongPassword) {
  const auto time = [&](const char* name) {
    const base::Micros start = worked();
    EXPECT_EQ(check(name, "wrong").outcome, Attempt::wrong);
    return worked() - start;
  };
  time("nobody");  // the first one makes the hash to compare with
  const base::Micros known = std::min(time("alice"), time("alice")), unknown = std::min(time("nobody"), time("nobody"));
  EXPECT_GT(unknown * 4, known);
  EXPECT_GT(known * 4, unknown);
}

TEST_F(LoginsTest, ASessionIsFoundByItsCookieOnly) {
  const auto cookie = logins().begin(alice());
  ASSERT_TRUE(cookie);
  EXPECT_EQ(cookie->size(), 64U);
  const auto session = logins().session(*cookie);
  ASSERT_TRUE(session && *session);
  EXPECT_EQ((*session)->user, "alice");
  EXPECT_NE((*session)->token, *cookie) << "what is stored is its hash";
  EXPECT_FALSE(logins().session((*session)->token)->has_value()) << "which is no cookie";
  EXPECT_FALSE(logins().session("")->has_value());
  EXPECT_NE(*logins().begin(alice()), *cookie);
}

TEST_F(LoginsTest, ASessionEndsWhenItIsIdle) {
  const std::string cookie = *logins().begin(alice());
  for (int i = 0; i < 3; ++i) {
    clock.advance(7 * 3600 * base::kSecond);
    EXPECT_TRUE(logins().session(cookie)->has_value()) << "use keeps it alive";
  }
  clock.advance(8 * 3600 * base::kSecond);
  EXPECT_FALSE(logins().session(cookie)->has_value());
}

TEST_F(LoginsTest, ASessionEndsAfterItsLifetimeHoweverMuchItIsUsed) {
  const std::string cookie = *logins().begin(alice());
  for (int hours = 0; hours < 7 * 24 - 6; hours += 6) {
    clock.advance(6 * 3600 * base::kSecond);
    ASSERT_TRUE(logins().session(cookie)->has_value()) << hours;
  }
  clock.advance(6 * 3600 * base::kSecond);
  EXPECT_FALSE(logins().session(cookie)->has_value());
}

TEST_F(LoginsTest, AnEndedSessionIsGone) {
  const std::string cookie = *logins().begin(alice());
  ASSERT_TRUE(logins().end((*logins().session(cookie))->token));
  EXPECT_FALSE(logins().session(cookie)->has_value());
}

TEST_F(LoginsTest, WhetherThereAreUsersIsKnownWithinASecond) {
  EXPECT_EQ(logins().any_users(), true);
  for (const char* name : {"alice", "bob"}) ASSERT_TRUE(state().remove_user(name));
  EXPECT_EQ(logins().any_users(), true);
  clock.advance(base::kSecond);
  EXPECT_EQ(logins().any_users(), false);
}

}  // namespace
}  // namespace pastmon::web
