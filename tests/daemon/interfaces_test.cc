// SPDX-License-Identifier: MIT
#include "interfaces.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>

#include "scripted_source.h"

namespace pastmon::daemon {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class InterfacesTest : public ::testing::Test {
 protected:
  using State = capture::State;

  base::Result<std::unique_ptr<capture::Source>> open(const capture::LiveOptions& options) {
    ++attempts_[options.interface];
    if (scripts_[options.interface].empty()) return base::Error{"no interface " + options.interface, temporary_};
    auto script = std::make_shared<std::deque<State>>(std::move(scripts_[options.interface].front()));
    scripts_[options.interface].pop_front();
    return std::unique_ptr<capture::Source>(std::make_unique<ScriptedSource>(options.interface, script, clock_));
  }
  base::Result<std::unique_ptr<Interfaces>> open_all(const std::vector<std::string>& names,
                                                     Missing missing = Missing::is_an_error) {
    std::vector<capture::LiveOptions> options;
    for (const std::string& name : names) options.push_back({.interface = name, .filter = {}});
    return Interfaces::open(
        options, missing, [this](const capture::LiveOptions& each) { return open(each); }, clock_);
  }

  base::ManualClock clock_{1'000'000};
  std::map<std::string, std::deque<std::deque<State>>> scripts_;
  std::map<std::string, int> attempts_;
  bool temporary_ = true;  ///< what keeps an interface from being opened passes by itself
  std::shared_ptr<const signature::SignatureSet> signatures_ = *signature::SignatureSet::compile({});
  Worker worker_{WorkerOptions{}, signatures_};
};

TEST_F(InterfacesTest, FramesOfAllInterfacesReachTheWorker) {
  scripts_["a"] = {{State::frames, State::frames}};
  scripts_["b"] = {{State::frames}};
  auto interfaces = open_all({"a", "b"});
  ASSERT_TRUE(interfaces) << interfaces.message();
  EXPECT_TRUE((*interfaces)->read(worker_));
  EXPECT_TRUE((*interfaces)->read(worker_));
  EXPECT_FALSE((*interfaces)->read(worker_));
  EXPECT_EQ(worker_.counters().decode.packets, 3U);
}

TEST_F(InterfacesTest, InterfaceThatIsNotThereAtTheStartIsAnError) {
  scripts_["a"] = {{}};
  const auto interfaces = open_all({"a", "gone"});
  ASSERT_FALSE(interfaces);
  EXPECT_THAT(interfaces.message(), HasSubstr("no interface gone"));
}

TEST_F(InterfacesTest, ServiceWaitsForAnInterfaceThatIsNotThereYet) {
  scripts_["a"] = {{State::frames}};
  auto interfaces = open_all({"a", "late"}, Missing::is_waited_for);
  ASSERT_TRUE(interfaces) << interfaces.message();
  EXPECT_THAT((*interfaces)->away(), ElementsAre("late"));
  EXPECT_TRUE((*interfaces)->read(worker_)) << "the other one is read meanwhile";
  scripts_["late"] = {{State::frames}};
  clock_.advance(kReopenFirst);
  (*interfaces)->reopen();
  EXPECT_THAT((*interfaces)->away(), ElementsAre());
  EXPECT_TRUE((*interfaces)->read(worker_));
  clock_.advance(base::kSecond);
  EXPECT_EQ((*interfaces)->totals()[0].away, 0);
  EXPECT_EQ((*interfaces)->totals()[1].away, kReopenFirst);
}

TEST_F(InterfacesTest, WhatDoesNotPassByItselfIsAnErrorForAServiceToo) {
  temporary_ = false;
  EXPECT_FALSE(open_all({"forbidden"}, Missing::is_waited_for));
}

TEST_F(InterfacesTest, TimeWithoutAnInterfaceIsAddedUp) {
  scripts_["a"] = {{State::failed}, {State::failed}, {}};
  auto interfaces = open_all({"a"});
  ASSERT_TRUE(interfaces);
  for (int i = 0; i < 2; ++i) {
    (*interfaces)->read(worker_);
    clock_.advance(kReopenFirst);
    (*interfaces)->reopen();
  }
  EXPECT_EQ((*interfaces)->totals()[0].away, 2 * kReopenFirst);
  (*interfaces)->read(worker_);
  clock_.advance(kReopenFirst / 2);
  EXPECT_EQ((*interfaces)->totals()[0].away, 2 * kReopenFirst) << "it is there";
}

TEST_F(InterfacesTest, LogHearsOfAMissingInterfaceOnceAndThenRarely) {
  auto interfaces = open_all({"late"}, Missing::is_waited_for);
  ASSERT_TRUE(interfaces);
  ::testing::internal::CaptureStderr();
  for (int i = 0; i < 3'000; ++i) {
    clock_.advance(base::kSecond);
    (*interfaces)->reopen();
  }
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  ::testing::internal::CaptureStderr();
  for (int i = 0; i < 3'000; ++i) {
    clock_.advance(base::kSecond);
    (*interfaces)->reopen();
  }
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("no interface late"));
}

TEST_F(InterfacesTest, InterfaceThatWentAwayIsOpenedAgainWithGrowingPauses) {
  scripts_["a"] = {{State::frames, State::failed}};
  auto interfaces = open_all({"a"});
  ASSERT_TRUE(interfaces);
  (*interfaces)->read(worker_);
  (*interfaces)->read(worker_);
  (*interfaces)->reopen();
  EXPECT_EQ(attempts_["a"], 1) << "not before the first pause is over";
  clock_.advance(kReopenFirst);
  (*interfaces)->reopen();
  EXPECT_EQ(attempts_["a"], 2);
  clock_.advance(kReopenFirst);
  (*interfaces)->reopen();
  EXPECT_EQ(attempts_["a"], 2) << "the second pause is longer";
  scripts_["a"] = {{State::frames}};
  clock_.advance(kReopenFirst);
  (*interfaces)->reopen();
  EXPECT_EQ(attempts_["a"], 3);
  EXPECT_TRUE((*interfaces)->read(worker_));
  EXPECT_EQ((*interfaces)->totals().front().counters.received, 2U) << "both times that it was open";
}

TEST_F(InterfacesTest, OthersGoOnWhileOneIsAway) {
  scripts_["a"] = {{State::failed}};
  scripts_["b"] = {{State::frames, State::frames}};
  auto interfaces = open_all({"a", "b"});
  ASSERT_TRUE(interfaces);
  EXPECT_TRUE((*interfaces)->read(worker_));
  EXPECT_TRUE((*interfaces)->read(worker_));
}

TEST_F(InterfacesTest, PausesStopGrowing) {
  scripts_["a"] = {{State::failed}};
  auto interfaces = open_all({"a"});
  ASSERT_TRUE(interfaces);
  (*interfaces)->read(worker_);
  for (int i = 0; i < 20; ++i) {
    clock_.advance(kReopenLast);
    (*interfaces)->reopen();
  }
  EXPECT_GE(attempts_["a"], 20);
}

}  // namespace
}  // namespace pastmon::daemon
