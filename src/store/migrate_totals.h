// SPDX-License-Identifier: MIT
// Totals of one database into another: added to what the target has counted itself.
#pragma once

#include <string>
#include <vector>

#include "migrate_tables.h"

namespace pastmon::store {

/// Their tables with the columns of the keys: all that can be compared, because the target goes on counting.
const std::vector<CopiedTable>& total_tables();

struct TotalsMoved {
  std::int64_t rows = 0;
  std::int64_t left = 0;  ///< rows of the target that stay as they are, see below
};

/// In the caller's transaction of the target. `again`: an earlier run has added them, and the source has grown since:
/// its row replaces the target's where it has at least as much of everything; else the target has counted itself
/// meanwhile, and what to add cannot be known.
base::Result<TotalsMoved> move_totals(Connection& source, Connection& target, bool again);

}  // namespace pastmon::store
