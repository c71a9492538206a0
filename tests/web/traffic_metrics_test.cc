// SPDX-License-Identifier: MIT
#include "traffic_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "pastmon/base/text.h"

namespace pastmon::web {
namespace {

using metric::Counter;
using metric::Distribution;
using testing::HasSubstr;
using testing::Not;

Names names(int signatures) {
  Names result;
  result.sensor_names[1] = "office";
  for (int i = 0; i < signatures; ++i) result.signature_names[i] = base::cat("Service ", i);
  return result;
}

std::string exposed(std::vector<store::Total> totals, const Names& known) {
  Exposition out(Exposition::Format::text);
  expose_totals(out, std::move(totals), known);
  return out.finish();
}

TEST(TrafficMetrics, EveryMetricHasAFamilyWithBaseUnitsAndSides) {
  std::map<std::string, metric::Kind> kinds;
  std::set<std::pair<std::string, std::string>> seen;
  for (const metric::Info& info : metric::registry()) {
    const FamilyName family = family_of(info);
    EXPECT_THAT(family.name, testing::MatchesRegex("pastmon_[a-z_]*[a-z]"));
    EXPECT_THAT(family.name, Not(HasSubstr("_us")));
    EXPECT_TRUE(seen.emplace(family.name, family.side).second) << info.name;
    EXPECT_EQ(kinds.try_emplace(family.name, info.kind).first->second, info.kind) << info.name;
  }
  EXPECT_EQ(family_of(metric::info(Counter::retransmissions_client)).name, "pastmon_retransmissions");
  EXPECT_EQ(family_of(metric::info(Counter::retransmissions_client)).side, "client");
  EXPECT_EQ(family_of(metric::info(Distribution::connect_rtt_server)).name, "pastmon_connect_rtt_seconds");
  EXPECT_EQ(family_of(metric::info(Counter::payload_server)).name, "pastmon_payload_bytes");
  EXPECT_EQ(family_of(metric::info(metric::Size::request_bytes)).name, "pastmon_request_bytes");
  EXPECT_EQ(family_of(metric::info(Counter::verdict_loss)).side, "loss");
  EXPECT_EQ(family_of(metric::info(Counter::verdict_transactions)).name, "pastmon_verdict_transactions");
}

TEST(TrafficMetrics, OutcomesAreThereFromTheBeginningOthersWhenTheyHappen) {
  store::Total total{1, 0, {}};
  total.values[Counter::transactions] = total.values[Counter::answered] = 3;
  const std::string text = exposed({total}, names(1));
  EXPECT_THAT(text, HasSubstr("pastmon_transactions_total{signature=\"Service 0\",sensor=\"office\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("pastmon_refused_total{signature=\"Service 0\",sensor=\"office\"} 0\n"));
  EXPECT_THAT(text, Not(HasSubstr("pastmon_late_total{")));
}

TEST(TrafficMetrics, TimesAreHistogramsInSeconds) {
  store::Total total{1, 0, {}};
  for (const std::int64_t time : {50, 3'000, 3'000, 70'000'000}) total.values[Distribution::response_time].add(time);
  total.values[Counter::verdict_server] = 1'500'000;
  const std::string text = exposed({total}, names(1));
  const auto bucket = [](const char* bound, int count) {
    return base::cat("pastmon_response_time_seconds_bucket{signature=\"Service 0\",sensor=\"office\",le=\"", bound,
                     "\"} ", count, "\n");
  };
  EXPECT_THAT(text, HasSubstr(bucket("0.0001", 1)));
  EXPECT_THAT(text, HasSubstr(bucket("0.0025", 1)));
  EXPECT_THAT(text, HasSubstr(bucket("0.005", 3)));
  EXPECT_THAT(text, HasSubstr(bucket("60.0", 3)));
  EXPECT_THAT(text, HasSubstr(bucket("+Inf", 4)));
  EXPECT_THAT(text,
              HasSubstr("pastmon_response_time_seconds_sum{signature=\"Service 0\",sensor=\"office\"} 70.00605\n"));
  EXPECT_THAT(
      text,
      HasSubstr("pastmon_verdict_seconds_total{signature=\"Service 0\",sensor=\"office\",part=\"server\"} 1.5\n"));
}

TEST(TrafficMetrics, BinsNeverFallAndHoldEverySampleThatIsClearlyBelow) {
  metric::Sketch sketch;
  for (std::int64_t value = 1; value < 100'000'000; value = value * 21 / 20 + 1) sketch.add(value);
  std::uint64_t before = 0;
  for (const Exposition::Bin& bin : histogram_bins(sketch)) {
    std::uint64_t below = 0, clearly = 0;
    for (std::int64_t value = 1; value < 100'000'000; value = value * 21 / 20 + 1) {
      below += static_cast<double>(value) <= 1.02 * static_cast<double>(bin.bound) ? 1 : 0;
      clearly += static_cast<double>(value) <= 0.98 * static_cast<double>(bin.bound) ? 1 : 0;
    }
    EXPECT_GE(bin.at_most, before);
    EXPECT_GE(bin.at_most, clearly) << bin.bound;
    EXPECT_LE(bin.at_most, below) << bin.bound;
    before = bin.at_most;
  }
}

TEST(TrafficMetrics, TheNumberOfPairsIsBoundedAndTheRestCounted) {
  std::vector<store::Total> totals;
  const int many = static_cast<int>(kMaxPairs) + 25;
  for (int i = 0; i < many; ++i) {
    store::Total& total = totals.emplace_back();
    total.sensor = 1;
    total.signature = i;
    total.values[Counter::transactions] = i;
  }
  const std::string text = exposed(std::move(totals), names(many));
  EXPECT_THAT(text, HasSubstr("pastmon_export_pairs_left_out 25\n"));
  EXPECT_THAT(text, HasSubstr("signature=\"Service 25\""));
  EXPECT_THAT(text, Not(HasSubstr("signature=\"Service 24\""))) << "those with the fewest transactions go";
}

TEST(TrafficMetrics, CountsOfSensorsAreTotalsAndLevelsTheNewest) {
  const auto summary = [](std::int64_t value) {
    metric::Summary s;
    s.add(value);
    return s;
  };
  Exposition out(Exposition::Format::text);
  expose_statistics(out,
                    {{1, "packets_received", "eth0", summary(9)},
                     {1, "cpu_us", "", summary(2'500'000)},
                     {1, "flows_active", "", summary(77)},
                     {1, "undecodable_short_header", "", summary(4)},
                     {1, "tls_version_13", "", summary(5)}},
                    {{600, "flows_active", "", 1, summary(12)}, {300, "flows_active", "", 1, summary(99)}}, names(0));
  const std::string text = out.finish();
  EXPECT_THAT(text, HasSubstr("pastmon_sensor_packets_received_total{sensor=\"office\",interface=\"eth0\"} 9\n"));
  EXPECT_THAT(text, HasSubstr("pastmon_sensor_cpu_seconds_total{sensor=\"office\"} 2.5\n"));
  EXPECT_THAT(
      text, HasSubstr("# TYPE pastmon_sensor_flows_active gauge\npastmon_sensor_flows_active{sensor=\"office\"} 12\n"));
  EXPECT_THAT(text,
              HasSubstr("pastmon_sensor_undecodable_by_reason_total{sensor=\"office\",reason=\"short_header\"} 4\n"));
  EXPECT_THAT(text, HasSubstr("pastmon_sensor_other_total{sensor=\"office\",statistic=\"tls_version_13\"} 5\n"));
}

}  // namespace
}  // namespace pastmon::web
