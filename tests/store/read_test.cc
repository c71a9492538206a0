// SPDX-License-Identifier: MIT
// Lists, graphs and names, on both databases.
#include <gmock/gmock.h>

#include "backend.h"
#include "pastmon/metric/registry.h"

namespace pastmon::store {
namespace {

using metric::Counter;
using metric::Distribution;
using test::address;
using test::batch;
using test::bucket;
using test::every_metric;
using test::everything;
using test::row;
using testing::ElementsAre;

constexpr base::Seconds kStart = 1'700'000'100;

metric::Row make_row(const char* signature, std::uint32_t client, std::uint32_t server, std::uint16_t port,
                     std::int64_t transactions, std::int64_t response_time) {
  metric::Row made;
  made.signature = signature;
  made.client = address(0x0a000000 + client);
  made.server = address(0xc0000200 + server);
  made.port = port;
  made.values[Counter::transactions] = made.values[Counter::answered] = transactions;
  made.values.first = made.values.last = kStart * base::kSecond + client;
  for (std::int64_t i = 0; i < transactions; ++i) made.values[Distribution::response_time].add(response_time);
  return made;
}

class Read : public test::DatabaseTest {
 protected:
  Read() : database_(writer()) {}

  void store(std::vector<metric::Bucket> buckets, const std::string& sensor = "sensor one") {
    Batch made = batch(++number_, std::move(buckets));
    made.sensor = sensor;
    const auto written = database_->write(made);
    ASSERT_TRUE(written) << written.message();
  }
  std::vector<Listed> list(const ListQuery& query) {
    const auto listed = database_->list(query);
    EXPECT_TRUE(listed) << listed.message();
    return listed ? *listed : std::vector<Listed>();
  }
  std::vector<Point> series(const Selection& selection, base::Seconds step) {
    const auto points = database_->series(selection, step);
    EXPECT_TRUE(points) << points.message();
    return points ? *points : std::vector<Point>();
  }
  std::int64_t total(const Selection& selection) {
    ListQuery query;
    query.selection = selection;
    const std::vector<Listed> listed = list(query);
    return listed.empty() ? 0 : listed.front().values[Counter::transactions];
  }
  /// Three services in two buckets, the second one open.
  void store_some() {
    store({bucket(kStart, {make_row("DNS A", 1, 1, 53, 10, 100), make_row("HTTP GET", 1, 2, 80, 20, 5000),
                           make_row("HTTP GET", 2, 2, 80, 30, 9000), make_row("HTTP GET", 2, 2, 8080, 1, 70'000)})});
    const auto open = database_->write_open(batch(0, {bucket(kStart + 300, {make_row("DNS A", 1, 1, 53, 5, 300)})}));
    ASSERT_TRUE(open) << open.message();
  }

  std::unique_ptr<Database> database_;
  std::int64_t number_ = 0;
};
INSTANTIATE_TEST_SUITE_P(Databases, Read, testing::Values("sqlite3", "pgsql"),
                         [](const auto& driver) { return driver.param; });

std::vector<std::int64_t> transactions(const std::vector<Listed>& listed) {
  std::vector<std::int64_t> numbers;
  for (const Listed& group : listed) numbers.push_back(group.values[Counter::transactions]);
  return numbers;
}

TEST_P(Read, AnEmptyDatabaseHasNothing) {
  EXPECT_TRUE(list(everything()).empty());
  ListQuery grouped = everything();
  grouped.group_by.client = true;
  EXPECT_TRUE(list(grouped).empty());
  EXPECT_TRUE(series(everything().selection, 300).empty());
  EXPECT_TRUE(database_->hosts()->empty());
  EXPECT_TRUE(database_->signatures()->empty());
  EXPECT_EQ(database_->extent(Level::one)->last, 0);
}

TEST_P(Read, GroupsByWhatIsAsked) {
  store_some();
  ListQuery query = everything();
  query.group_by.signature = true;
  std::vector<Listed> listed = list(query);
  EXPECT_THAT(transactions(listed), ElementsAre(51, 15));
  EXPECT_EQ(listed[0].signature, id_of_name("HTTP GET"));
  EXPECT_EQ(listed[0].client, 0);
  EXPECT_EQ(listed[0].port, 0);
  EXPECT_EQ(listed[1].signature, id_of_name("DNS A"));

  query.group_by.client = query.group_by.server = query.group_by.port = true;
  listed = list(query);
  EXPECT_THAT(transactions(listed), ElementsAre(30, 20, 15, 1));
  EXPECT_EQ(listed[0].client, id_of(address(0x0a000002)));
  EXPECT_EQ(listed[0].server, id_of(address(0xc0000202)));
  EXPECT_EQ(listed[3].port, 8080);

  ListQuery by_sensor = everything();
  by_sensor.group_by.sensor = true;
  store({bucket(kStart, {make_row("DNS A", 1, 1, 53, 1, 100)})}, "sensor two");
  listed = list(by_sensor);
  EXPECT_THAT(transactions(listed), ElementsAre(66, 1));
  EXPECT_EQ(listed[1].sensor, id_of_name("sensor two"));
}

TEST_P(Read, OrdersAndCutsAsAsked) {
  store_some();
  ListQuery query = everything();
  query.group_by = {true, true, true, true, false};
  query.descending = false;
  EXPECT_THAT(transactions(list(query)), ElementsAre(1, 15, 20, 30));
  query.descending = true;
  query.limit = 2;
  EXPECT_THAT(transactions(list(query)), ElementsAre(30, 20));
  query.offset = 2;
  EXPECT_THAT(transactions(list(query)), ElementsAre(15, 1));
  query.offset = 4;
  EXPECT_TRUE(list(query).empty());
  query.offset = 0;
  query.limit = 0;
  EXPECT_TRUE(list(query).empty());
}

TEST_P(Read, OrdersByEveryOrder) {
  std::vector<metric::Row> rows;
  for (std::uint32_t i = 1; i <= 3; ++i) {
    metric::Row made = make_row("S", i, 1, 1, 4 - i, 1000 * i);
    made.values[Counter::unanswered] = i;
    made.values[Counter::errors] = 4 - i;
    made.values[Counter::packets_server] = i;
    made.values[Counter::bytes_client] = 4 - i;
    rows.push_back(made);
  }
  rows.push_back(make_row("S", 4, 1, 1, 0, 0));  // no response time
  store({bucket(kStart, rows)});
  const std::map<Order, bool> rising = {
      {Order::transactions, false}, {Order::failures, true},      {Order::errors, false},     {Order::packets, true},
      {Order::bytes, false},        {Order::response_mean, true}, {Order::response_max, true}};
  for (const auto& [order, with_client] : rising) {
    ListQuery query = everything();
    query.group_by.client = true;
    query.order = order;
    const std::vector<Listed> listed = list(query);
    ASSERT_EQ(listed.size(), 4U);
    EXPECT_EQ(listed[0].client, id_of(address(0x0a000000 + (with_client ? 3 : 1)))) << static_cast<int>(order);
    EXPECT_EQ(listed[3].client, id_of(address(0x0a000004))) << static_cast<int>(order);
    query.descending = false;
    if (order == Order::response_mean || order == Order::response_max) {
      EXPECT_EQ(list(query)[3].client, id_of(address(0x0a000004)));  // nothing is neither fast nor slow
    } else {
      EXPECT_EQ(list(query)[0].client, id_of(address(0x0a000004)));
    }
  }
  ListQuery query = everything();
  query.group_by.client = true;
  query.order = Order::last;
  EXPECT_EQ(list(query)[0].client, id_of(address(0x0a000004)));
  query.order = Order::first;
  EXPECT_EQ(list(query)[3].client, id_of(address(0x0a000001)));
}

TEST_P(Read, SelectsByEachColumn) {
  store_some();
  const Selection all = everything().selection;
  Selection some = all;
  some.signatures = {{id_of_name("DNS A")}};
  EXPECT_EQ(total(some), 15);
  some = all;
  some.clients = {{id_of(address(0x0a000002))}};
  EXPECT_EQ(total(some), 31);
  some = all;
  some.servers = {{id_of(address(0xc0000201)), 12345}};
  EXPECT_EQ(total(some), 15);
  some = all;
  some.port = 8080;
  EXPECT_EQ(total(some), 1);
  some = all;
  some.sensors = {{id_of_name("sensor one")}};
  EXPECT_EQ(total(some), 66);
  some.sensors = {{1}};
  EXPECT_EQ(total(some), 0);
  some = all;
  some.from = kStart + 1;
  EXPECT_EQ(total(some), 5);
  some.to = kStart + 300;
  EXPECT_EQ(total(some), 0);
  some = all;
  some.to = kStart + 300;
  EXPECT_EQ(total(some), 61);
}

TEST_P(Read, AnEmptyListOfIdsSelectsNothing) {
  store_some();
  Selection none = everything().selection;
  none.clients.emplace();
  EXPECT_EQ(total(none), 0);
  EXPECT_TRUE(series(none, 300).empty());
}

TEST_P(Read, TenThousandIdsAreNoTrouble) {
  store_some();
  Selection many = everything().selection;
  many.clients.emplace();
  for (std::uint32_t i = 0; i < 20'000; ++i) many.clients->push_back(id_of(address(0x0b000000 + i)));
  EXPECT_EQ(total(many), 0);
  many.clients->push_back(id_of(address(0x0a000002)));
  many.servers = many.clients;
  many.servers->push_back(id_of(address(0xc0000202)));
  EXPECT_EQ(total(many), 31);
}

TEST_P(Read, PercentilesOfMergedRowsAreThoseOfTheUnion) {
  metric::Aggregate expected;
  for (int b = 0; b < 5; ++b) {
    std::vector<metric::Row> rows;
    for (std::uint32_t client = 0; client < 20; ++client) {
      rows.push_back(make_row("S", client, 1, 1, 3, 100 + 37 * client * static_cast<std::uint32_t>(b)));
      expected.merge(rows.back().values);
    }
    store({bucket(kStart + 300 * b, rows)});
  }
  const std::vector<Listed> listed = list(everything());
  ASSERT_EQ(listed.size(), 1U);
  for (const double q : {0.5, 0.9, 0.99})
    EXPECT_EQ(listed[0].values[Distribution::response_time].quantile(q),
              expected[Distribution::response_time].quantile(q));
  EXPECT_EQ(listed[0].values, expected);
}

TEST_P(Read, DetailsComeOnlyWhenAskedFor) {
  store({bucket(kStart, {row(1, 5)})});
  ListQuery query = everything();
  query.details = false;
  const std::vector<Listed> listed = list(query);
  ASSERT_EQ(listed.size(), 1U);
  const metric::Aggregate& values = listed[0].values;
  EXPECT_EQ(values[Counter::transactions], every_metric(5)[Counter::transactions]);
  EXPECT_EQ(values[Distribution::response_time].summary, every_metric(5)[Distribution::response_time].summary);
  EXPECT_EQ(values[Distribution::response_time].sketch.count(), 0U);
  EXPECT_EQ(values.first, every_metric(5).first);
  EXPECT_EQ(values.last, every_metric(5).last);
}

TEST_P(Read, DetailsAreThoseOfTheGroupsShown) {
  std::vector<metric::Row> rows;
  for (std::uint32_t client = 1; client <= 5; ++client) rows.push_back(row(client, client));
  store({bucket(kStart, rows), bucket(kStart + 300, {row(5, 50)})});
  ListQuery query = everything();
  query.group_by = {true, true, true, true, true};
  query.limit = 2;
  const std::vector<Listed> listed = list(query);
  ASSERT_EQ(listed.size(), 2U);
  metric::Aggregate first = every_metric(5);
  first.merge(every_metric(50));
  EXPECT_EQ(listed[0].values, first);
  EXPECT_EQ(listed[1].values, every_metric(4));
}

TEST_P(Read, ASeriesHasOnePointAStep) {
  store({bucket(kStart, {row(1, 1), row(2, 2)}), bucket(kStart + 600, {row(1, 3)}), bucket(kStart + 900, {row(1, 4)})});
  std::vector<Point> points = series(everything().selection, 300);
  ASSERT_EQ(points.size(), 3U);  // the empty one is left out
  EXPECT_EQ(points[0].start, kStart);
  EXPECT_EQ(points[0].seconds, 300);
  metric::Aggregate both = every_metric(1);
  both.merge(every_metric(2));
  EXPECT_EQ(points[0].values, both);
  EXPECT_EQ(points[2].start, kStart + 900);
  EXPECT_EQ(points[2].values, every_metric(4));

  points = series(everything().selection, 3600);
  ASSERT_EQ(points.size(), 1U);
  EXPECT_EQ(points[0].start, kStart - kStart % 3600);
  EXPECT_EQ(points[0].seconds, 3600);
  both.merge(every_metric(3));
  both.merge(every_metric(4));
  EXPECT_EQ(points[0].values, both);
}

TEST_P(Read, AStepFinerThanTheBucketsKeepsTheirLength) {
  store({bucket(kStart, {row(1, 1)})});
  const std::vector<Point> points = series(everything().selection, 60);
  ASSERT_EQ(points.size(), 1U);
  EXPECT_EQ(points[0].start, kStart);
  EXPECT_EQ(points[0].seconds, 300);
}

TEST_P(Read, ALongSeriesIsReadInParts) {
  std::vector<metric::Row> rows;
  for (std::uint32_t client = 0; client < 5'000; ++client) rows.push_back(row(client, 1));
  store({bucket(kStart, rows)});
  const std::vector<Point> points = series(everything().selection, 300);
  ASSERT_EQ(points.size(), 1U);
  EXPECT_EQ(points[0].values[Counter::transactions], 5'000 * every_metric(1)[Counter::transactions]);
  EXPECT_EQ(points[0].values[Distribution::response_time].sketch.count(), 10'000U);
}

TEST_P(Read, TheExtentReachesIntoTheOpenBucket) {
  store_some();
  store({bucket(kStart - 86'400 * 3, {row(1, 1)})});
  const auto extent = database_->extent(Level::one);
  ASSERT_TRUE(extent) << extent.message();
  EXPECT_EQ(extent->first, kStart - 86'400 * 3);
  EXPECT_EQ(extent->last, kStart + 300);
  EXPECT_EQ(database_->extent(Level::two)->last, 0);
}

TEST_P(Read, LevelTwoIsReadAlone) {
  store_some();
  sql("INSERT INTO level_2 SELECT * FROM level_1; INSERT INTO rolled_up SELECT 2, bucket - bucket % 86400, sensor, 0, "
      "1 "
      "FROM rolled_up WHERE level = 1");
  database_ = writer();
  Selection second = everything().selection;
  second.level = Level::two;
  EXPECT_EQ(total(second), 61);
  EXPECT_EQ(series(second, 300).size(), 1U);
  EXPECT_EQ(database_->extent(Level::two)->first, kStart);
}

TEST_P(Read, AddressesOfBothFamiliesComeBack) {
  metric::Row made = make_row("S", 1, 1, 1, 1, 1);
  made.client = *base::Address::parse("2001:db8::1");
  made.server = base::Address();
  store({bucket(kStart, {made})});
  const auto hosts = database_->hosts();
  ASSERT_TRUE(hosts);
  std::vector<base::Address> found;
  for (const Host& host : *hosts) found.push_back(host.address);
  EXPECT_THAT(found, testing::UnorderedElementsAre(made.client, made.server));
}

TEST_P(Read, ADamagedDetailCostsOnlyItself) {
  store({bucket(kStart, {row(1, 1), row(2, 2)})});
  sql(postgresql()
          ? "UPDATE level_1 SET detail = decode('ffff', 'hex') WHERE client = " +
                std::to_string(id_of(address(0x0a000001)))
          : "UPDATE level_1 SET detail = x'ffff' WHERE client = " + std::to_string(id_of(address(0x0a000001))));
  database_ = writer();
  ListQuery query = everything();
  query.group_by.client = query.group_by.server = true;  // roll-ups do not know such groups
  query.order = Order::client;
  query.descending = false;
  const std::vector<Listed> listed = list(query);
  ASSERT_EQ(listed.size(), 2U);
  for (const std::size_t i : {0U, 1U})
    EXPECT_EQ(listed[i].values[Counter::transactions], every_metric(static_cast<int>(i) + 1)[Counter::transactions]);
  EXPECT_EQ(listed[0].values[Distribution::response_time].sketch.count(), 0U);
  EXPECT_EQ(listed[1].values[Distribution::response_time].sketch.count(), 2U);
}

}  // namespace
}  // namespace pastmon::store
