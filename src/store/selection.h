// SPDX-License-Identifier: MIT
// A Selection as SQL.
#pragma once

#include <string>

#include "connection.h"

namespace pastmon::store {

/// True when nothing can match: an empty list of ids, or no time.
bool selects_nothing(const Selection& selection) noexcept;

/// A sub-query with these columns of all selected rows: "(SELECT … FROM level_1 WHERE … UNION ALL SELECT … FROM
/// level_1_open WHERE …)". One statement sees each row once, also while its bucket is being closed.
std::string selected_rows(const Connection& connection, const Selection& selection, const std::string& columns);

}  // namespace pastmon::store
