// SPDX-License-Identifier: MIT
// What goes: rows of level 1 that are in level 2, old rows of level 2, old figures of the program itself, hosts that
// nothing refers to, and the space they took.
#pragma once

#include <set>
#include <vector>

#include "archive_shares.h"
#include "archive_work.h"

namespace pastmon::store {

class ArchiveRemoval {
 public:
  explicit ArchiveRemoval(ArchiveWork& work)
      : work_(work), shares_(work.connection()), pace_(work.connection().write_time()) {}

  /// Removes the rows of a share that is in level 2 as a whole, and its mark with the last of them.
  base::Result<void> remove(const Share& share);
  /// Drops the partitions of days that end at or before `to`, as far as all their rows are archived. A day is tried
  /// once in the life of this object.
  base::Result<void> drop_days(base::Seconds to);
  /// Marks before `to` whose rows are gone.
  base::Result<void> remove_orphans(base::Seconds to);
  /// Rows of level 2, and figures of the program itself, of intervals that end at or before `to`.
  base::Result<void> remove_level_2(base::Seconds to);
  /// Hosts that no row refers to and whose name, if they have one, was not seen since `seen`.
  base::Result<void> remove_hosts(base::Seconds seen);
  /// SQLite: free pages back to the file system.
  base::Result<void> give_back();

 private:
  base::Result<void> remove_rows(const std::string& table, const std::string& where, Level level, base::Seconds bucket,
                                 Id sensor, std::int64_t& removed, const std::function<base::Result<void>()>& last);
  base::Result<std::string> boundary(const std::string& table, const std::string& where, std::size_t rows);
  base::Result<void> remove_archived(base::Seconds day);
  base::Result<void> remove_statistics(base::Seconds to);
  base::Result<void> remove_hosts(const std::vector<Id>& candidates);

  ArchiveWork& work_;
  Shares shares_;
  Pace pace_;
  std::set<base::Seconds> tried_days_;
};

/// Adds up the program's own figures of buckets before `to` over `interval`, over runs too.
base::Result<void> merge_statistics(ArchiveWork& work, base::Seconds interval, base::Seconds to);

}  // namespace pastmon::store
