// SPDX-License-Identifier: MIT
#include "backend.h"

#include <cstdlib>
#include <filesystem>

#include "pastmon/metric/registry.h"
#include "private_postgres.h"

namespace pastmon::test {

TemporaryDirectory::TemporaryDirectory() {
  char name[] = "/tmp/pastmon-store-XXXXXX";
  if (mkdtemp(name) == nullptr) std::abort();
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

DatabaseTest::DatabaseTest() {
  options_.driver = GetParam();
  if (postgresql()) {
    options_.host = PrivatePostgres::get().socket_directory();
    options_.dbname = PrivatePostgres::get().fresh_database();
    options_.username = "pastmon";
  } else {
    options_.dbname = directory_.path() + "/test.db";
  }
}

std::string DatabaseTest::fresh() {
  if (postgresql()) return PrivatePostgres::get().fresh_database();
  return directory_.path() + "/fresh-" + std::to_string(++fresh_) + ".db";
}

std::unique_ptr<store::Database> DatabaseTest::writer() const {
  base::Result<std::unique_ptr<store::Database>> database = store::open(options_);
  if (!database) {
    ADD_FAILURE() << database.message();
    std::abort();
  }
  const base::Result<void> prepared = (*database)->prepare();
  EXPECT_TRUE(prepared) << prepared.message();
  return *std::move(database);
}

std::unique_ptr<store::Database> DatabaseTest::reader() const {
  base::Result<std::unique_ptr<store::Database>> database = store::open_read_only(options_);
  if (!database) {
    ADD_FAILURE() << database.message();
    std::abort();
  }
  const base::Result<void> checked = (*database)->check();
  EXPECT_TRUE(checked) << checked.message();
  return *std::move(database);
}

std::string DatabaseTest::sql(const std::string& statement) const {
  if (postgresql()) return PrivatePostgres::get().psql(options_.dbname, "SET search_path = pastmon; " + statement);
  const std::string command = "sqlite3 '" + options_.dbname + "' \"" + statement + "\" 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  std::string output;
  char buffer[4096];
  for (std::size_t n = 0; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) output.append(buffer, n);
  EXPECT_EQ(pclose(pipe), 0) << command << output;
  while (!output.empty() && output.back() == '\n') output.pop_back();
  return output;
}

metric::Aggregate every_metric(std::int64_t seed) {
  metric::Aggregate values;
  values.first = 1'700'000'000'000'000 + seed;
  values.last = values.first + 5'000'000 + seed;
  for (const metric::Info& info : metric::registry()) {
    const std::int64_t value = seed * 100 + info.number;
    switch (info.kind) {
      case metric::Kind::counter:
        values[static_cast<metric::Counter>(info.index)] = value;
        break;
      case metric::Kind::size:
        values[static_cast<metric::Size>(info.index)].add(value);
        values[static_cast<metric::Size>(info.index)].add(value * 3);
        break;
      case metric::Kind::distribution:
        values[static_cast<metric::Distribution>(info.index)].add(value);
        values[static_cast<metric::Distribution>(info.index)].add(value * 7);
        break;
    }
  }
  return values;
}

base::Address address(std::uint32_t v4) {
  const std::uint8_t bytes[4] = {static_cast<std::uint8_t>(v4 >> 24), static_cast<std::uint8_t>(v4 >> 16),
                                 static_cast<std::uint8_t>(v4 >> 8), static_cast<std::uint8_t>(v4)};
  return base::Address::v4(bytes);
}

metric::Row row(std::uint32_t client, std::int64_t seed) {
  metric::Row row;
  row.signature = "HTTP GET";
  row.client = address(0x0a000000 + client);
  row.server = address(0xc0000201);
  row.port = 80;
  row.values = every_metric(seed);
  return row;
}

metric::Bucket bucket(base::Seconds start, std::vector<metric::Row> rows) {
  metric::Bucket bucket;
  bucket.start = start;
  bucket.closed = true;
  bucket.rows = std::move(rows);
  return bucket;
}

store::Batch batch(std::int64_t number, std::vector<metric::Bucket> buckets) {
  store::Batch batch;
  batch.sensor = "sensor one";
  batch.run = 77;
  batch.number = number;
  batch.buckets = std::move(buckets);
  return batch;
}

store::ListQuery everything() {
  store::ListQuery query;
  query.selection.from = 0;
  query.selection.to = 300'000'000'000;
  return query;
}

}  // namespace pastmon::test
