// SPDX-License-Identifier: MIT
// JSON and columns tell the same, of every metric.
#include "pastmon/metric/fields.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "pastmon/base/text.h"

namespace pastmon::test {
namespace {

using metric::Aggregate;

std::vector<std::string> names() {
  std::vector<std::string> names;
  metric::each_field_name([&](std::string_view name) { names.emplace_back(name); });
  return names;
}

std::map<std::string, std::string> cells(const Aggregate& values) {
  std::vector<std::string> texts;
  metric::each_field(values, [&](std::string_view cell) { texts.emplace_back(cell); });
  const std::vector<std::string> columns = names();
  EXPECT_EQ(texts.size(), columns.size());
  std::map<std::string, std::string> by_name;
  for (std::size_t i = 0; i < std::min(texts.size(), columns.size()); ++i) by_name[columns[i]] = texts[i];
  return by_name;
}

std::string json(const Aggregate& values) {
  base::Json object = base::Json::object();
  metric::set_fields(object, values);
  return object.dump();
}

TEST(FieldsTest, EveryMetricHasItsColumnsOnce) {
  const std::vector<std::string> columns = names();
  const auto count = [&](const std::string& name) { return std::count(columns.begin(), columns.end(), name); };
  for (const metric::Info& info : metric::registry()) {
    const std::string name(info.name);
    if (info.kind != metric::Kind::distribution) {
      EXPECT_EQ(count(info.kind == metric::Kind::size ? name + "_mean" : name), 1) << name;
      continue;
    }
    for (const char* part : {"count", "sum", "min", "mean", "max", "p50", "p90", "p95", "p99", "p999"})
      EXPECT_EQ(count(base::cat(name, "_us_", part)), 1) << name;
  }
  EXPECT_EQ(columns.size(), 3 + metric::kCounters + 5 * metric::kSizes + 10 * metric::kDistributions);
}

TEST(FieldsTest, CellsAreWhatJsonSays) {
  Aggregate values;
  values.first = 1'700'000'000'123'456;
  values.last = 1'700'000'001'500'000;
  values[metric::Counter::transactions] = 3;
  values[metric::Size::request_bytes].add(80);
  values[metric::Size::request_bytes].add(81);
  for (const std::int64_t time : {100, 200, 900}) values[metric::Distribution::transfer_time].add(time);
  EXPECT_EQ(json(values),
            R"({"first":1700000000.123456,"last":1700000001.5,"transactions":3,"answered":0,"unanswered":0,)"
            R"("refused":0,"aborted":0,"errors":0,)"
            R"("transfer_time_us":{"count":3,"sum":1200,"min":100,"mean":400.0,"max":900,)"
            R"("p50":198,"p90":900,"p95":900,"p99":900,"p999":900},)"
            R"("request_bytes":{"count":2,"sum":161,"min":80,"mean":80.5,"max":81},"verdict":"unknown"})");
  std::map<std::string, std::string> by_name = cells(values);
  const std::pair<const char*, const char*> expected[] = {
      {"first", "1700000000.123456"},  {"last", "1700000001.5"},
      {"transactions", "3"},           {"packets_client", "0"},
      {"request_bytes_count", "2"},    {"request_bytes_mean", "80.5"},
      {"request_bytes_max", "81"},     {"transfer_time_us_sum", "1200"},
      {"transfer_time_us_p50", "198"}, {"transfer_time_us_p999", "900"},
      {"verdict", "unknown"}};
  for (const auto& [name, cell] : expected) EXPECT_EQ(by_name[name], cell) << name;
}

TEST(FieldsTest, WhatHasNoValueIsEmpty) {
  std::map<std::string, std::string> by_name = cells({});
  for (const char* name : {"first", "last", "response_time_us_min", "response_time_us_mean", "response_time_us_p95",
                           "segment_size_client_max"})
    EXPECT_EQ(by_name[name], "") << name;
  for (const char* name : {"transactions", "late", "response_time_us_count", "response_time_us_sum"})
    EXPECT_EQ(by_name[name], "0") << name;
}

}  // namespace
}  // namespace pastmon::test
