// SPDX-License-Identifier: MIT
#include "database_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "web/fake_database.h"
#include "web/sample_data.h"

namespace pastmon::web {
namespace {

using testing::ElementsAre;

struct Fixture {
  Fixture() { EXPECT_TRUE(test::FakeDatabase(data).write(test::sample_batch({}))); }
  std::shared_ptr<test::FakeData> data = std::make_shared<test::FakeData>();
  base::Seconds end = test::SampleOptions().end;
  base::ManualClock clock{end * base::kSecond};
  DatabasePool pool{{1, 1000, base::kSecond},
                    [this]() -> base::Result<std::unique_ptr<store::Database>> {
                      ++data->opened;
                      return std::unique_ptr<store::Database>(new test::FakeDatabase(data));
                    },
                    clock};
  QueryCache cache{{}, clock};
  Telemetry telemetry{0};
  DatabaseReader reader{pool, cache, telemetry, clock};

  store::ListQuery query() const {
    store::ListQuery query;
    query.selection.from = end - 7'200;
    query.selection.to = end;
    query.group_by.signature = true;
    return query;
  }
  std::uint64_t asked() const { return cache.counters().asked; }
};

TEST(DatabaseReader, EveryPartOfAQuestionCounts) {
  Fixture f;
  using Change = std::function<void(store::ListQuery&)>;
  const std::vector<Change> changes = {
      [](auto&) {},
      [](auto& q) { q.selection.level = store::Level::two; },
      [](auto& q) { q.selection.from += 300; },
      [](auto& q) { q.selection.to -= 300; },
      [](auto& q) { q.selection.signatures.emplace(); },
      [](auto& q) { q.selection.clients.emplace(); },
      [](auto& q) {
        q.selection.clients = {{1, 2}};
      },
      [](auto& q) { q.selection.clients = {{12}}; },
      [](auto& q) { q.selection.servers = {{12}}; },
      [](auto& q) { q.selection.sensors = {{12}}; },
      [](auto& q) { q.selection.port = 0; },
      [](auto& q) { q.group_by.client = true; },
      [](auto& q) { q.group_by.server = true; },
      [](auto& q) { q.group_by.port = true; },
      [](auto& q) { q.group_by.sensor = true; },
      [](auto& q) { q.order = store::Order::bytes; },
      [](auto& q) { q.descending = false; },
      [](auto& q) { q.limit = 3; },
      [](auto& q) { q.offset = 3; },
      [](auto& q) { q.details = false; },
  };
  for (int round = 0; round < 2; ++round) {
    for (const Change& change : changes) {
      store::ListQuery query = f.query();
      change(query);
      ASSERT_TRUE(f.reader.list(query));
    }
    EXPECT_EQ(f.asked(), changes.size());
  }
  ASSERT_TRUE(f.reader.series(f.query().selection, 300));
  ASSERT_TRUE(f.reader.series(f.query().selection, 600));
  EXPECT_EQ(f.asked(), changes.size() + 2);
}

TEST(DatabaseReader, AnAnswerFromMemoryIsTheSame) {
  Fixture f;
  const auto first = f.reader.list(f.query());
  const auto again = f.reader.list(f.query());
  ASSERT_TRUE(first && again);
  ASSERT_EQ(first->size(), again->size());
  for (std::size_t i = 0; i < first->size(); ++i) {
    EXPECT_EQ((*first)[i].signature, (*again)[i].signature);
    EXPECT_EQ((*first)[i].values, (*again)[i].values);
  }
  EXPECT_EQ(f.asked(), 1U);
}

TEST(DatabaseReader, WhatCanStillChangeIsAskedSoonerThanThePast) {
  Fixture f;
  store::ListQuery past = f.query();
  past.selection.to = f.end - 3'600;
  ASSERT_TRUE(f.reader.list(f.query()) && f.reader.list(past));
  f.clock.advance(QueryCache::Options().recent);
  ASSERT_TRUE(f.reader.list(past));
  EXPECT_EQ(f.asked(), 2U);
  ASSERT_TRUE(f.reader.list(f.query()));
  EXPECT_EQ(f.asked(), 3U);
  f.clock.advance(QueryCache::Options().past);
  ASSERT_TRUE(f.reader.list(past));
  EXPECT_EQ(f.asked(), 4U);
}

TEST(DatabaseReader, NoConnectionIsTakenForWhatIsInMemory) {
  Fixture f;
  ASSERT_TRUE(f.reader.list(f.query()));
  const auto taken = f.pool.take();
  ASSERT_TRUE(taken);
  EXPECT_TRUE(f.reader.list(f.query()));
  EXPECT_FALSE(f.reader.extent(store::Level::one)) << "the only connection is taken";
}

TEST(DatabaseReader, AConnectionOnWhichAQueryFailedIsNotUsedAgain) {
  Fixture f;
  f.data->fail_query = "the disk is gone";
  EXPECT_EQ(f.reader.list(f.query()).message(), "the disk is gone");
  f.data->fail_query.clear();
  EXPECT_TRUE(f.reader.list(f.query()));
  EXPECT_EQ(f.data->opened, 2);
  EXPECT_EQ(f.telemetry.queries_failed(), 1U);
}

TEST(DatabaseReader, WhatIsMissingIsSaidOnceAndFromMemoryToo) {
  Fixture f;
  f.data->warnings = {"group west cannot be read"};
  for (int i = 0; i < 2; ++i) {
    DatabaseReader reader{f.pool, f.cache, f.telemetry, f.clock};
    ASSERT_TRUE(reader.list(f.query()));
    ASSERT_TRUE(reader.extent(store::Level::one));
    EXPECT_THAT(reader.warnings(), ElementsAre("group west cannot be read"));
    f.data->warnings.clear();
  }
}

}  // namespace
}  // namespace pastmon::web
