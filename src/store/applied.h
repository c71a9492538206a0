// SPDX-License-Identifier: MIT
// Which batches are in the database: a line of applied_batch for each (sensor, run, number), or one for a whole row of
// numbers (docs/schema.md, "Batches that are in"). Joining lines forgets no batch, so however late one comes again, it
// is known.
#pragma once

#include "archive_work.h"
#include "connection.h"

namespace pastmon::store {

class AppliedBatches {
 public:
  explicit AppliedBatches(Connection& connection) : connection_(connection) {}

  /// In the transaction that writes the batch's rows. True: it is new, and noted now; false: it is in already.
  base::Result<bool> enter(const Batch& batch);
  /// An orphan batch (batches.h): did its run close buckets after the checkpoint that the batch comes from?
  base::Result<bool> run_went_on(const Batch& orphan);

 private:
  Connection& connection_;
};

/// Joins the lines of consecutive numbers that were noted before `noted_before`, in transactions of at most 2,000
/// lines. Nobody else may do the same meanwhile (Connection::lock_archive).
base::Result<void> join_applied(ArchiveWork& work, base::Seconds noted_before);

}  // namespace pastmon::store
