// SPDX-License-Identifier: MIT
#include "home_answer.h"

#include <gtest/gtest.h>

namespace pastmon::web {
namespace {

using Condition = SensorState::Condition;

HomeFacts facts(std::vector<Condition> conditions) {
  HomeFacts facts;
  facts.compared = 5;
  for (const Condition condition : conditions) {
    SensorState& sensor = facts.sensors.emplace_back();
    sensor.name = std::string(1, static_cast<char>('a' + facts.sensors.size() - 1));
    sensor.condition = condition;
    sensor.received = 10'000;
  }
  return facts;
}

TEST(HomeAnswer, SaysThatAllIsWell) {
  const HomeAnswer answer = home_answer(facts({Condition::receiving, Condition::receiving, Condition::receiving}));
  EXPECT_EQ(answer.kind, "ok");
  EXPECT_EQ(answer.head, "All is well");
  EXPECT_EQ(answer.text, "All 3 sensors receive; no packets were dropped; no service is slower than last week.");
}

TEST(HomeAnswer, ASilentSensorIsNamed) {
  const HomeAnswer answer = home_answer(facts({Condition::receiving, Condition::silent, Condition::idle}));
  EXPECT_EQ(answer.kind, "bad");
  EXPECT_TRUE(answer.text.starts_with(
      "1 of 3 sensors tells nothing any more: b; 1 of 3 sensors receives no packets: c; no packets"))
      << answer.text;
  EXPECT_TRUE(home_answer(facts({Condition::idle})).text.starts_with("The sensor receives no packets; "));
}

TEST(HomeAnswer, SlowerServicesAreWorthALook) {
  HomeFacts some = facts({Condition::receiving});
  some.slower = {"DNS A on ns1"};
  some.failing = {"x", "y", "z"};
  const HomeAnswer answer = home_answer(some);
  EXPECT_EQ(answer.kind, "warn");
  EXPECT_EQ(
      answer.text,
      "The sensor receives; no packets were dropped; 1 service is slower than last week: DNS A on ns1; 3 services "
      "are failing more often than last week: x, y and 1 more.");
}

TEST(HomeAnswer, DropsAreAShareAndManyAreBad) {
  HomeFacts some = facts({Condition::receiving});
  some.sensors[0].kernel_dropped = 20;
  EXPECT_EQ(home_answer(some).kind, "warn");
  EXPECT_NE(home_answer(some).text.find("0.20 % of the packets were dropped (20)"), std::string::npos);
  some.sensors[0].kernel_dropped = 2000;
  EXPECT_EQ(home_answer(some).kind, "bad");
}

TEST(HomeAnswer, NothingToCompareWithAndOldDataAreSaid) {
  HomeFacts some = facts({Condition::receiving});
  some.compared = 0;
  EXPECT_NE(home_answer(some).text.find("nothing of last week to compare with yet"), std::string::npos);
  some.data_age = 3 * 86'400;
  EXPECT_EQ(home_answer(some).kind, "old");
  EXPECT_EQ(home_answer(some).head, "The newest data is 3 days old");
}

}  // namespace
}  // namespace pastmon::web
