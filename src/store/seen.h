// SPDX-License-Identifier: MIT
// Was a client, or a service, there in a time? One look at an index each, whatever the time is.
#pragma once

#include <vector>

#include "connection.h"
#include "groups.h"

namespace pastmon::store {

/// See Database::seen.
base::Result<std::vector<bool>> read_seen(Connection& connection, const Groups& groups, const std::vector<Listed>& who,
                                          base::Seconds from, base::Seconds to);

}  // namespace pastmon::store
