// SPDX-License-Identifier: MIT
// Schema versions: what is in the database against what this program has files for.
#pragma once

#include "connection.h"

namespace pastmon::store {

/// Brings the database to this program's version: all of it in an empty one, the missing files in an older one, each
/// in a transaction together with its line in schema_version.
base::Result<void> prepare_schema(Connection& connection);

/// The database has exactly this program's version.
base::Result<void> check_schema(Connection& connection);

/// Error: the database is a front, which takes no rows.
base::Result<void> refuse_front(Connection& connection);

/// Inside a transaction that writes: keeps upgrades out until its end, and checks that none has happened. Refuses a
/// front. Many may hold it at once.
base::Result<void> hold_schema(Connection& connection);

}  // namespace pastmon::store
