// SPDX-License-Identifier: MIT
// Is all of one database in another? Compared part by part, each side by its own queries.
#pragma once

#include <functional>

#include "migrate_tables.h"
#include "pastmon/store/migrate.h"

namespace pastmon::store {

/// Every row of the source's table must be in the target: by key where rows stay as they are; where rows carry figures
/// also by the sums of all columns of each bucket, sensor and run. The target may have more: other sensors, and what
/// came since. `seen` hears of the source's rows that were compared.
base::Result<MigratedTable> compare_table(Connection& source, Connection& target, const CopiedTable& table,
                                          const std::function<void(std::int64_t rows)>& seen);

}  // namespace pastmon::store
