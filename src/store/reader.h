// SPDX-License-Identifier: MIT
// The queries of the pages. Each runs in one snapshot.
#pragma once

#include <vector>

#include "connection.h"
#include "groups.h"

namespace pastmon::store {

class Reader {
 public:
  /// `groups` is ready before each call.
  Reader(Connection& connection, const Groups& groups) : connection_(connection), groups_(groups) {}

  base::Result<std::vector<Listed>> list(const ListQuery& query);
  base::Result<std::vector<Point>> series(const Selection& selection, base::Seconds step);
  base::Result<std::vector<GroupSeries>> group_series(const Selection& selection, const GroupBy& by,
                                                      const std::vector<Listed>& groups, base::Seconds step);
  base::Result<std::vector<Host>> hosts();
  base::Result<std::vector<Named>> named(const char* table);
  base::Result<Extent> extent(Level level);
  base::Result<std::vector<StatisticPoint>> statistics(const StatisticQuery& query);

 private:
  base::Result<std::vector<Listed>> groups(const ListQuery& query);
  base::Result<void> add_values(const ListQuery& query, std::vector<Listed>& groups);

  Connection& connection_;
  const Groups& groups_;
};

}  // namespace pastmon::store
