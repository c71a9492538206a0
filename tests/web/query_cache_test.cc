// SPDX-License-Identifier: MIT
#include "query_cache.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace pastmon::web {
namespace {

using Answer = base::Result<QueryCache::Answer>;

constexpr base::Micros kAge = 5 * base::kSecond;

QueryCache::Answer number(int value, std::size_t bytes = 100) {
  return {std::make_shared<const int>(value), {}, bytes};
}
int value_of(const Answer& answer) { return answer ? *static_cast<const int*>(answer->value.get()) : -1; }

struct Fixture {
  explicit Fixture(std::size_t max_bytes = 1U << 20U) : cache({kAge, 60 * base::kSecond, max_bytes}, clock) {}
  /// Asks `key`; the answer is how often anything was asked before.
  int ask(const std::string& key, std::size_t bytes = 100) {
    return value_of(cache.find(key, kAge, [&]() -> Answer { return number(asked++, bytes); }));
  }
  base::ManualClock clock{1'000 * base::kSecond};
  QueryCache cache;
  int asked = 0;
};

TEST(QueryCache, AFreshAnswerIsGivenAgain) {
  Fixture f;
  EXPECT_EQ(f.ask("a"), 0);
  f.clock.advance(kAge - 1);
  EXPECT_EQ(f.ask("a"), 0);
  EXPECT_EQ(f.ask("b"), 1) << "another question";
  EXPECT_EQ(f.cache.counters().hits, 1U);
  EXPECT_EQ(f.cache.counters().asked, 2U);
}

TEST(QueryCache, AnOldAnswerIsAskedAnew) {
  Fixture f;
  f.ask("a");
  f.clock.advance(kAge);
  EXPECT_EQ(f.ask("a"), 1);
  EXPECT_EQ(f.ask("a"), 1);
}

TEST(QueryCache, TheAgeCountsFromTheBeginningOfTheQuestion) {
  Fixture f;
  ASSERT_TRUE(f.cache.find("a", kAge, [&]() -> Answer {
    f.clock.advance(kAge);
    return number(0);
  }));
  f.asked = 7;
  EXPECT_EQ(f.ask("a"), 7);
}

TEST(QueryCache, ErrorsAreNotKept) {
  Fixture f;
  f.ask("a");
  f.clock.advance(kAge);
  EXPECT_EQ(f.cache.find("a", kAge, []() -> Answer { return base::Error{"away"}; }).message(), "away");
  EXPECT_EQ(f.ask("a"), 1) << "neither the error nor the answer before it";
  EXPECT_EQ(f.cache.counters().failed, 1U);
}

TEST(QueryCache, AnExceptionIsPassedOnAndTheNextReaderAsks) {
  Fixture f;
  EXPECT_THROW(static_cast<void>(f.cache.find("a", kAge, []() -> Answer { throw std::runtime_error("x"); })),
               std::runtime_error);
  EXPECT_EQ(f.ask("a"), 0);
}

TEST(QueryCache, OfManyEqualQuestionsOneIsAsked) {
  Fixture f;
  std::promise<void> gate;
  const std::shared_future<void> opened = gate.get_future().share();
  std::atomic<int> asked = 0;
  const auto ask = [&] {
    return value_of(f.cache.find("a", kAge, [&]() -> Answer {
      ++asked;
      opened.wait();
      return number(42);
    }));
  };
  std::vector<std::future<int>> answers;
  for (int i = 0; i < 8; ++i) answers.push_back(std::async(std::launch::async, ask));
  while (f.cache.counters().waited < 7) std::this_thread::yield();
  gate.set_value();
  for (auto& answer : answers) EXPECT_EQ(answer.get(), 42);
  EXPECT_EQ(asked, 1);
}

TEST(QueryCache, ThoseWhoWaitedGetTheErrorToo) {
  Fixture f;
  std::promise<void> gate;
  const std::shared_future<void> opened = gate.get_future().share();
  const auto ask = [&] {
    return f.cache
        .find("a", kAge,
              [&]() -> Answer {
                opened.wait();
                return base::Error{"away"};
              })
        .message();
  };
  auto first = std::async(std::launch::async, ask);
  while (f.cache.counters().asked < 1) std::this_thread::yield();
  auto second = std::async(std::launch::async, ask);
  while (f.cache.counters().waited < 1) std::this_thread::yield();
  gate.set_value();
  EXPECT_EQ(first.get(), "away");
  EXPECT_EQ(second.get(), "away");
}

TEST(QueryCache, WhileOneAsksAnewTheOthersGetTheAnswerBefore) {
  Fixture f;
  f.ask("a");
  f.clock.advance(kAge);
  std::promise<void> gate;
  auto slow = std::async(std::launch::async, [&] {
    return value_of(f.cache.find("a", kAge, [&]() -> Answer {
      gate.get_future().wait();
      return number(9);
    }));
  });
  while (f.cache.counters().asked < 2) std::this_thread::yield();
  EXPECT_EQ(f.ask("a"), 0);
  gate.set_value();
  EXPECT_EQ(slow.get(), 9);
  EXPECT_EQ(f.ask("a"), 9);
}

TEST(QueryCache, WhatWasNotUsedForLongestGoes) {
  Fixture f(10'000);
  f.ask("a", 3'000);
  f.ask("b", 3'000);
  f.ask("a", 3'000);
  f.ask("c", 3'000);
  EXPECT_EQ(f.cache.counters().entries, 2U);
  EXPECT_LE(f.cache.counters().bytes, 10'000U);
  EXPECT_EQ(f.ask("a"), 0);
  EXPECT_EQ(f.ask("c"), 2);
  EXPECT_EQ(f.ask("b"), 3) << "it had to go";
  EXPECT_EQ(f.cache.counters().evicted, 1U);
}

TEST(QueryCache, AnAnswerLargerThanAllIsGivenButNotKept) {
  Fixture f(10'000);
  EXPECT_EQ(f.ask("a", 20'000), 0);
  EXPECT_EQ(f.ask("a", 20'000), 1);
  EXPECT_EQ(f.cache.counters().bytes, 0U);
}

TEST(QueryCache, WithoutRoomNothingIsKept) {
  Fixture f(0);
  EXPECT_EQ(f.ask("a"), 0);
  EXPECT_EQ(f.ask("a"), 1);
}

}  // namespace
}  // namespace pastmon::web
