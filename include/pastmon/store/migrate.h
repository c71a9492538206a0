// SPDX-License-Identifier: MIT
// One database's contents into another: an embedded installation moves to PostgreSQL, or back. It may be cut at any
// point and run again: each step is one transaction of the target, in which the target also notes how far it is. The
// source is only read. docs/migrate.md.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "pastmon/store/store.h"

namespace pastmon::store {

struct MigrateProgress {
  std::string_view table;
  std::int64_t rows = 0;   ///< copied, or found to be there, so far
  std::int64_t total = 0;  ///< in the source
  bool verifying = false;
};

struct MigrateOptions {
  Options from;
  Options to;
  std::function<void(const MigrateProgress&)> progress;  ///< called now and then; may be empty
};

/// One table, compared when all is copied.
struct MigratedTable {
  std::string name;
  std::int64_t source_rows = 0;
  std::int64_t target_rows = 0;  ///< of those that the source has
  /// Level tables: sums over these rows, for people. 0 in other tables.
  struct Sums {
    std::int64_t transactions = 0, packets = 0, bytes = 0;
  } source, target;
  bool agree = false;  ///< each row is there, and the sums of all columns agree
};

struct Migrated {
  std::string from, to;  ///< descriptions
  bool went_on = false;  ///< an earlier run had begun
  bool changed = false;  ///< something wrote to the source meanwhile: not all of it is in the target
  std::vector<MigratedTable> tables;
  std::vector<std::string> warnings;
  bool agree() const noexcept;
};

/// Errors, one line each: no such source, a schema of another version, the target holds figures of one of the source's
/// sensors already that this source did not bring (archived ones), two machines with one sensor name, the same database
/// twice, one of the two is being summarised or migrated, a connection that broke (run it again: it goes on). Nobody
/// can summarise either of them meanwhile.
base::Result<Migrated> migrate(const MigrateOptions& options);

}  // namespace pastmon::store
