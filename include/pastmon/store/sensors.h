// SPDX-License-Identifier: MIT
// Names of sensors: each belongs to one machine (docs/database.md).
#pragma once

#include <string>

#include "pastmon/base/result.h"
#include "pastmon/store/store.h"

namespace pastmon::store {

/// From now on the next machine that writes under this name takes it; the rows stay. Error: no sensor of this name.
base::Result<void> release_sensor(const Options& database, const std::string& sensor);

}  // namespace pastmon::store
