// SPDX-License-Identifier: MIT
// A front: a PostgreSQL database without rows of its own that shows those of other databases, one for each group of
// sensors (docs/scaling.md). It is read like any other Database, and made and changed by set_up_database().
#pragma once

#include <string>
#include <vector>

#include "pastmon/base/result.h"

namespace pastmon::store {

struct SensorGroup {
  std::string name;  ///< 1 to 32 letters, digits, '_', '-', '.'
  /// Its database as the front's server reaches it: "host=db1 dbname=pastmon2 user=pastmon_web".
  std::string conninfo;
  std::string password;  ///< "": none is needed, or a passfile has it
};

struct FrontChange {
  std::vector<SensorGroup> groups;   ///< added, or changed where the name is known already
  std::vector<std::string> removed;  ///< names; their databases stay as they are
};

/// What can be known without a database: the name, the keys of the connection string.
base::Result<void> check_group(const SensorGroup& group);

/// Takes the passwords from a file: "NAME:PASSWORD" a line, '#' begins a comment. Errors: not readable, readable for
/// everybody, a line that is none, a name that is none of the groups'.
base::Result<void> read_group_passwords(const std::string& file, std::vector<SensorGroup>& groups);

}  // namespace pastmon::store
