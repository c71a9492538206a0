// SPDX-License-Identifier: MIT
#include "database_pool.h"

#include <gtest/gtest.h>

#include <optional>

#include "web/fake_database.h"

namespace pastmon::web {
namespace {

struct Fixture {
  std::shared_ptr<test::FakeData> data = std::make_shared<test::FakeData>();
  base::ManualClock clock{1'000'000'000'000'000};
  DatabasePool pool{{2, 1000, base::kSecond},
                    [this]() -> base::Result<std::unique_ptr<store::Database>> {
                      ++data->opened;
                      if (!data->fail_open.empty()) return base::Error{data->fail_open};
                      return std::unique_ptr<store::Database>(new test::FakeDatabase(data));
                    },
                    clock};
};

TEST(DatabasePool, ConnectionsAreUsedAgain) {
  Fixture f;
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(f.pool.take());
  EXPECT_EQ(f.data->opened, 1);
}

TEST(DatabasePool, ASpoiltConnectionIsNotUsedAgain) {
  Fixture f;
  f.pool.take()->spoil();
  ASSERT_TRUE(f.pool.take());
  EXPECT_EQ(f.data->opened, 2);
}

TEST(DatabasePool, AConnectionWhoseSchemaWasUpgradedMeanwhileIsClosed) {
  Fixture f;
  ASSERT_TRUE(f.pool.take());
  f.data->fail_check = "the schema is version 9, newer than this program's";
  EXPECT_TRUE(f.pool.take()) << "looked at a moment ago";
  f.clock.advance(11 * base::kSecond);
  EXPECT_EQ(f.pool.take().message(), f.data->fail_check);
  f.data->fail_check.clear();
  f.clock.advance(base::kSecond);
  EXPECT_TRUE(f.pool.take());
  EXPECT_EQ(f.data->opened, 3);
}

TEST(DatabasePool, NoMoreThanItsNumberAtOnce) {
  Fixture f;
  auto a = f.pool.take();
  std::optional<base::Result<DatabasePool::Lease>> b(f.pool.take());
  ASSERT_TRUE(a && *b);
  EXPECT_FALSE(f.pool.take());
  b.reset();
  EXPECT_TRUE(f.pool.take());
}

TEST(DatabasePool, ADatabaseThatIsDownIsAskedOnceASecond) {
  Fixture f;
  f.data->fail_open = "no such file";
  EXPECT_EQ(f.pool.take().message(), "no such file");
  EXPECT_EQ(f.pool.take().message(), "no such file");
  EXPECT_EQ(f.data->opened, 1);
  f.clock.advance(base::kSecond);
  f.data->fail_open.clear();
  EXPECT_TRUE(f.pool.take());
  EXPECT_EQ(f.data->opened, 2);
}

}  // namespace
}  // namespace pastmon::web
