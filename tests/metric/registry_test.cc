// SPDX-License-Identifier: MIT
#include "pastmon/metric/registry.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <string>

namespace pastmon::metric {
namespace {

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::counter:
      return "counter";
    case Kind::size:
      return "size";
    case Kind::distribution:
      return "distribution";
  }
  return "";
}

/// Name → kind of each line "| `name` | kind | …" in docs/metrics.md.
std::map<std::string, std::string> documented() {
  std::map<std::string, std::string> metrics;
  std::ifstream page(PASTMON_SOURCE_DIR "/docs/metrics.md");
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with("| `")) continue;
    const std::size_t end = line.find("` | ");
    const std::size_t kind_end = line.find(" | ", end + 4);
    const std::string name = line.substr(3, end - 3);
    EXPECT_TRUE(metrics.emplace(name, line.substr(end + 4, kind_end - end - 4)).second)
        << name << " stands there twice";
  }
  return metrics;
}

TEST(RegistryTest, HoldsEachDocumentedMetricOnceAndNoOther) {
  auto page = documented();
  for (const Info& metric : registry()) {
    const auto found = page.find(std::string(metric.name));
    ASSERT_NE(found, page.end()) << metric.name << " is not in docs/metrics.md";
    EXPECT_EQ(found->second, to_string(metric.kind)) << metric.name;
    page.erase(found);
  }
  for (const auto& [name, kind] : page) ADD_FAILURE() << name << " is not in the registry";
}

TEST(RegistryTest, HasEveryEnumerator) {
  EXPECT_EQ(registry().size(), kCounters + kSizes + kDistributions);
  for (std::size_t i = 0; i < kCounters; ++i) EXPECT_EQ(info(static_cast<Counter>(i)).index, i);
  for (std::size_t i = 0; i < kSizes; ++i) EXPECT_EQ(info(static_cast<Size>(i)).kind, Kind::size);
  for (std::size_t i = 0; i < kDistributions; ++i) {
    EXPECT_EQ(info(static_cast<Distribution>(i)).unit, Unit::microseconds);
  }
  EXPECT_EQ(info(Counter::ack_gaps_server).name, "ack_gaps_server");
  EXPECT_EQ(info(Size::mss_client).name, "mss_client");
  EXPECT_EQ(info(Distribution::server_time).name, "server_time");
}

TEST(RegistryTest, NamesTitlesAndNumbersAreUnique) {
  std::set<std::string_view> names, titles;
  std::set<unsigned> numbers;
  for (const Info& metric : registry()) {
    EXPECT_TRUE(names.insert(metric.name).second) << metric.name;
    EXPECT_TRUE(titles.insert(metric.title).second) << metric.title;
    EXPECT_TRUE(numbers.insert(metric.number).second) << metric.name;
    EXPECT_TRUE(metric.description.ends_with('.')) << metric.name;
  }
}

TEST(RegistryTest, StoredNumbersNeverChange) {
  EXPECT_EQ(info(Counter::transactions).number, 1);
  EXPECT_EQ(info(Distribution::response_time).number, 9);
  EXPECT_EQ(info(Size::request_bytes).number, 14);
  EXPECT_EQ(info(Distribution::ack_rtt_client).number, 20);
  EXPECT_EQ(info(Counter::packets_client).number, 21);
  EXPECT_EQ(info(Distribution::retransmission_delay_server).number, 38);
  EXPECT_EQ(info(Counter::verdict_client).number, 47);
  EXPECT_EQ(info(Counter::verdict_transactions).number, 52);
}

TEST(RegistryTest, HotMetricsMakeThirtyColumns) {
  std::size_t columns = 0;
  for (const Info& metric : registry()) {
    if (metric.hot) columns += metric.kind == Kind::counter ? 1 : 4;
  }
  EXPECT_EQ(columns, 30U);
}

TEST(RegistryTest, FindsByNameAndNumber) {
  ASSERT_NE(find("response_time"), nullptr);
  EXPECT_EQ(find("response_time")->kind, Kind::distribution);
  EXPECT_EQ(find("response_time_us"), nullptr);
  ASSERT_NE(find_number(1), nullptr);
  EXPECT_EQ(find_number(1)->name, "transactions");
  EXPECT_EQ(find_number(0), nullptr);
  EXPECT_EQ(find_number(257), nullptr);
}

}  // namespace
}  // namespace pastmon::metric
