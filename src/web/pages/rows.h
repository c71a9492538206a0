// SPDX-License-Identifier: MIT
// Rows of figures with their links, as the Level 1 page and the home page show them.
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

/// Adds one ROW section. Links lead to `list_path` and to the graph page.
void add_row(Model& model, const View& view, const store::Listed& row, const store::GroupBy& group,
             std::string_view list_path);

/// Adds the head: the columns that rows of this grouping have, and links that sort `query`, with its order marked.
void add_head(Model& model, const QueryState& query, const store::GroupBy& group, std::string_view list_path);

}  // namespace pastmon::web::pages
