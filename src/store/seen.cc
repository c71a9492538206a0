// SPDX-License-Identifier: MIT
#include "seen.h"

#include <string>

#include "pastmon/base/text.h"
#include "rollup.h"

namespace pastmon::store {

using base::cat;
using base::Result;

namespace {

/// "(0,17,4,80),(1,…": number, host, signature, port of those asked for as clients, or as services.
std::string asked(const std::vector<Listed>& who, bool clients) {
  std::string values;
  for (std::size_t i = 0; i < who.size(); ++i) {
    if ((who[i].client != 0) != clients) continue;
    values += cat(values.empty() ? "(" : ",(", i, ",", clients ? who[i].client : who[i].server, ",", who[i].signature,
                  ",", who[i].port, ")");
  }
  return values;
}

}  // namespace

Result<std::vector<bool>> read_seen(Connection& connection, const Groups& groups, const std::vector<Listed>& who,
                                    base::Seconds from, base::Seconds to) {
  std::vector<bool> seen(who.size(), false);
  for (const bool clients : {true, false}) {
    const std::string values = asked(who, clients);
    if (values.empty()) continue;
    const std::string match = clients ? cat("r.kind = ", static_cast<int>(RollupKind::client), " AND r.client = w.host")
                                      : cat("r.kind = ", static_cast<int>(RollupKind::server),
                                            " AND r.server = w.host AND r.signature = w.signature AND r.port = w.port");
    // A scalar sub-query with a limit is looked up row by row; PostgreSQL would turn EXISTS into a join over
    // everything.
    const Result<void> done = connection.query(
        cat("WITH w (number, host, signature, port) AS (VALUES ", values,
            ") SELECT number FROM w WHERE (SELECT 1 FROM rollup AS r WHERE ", match, " AND r.level IN (",
            static_cast<int>(Tier::hour), ", ", static_cast<int>(Tier::archive_day), ") AND r.bucket >= ", from,
            " AND r.bucket < ", to, groups.condition(), " LIMIT 1) = 1"),
        {}, [&](const RowView& row) { seen[static_cast<std::size_t>(row.integer(0))] = true; });
    if (!done) return done.error();
  }
  return seen;
}

}  // namespace pastmon::store
