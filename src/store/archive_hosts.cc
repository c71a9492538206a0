// SPDX-License-Identifier: MIT
// Hosts that nothing refers to. A writer puts a batch's hosts in before the transaction of its rows, and does not put
// them in again later: so each purge raises host_purge.times, and a writer that finds it raised, in the transaction of
// its rows, puts all its hosts in anew (Writer::keep_references). Transactions of rows and purges exclude each other.
#include "archive_removal.h"
#include "pastmon/base/text.h"

namespace pastmon::store {
namespace {

using base::cat;
using base::Result;

constexpr std::size_t kHostsAQuery = 1'000;

/// True for a row of host that no row refers to.
constexpr const char* kUnreferenced =
    " NOT EXISTS (SELECT 1 FROM level_1 r WHERE r.client = host.id)"
    " AND NOT EXISTS (SELECT 1 FROM level_1 r WHERE r.server = host.id)"
    " AND NOT EXISTS (SELECT 1 FROM level_2 r WHERE r.client = host.id)"
    " AND NOT EXISTS (SELECT 1 FROM level_2 r WHERE r.server = host.id)"
    " AND id NOT IN (SELECT client FROM level_1_open) AND id NOT IN (SELECT server FROM level_1_open)";

}  // namespace

Result<void> ArchiveRemoval::remove_hosts(base::Seconds seen) {
  Connection& connection = work_.connection();
  std::vector<Id> page;
  for (bool more = true; more && !work_.stopped();) {
    const std::string after = page.empty() ? std::string() : cat(" WHERE id > ", page.back());
    page.clear();
    Result<void> done = connection.query(cat("SELECT id FROM host", after, " ORDER BY id LIMIT ", kHostsAQuery), {},
                                         [&page](const RowView& row) { page.push_back(row.integer(0)); });
    if (!done) return done;
    more = page.size() == kHostsAQuery;
    if (page.empty()) break;
    std::vector<Id> candidates;
    done = connection.query(cat("SELECT id FROM host WHERE ", connection.in_ids("id", page), " AND name_seen < ", seen,
                                " AND", kUnreferenced),
                            {}, [&candidates](const RowView& row) { candidates.push_back(row.integer(0)); });
    if (!done) return done;
    if (candidates.empty()) continue;
    if (done = remove_hosts(candidates); !done) return done;
  }
  return {};
}

Result<void> ArchiveRemoval::remove_hosts(const std::vector<Id>& candidates) {
  Connection& connection = work_.connection();
  return work_.write([&]() -> Result<void> {
    if (Result<void> locked = connection.lock_hosts(true); !locked) return locked;
    Result<std::int64_t> done = connection.execute("UPDATE host_purge SET times = times + 1", {});
    if (!done) return done.error();
    done = connection.execute(
        cat("DELETE FROM host WHERE ", connection.in_ids("id", candidates), " AND", kUnreferenced), {});
    if (!done) return done.error();
    work_.report.hosts_removed += *done;
    done = connection.execute(cat("DELETE FROM host_name WHERE ", connection.in_ids("host", candidates),
                                  " AND NOT EXISTS (SELECT 1 FROM host WHERE host.id = host_name.host)"),
                              {});
    if (!done) return done.error();
    return {};
  });
}

}  // namespace pastmon::store
