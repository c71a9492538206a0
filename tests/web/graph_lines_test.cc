// SPDX-License-Identifier: MIT
#include "graph_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pastmon::web {
namespace {

using metric::Kind;
using testing::ElementsAre;

std::vector<std::string> keys(const std::vector<Line>& lines) {
  std::vector<std::string> list;
  for (const Line& line : lines) list.emplace_back(line.key);
  return list;
}
Line line(std::string_view key) { return chosen_lines(Kind::distribution, key).front(); }

TEST(GraphLines, AreChosenByTheParameterInItsOrder) {
  EXPECT_THAT(keys(chosen_lines(Kind::distribution, "p999, min,p75")), ElementsAre("p999", "min", "p75"));
}

TEST(GraphLines, UnknownOnesAreLeftOutAndNothingMeansTheUsual) {
  EXPECT_THAT(keys(chosen_lines(Kind::distribution, "p42,max,max")), ElementsAre("max"));
  EXPECT_THAT(keys(chosen_lines(Kind::distribution, "")), ElementsAre("mean", "p95", "max"));
  EXPECT_THAT(keys(chosen_lines(Kind::counter, "p95")), ElementsAre("sum"));
  EXPECT_THAT(keys(chosen_lines(Kind::size, "p95,mean")), ElementsAre("mean"));
}

TEST(GraphLines, OfOneScaleOnlyOneIsDrawn) {
  EXPECT_THAT(keys(chosen_lines(Kind::distribution, "mean,count,rate")), ElementsAre("mean", "count"));
  EXPECT_THAT(keys(chosen_lines(Kind::counter, "rate,sum")), ElementsAre("rate"));
}

TEST(GraphLines, AreToggledIntoACanonicalText) {
  EXPECT_EQ(toggled(Kind::distribution, "", line("p50")), "mean,p50,p95,max");
  EXPECT_EQ(toggled(Kind::distribution, "max,p50,mean,p95", line("p50")), "");
  EXPECT_EQ(toggled(Kind::distribution, "mean,rate", line("count")), "mean,count");
  EXPECT_EQ(toggled(Kind::distribution, "max", line("max")), "") << "the last one taken away: the usual ones";
}

TEST(GraphLines, ValuesComeFromCountsSummariesAndSketches) {
  metric::Aggregate values;
  for (int i = 1; i <= 1000; ++i) values[metric::Distribution::response_time].add(i * 10);
  const Figures f = figures(values, metric::info(metric::Distribution::response_time));
  EXPECT_EQ(line_value(line("min"), f, 300), 10);
  EXPECT_EQ(line_value(line("mean"), f, 300), 5005);
  EXPECT_EQ(line_value(line("max"), f, 300), 10'000);
  EXPECT_EQ(line_value(line("count"), f, 300), 1000);
  EXPECT_EQ(line_value(line("rate"), f, 500), 2);
  EXPECT_NEAR(*line_value(line("p75"), f, 300), 7500, 75);
  EXPECT_NEAR(*line_value(line("p999"), f, 300), 9990, 100);
}

TEST(GraphLines, WithoutSamplesThereIsNoValueButACounterIsZero) {
  const metric::Aggregate none;
  EXPECT_FALSE(line_value(line("mean"), figures(none, metric::info(metric::Distribution::response_time)), 300));
  EXPECT_EQ(line_value(chosen_lines(Kind::counter, "sum").front(),
                       figures(none, metric::info(metric::Counter::transactions)), 300),
            0);
}

TEST(GraphLines, ARateDividesByTheTimeThatWasCovered) {
  const TimeRange time{1000, 3000};
  EXPECT_EQ(covered_seconds(1200, 300, time, 9000), 300);
  EXPECT_EQ(covered_seconds(900, 300, time, 9000), 200) << "began before";
  EXPECT_EQ(covered_seconds(2900, 300, time, 9000), 100) << "ends after";
  EXPECT_EQ(covered_seconds(1200, 300, time, 1260), 60) << "under way";
  EXPECT_EQ(covered_seconds(1200, 300, time, 1200), 1);
}

TEST(GraphLines, FiguresHaveTheirUnit) {
  const metric::Info& info = metric::info(metric::Distribution::response_time);
  EXPECT_EQ(line_text(line("p95"), info, 18'300), "18.3 ms");
  EXPECT_EQ(line_text(line("rate"), info, 12.4), "12.4 /s");
  EXPECT_EQ(line_text(line("count"), info, 1234), "1,234");
}

}  // namespace
}  // namespace pastmon::web
