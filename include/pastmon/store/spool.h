// SPDX-License-Identifier: MIT
// Between the pipeline and the database: what is closed goes to disk first, then into the database, then off the disk;
// what is open goes to a checkpoint. A thread of its own talks to the database, so that capture never waits for it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "pastmon/base/clock.h"
#include "pastmon/base/result.h"
#include "pastmon/store/store.h"

namespace pastmon::store {

struct SpoolOptions {
  std::string directory;  ///< for journal and checkpoint; made if missing (mode 2750)
  std::string sensor;
  std::int64_t run = 0;
  /// Journal on disk; beyond it the oldest batches are lost and counted. What is set aside may take a quarter of it
  /// besides, and be 1,000 files; beyond that the oldest of them go.
  std::uint64_t max_bytes = 1ULL << 30U;
  base::Micros retry_min = base::kSecond;  ///< back-off while the database is away
  base::Micros retry_max = 60 * base::kSecond;
  base::Micros repeat = 60 * base::kSecond;  ///< what somebody must mend is logged so often
};

struct SpoolCounters {
  std::uint64_t batches_waiting = 0;  ///< on disk, not in the database yet
  std::uint64_t bytes_waiting = 0;
  std::uint64_t batches_written = 0;
  std::uint64_t batches_lost = 0;     ///< beyond max_bytes, or beyond what memory holds while the disk is full
  std::uint64_t batches_damaged = 0;  ///< on disk, but unreadable: skipped
  std::uint64_t batches_refused = 0;  ///< by the database, for good, while it takes others: set aside
  std::uint64_t batches_aside = 0;    ///< damaged or refused ones on disk
  std::uint64_t bytes_aside = 0;
  std::uint64_t aside_deleted = 0;  ///< because too much was set aside
  std::uint64_t rows_written = 0;
  base::Micros last_write_time = 0;  ///< how long the last write took
};

class Spool {
 public:
  /// Takes the directory (refused while another process has it), commits an orphaned checkpoint of an earlier run
  /// under its old run, begins to write what waits. The database need not be there yet.
  static base::Result<std::unique_ptr<Spool>> start(const SpoolOptions& options, const Options& database);
  virtual ~Spool() = default;

  /// Closed buckets: on disk when this returns; after an error in memory (bounded), and the next call tries the disk
  /// again. Never waits for the database. Statistics and names travel with them. The number is given here.
  virtual base::Result<void> close(std::vector<metric::Bucket> closed,
                                   std::map<base::Seconds, std::vector<Statistic>> statistics,
                                   std::vector<HostName> names) = 0;
  /// The open buckets' rows that changed (all rows that ever changed since the bucket opened are kept here): to the
  /// checkpoint at once, to the database when it is there. A row replaces the one of its key of the call before, so the
  /// workers' parts of it come together.
  virtual base::Result<void> checkpoint(std::vector<metric::Bucket> changed,
                                        std::map<base::Seconds, std::vector<Statistic>> statistics,
                                        std::vector<HostName> names) = 0;
  /// Waits until everything is in the database, at most `patience` (and the time an attempt to connect takes); the
  /// rest stays on disk. Then stops the thread. Error: some is neither there nor there.
  virtual base::Result<void> stop(base::Micros patience) = 0;

  virtual SpoolCounters counters() const = 0;
  /// Monotonic: since when the database thread is at one piece of work (a batch, a roll-up, a connection); 0: it waits
  /// for work. Any thread, never waits.
  virtual base::Micros busy_since() const noexcept = 0;
  /// Why the database cannot be written now; "" while it can. Waits as counters() does.
  virtual std::string trouble() const = 0;
};

}  // namespace pastmon::store
