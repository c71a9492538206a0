// SPDX-License-Identifier: MIT
// How the databases carry out the pages' queries, over a seeded month:
//
//   store_plans sqlite3 FILE [ROWS_A_BUCKET]
//   store_plans pgsql SOCKET_DIRECTORY/DBNAME [ROWS_A_BUCKET]
//
// Fills an empty database with 31 days (default: 20 rows in each bucket), rolls them up but for the last hours, and
// prints the plan of every statement that a page sends, each plan once. Lines that differ only in their day stand once,
// with how many.
#include <cstdio>
#include <cstdlib>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "connection.h"
#include "groups.h"
#include "pastmon/base/text.h"
#include "reader.h"
#include "rollup.h"
#include "schema.h"
#include "store/forwarding_connection.h"
#include "writer.h"

namespace {

using namespace pastmon;
using base::cat;

constexpr base::Seconds kDay = 86'400;
constexpr base::Seconds kDays = 31;
constexpr base::Seconds kEnd = 1'700'006'400;  // 2023-11-15 00:00 UTC
constexpr std::uint32_t kClients = 400;
constexpr std::uint32_t kServers = 40;

void check(const base::Result<void>& result) {
  if (result) return;
  std::fprintf(stderr, "store_plans: %s\n", result.message().c_str());
  std::exit(1);
}

base::Address address(std::uint32_t v4) {
  const std::uint8_t bytes[4] = {static_cast<std::uint8_t>(v4 >> 24U), static_cast<std::uint8_t>(v4 >> 16U),
                                 static_cast<std::uint8_t>(v4 >> 8U), static_cast<std::uint8_t>(v4)};
  return base::Address::v4(bytes);
}
base::Address client(std::uint32_t i) { return address(0x0a000000U + i); }
base::Address server(std::uint32_t i) { return address(0xc0000200U + i); }

metric::Row make_row(std::uint32_t n) {
  static constexpr const char* kSignatures[] = {"HTTP GET", "HTTP POST", "DNS A", "PostgreSQL QUERY", "TCP SYNACK"};
  metric::Row row;
  row.signature = kSignatures[n % 5];
  row.client = client(n * 7919 % kClients);
  row.server = server(n * 104'729 % kServers);
  row.port = static_cast<std::uint16_t>(80 + n % 5);
  row.values[metric::Counter::transactions] = row.values[metric::Counter::answered] = 3;
  row.values[metric::Counter::packets_client] = row.values[metric::Counter::packets_server] = 9;
  for (std::uint32_t i = 0; i < 3; ++i) row.values[metric::Distribution::response_time].add(200 + n * 31 % 5'000 + i);
  return row;
}

void fill(store::Connection& connection, std::uint32_t rows) {
  store::Writer writer(connection);
  store::Batch batch;
  batch.sensor = "plans";
  batch.run = 1;
  std::uint32_t n = 0;
  for (base::Seconds start = kEnd - kDays * kDay; start < kEnd; start += 300) {
    metric::Bucket& bucket = batch.buckets.emplace_back();
    bucket.start = start;
    bucket.closed = true;
    for (std::uint32_t i = 0; i < rows; ++i) bucket.rows.push_back(make_row(n++));
    if (batch.buckets.size() < 288 && start + 300 < kEnd) continue;
    ++batch.number;
    check(writer.write(batch));
    batch.buckets.clear();
  }
  store::Rollups rollups(connection);
  for (const store::Tier tier : {store::Tier::hour, store::Tier::quarter_day, store::Tier::day}) {
    const auto due = rollups.due(tier, kEnd - 7'200, std::nullopt, 10'000);
    if (!due) check(due.error());
    for (const auto& mark : *due) {
      if (const auto made = rollups.make(mark); !made) check(made.error());
    }
  }
}

/// Prints the plan of each statement before it runs.
class Explaining final : public test::ForwardingConnection {
 public:
  Explaining(store::Connection& inner, bool postgresql) : ForwardingConnection(inner), postgresql_(postgresql) {}

  base::Result<void> query(std::string_view sql, const std::vector<store::Parameter>& parameters,
                           const store::RowFunction& each) override {
    explain(sql, parameters);
    return ForwardingConnection::query(sql, parameters, each);
  }
  base::Result<void> stream(std::string_view sql, const std::vector<store::Parameter>& parameters,
                            const store::RowFunction& each) override {
    explain(sql, parameters);
    return ForwardingConnection::stream(sql, parameters, each);
  }

 private:
  void explain(std::string_view sql, const std::vector<store::Parameter>& parameters);

  bool postgresql_;
  std::set<std::string> shown_;  ///< a plan stands once
};

/// What says nothing about a plan: days, ids, times, and the lines that repeat a condition or name columns. Empty: such
/// a line.
std::string essence(const std::string& line) {
  static const std::regex kNoise("^ *(Sort Key|Group Key|Hash Cond|Filter|Recheck Cond):.*");
  static const std::pair<std::regex, const char*> kShorter[] = {
      {std::regex("level_1_\\d{8}"), "level_1_DAY"},        {std::regex(" level_1(_\\d+)?$"), ""},
      {std::regex("'\\{[^}]*\\}'::bigint\\[\\]"), "ids"},   {std::regex("'-?\\d+'::bigint"), "id"},
      {std::regex("bucket (>=|<) \\d+"), "bucket $1 t"},    {std::regex("SUBQUERY \\d+"), "SUBQUERY"},
      {std::regex("\\d+ CONSTANT ROWS"), "n CONSTANT ROWS"}};
  if (std::regex_match(line, kNoise)) return {};
  std::string short_line = line;
  for (const auto& [from, to] : kShorter) short_line = std::regex_replace(short_line, from, to);
  return short_line;
}

void Explaining::explain(std::string_view sql, const std::vector<store::Parameter>& parameters) {
  std::vector<std::pair<std::string, int>> lines;
  std::map<std::string, std::size_t> seen;
  const std::string command = postgresql_ ? "EXPLAIN (COSTS OFF) " : "EXPLAIN QUERY PLAN ";
  std::map<std::int64_t, std::size_t> depth;
  check(ForwardingConnection::query(command + std::string(sql), parameters, [&](const store::RowView& row) {
    std::string line(row.text(postgresql_ ? 0 : 3));
    if (!postgresql_) {
      depth[row.integer(0)] = depth[row.integer(1)] + 2;
      line.insert(0, depth[row.integer(1)], ' ');
    }
    line = essence(line);
    if (line.empty()) return;
    const auto [at, first] = seen.emplace(line, lines.size());
    if (first) lines.emplace_back(line, 0);
    ++lines[at->second].second;
  }));
  std::string plan;
  for (const auto& [line, count] : lines) plan += cat("    ", line, count > 1 ? cat("  × ", count) : "", "\n");
  std::printf("%s\n", shown_.insert(plan).second ? plan.c_str() : "    (a plan shown above)\n");
}

void title(const char* text) { std::printf("%s:\n\n", text); }

template <class T>
void done(const base::Result<T>& result) {
  if (!result) check(result.error());
}

void pages(store::Connection& connection) {
  const store::Groups groups(connection, base::kSecond);
  store::Reader reader(connection, groups);
  store::ListQuery query;
  const auto last = [&](base::Seconds span) {
    query.selection.from = kEnd - span;
    query.selection.to = kEnd;
  };
  last(kDay);
  title("Level 1 without a filter, 24 hours: by signature");
  query.group_by = {.signature = true};
  query.details = false;
  query.limit = 2'000;
  done(reader.list(query));
  title("... the commonest clients");
  query.group_by = {.client = true};
  query.limit = 7;
  done(reader.list(query));
  title("... connections, pings and names");
  query.group_by = {.signature = true};
  query.selection.signatures = {{store::id_of_name("TCP SYNACK"), store::id_of_name("DNS A")}};
  query.details = true;
  done(reader.list(query));
  title("... the busiest services (which, then their rows)");
  query.selection.signatures.reset();
  query.group_by = {.signature = true, .server = true, .port = true};
  query.limit = 10;
  done(reader.list(query));
  title("The busiest conversations, 24 hours");
  query.group_by = {.signature = true, .client = true, .server = true, .port = true};
  done(reader.list(query));
  title("Graph of one signature, client *, server *, 24 hours, by the bucket");
  query.selection.signatures = {{store::id_of_name("HTTP GET")}};
  done(reader.series(query.selection, 300));
  query.selection.signatures.reset();
  title("Drilled down to a client, 24 hours");
  query.selection.clients = {{store::id_of(client(7))}};
  query.limit = 51;
  done(reader.list(query));
  title("Drilled down to a server, 31 days");
  last(kDays * kDay);
  query.selection.clients.reset();
  query.selection.servers = {{store::id_of(server(3))}};
  done(reader.list(query));
  title("Graph of one signature, client *, server *, 31 days, by the hour");
  query.selection.servers.reset();
  query.selection.signatures = {{store::id_of_name("HTTP GET")}};
  done(reader.series(query.selection, 3'600));
  title("Graph of one signature and server, client *, 31 days, by the hour");
  query.selection.servers = {{store::id_of(server(3))}};
  done(reader.series(query.selection, 3'600));
  title("First and last time");
  done(reader.extent(store::Level::one));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: store_plans sqlite3 FILE | pgsql SOCKET_DIRECTORY/DBNAME [ROWS_A_BUCKET]\n");
    return 2;
  }
  store::Options options;
  options.driver = argv[1];
  options.dbname = argv[2];
  const bool postgresql = options.driver == "pgsql";
  if (postgresql) {
    const std::size_t slash = options.dbname.rfind('/');
    options.host = options.dbname.substr(0, slash);
    options.dbname.erase(0, slash + 1);
    options.username = "pastmon";
  }
  auto connection = postgresql ? store::connect_postgresql(options, false) : store::connect_sqlite(options, false);
  if (!connection) check(connection.error());
  check(store::prepare_schema(**connection));
  fill(**connection, static_cast<std::uint32_t>(argc > 3 ? std::atoi(argv[3]) : 20));
  check((*connection)->script("ANALYZE"));
  Explaining explaining(**connection, postgresql);
  pages(explaining);
  return 0;
}
