// SPDX-License-Identifier: MIT
#include "series_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pastmon::web {
namespace {

using metric::Counter;
using metric::Distribution;
using testing::HasSubstr;
using testing::Not;

const TimeRange kTime{0, 1200};
const metric::Info& kTransactions = metric::info(Counter::transactions);
const metric::Info& kResponse = metric::info(Distribution::response_time);

std::vector<store::Point> points() {
  metric::Aggregate values;
  values[Counter::transactions] = 3;
  values[Distribution::response_time].add(2000);
  values[Distribution::response_time].add(4001);
  return {{300, 300, values}, {900, 300, metric::Aggregate()}};
}
std::string json(const metric::Info& info, std::string_view lines) {
  const std::vector<store::Point> list = points();
  const std::vector<Line> columns = lines.empty() ? all_columns(info.kind) : chosen_lines(info.kind, lines);
  return series_json({info, columns, kTime, 300, 9000, list}, "UTC").dump();
}
std::string csv(const metric::Info& info, std::string_view lines) {
  const std::vector<store::Point> list = points();
  return series_csv({info, chosen_lines(info.kind, lines), kTime, 300, 9000, list}, *Calendar::make("Asia/Kolkata", 1));
}

TEST(SeriesJson, RowsHaveTheColumnsTheySay) {
  EXPECT_THAT(json(kTransactions, ""), HasSubstr("\"columns\":[\"time\",\"sum\"],\"rows\":[[300,3],[900,0]]"));
  EXPECT_THAT(json(kResponse, "max,mean"),
              HasSubstr("\"columns\":[\"time\",\"max\",\"mean\"],\"rows\":[[300,4001,3000.5]]"));
}

TEST(SeriesJson, AStepWithoutSamplesHasNoRow) { EXPECT_THAT(json(kResponse, ""), Not(HasSubstr("[900"))); }

TEST(SeriesJson, WithoutAChoiceThereIsEveryLine) {
  EXPECT_THAT(json(kResponse, ""), HasSubstr("\"columns\":[\"time\",\"count\",\"min\",\"mean\",\"p50\",\"p75\",\"p90\","
                                             "\"p95\",\"p99\",\"p999\",\"max\"]"));
  EXPECT_THAT(json(kResponse, ""), HasSubstr("\"unit\":\"us\""));
}

TEST(SeriesJson, TheCountStandsInFrontForAPage) {
  const auto lines = with_count(metric::Kind::distribution, chosen_lines(metric::Kind::distribution, "mean,count"));
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].key, "count");
  EXPECT_EQ(with_count(metric::Kind::counter, chosen_lines(metric::Kind::counter, "sum")).size(), 1U);
}

TEST(SeriesCsv, HasAHeadWithUnitsAndLocalTimes) {
  EXPECT_EQ(csv(kResponse, "mean,max,count,p95").substr(0, 70),
            "time,local,mean_us,max_us,count,p95_us\r\n300,1970-01-01 05:35:00,3000.5");
  EXPECT_EQ(csv(kTransactions, "rate"),
            "time,local,rate\r\n300,1970-01-01 05:35:00,0.010\r\n900,1970-01-01 05:45:00,0.000\r\n");
}

}  // namespace
}  // namespace pastmon::web
