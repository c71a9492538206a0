// SPDX-License-Identifier: MIT
#include "metric_topics.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace pastmon::web {
namespace {

std::string_view topic(std::string_view name) { return metric_topic(*metric::find(name)); }

TEST(MetricTopics, MetricsAreWhereOneLooksForThem) {
  EXPECT_EQ(topic("response_time"), "Response");
  EXPECT_EQ(topic("unanswered"), "Outcomes");
  EXPECT_EQ(topic("connect_time"), "Round trips");
  EXPECT_EQ(topic("bytes_server"), "Volume");
  EXPECT_EQ(topic("window_size_client"), "Sizes");
  EXPECT_EQ(topic("retransmission_delay_server"), "TCP");
}

TEST(MetricTopics, NoTopicIsEmptyAndEachMetricHasOne) {
  for (const std::string_view wanted : kMetricTopics) {
    const auto all = metric::registry();
    EXPECT_TRUE(std::any_of(all.begin(), all.end(), [&](const metric::Info& i) { return metric_topic(i) == wanted; }));
  }
  for (const metric::Info& info : metric::registry())
    EXPECT_NE(std::find(kMetricTopics.begin(), kMetricTopics.end(), metric_topic(info)), kMetricTopics.end());
}

}  // namespace
}  // namespace pastmon::web
