// SPDX-License-Identifier: MIT
#include "sensor_state.h"

#include <gtest/gtest.h>

namespace pastmon::web {
namespace {

using Condition = SensorState::Condition;
constexpr base::Seconds kStart = 1'700'000'100;  // a multiple of 300

class SensorStates : public testing::Test {
 protected:
  SensorStates() { names_.sensors = {{1, "one"}, {2, "two"}}; }
  void tell(store::Id sensor, base::Seconds start, std::string name, std::int64_t sum, std::string interface = "eth0") {
    points_.push_back({start, std::move(name), std::move(interface), sensor, {1, sum, sum, sum}});
  }
  SensorState one(base::Seconds now) { return sensor_states(points_, names_, now).at(0); }
  Names names_;
  std::vector<store::StatisticPoint> points_;
};

TEST_F(SensorStates, TheRateIsThatOfTheNewestCompleteFiveMinutes) {
  tell(1, kStart, "packets_received", 600);
  tell(1, kStart, "packets_received", 300, "eth1");
  tell(1, kStart + 300, "packets_received", 7);
  EXPECT_DOUBLE_EQ(one(kStart + 310).rate, 3);
  EXPECT_EQ(one(kStart + 310).condition, Condition::receiving);
  EXPECT_EQ(one(kStart + 310).received, 907);
}

TEST_F(SensorStates, TheFirstFiveMinutesHaveARateToo) {
  tell(1, kStart, "packets_received", 200);
  EXPECT_DOUBLE_EQ(one(kStart + 20).rate, 10);
}

TEST_F(SensorStates, ASensorThatTellsNothingForTwoMinutesIsSilent) {
  tell(1, kStart, "packets_received", 600);
  EXPECT_EQ(one(kStart + 300 + kSensorPatience).condition, Condition::receiving);
  EXPECT_EQ(one(kStart + 301 + kSensorPatience).condition, Condition::silent);
  EXPECT_EQ(one(kStart + 4000).last, kStart + 300);
}

TEST_F(SensorStates, ASensorThatRunsWithoutPacketsIsIdle) {
  tell(1, kStart, "packets_received", 0);
  EXPECT_EQ(one(kStart + 100).condition, Condition::idle);
  // Right after the five minutes have begun, those before count.
  points_.clear();
  tell(1, kStart, "packets_received", 100);
  tell(1, kStart + 300, "packets_received", 0);
  EXPECT_EQ(one(kStart + 305).condition, Condition::receiving);
  EXPECT_EQ(one(kStart + 500).condition, Condition::idle);
}

TEST_F(SensorStates, EverySensorIsThereAndDropsAreApart) {
  tell(2, kStart, "packets_received", 5);
  tell(2, kStart, "kernel_dropped", 3);
  tell(2, kStart, "interface_dropped", 4);
  tell(9, kStart, "packets_received", 5);
  const auto states = sensor_states(points_, names_, kStart + 60);
  ASSERT_EQ(states.size(), 2U);
  EXPECT_EQ(states[0].condition, Condition::silent);
  EXPECT_EQ(states[0].last, 0);
  EXPECT_EQ(states[1].kernel_dropped, 3);
  EXPECT_EQ(states[1].dropped(), 7);
}

}  // namespace
}  // namespace pastmon::web
