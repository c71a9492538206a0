// SPDX-License-Identifier: MIT
#include "statistics.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace pastmon::daemon {
namespace {

constexpr base::Micros kStart = 1'700'000'100 * base::kSecond;  // a multiple of 300 s

metric::Summary find(const std::vector<store::Statistic>& list, std::string_view name,
                     std::string_view interface = "") {
  for (const store::Statistic& each : list) {
    if (each.name == name && each.interface == interface) return each.value;
  }
  ADD_FAILURE() << "no statistic " << name;
  return {};
}

Reading reading(std::uint64_t received, std::uint64_t active) {
  Reading reading;
  reading.sources.push_back({"eth0", {received, 0, received / 10, 0}});
  reading.worker.flow.active = active;
  return reading;
}

TEST(Statistics, TotalsBecomeTheIncreaseWithinTheBucket) {
  Statistics statistics(300);
  statistics.sample(reading(100, 5), kStart);
  statistics.sample(reading(150, 9), kStart + 10 * base::kSecond);
  const auto open = statistics.open();
  ASSERT_EQ(open.size(), 1U);
  EXPECT_EQ(open.begin()->first, 1'700'000'100);
  EXPECT_EQ(find(open.begin()->second, "packets_received", "eth0").sum, 150);
  EXPECT_EQ(find(open.begin()->second, "kernel_dropped", "eth0").sum, 15);
}

TEST(Statistics, WhatTheJournalLosesIsAFigure) {
  Statistics statistics(300);
  Reading reading;
  reading.has_spool = true;
  reading.spool.batches_lost = 7;
  reading.spool.batches_damaged = 2;
  reading.spool.batches_refused = 1;
  reading.spool.batches_aside = 3;
  reading.spool.aside_deleted = 2;
  statistics.sample(reading, kStart);
  const auto open = statistics.open().begin()->second;
  EXPECT_EQ(find(open, "batches_lost").sum, 7);
  EXPECT_EQ(find(open, "batches_damaged").sum, 2);
  EXPECT_EQ(find(open, "batches_refused").sum, 1);
  EXPECT_EQ(find(open, "batches_aside").max, 3);
  EXPECT_EQ(find(open, "aside_deleted").sum, 2);
}

std::size_t rows_of(const std::vector<store::Statistic>& list, std::string_view name) {
  return static_cast<std::size_t>(
      std::count_if(list.begin(), list.end(), [&](const store::Statistic& each) { return each.name == name; }));
}

TEST(Statistics, SignaturesAreToldByPlaceAndNameWhereTheyDidSomething) {
  Statistics statistics(300);
  Reading reading;
  reading.signatures_loaded = 1'700'000'099;
  reading.worker.signatures = {{"/etc/pastmon/signatures.d/http.conf:12", "HTTP {method}", true, 5, 0},
                               {"dns.conf:4", "DNS {type}", true, 0, 0},
                               {"old.conf:1", "OLD", false, 0, 0}};
  statistics.sample(reading, kStart);
  reading.worker.signatures[0].matches = 7;
  reading.worker.signatures[0].near = 1;
  statistics.sample(reading, kStart + base::kSecond);
  auto open = statistics.open().begin()->second;
  EXPECT_EQ(find(open, "signature_matched", "http.conf:12 HTTP {method}").sum, 7);
  EXPECT_EQ(find(open, "signature_nearly", "http.conf:12 HTTP {method}").sum, 1);
  EXPECT_EQ(rows_of(open, "signature_matched"), 1U);
  EXPECT_EQ(rows_of(open, "signature_loaded"), 2U);
  EXPECT_EQ(find(open, "signature_loaded", "dns.conf:4 DNS {type}").max, 1'700'000'099);

  (void)statistics.take_all();
  statistics.sample(reading, kStart + 300 * base::kSecond);
  open = statistics.open().begin()->second;
  EXPECT_EQ(rows_of(open, "signature_loaded") + rows_of(open, "signature_matched"), 0U) << "nothing new";
  reading.signatures_loaded = 1'700'000'500;
  statistics.sample(reading, kStart + 301 * base::kSecond);
  EXPECT_EQ(rows_of(statistics.open().begin()->second, "signature_loaded"), 2U) << "after a reload";
}

TEST(Statistics, ManySignaturesAreBounded) {
  Statistics statistics(300);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kMaxToldSignatures + 3; ++i) names.push_back("S" + std::to_string(i));
  Reading reading;
  for (const std::string& name : names) reading.worker.signatures.push_back({"own.conf:1", name, true, 2, 0});
  statistics.sample(reading, kStart);
  const auto open = statistics.open().begin()->second;
  EXPECT_EQ(rows_of(open, "signature_matched"), kMaxToldSignatures + 1);
  EXPECT_EQ(find(open, "signature_matched", "(others)").sum, 6);
  EXPECT_EQ(rows_of(open, "signature_loaded"), 0U) << "a file's run tells no time";
}

TEST(Statistics, BoundsStandBesideWhatTheyBound) {
  Statistics statistics(300);
  Reading reading;
  reading.worker.flow.active = 12;
  reading.worker.limits.flows = 1000;
  reading.worker.flow.ack_gaps = 4;
  reading.has_spool = true;
  reading.waiting = 90 * base::kSecond;
  reading.max_journal = 1'000'000;
  statistics.sample(reading, kStart);
  const auto open = statistics.open().begin()->second;
  EXPECT_EQ(find(open, "flows_active_limit").max, 1000);
  EXPECT_EQ(find(open, "ack_gaps").sum, 4);
  EXPECT_EQ(find(open, "batches_waiting_us").max, 90 * base::kSecond);
  EXPECT_EQ(find(open, "journal_bytes_limit").max, 1'000'000);
}

TEST(Statistics, LevelsKeepTheirExtremes) {
  Statistics statistics(300);
  for (const std::uint64_t active : {5U, 9U, 2U}) statistics.sample(reading(0, active), kStart);
  const metric::Summary value = find(statistics.open().begin()->second, "flows_active");
  EXPECT_EQ(value.min, 2);
  EXPECT_EQ(value.max, 9);
  EXPECT_EQ(value.count, 3);
}

TEST(Statistics, EachBucketIsGivenOnceAndOnlyWhenItIsOver) {
  Statistics statistics(300);
  statistics.sample(reading(100, 1), kStart);
  EXPECT_TRUE(statistics.take_closed(kStart + 299 * base::kSecond).empty());
  statistics.sample(reading(130, 1), kStart + 300 * base::kSecond);
  const auto closed = statistics.take_closed(kStart + 300 * base::kSecond);
  ASSERT_EQ(closed.size(), 1U);
  EXPECT_EQ(find(closed.begin()->second, "packets_received", "eth0").sum, 100);
  EXPECT_TRUE(statistics.take_closed(kStart + 300 * base::kSecond).empty());
  const auto rest = statistics.take_all();
  ASSERT_EQ(rest.size(), 1U);
  EXPECT_EQ(find(rest.begin()->second, "packets_received", "eth0").sum, 30);
  EXPECT_TRUE(statistics.open().empty());
}

TEST(Statistics, ClockThatStepsBackDoesNotOpenAClosedBucketAgain) {
  Statistics statistics(300);
  statistics.sample(reading(100, 1), kStart);
  EXPECT_EQ(statistics.take_closed(kStart + 300 * base::kSecond).size(), 1U);
  statistics.sample(reading(120, 1), kStart + base::kSecond);
  EXPECT_EQ(statistics.open().begin()->first, 1'700'000'400);
}

TEST(Statistics, TotalThatBeganAnewCountsFromZero) {
  Statistics statistics(300);
  statistics.sample(reading(100, 1), kStart);
  statistics.sample(reading(40, 1), kStart);
  EXPECT_EQ(find(statistics.open().begin()->second, "packets_received", "eth0").sum, 140);
}

TEST(Statistics, WholeCaptureIsOneBucketWhenSecondsAreZero) {
  Statistics statistics(0);
  statistics.sample(reading(100, 1), kStart);
  statistics.sample(reading(200, 1), kStart + 4000 * base::kSecond);
  EXPECT_TRUE(statistics.take_closed(kStart + 90'000 * base::kSecond).empty());
  EXPECT_EQ(statistics.take_all().size(), 1U);
}

TEST(Statistics, ProcessHasUsedTimeAndMemory) {
  Reading reading;
  read_process(reading);
  EXPECT_GT(reading.memory, 100'000U);
  EXPECT_GE(reading.cpu, 0);
}

}  // namespace
}  // namespace pastmon::daemon
