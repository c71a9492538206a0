// SPDX-License-Identifier: MIT
// How the groups of a list stand in SQL: their columns, their values, their order.
#pragma once

#include <string>
#include <tuple>
#include <vector>

#include "connection.h"
#include "groups.h"
#include "selection.h"

namespace pastmon::store {

std::vector<std::string> group_columns(const GroupBy& by);
/// What of the rows the groups tell apart. `step`: as in Shape.
inline Shape shape_of(const GroupBy& by, base::Seconds step = -1) {
  return {by.signature, by.client, by.server, by.port, step};
}
std::string joined(const std::vector<std::string>& columns);  ///< "signature, client"

/// The grouped columns of a row, from column 0 on, into the ids. Returns how many there are.
unsigned read_group(const RowView& row, const GroupBy& by, Listed& listed);

using GroupKey = std::tuple<Id, Id, Id, std::uint16_t, Id>;
GroupKey group_key(const Listed& listed);

/// "1,2,3": the grouped columns as they stand in SQL.
std::string group_values(const Listed& listed, const GroupBy& by);

/// The selection, less what none of the groups needs: the rows of a front come over the network, and PostgreSQL does
/// not send a list of pairs there.
Selection narrowed(Selection selection, const GroupBy& by, const std::vector<Listed>& groups);

struct OrderWords {
  std::vector<std::string> columns;  ///< what the expression needs of a row, beside its key
  std::string expression;            ///< over a group of the sub-query r
  std::string join;                  ///< what the grouped r has to be joined with; "" for nothing
};
OrderWords order_words(const ListQuery& query, const Groups& groups);

}  // namespace pastmon::store
