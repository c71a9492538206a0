// SPDX-License-Identifier: MIT
// What lists are ordered by beside their sums, and the small lines of their groups, on both databases.
#include <gmock/gmock.h>

#include "backend.h"

namespace pastmon::store {
namespace {

using metric::Counter;
using metric::Distribution;
using test::address;
using test::batch;
using test::bucket;
using test::everything;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr base::Seconds kHour = 1'700'002'800;  // a whole one

metric::Row made(const char* signature, std::uint32_t client, std::uint32_t server, std::uint16_t port,
                 std::int64_t transactions) {
  metric::Row row;
  row.signature = signature;
  row.client = address(0x0a000000 + client);
  row.server = address(0xc0000200 + server);
  row.port = port;
  row.values[Counter::transactions] = transactions;
  row.values[Counter::packets_client] = row.values[Counter::packets_server] = 50;
  row.values.first = row.values.last = kHour * base::kSecond;
  return row;
}

class Grouping : public test::DatabaseTest {
 protected:
  Grouping() : database_(writer()) {}

  void store(std::vector<metric::Bucket> buckets) {
    Batch written = batch(++number_, std::move(buckets));
    written.names = {{address(0x0a000001), "Zeta", "dns", kHour}, {address(0x0a000002), "alpha", "dns", kHour}};
    const auto done = database_->write(written);
    ASSERT_TRUE(done) << done.message();
  }
  std::vector<std::int64_t> ordered(Order order, bool descending = false) {
    ListQuery query = everything();
    query.group_by = {true, true, true, true, false};
    query.order = order;
    query.descending = descending;
    std::vector<std::int64_t> numbers;
    const auto listed = database_->list(query);
    EXPECT_TRUE(listed) << listed.message();
    for (const Listed& group : *listed) numbers.push_back(group.values[Counter::transactions]);
    return numbers;
  }

  std::unique_ptr<Database> database_;
  std::int64_t number_ = 0;
};
INSTANTIATE_TEST_SUITE_P(Databases, Grouping, testing::Values("sqlite3", "pgsql"),
                         [](const auto& driver) { return driver.param; });

TEST_P(Grouping, OrdersByNamesAsPeopleReadThem) {
  store({bucket(kHour, {made("beta", 1, 9, 80, 1), made("Alpha", 2, 8, 8080, 2), made("gamma", 3, 7, 443, 3)})});
  EXPECT_THAT(ordered(Order::signature), ElementsAre(2, 1, 3));
  EXPECT_THAT(ordered(Order::client), ElementsAre(3, 2, 1));  // 10.0.0.3, alpha, Zeta
  EXPECT_THAT(ordered(Order::client, true), ElementsAre(1, 2, 3));
  EXPECT_THAT(ordered(Order::server), ElementsAre(3, 2, 1));
  EXPECT_THAT(ordered(Order::port), ElementsAre(1, 3, 2));
}

TEST_P(Grouping, OrdersByLossAndByTheServersShare) {
  metric::Row lossy = made("S", 1, 1, 1, 1), worse = made("S", 2, 1, 1, 2), clean = made("S", 3, 1, 1, 3);
  lossy.values[Counter::retransmissions_client] = 1;
  worse.values[Counter::retransmissions_server] = 9;
  lossy.values[Counter::verdict_server] = 10;
  lossy.values[Counter::verdict_network] = 90;
  clean.values[Counter::verdict_server] = 80;
  clean.values[Counter::verdict_client] = 20;
  store({bucket(kHour, {lossy, worse, clean})});
  EXPECT_THAT(ordered(Order::loss, true), ElementsAre(2, 1, 3));
  EXPECT_THAT(ordered(Order::server_share, true), ElementsAre(3, 1, 2));
  EXPECT_THAT(ordered(Order::server_share), ElementsAre(1, 3, 2));  // what is not judged stays last
}

TEST_P(Grouping, WhatDoesNotTellGroupsApartOrdersNothing) {
  store({bucket(kHour, {made("A", 1, 1, 1, 5), made("B", 1, 1, 1, 7)})});
  ListQuery query = everything();
  query.group_by.signature = true;
  for (const Order order : {Order::client, Order::server, Order::port}) {
    query.order = order;
    const auto listed = database_->list(query);
    ASSERT_TRUE(listed) << listed.message();
    EXPECT_EQ(listed->front().values[Counter::transactions], 7);
  }
}

TEST_P(Grouping, EachGroupHasItsOwnLine) {
  metric::Row slow = made("S", 1, 1, 1, 2), fast = made("S", 2, 1, 1, 1), later = made("S", 1, 1, 1, 4);
  for (const std::int64_t time : {100, 300}) slow.values[Distribution::response_time].add(time);
  fast.values[Distribution::response_time].add(7);
  later.values[Counter::unanswered] = 1;
  later.values[Counter::aborted] = 2;
  store({bucket(kHour, {slow, fast}), bucket(kHour + 300, {slow}), bucket(kHour + 3600, {later})});
  int rolled_up = 0;
  for (bool more = true; more; rolled_up += more ? 1 : 0) {
    const auto rolled = database_->roll_up("sensor one", kHour + 7200);
    ASSERT_TRUE(rolled) << rolled.message();
    more = *rolled;
  }
  ASSERT_GT(rolled_up, 0);

  ListQuery query = everything();
  for (const bool server : {false, true}) {  // roll-ups answer the first, rows the second
    query.group_by = {true, true, server, server, false};
    const auto groups = database_->list(query);
    ASSERT_TRUE(groups) << groups.message();
    ASSERT_EQ(groups->size(), 2U);
    const auto lines = database_->group_series(query.selection, query.group_by, *groups, 3600);
    ASSERT_TRUE(lines) << lines.message();
    ASSERT_EQ(lines->size(), 2U);
    const GroupSeries& first = lines->at(0);
    ASSERT_EQ(first.size(), 2U);
    EXPECT_EQ(first[0].start, kHour);
    EXPECT_EQ(first[0].transactions, 4);
    EXPECT_EQ(first[0].timed, 4);
    EXPECT_EQ(first[0].response_time_sum, 800);
    EXPECT_EQ(first[1].start, kHour + 3600);
    EXPECT_EQ(first[1].failures, 3);
    EXPECT_EQ(first[1].timed, 0);
    ASSERT_EQ(lines->at(1).size(), 1U);
    EXPECT_EQ(lines->at(1)[0].response_time_sum, 7);
  }
}

TEST_P(Grouping, NoGroupsHaveNoLines) {
  store({bucket(kHour, {made("S", 1, 1, 1, 1)})});
  EXPECT_THAT(*database_->group_series(everything().selection, {true, true, true, true, false}, {}, 300), IsEmpty());
  Listed stranger;
  stranger.client = 12345;
  const auto lines =
      database_->group_series(everything().selection, {false, true, false, false, false}, {stranger}, 300);
  ASSERT_TRUE(lines) << lines.message();
  EXPECT_THAT(*lines, ElementsAre(IsEmpty()));
}

}  // namespace
}  // namespace pastmon::store
