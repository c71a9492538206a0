// SPDX-License-Identifier: MIT
// A Selection as SQL, from the fewest rows that can answer: roll-ups where they are there, rows for the rest.
#pragma once

#include <string>
#include <vector>

#include "connection.h"
#include "groups.h"

namespace pastmon::store {

/// True when nothing can match: an empty list of ids, or no time.
bool selects_nothing(const Selection& selection) noexcept;

/// What a query tells apart.
struct Shape {
  bool signature = false;
  bool client = false;
  bool server = false;
  bool port = false;
  base::Seconds step = -1;  ///< of time; −1: it adds up all of it, 0: every bucket by itself
};

/// The columns of a sub-query: those that tell groups apart, and values. `added_up`: of these only sums (maxima,
/// minima: by their names) are wanted. On a front each group's database then adds up its own, because only sums should
/// travel.
struct Columns {
  std::vector<std::string> keys;
  std::vector<std::string> values;
  bool added_up = false;
};

/// A sub-query with these columns of all selected rows: "(SELECT … FROM rollup WHERE … UNION ALL SELECT … FROM level_1
/// WHERE … UNION ALL SELECT … FROM level_1_open WHERE …)". One statement sees each row once, also while its bucket is
/// being closed. Needs a transaction: what is rolled up is asked first, in the same snapshot.
base::Result<std::string> selected_rows(Connection& connection, const Groups& groups, const Selection& selection,
                                        const Shape& shape, const Columns& columns);

}  // namespace pastmon::store
