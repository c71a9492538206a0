// SPDX-License-Identifier: MIT
// The same tests on both databases: a fresh one for each test, and rows to put into it.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>

#include "pastmon/store/store.h"

namespace pastmon::test {

/// A directory that goes when the test ends.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// TEST_P(…) runs once a driver.
class DatabaseTest : public testing::TestWithParam<std::string> {
 protected:
  DatabaseTest();

  bool postgresql() const { return GetParam() == "pgsql"; }
  std::unique_ptr<store::Database> writer() const;      ///< prepared
  std::unique_ptr<store::Database> reader() const;      ///< read only
  std::string sql(const std::string& statement) const;  ///< by the database's own program; its output
  std::string fresh();                                  ///< another, empty one: what Options::dbname names

  TemporaryDirectory directory_;
  store::Options options_;

 private:
  int fresh_ = 0;
};

/// A value of every metric, different for each seed.
metric::Aggregate every_metric(std::int64_t seed);

base::Address address(std::uint32_t v4);
/// "HTTP GET" from client 10.0.0.n to server 192.0.2.1:80.
metric::Row row(std::uint32_t client, std::int64_t seed);
metric::Bucket bucket(base::Seconds start, std::vector<metric::Row> rows);
store::Batch batch(std::int64_t number, std::vector<metric::Bucket> buckets);

/// All rows of level 1 as one group, with details.
store::ListQuery everything();

}  // namespace pastmon::test
