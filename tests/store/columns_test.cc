// SPDX-License-Identifier: MIT
// The SQL files write the hot columns out for people; the registry decides. Here the two are compared.
#include "columns.h"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "pastmon/base/text.h"

namespace pastmon::store {
namespace {

/// "name TYPE [NOT NULL]" of each column of a table in a SQL file.
std::vector<std::string> columns_of(const std::string& file, const std::string& table) {
  std::ifstream in(std::string(PASTMON_SOURCE_DIR) + "/sql/" + file);
  std::vector<std::string> columns;
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("CREATE ") && line.find("TABLE " + table + " (") != std::string::npos) {
      inside = true;
    } else if (inside && line.starts_with(")")) {
      break;
    } else if (inside && line.find("PRIMARY KEY (") == std::string::npos) {
      columns.emplace_back(base::trim(std::string_view(line).substr(0, line.find(','))));
    }
  }
  return columns;
}

std::vector<std::string> expected(const char* integer, const char* small, const char* blob) {
  std::vector<std::string> columns;
  for (const char* key : {"bucket", "\"interval\"", "sensor", "run", "signature", "client", "server", "port"}) {
    const bool is_small = std::string_view(key) == "\"interval\"" || std::string_view(key) == "port";
    columns.push_back(base::cat(key, " ", is_small ? small : integer, " NOT NULL"));
  }
  columns.push_back(base::cat("first_seen ", integer));
  columns.push_back(base::cat("last_seen ", integer));
  for (const HotColumn& hot : hot_columns()) {
    const bool may_be_null = hot.part == Part::minimum || hot.part == Part::maximum;
    columns.push_back(base::cat(hot.name, " ", integer, may_be_null ? "" : " NOT NULL"));
  }
  columns.push_back(base::cat("detail ", blob, " NOT NULL"));
  return columns;
}

TEST(Columns, TheTablesHaveTheRegistrysHotColumns) {
  for (const char* table : {"level_1", "level_1_open", "level_2"}) {
    EXPECT_EQ(columns_of("sqlite/001_schema.sql", table), expected("INTEGER", "INTEGER", "BLOB")) << table;
    EXPECT_EQ(columns_of("postgresql/001_schema.sql", table), expected("BIGINT", "INTEGER", "BYTEA")) << table;
  }
}

TEST(Columns, RollUpsAndTotalsHaveThemToo) {
  for (const auto& [table, keys] : {std::pair("rollup", 9), std::pair("total", 2)}) {
    for (const bool postgresql : {false, true}) {
      const std::vector<std::string> found =
          columns_of(postgresql ? "postgresql/002_years.sql" : "sqlite/002_years.sql", table);
      const std::vector<std::string> level =
          postgresql ? expected("BIGINT", "INTEGER", "BYTEA") : expected("INTEGER", "INTEGER", "BLOB");
      ASSERT_GT(found.size(), static_cast<std::size_t>(keys)) << table;
      EXPECT_EQ(std::vector(found.begin() + keys, found.end()), std::vector(level.begin() + 8, level.end())) << table;
    }
  }
}

TEST(Columns, TheViewsShowEveryHotColumn) {
  for (const char* file : {"sqlite/001_schema.sql", "postgresql/001_schema.sql"}) {
    std::stringstream text;
    text << std::ifstream(base::cat(PASTMON_SOURCE_DIR, "/sql/", file)).rdbuf();
    const std::string sql = text.str();
    for (const char* view : {"level_1_by_name", "level_2_by_name"}) {
      const std::size_t begin = sql.find(base::cat("CREATE VIEW ", view));
      ASSERT_NE(begin, std::string::npos);
      const std::string body = sql.substr(begin, sql.find(';', begin) - begin);
      for (const HotColumn& hot : hot_columns()) {
        EXPECT_TRUE(body.find(base::cat("r.", hot.name, ",")) != std::string::npos ||
                    body.find(base::cat("r.", hot.name, "\n")) != std::string::npos)
            << file << " " << view << " " << hot.name;
      }
    }
  }
}

TEST(Columns, WhatListsAndAlarmsNeedIsHot) {
  std::vector<std::string> names;
  for (const HotColumn& hot : hot_columns()) names.push_back(hot.name);
  for (const char* needed :
       {"transactions", "answered", "unanswered", "refused", "aborted", "errors", "response_time_count",
        "response_time_sum", "response_time_min", "response_time_max", "server_time_count", "server_time_sum",
        "packets_client", "packets_server", "bytes_client", "bytes_server", "retransmissions_client"})
    EXPECT_THAT(names, testing::Contains(needed));
}

}  // namespace
}  // namespace pastmon::store
