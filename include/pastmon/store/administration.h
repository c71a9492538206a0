// SPDX-License-Identifier: MIT
// Making, upgrading and deleting a whole database: what an administrator does, not what the programs do while they run.
// On PostgreSQL three roles share the work: an owner that nobody logs in as, a writer (the sensor) and a reader (the
// web server). docs/database.md describes it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pastmon/base/result.h"
#include "pastmon/store/federation.h"
#include "pastmon/store/store.h"

namespace pastmon::store {

/// The role that owns schema and tables where an administrator makes them.
inline constexpr const char* kOwnerRole = "pastmon_owner";

struct Roles {
  std::string writer = "pastmon";
  std::string writer_password;  ///< "": made without one
  std::string reader = "pastmon_web";
  std::string reader_password;
};

struct SetUp {
  Options options;  ///< the database, and the role to connect as
  Roles roles;
  std::optional<FrontChange> front;  ///< PostgreSQL: make it a front, or change its groups
  bool must_exist = false;           ///< upgrade only: nothing is made where nothing is
  /// Asked when the server does not know `options.username`, or does not let it in from here without a password: whom
  /// to connect as instead. May be empty.
  std::function<std::optional<Options>()> administrator;
};

struct SetUpDone {
  std::string description;
  std::vector<std::string> made;      ///< "role pastmon", "database pastmon2", …: what was not there before
  std::vector<std::string> warnings;  ///< of a front: what its groups hold that they should not
  std::int64_t version_before = 0;
  std::int64_t version = 0;
};

/// Brings a database to what this program needs and leaves what is there. As a superuser or with CREATEROLE: roles,
/// database, schema as kOwnerRole, rights; as another role: database (where it may) and schema, which it then owns.
/// SQLite: file and schema. Errors: a database of another program, no permission, a newer schema; one line each.
base::Result<SetUpDone> set_up_database(const SetUp& what);

/// What somebody is about to delete.
struct Contents {
  std::string description;
  std::vector<std::pair<std::string, std::int64_t>> rows;  ///< by table
  base::Seconds first = 0;                                 ///< buckets from …
  base::Seconds last = 0;                                  ///< … to; 0: no rows
  std::vector<std::string> files;                          ///< SQLite: all that will be removed
};

/// Errors: not ours, newer than this program, holds other programs' tables too.
base::Result<Contents> database_contents(const Options& options);

/// Deletes the whole database; SQLite: its files. Refused while another program is connected, and where
/// database_contents() refuses.
base::Result<void> drop_database(const Options& options);

}  // namespace pastmon::store
