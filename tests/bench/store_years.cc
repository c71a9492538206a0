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

constexpr base::Seconds kEnd = 1'700'006'400;  // 2023-11-15 00:00 UTC
constexpr base::Seconds kStart = kEnd - kMonth;

store::ListQuery last_day() {
  store::ListQuery query;
  query.selection.from = kEnd - kDay - 600;  // not on the hour
  query.selection.to = kEnd - 600;
  query.limit = 10;
  return query;
}

void start_page(store::Database& database) {
  for (const int by : {0, 1, 2}) {
    store::ListQuery query = last_day();
    (by == 0 ? query.group_by.signature : by == 1 ? query.group_by.client : query.group_by.server) = true;
    query.details = by == 0;
    taken(database.list(query));
  }
  for (const std::uint32_t s : {0U, 1U, 4U}) {
    store::ListQuery query = last_day();
    query.selection.signatures = {{store::id_of_name(bench::signature(s))}};
    taken(database.list(query));
  }
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
  selection.from = kStart;
  selection.to = kEnd;
  selection.signatures = {{store::id_of_name(bench::signature(round % 6))}};
  selection.servers = {{store::id_of(bench::server(round % 10))}};
  taken(database.series(selection, 3'600));
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
  if (taken(database->extent(store::Level::one)).last == 0) fill_month(*database, kEnd, rows);
  for (const int n : {1, readers}) {
    std::printf("%d readers:\n", n);
    measure("start page", options, n, rounds, [](store::Database& d, std::uint32_t) { start_page(d); });
    measure("drill-down", options, n, rounds, drill_down);
    measure("month", options, n, rounds, month);
  }
  return 0;
}
