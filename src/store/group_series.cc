// SPDX-License-Identifier: MIT
// The small lines of a list: a few sums over time for each of the groups that it shows, in one query.
#include <algorithm>
#include <map>

#include "grouping.h"
#include "pastmon/base/text.h"
#include "reader.h"
#include "selection.h"

namespace pastmon::store {

using base::Result;

Result<std::vector<GroupSeries>> Reader::group_series(const Selection& selection, const GroupBy& by,
                                                      const std::vector<Listed>& groups, base::Seconds step) {
  std::vector<GroupSeries> series(groups.size());
  const std::vector<std::string> key_columns = group_columns(by);
  if (groups.empty() || key_columns.empty() || step <= 0 || selects_nothing(selection)) return series;
  std::map<GroupKey, GroupSeries*> by_key;
  std::string shown;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    by_key.emplace(group_key(groups[i]), &series[i]);
    shown += base::cat(i == 0 ? "(" : ",(", group_values(groups[i], by), ")");
  }
  Transaction transaction(connection_);
  if (Result<void> begun = transaction.begin_read(); !begun) return begun.error();
  Columns columns = {key_columns,
                     {"transactions", "unanswered", "refused", "aborted", "response_time_count", "response_time_sum"},
                     true};
  columns.keys.insert(columns.keys.end(), {"bucket", "\"interval\""});
  const Result<std::string> rows =
      selected_rows(connection_, groups_, narrowed(selection, by, groups), shape_of(by, step), columns);
  if (!rows) return rows.error();
  const std::string keys = joined(key_columns);
  const std::string start = base::cat("bucket - bucket % ", step);
  const std::string sql =
      base::cat("SELECT ", keys, ", ", start, ", MAX(\"interval\"), CAST(SUM(transactions) AS BIGINT), ",
                "CAST(SUM(unanswered + refused + aborted) AS BIGINT), CAST(SUM(response_time_count) AS BIGINT), ",
                "CAST(SUM(response_time_sum) AS BIGINT) FROM ", *rows, " AS r WHERE (", keys, ") IN (VALUES ", shown,
                ") GROUP BY ", keys, ", ", start, " ORDER BY ", keys, ", ", start);
  Result<void> done = connection_.stream(sql, {}, [&](const RowView& row) {
    Listed key;
    const unsigned at = read_group(row, by, key);
    const auto group = by_key.find(group_key(key));
    if (group == by_key.end()) return;
    group->second->push_back({row.integer(at), std::max(step, row.integer(at + 1)), row.integer(at + 2),
                              row.integer(at + 3), row.integer(at + 4), row.integer(at + 5)});
  });
  if (!done) return done.error();
  return series;
}

}  // namespace pastmon::store
