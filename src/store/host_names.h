// SPDX-License-Identifier: MIT
// Names of addresses: the newest in host, the newest few in host_name.
#pragma once

#include <vector>

#include "connection.h"
#include "groups.h"

namespace pastmon::store {

inline constexpr int kNamesAHost = 8;

base::Result<void> put_host_names(Connection& connection, const std::vector<HostName>& names);

/// Newest first. Empty when the host or its names are not known.
base::Result<std::vector<HostName>> read_host_names(Connection& connection, const Groups& groups, Id host);

}  // namespace pastmon::store
