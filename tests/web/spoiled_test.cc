// SPDX-License-Identifier: MIT
#include "spoiled.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pastmon::web {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const TimeRange kTime{1200, 6000};

store::StatisticPoint statistic(base::Seconds start, const char* name, std::int64_t value) {
  return {start, name, "eth0", 1, {1, value, value, value}};
}
store::Point gaps(base::Seconds start, std::int64_t count) {
  store::Point p;
  p.start = start;
  p.values[metric::Counter::ack_gaps_server] = count;
  return p;
}

TEST(Spoiled, NothingLostIsNothingShaded) {
  const Spoiled spoiled =
      spoiled_times({statistic(1200, "packets_received", 100), statistic(1200, "kernel_dropped", 0)}, 300,
                    {gaps(1200, 0)}, 300, kTime);
  EXPECT_TRUE(spoiled.empty());
  EXPECT_EQ(spoiled_text(spoiled), "");
}

TEST(Spoiled, DropsOfKernelAndInterfaceAndAckGapsShade) {
  const Spoiled spoiled = spoiled_times({statistic(1800, "kernel_dropped", 2), statistic(3000, "interface_dropped", 3),
                                         statistic(1200, "packets_received", 95), statistic(4000, "flows", 9)},
                                        300, {gaps(4200, 1)}, 900, kTime);
  EXPECT_THAT(spoiled.ranges, ElementsAre(TimeRange{1800, 2100}, TimeRange{3000, 3300}, TimeRange{4200, 5100}));
  EXPECT_EQ(spoiled.dropped, 5);
  EXPECT_EQ(spoiled_text(spoiled),
            "Shaded: the sensor lost 5 packets (5.00 %); 1 ACK was for bytes that it never saw.");
}

TEST(Spoiled, NeighboursAreOneAndNothingLiesOutside) {
  const Spoiled spoiled = spoiled_times({statistic(900, "kernel_dropped", 1), statistic(1200, "kernel_dropped", 1),
                                         statistic(5900, "kernel_dropped", 1), statistic(1500, "interface_dropped", 1)},
                                        300, {}, 300, kTime);
  EXPECT_THAT(spoiled.ranges, ElementsAre(TimeRange{1200, 1800}, TimeRange{5900, 6000}));
}

TEST(Spoiled, WithoutReceivedPacketsThereIsNoShare) {
  const Spoiled spoiled = spoiled_times({statistic(1800, "kernel_dropped", 1)}, 300, {}, 300, kTime);
  EXPECT_THAT(spoiled_text(spoiled), HasSubstr("lost 1 packet."));
}

}  // namespace
}  // namespace pastmon::web
