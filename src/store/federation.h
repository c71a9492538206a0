// SPDX-License-Identifier: MIT
// Making a front of a database and changing its groups.
#pragma once

#include <string>
#include <vector>

#include "connection.h"
#include "pastmon/store/federation.h"

namespace pastmon::store {

struct FrontDone {
  std::vector<std::string> made;      ///< "front", "group north (db1/pastmon2)", …
  std::vector<std::string> warnings;  ///< sensors that two groups know
};

/// Makes the database a front if it is none (its schema is there, its tables are empty), and changes its groups: all
/// of it, or nothing. Errors: rows of its own, no postgres_fdw, no permission, a group that cannot be reached or has
/// another schema version.
base::Result<FrontDone> change_front(Connection& connection, const FrontChange& change);

/// Upgrading a front, in one transaction: what it has is put aside, the numbered files make this program's tables, and
/// these become a front again with the same groups. It holds no rows, so none has to be kept.
base::Result<void> put_front_aside(Connection& connection);
base::Result<void> make_front_again(Connection& connection);

}  // namespace pastmon::store
