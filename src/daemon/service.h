// SPDX-License-Identifier: MIT
// The running service: one worker over live interfaces, the spool towards the database, host names, own statistics.
// Everything here happens in one thread; what hands over to the spool, the spool and the resolver have their own and do
// not make it wait.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "hand_over.h"
#include "host_names.h"
#include "interfaces.h"
#include "pastmon/base/clock.h"
#include "pastmon/base/result.h"
#include "pastmon/daemon/worker.h"
#include "pastmon/store/spool.h"
#include "row_bound.h"
#include "statistics.h"

namespace pastmon::daemon {

struct ServiceOptions {
  base::Seconds bucket_seconds = 300;
  std::size_t max_rows = 20'000;                 ///< of a closed bucket
  base::Micros idle_grace = 10 * base::kSecond;  ///< a bucket's statistics are complete so long after its end
  base::Micros checkpoint = 10 * base::kSecond;
  base::Micros wait = base::kSecond / 10;  ///< for a frame, at most; time-outs are looked at so often on an idle line
  base::Micros drain = base::kSecond / 4;  ///< at the end, for the kernel, which holds frames back for less than that
  std::uint64_t max_memory = 0;            ///< bytes, for the statistics
  std::uint64_t max_journal = 0;           ///< bytes that may wait on disk, for the statistics
  bool threads = false;                    ///< a thread of its own between pipeline and spool
  base::Micros patience = 10 * base::kSecond;  ///< at the end, for the database
  /// A thread that is at one piece of work for so long hangs: longer than any time-out of the database.
  base::Micros stuck_after = 1'800 * base::kSecond;
};

class Service {
 public:
  /// The worker's observer must feed `names`.
  Service(const ServiceOptions& options, std::unique_ptr<HostNames> names, std::unique_ptr<Worker> worker,
          std::unique_ptr<Interfaces> interfaces, std::unique_ptr<store::Spool> spool, const base::Clock& clock);

  /// Reads what is there, or waits a little; keeps time-outs, checkpoints and closed buckets going.
  void step();

  /// Reads what is still in the kernel's buffers, ends everything and hands it to the spool.
  base::Result<void> stop();

  /// New conversations use the new signatures.
  void reload(std::shared_ptr<const signature::SignatureSet> signatures);
  std::string status();   ///< one line of state, with all figures
  std::string summary();  ///< the same in a few words
  /// True while the thread behind the pipeline and the one that talks to the database make progress, or have nothing to
  /// do. That the pipeline does is shown by the call.
  bool progresses() const;
  /// Names of the interfaces that are waited for.
  std::vector<std::string> away() const { return interfaces_->away(); }

 private:
  Reading reading();
  void tick(base::Micros now);
  void hand_over(bool all);

  ServiceOptions options_;
  std::unique_ptr<HostNames> names_;
  std::unique_ptr<Worker> worker_;
  std::unique_ptr<Interfaces> interfaces_;
  std::unique_ptr<store::Spool> spool_;
  const base::Clock& clock_;
  Statistics statistics_;
  RowBound bound_;
  store::SpoolCounters spool_counters_;  ///< as last read
  base::Seconds signatures_loaded_ = 0;  ///< wall clock
  base::Micros waiting_since_ = 0;       ///< monotonic: batches wait without a break since then
  base::Micros next_idle_ = 0;           ///< monotonic
  base::Micros next_tick_ = 0;           ///< monotonic
  base::Micros next_checkpoint_ = 0;     ///< monotonic
  HandOver hand_over_;                   ///< last: it ends before what it uses
};

}  // namespace pastmon::daemon
