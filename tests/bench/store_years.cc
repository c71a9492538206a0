// SPDX-License-Identifier: MIT
// What pages wait for, over a month of rows and with several readers at once:
//
//   store_years sqlite3 FILE [ROWS] [READERS] [ROUNDS]
//   store_years pgsql SOCKET_DIRECTORY/DBNAME [ROWS] [READERS] [ROUNDS]
//
// Fills an empty database with 31 days (default: 2,000,000 rows, 8 readers, 10 rounds), seeded, few clients, servers
// and services with most of the rows; rolls them up as the store thread does; then each reader asks what the start page
// of Level 1 asks for the last 24 hours, a drill-down, and a month's graph for all clients. A database that is filled
// already is only read.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "month.h"
#include "pastmon/store/store.h"

namespace {

using namespace pastmon;
using namespace pastmon::bench;

base::Seconds end = 1'700'006'400;  // 2023-11-15 00:00 UTC; of a database that is filled: the end of its last hour

/// The last 24 hours at ten minutes to the hour: they begin on a whole hour, and the last one is not rolled up.
store::ListQuery last_day() {
  store::ListQuery query;
  query.selection.to = end - 600;
  query.selection.from = (query.selection.to - kDay) / 3'600 * 3'600;
  return query;
}

// What the page "Level 1" asks when nothing is filtered (src/web/pages/overview.cc).
void signatures(store::Database& database) {
  store::ListQuery query = last_day();
  query.group_by.signature = true;
  query.limit = 2'000;
  query.details = false;
  taken(database.list(query));
}

void hosts(store::Database& database, bool store::GroupBy::*role) {
  store::ListQuery query = last_day();
  query.group_by.*role = true;
  query.limit = 7;
  query.details = false;
  taken(database.list(query));
}

/// How connections, pings and names fare.
void families(store::Database& database) {
  store::ListQuery query = last_day();
  query.selection.signatures.emplace();
  for (const std::uint32_t s : {0U, 1U, 4U, 5U})
    query.selection.signatures->push_back(store::id_of_name(signature_name(s)));
  query.group_by.signature = true;
  query.limit = 2'000;
  taken(database.list(query));
}

void services(store::Database& database) {
  store::ListQuery query = last_day();
  query.group_by.signature = query.group_by.server = query.group_by.port = true;
  query.limit = 10;
  taken(database.list(query));
}

void start_page(store::Database& database) {
  signatures(database);
  hosts(database, &store::GroupBy::client);
  hosts(database, &store::GroupBy::server);
  families(database);
  services(database);
}

void drill_down(store::Database& database, std::uint32_t round) {
  store::ListQuery query = last_day();
  query.selection.clients = {{store::id_of(bench::client(round % 20))}};
  query.group_by.signature = query.group_by.server = query.group_by.port = true;
  query.limit = 50;
  taken(database.list(query));
}

void month(store::Database& database, std::uint32_t round) {
  store::Selection selection;
  selection.from = end - kMonth;
  selection.to = end;
  selection.signatures = {{store::id_of_name(signature_name(round % 6))}};
  selection.servers = {{store::id_of(bench::server(round % 10))}};
  taken(database.series(selection, 3'600));
}

/// A busy service's graph of a day by five minutes: the first click on the page.
void day(store::Database& database, std::uint32_t round) {
  store::Selection selection = last_day().selection;
  selection.signatures = {{store::id_of_name(signature_name(round % 6))}};
  taken(database.series(selection, 300));
}

void measure(const char* what, const store::Options& options, int readers, int rounds,
             const std::function<void(store::Database&, std::uint32_t)>& ask) {
  std::vector<std::vector<double>> times(static_cast<std::size_t>(readers));
  std::vector<std::thread> threads;
  for (std::size_t r = 0; r < times.size(); ++r) {
    threads.emplace_back([&, r] {
      const auto database = taken(store::open_read_only(options));
      ask(*database, 0);  // once unmeasured: connections and caches
      for (int i = 0; i < rounds; ++i)
        times[r].push_back(
            seconds_of([&] { ask(*database, static_cast<std::uint32_t>(i) + 7 * static_cast<std::uint32_t>(r)); }));
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::vector<double> all;
  for (const std::vector<double>& some : times) all.insert(all.end(), some.begin(), some.end());
  std::sort(all.begin(), all.end());
  const auto at = [&all](double q) {
    return 1'000 * all[static_cast<std::size_t>(q * static_cast<double>(all.size() - 1))];
  };
  std::printf("%-12s median %7.1f ms   95th percentile %7.1f ms   worst %7.1f ms\n", what, at(0.5), at(0.95), at(1));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: store_years sqlite3 FILE | pgsql SOCKET_DIRECTORY/DBNAME [ROWS] [READERS] [ROUNDS]\n");
    return 2;
  }
  const store::Options options = database_options(argv[1], argv[2]);
  const auto rows = static_cast<std::uint32_t>(argc > 3 ? std::atoi(argv[3]) : 2'000'000);
  const int readers = argc > 4 ? std::atoi(argv[4]) : 8;
  const int rounds = argc > 5 ? std::atoi(argv[5]) : 10;

  const auto database = taken(store::open(options));
  check(database->prepare());
  const base::Seconds last = taken(database->extent(store::Level::one)).last;
  if (last == 0) {
    fill_month(*database, end, rows);
  } else {
    end = (last / 3'600 + 1) * 3'600;
  }
  roll_up(*database, end);  // what an upgrade has made due
  for (const int n : {1, readers}) {
    std::printf("%d %s:\n", n, n == 1 ? "reader" : "readers");
    measure("start page", options, n, rounds, [](store::Database& d, std::uint32_t) { start_page(d); });
    if (n == 1) {
      measure("  signatures", options, n, rounds, [](store::Database& d, std::uint32_t) { signatures(d); });
      measure("  clients", options, n, rounds,
              [](store::Database& d, std::uint32_t) { hosts(d, &store::GroupBy::client); });
      measure("  servers", options, n, rounds,
              [](store::Database& d, std::uint32_t) { hosts(d, &store::GroupBy::server); });
      measure("  families", options, n, rounds, [](store::Database& d, std::uint32_t) { families(d); });
      measure("  services", options, n, rounds, [](store::Database& d, std::uint32_t) { services(d); });
    }
    measure("drill-down", options, n, rounds, drill_down);
    measure("day", options, n, rounds, day);
    measure("month", options, n, rounds, month);
  }
  return 0;
}
