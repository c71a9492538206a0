// SPDX-License-Identifier: MIT
// Level 2: old rows of level 1 added up over longer intervals, and what is too old removed (docs/level-2.md).
//
// All of it happens in short transactions, each of which leaves the database right: the run may end after any of them,
// by kill -9 too, and the next one goes on from there. No row is lost, none counts twice.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "pastmon/base/clock.h"
#include "pastmon/base/result.h"
#include "pastmon/store/store.h"

namespace pastmon::store {

struct ArchiveOptions {
  base::Seconds now = 0;            ///< the time of day
  base::Seconds age = 32 * 86'400;  ///< buckets that began so long ago, and before, are summarised
  base::Seconds interval = 3'600;   ///< what they are added up to; a multiple of the buckets' length
  /// Remove what is in level 2 from level 1, add up the program's own figures, and remove what is older than
  /// keep_level_2 and hosts that nothing refers to. Without it nothing is ever removed.
  bool remove = false;
  base::Seconds keep_level_2 = 0;  ///< 0: for ever
};

/// What a run looks at between its transactions; both may be empty.
struct ArchiveWatch {
  std::function<bool()> stop;            ///< asked after each transaction: true ends the run
  std::function<void(double)> progress;  ///< 0 … 1, of the time that is to be summarised
};

struct ArchiveReport {
  bool excluded = false;          ///< another program summarises this database: nothing was done
  bool finished = false;          ///< false: stopped; the next run does the rest
  std::int64_t intervals = 0;     ///< of one sensor each, that rows were added to
  std::int64_t rows_read = 0;     ///< of level 1, added up …
  std::int64_t rows_written = 0;  ///< … into so many rows of level 2
  std::int64_t rows_removed = 0;  ///< of level 1, one by one; those of dropped days are not counted
  std::int64_t days_dropped = 0;  ///< PostgreSQL: partitions
  std::int64_t days_in_use = 0;   ///< partitions that could not be locked: the next run drops them
  std::int64_t rows_unfit = 0;    ///< of buckets whose length does not divide the interval: they stay in level 1
  std::int64_t level_2_removed = 0;
  std::int64_t statistics_merged = 0;  ///< figures of the program itself that were added up
  std::int64_t hosts_removed = 0;
  std::int64_t rolled_up = 0;     ///< spans of both levels (docs/schema.md, "Roll-ups")
  std::int64_t transactions = 0;  ///< that wrote
  base::Micros longest_transaction = 0;
};

/// What a run would do.
struct ArchivePlan {
  std::int64_t rows = 0;       ///< of level 1, to be added up
  std::int64_t intervals = 0;  ///< of one sensor each
  std::int64_t removable = 0;  ///< rows of level 1 that are past the age: a run with `remove` removes them
  std::int64_t rows_unfit = 0;
  base::Seconds cutoff = 0;  ///< buckets that begin before this are summarised
};

/// One connection; for one thread.
class Archive {
 public:
  /// Errors as of store::open(); also when the schema is not that of this program. Makes nothing.
  static base::Result<std::unique_ptr<Archive>> open(const Options& database);
  virtual ~Archive() = default;

  /// Errors: the database's, one line; what was done until then stays done.
  virtual base::Result<ArchiveReport> run(const ArchiveOptions& options, const ArchiveWatch& watch) = 0;
  /// Reads only.
  virtual base::Result<ArchivePlan> plan(const ArchiveOptions& options) = 0;

  virtual std::string description() const = 0;
};

}  // namespace pastmon::store
