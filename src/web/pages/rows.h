// SPDX-License-Identifier: MIT
// Rows of figures with their links and small lines: the table of the lists and of the overview.
#pragma once

#include <string_view>
#include <vector>

#include "pages/view.h"

namespace pastmon::web::pages {

/// Which columns of the key the rows of a query are told apart by: what is chosen or "*" is the same in all of them.
store::GroupBy group_of(const QueryState& query) noexcept;

/// The row's part of the key, added to the query.
QueryState narrowed(const View& view, const store::Listed& row, const store::GroupBy& group);

/// Rows whose transactions are turns of two sides and not what a protocol calls so.
bool guessed(std::string_view signature);

/// Fills `rows.html`. Cells narrow the view's query, heads sort `sorting`, both at `list_path`; figures lead to the
/// graph page. Asks the database once more, for the small lines. Errors: the database's.
base::Result<void> fill_rows(Model model, View& view, const std::vector<store::Listed>& rows,
                             const store::GroupBy& group, const QueryState& sorting, std::string_view list_path);

}  // namespace pastmon::web::pages
