// SPDX-License-Identifier: MIT
// What else is in a PostgreSQL database.
#pragma once

#include <string>

#include "connection.h"

namespace pastmon::store {

/// "schema.name" of a table, view or sequence that is neither PasTmon's nor an extension's; "" when there is none.
base::Result<std::string> foreign_table(Connection& connection);

}  // namespace pastmon::store
