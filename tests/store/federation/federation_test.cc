// SPDX-License-Identifier: MIT
// A front over two groups of sensors reads what one database with all rows reads. Three clusters: the groups have one
// each, the front shares the third with the database that holds everything.
#include <gmock/gmock.h>
#include <unistd.h>

#include <fstream>
#include <random>
#include <sstream>

#include "backend.h"
#include "pastmon/store/administration.h"
#include "private_postgres.h"

namespace pastmon::store {
namespace {

using metric::Counter;
using metric::Distribution;
using test::address;
using test::PrivatePostgres;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr base::Seconds kStart = 1'700'006'400;  // a day's first second
constexpr base::Seconds kEnd = kStart + 2 * 86'400;
const std::string kArchived = std::to_string(kStart + 40'000);

Options options_of(const PrivatePostgres& cluster, const std::string& dbname, const std::string& role) {
  Options options;
  options.driver = "pgsql";
  options.host = cluster.socket_directory();
  options.dbname = dbname;
  options.username = role;
  options.group_retry = 1;
  return options;
}

std::unique_ptr<Database> opened(base::Result<std::unique_ptr<Database>> database) {
  if (!database) {
    ADD_FAILURE() << database.message();
    std::abort();
  }
  return *std::move(database);
}

/// Rows of one sensor: hosts and services that other sensors see too.
class Traffic {
 public:
  explicit Traffic(unsigned seed) : random_(seed) {}

  metric::Row row() {
    static const std::vector<const char*> signatures = {"HTTP GET", "HTTP POST", "DNS A", "TCP OTHER"};
    metric::Row row;
    row.signature = signatures[pick(4)];
    row.client = address(0x0a000000 + pick(12));
    row.server = address(0xc0000200 + pick(5));
    row.port = static_cast<std::uint16_t>(80 + pick(3));
    row.values[Counter::transactions] = 1 + pick(50);
    row.values[Counter::errors] = pick(3);
    row.values[Counter::refused] = pick(2);
    row.values[Counter::packets_client] = 1 + pick(100);
    row.values[Counter::bytes_server] = pick(5'000'000);
    row.values.first = (kStart + pick(86'400)) * base::kSecond;
    row.values.last = row.values.first + pick(1'000'000);
    for (unsigned i = pick(4); i > 0; --i) row.values[Distribution::response_time].add(100 + pick(90'000));
    return row;
  }
  metric::Bucket bucket(base::Seconds start) {
    std::vector<metric::Row> rows(3 + pick(10));
    for (metric::Row& made : rows) made = row();
    return test::bucket(start, rows);
  }
  std::uint32_t pick(std::uint32_t below) { return static_cast<std::uint32_t>(random_() % below); }

 private:
  std::mt19937 random_;
};

class Federation : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    here_ = &PrivatePostgres::get();
    north_ = new PrivatePostgres();  // their processes go with this program
    south_ = new PrivatePostgres();
    for (PrivatePostgres* cluster : {here_, north_, south_}) {
      store::SetUp what;
      what.options = options_of(*cluster, "everything", "postgres");
      const auto done = set_up_database(what);
      ASSERT_TRUE(done) << done.message();
    }
    store_all();
    const auto made = change_front({{group("north", *north_), group("south", *south_)}, {}});
    ASSERT_TRUE(made) << made.message();
    EXPECT_THAT(made->warnings, ElementsAre());
  }

  static SensorGroup group(const std::string& name, const PrivatePostgres& cluster) {
    return {name, "host=" + cluster.socket_directory() + " dbname=everything user=pastmon_web", ""};
  }
  static base::Result<SetUpDone> change_front(const FrontChange& change, const std::string& dbname = "front") {
    store::SetUp what;
    what.options = options_of(*here_, dbname, "postgres");
    what.front = change;
    return set_up_database(what);
  }
  static std::unique_ptr<Database> front() {
    auto database = opened(open_read_only(options_of(*here_, "front", "pastmon_web")));
    const auto fine = database->check();
    EXPECT_TRUE(fine) << fine.message();
    return database;
  }
  static std::unique_ptr<Database> single() {
    return opened(open_read_only(options_of(*here_, "everything", "pastmon_web")));
  }
  static std::string psql(const std::string& sql) {
    return here_->psql("front", "SET search_path = pastmon; SET enable_partitionwise_aggregate = on; " + sql);
  }

  static PrivatePostgres* here_;
  static PrivatePostgres* north_;
  static PrivatePostgres* south_;

 private:
  static void store_all();
  static void store(Database& group, Database& everything, const std::string& sensor, unsigned seed);
};
PrivatePostgres* Federation::here_;
PrivatePostgres* Federation::north_;
PrivatePostgres* Federation::south_;

void Federation::store_all() {
  const auto everything = opened(open(options_of(*here_, "everything", "pastmon")));
  const auto north = opened(open(options_of(*north_, "everything", "pastmon")));
  const auto south = opened(open(options_of(*south_, "everything", "pastmon")));
  store(*north, *everything, "north one", 1);
  store(*north, *everything, "north two", 2);
  store(*south, *everything, "south one", 3);
  for (PrivatePostgres* cluster : {here_, north_, south_})
    cluster->psql("everything",
                  "SET search_path = pastmon; INSERT INTO level_2 SELECT * FROM level_1 WHERE bucket < " + kArchived +
                      "; INSERT INTO archived SELECT DISTINCT bucket, sensor, run, -1 FROM level_2; "
                      "INSERT INTO rolled_up SELECT DISTINCT 2, bucket - bucket % 86400, sensor, 0, 1 FROM level_2");
}

void Federation::store(Database& group, Database& everything, const std::string& sensor, unsigned seed) {
  Traffic traffic(seed);
  const auto put = [&](const Batch& batch, bool open) {
    for (Database* database : {&group, &everything}) {
      const auto done = open ? database->write_open(batch) : database->write(batch);
      ASSERT_TRUE(done) << done.message();
    }
  };
  Batch batch;
  batch.sensor = sensor;
  for (batch.number = 1; batch.number <= 12; ++batch.number) {
    batch.run = 1 + batch.number / 7;
    const base::Seconds start = kStart + 300 * traffic.pick(500);
    batch.buckets = {traffic.bucket(start), traffic.bucket(start + 300)};
    batch.statistics = {{start, {{"packets_received", "eth0", {}}, {"flows_active", "", {}}}}};
    for (Statistic& statistic : batch.statistics[start]) statistic.value.add(traffic.pick(1'000));
    batch.names = {{address(0x0a000000 + traffic.pick(12)), "host-" + std::to_string(traffic.pick(99)), "dns",
                    kStart + 1'000 * seed + batch.number}};
    put(batch, false);
  }
  // Some hours are rolled up, some are not yet.
  for (Database* database : {&group, &everything}) {
    for (int i = 0; i < 200 && *database->roll_up(sensor, kStart + 30'000 * seed); ++i) {
    }
  }
  batch.number = 0;
  batch.buckets = {traffic.bucket(kEnd - 300)};
  batch.statistics = {{kEnd - 300, {{"flows_active", "", {}}}}};
  batch.statistics[kEnd - 300][0].value.add(seed);
  put(batch, true);
}

std::string file_text(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

Selection all(Level level = Level::one) {
  Selection selection;
  selection.level = level;
  selection.from = kStart;
  selection.to = kEnd;
  return selection;
}

std::vector<Selection> selections() {
  std::vector<Selection> made(10, all());
  made[1].level = Level::two;
  made[2].signatures = {{id_of_name("HTTP GET"), id_of_name("DNS A")}};
  made[3].clients = {{id_of(address(0x0a000001)), id_of(address(0x0a000002)), id_of(address(0x0a000003))}};
  made[4].servers = {{id_of(address(0xc0000201))}};
  made[5].sensors = {{id_of_name("south one")}};
  made[6].port = 81;
  made[7].from = kStart + 30'000;
  made[7].to = kStart + 90'000;
  made[8].clients.emplace();
  made[9].level = Level::all;
  return made;
}

using Groups = std::vector<std::tuple<Id, Id, Id, Id, std::uint16_t>>;
Groups keys(const std::vector<Listed>& listed) {
  Groups found;
  for (const Listed& l : listed) found.emplace_back(l.signature, l.client, l.server, l.sensor, l.port);
  return found;
}

void expect_same_list(Database& front, Database& single, const ListQuery& query, const std::string& what) {
  const auto there = single.list(query);
  const auto here = front.list(query);
  ASSERT_TRUE(there) << what << there.message();
  ASSERT_TRUE(here) << what << here.message();
  ASSERT_EQ(keys(*here), keys(*there)) << what;
  for (std::size_t i = 0; i < here->size(); ++i) EXPECT_EQ((*here)[i].values, (*there)[i].values) << what << i;
}

TEST_F(Federation, ListsAreThoseOfOneDatabase) {
  const auto front = this->front();
  const auto single = this->single();
  const std::vector<Selection> some = selections();
  Traffic random(99);
  for (unsigned by = 0; by < 32; ++by) {
    for (unsigned order = by % 3; order <= static_cast<unsigned>(Order::port); order += 3) {
      ListQuery query;
      query.selection = some[random.pick(static_cast<std::uint32_t>(some.size()))];
      query.group_by = {(by & 1) != 0, (by & 2) != 0, (by & 4) != 0, (by & 8) != 0, (by & 16) != 0};
      query.order = static_cast<Order>(order);
      query.descending = random.pick(2) == 0;
      query.details = random.pick(2) == 0;
      query.limit = random.pick(2) == 0 ? 1'000 : 7;
      query.offset = query.limit == 7 ? random.pick(3) * 7 : 0;
      expect_same_list(*front, *single, query,
                       "group by " + std::to_string(by) + ", order " + std::to_string(order) + ": ");
    }
  }
  for (const Selection& selection : some) {
    for (const bool details : {true, false}) {
      ListQuery query;
      query.selection = selection;
      query.details = details;
      expect_same_list(*front, *single, query, "all together: ");
    }
  }
  EXPECT_THAT(front->warnings(), ElementsAre());
}

TEST_F(Federation, LinesOfGroupsAreThoseOfOneDatabase) {
  const auto front = this->front();
  const auto single = this->single();
  for (const Selection& selection : selections()) {
    for (const bool server : {false, true}) {
      ListQuery query;
      query.selection = selection;
      query.group_by = {true, true, server, server, false};
      const auto groups = single->list(query);
      ASSERT_TRUE(groups) << groups.message();
      const auto here = front->group_series(selection, query.group_by, *groups, 3600);
      const auto there = single->group_series(selection, query.group_by, *groups, 3600);
      ASSERT_TRUE(here && there) << here.message();
      EXPECT_EQ(*here, *there);
    }
  }
}

TEST_F(Federation, SeriesAndStatisticsAreThoseOfOneDatabase) {
  const auto front = this->front();
  const auto single = this->single();
  for (const Selection& selection : selections()) {
    for (const base::Seconds step : {300, 3600, 86'400}) {
      const auto here = front->series(selection, step);
      const auto there = single->series(selection, step);
      ASSERT_TRUE(here && there) << here.message();
      ASSERT_EQ(here->size(), there->size());
      for (std::size_t i = 0; i < here->size(); ++i) {
        EXPECT_EQ((*here)[i].start, (*there)[i].start);
        EXPECT_EQ((*here)[i].seconds, (*there)[i].seconds);
        EXPECT_EQ((*here)[i].values, (*there)[i].values);
      }
    }
  }
  const auto here = front->statistics(kStart, kEnd);
  const auto there = single->statistics(kStart, kEnd);
  ASSERT_TRUE(here && there) << here.message();
  ASSERT_EQ(here->size(), there->size());
  EXPECT_GT(here->size(), 50U);
  for (std::size_t i = 0; i < here->size(); ++i) {
    EXPECT_EQ((*here)[i].start, (*there)[i].start);
    EXPECT_EQ((*here)[i].sensor, (*there)[i].sensor);
    EXPECT_EQ((*here)[i].name, (*there)[i].name);
    EXPECT_EQ((*here)[i].interface, (*there)[i].interface);
    EXPECT_EQ((*here)[i].value, (*there)[i].value);
  }
}

TEST_F(Federation, TotalsAreThoseOfOneDatabase) {
  const auto here = front()->totals();
  const auto there = single()->totals();
  ASSERT_TRUE(here && there) << here.message();
  ASSERT_EQ(here->size(), there->size());
  ASSERT_GT(here->size(), 8U);
  for (std::size_t i = 0; i < here->size(); ++i) {
    EXPECT_EQ((*here)[i].sensor, (*there)[i].sensor);
    EXPECT_EQ((*here)[i].signature, (*there)[i].signature);
    EXPECT_EQ((*here)[i].values, (*there)[i].values);
  }
  const auto figures = front()->statistic_totals();
  const auto expected = single()->statistic_totals();
  ASSERT_EQ(figures->size(), expected->size());
  for (std::size_t i = 0; i < figures->size(); ++i) {
    EXPECT_EQ((*figures)[i].name, (*expected)[i].name);
    EXPECT_EQ((*figures)[i].value, (*expected)[i].value);
  }
}

TEST_F(Federation, NamesAndExtentAreThoseOfOneDatabase) {
  const auto front = this->front();
  const auto single = this->single();
  for (const Level level : {Level::one, Level::two, Level::all}) {
    EXPECT_EQ(front->extent(level)->first, single->extent(level)->first);
    EXPECT_EQ(front->extent(level)->last, single->extent(level)->last);
  }
  EXPECT_EQ(front->extent(Level::one)->last, kEnd - 300);
  const auto names = [](const base::Result<std::vector<Named>>& named) {
    std::vector<std::pair<Id, std::string>> found;
    for (const Named& one : *named) found.emplace_back(one.id, one.name);
    return found;
  };
  EXPECT_EQ(names(front->sensors()), names(single->sensors()));
  EXPECT_EQ(names(front->signatures()), names(single->signatures()));
  EXPECT_EQ(front->sensors()->size(), 3U);
  const auto hosts = [](const base::Result<std::vector<Host>>& all_hosts) {
    std::map<Id, std::string> found;
    for (const Host& host : *all_hosts)
      EXPECT_TRUE(found.emplace(host.id, host.address.to_string() + host.name + host.name_source).second);
    return found;
  };
  EXPECT_EQ(hosts(front->hosts()), hosts(single->hosts()));
  for (std::uint32_t i = 0; i < 12; ++i) {
    const auto named = [i](const std::unique_ptr<Database>& database) {
      std::vector<std::string> found;
      const auto names_of_host = database->host_names(id_of(address(0x0a000000 + i)));
      EXPECT_TRUE(names_of_host) << names_of_host.message();
      if (!names_of_host) return found;
      for (const HostName& name : *names_of_host) found.push_back(name.name + name.source + std::to_string(name.seen));
      return found;
    };
    EXPECT_EQ(named(front), named(single));
  }
  const std::string people = "SELECT COUNT(*), SUM(transactions), COUNT(DISTINCT sensor) FROM level_1_by_name";
  EXPECT_EQ(psql(people), here_->psql("everything", "SET search_path = pastmon; " + people));
}

TEST_F(Federation, TheGroupsDatabasesAddUp) {
  // What Reader sends, with auto_explain on the front.
  const std::string log = here_->data_directory() + "/../server.log";
  auto options = options_of(*here_, "front", "postgres");
  options.extra["options"] =
      "-c session_preload_libraries=auto_explain -c auto_explain.log_min_duration=0 -c auto_explain.log_verbose=on";
  const auto database = opened(open_read_only(options));
  ListQuery query;
  query.selection = all();
  query.selection.clients.emplace();
  for (std::uint32_t i = 0; i < 12; ++i) query.selection.clients->push_back(id_of(address(0x0a000000 + i)));
  query.selection.sensors = {{id_of_name("south one"), id_of_name("north one")}};
  query.selection.port = 80;
  query.group_by.signature = query.group_by.server = true;
  query.details = false;
  const std::string before = file_text(log);
  for (const Level level : {Level::one, Level::two, Level::all}) {
    query.selection.level = level;
    ASSERT_TRUE(database->list(query));
  }
  query.selection.clients.reset();
  ASSERT_TRUE(database->list(query));  // from roll-ups
  const std::string plans = file_text(log).substr(before.size());
  std::size_t sent = 0;
  for (std::size_t at = 0; (at = plans.find("Remote SQL: SELECT ", at)) != std::string::npos; ++at) {
    const std::string line = plans.substr(at, plans.find('\n', at) - at);
    const auto has = [&line](const char* text) { return line.find(text) != std::string::npos; };
    if (has("schema_version") || has("rolled_up") || has("group_archived")) continue;
    ++sent;
    for (const char* part : {"bucket >= ", "sensor = ANY", "port = 80", " GROUP BY "})
      EXPECT_THAT(line, HasSubstr(part));
  }
  EXPECT_GE(sent, 20U) << plans;
  EXPECT_THAT(plans, HasSubstr("AND ((client = ANY ("));
  for (const char* table :
       {"group_level_1 ", "group_level_1_open", "group_level_2", "group_level_1_unarchived", "group_rollup"})
    EXPECT_THAT(plans, HasSubstr(table));
  EXPECT_THAT(plans, HasSubstr("Async Foreign Scan"));
}

TEST_F(Federation, ItTakesNoRows) {
  const auto database = opened(open(options_of(*here_, "front", "postgres")));
  const Batch batch = test::batch(1, {Traffic(7).bucket(kStart)});
  for (const auto& refused : {database->prepare(), database->write(batch), database->write_open(batch)}) {
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.message(), HasSubstr("is a front"));
  }
}

TEST_F(Federation, AGroupThatIsAwayIsLeftOutAndTheRestShows) {
  auto used = front();  // has read south, so its connection breaks; the other finds it away
  ListQuery query;
  query.selection = all();
  query.group_by.sensor = true;
  ASSERT_EQ(used->list(query)->size(), 3U);
  south_->stop();
  const auto names = [](const base::Result<std::vector<Named>>& named) {
    std::vector<std::string> found;
    if (!named) return std::vector<std::string>{named.message()};
    for (const Named& one : *named) found.push_back(one.name);
    return found;
  };
  auto fresh = front();
  for (Database* reader : {used.get(), fresh.get()}) {
    const auto listed = reader->list(query);
    ASSERT_TRUE(listed) << listed.message();
    ASSERT_EQ(listed->size(), 2U);
    ASSERT_EQ(reader->warnings().size(), 1U);
    EXPECT_THAT(reader->warnings()[0], HasSubstr("Group south ("));
    EXPECT_THAT(names(reader->sensors()), ElementsAre("north one", "north two"));
    EXPECT_TRUE(reader->hosts());
    EXPECT_TRUE(reader->series(all(), 300));
    EXPECT_TRUE(reader->statistics(kStart, kEnd));
    EXPECT_TRUE(reader->extent(Level::one));
    EXPECT_EQ(reader->list(query)->size(), 2U);
  }
  south_->start();
  for (int i = 0; i < 100 && !used->warnings().empty(); ++i) {
    usleep(50'000);
    ASSERT_TRUE(used->list(query));
  }
  EXPECT_EQ(used->list(query)->size(), 3U);
  EXPECT_THAT(used->warnings(), ElementsAre());
}

}  // namespace
}  // namespace pastmon::store
