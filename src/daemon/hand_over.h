// SPDX-License-Identifier: MIT
// Between the pipeline and the spool: a thread that makes rows of closed buckets, keeps them within their bound and
// waits for the disk, so that capture does not. Everything reaches the spool in the order in which it was given.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "pastmon/base/clock.h"
#include "pastmon/base/result.h"
#include "pastmon/metric/bucket.h"
#include "pastmon/store/spool.h"
#include "row_bound.h"

namespace pastmon::daemon {

/// The methods are the pipeline's.
class HandOver {
 public:
  using ByBucket = std::map<base::Seconds, std::vector<store::Statistic>>;

  /// Without a thread of its own everything happens in the call: for tests.
  HandOver(store::Spool& spool, RowBound& bound, bool own_thread);
  ~HandOver();
  HandOver(const HandOver&) = delete;
  HandOver& operator=(const HandOver&) = delete;

  /// Waits only when eight are under way: the disk has not answered for over half an hour then.
  void close(std::vector<metric::ClosedBucket> closed, ByBucket statistics, std::vector<store::HostName> names);
  void checkpoint(std::vector<metric::Bucket> changed, ByBucket statistics, std::vector<store::HostName> names);

  /// How long the last closed buckets took to become rows on the disk; 0: none yet.
  base::Micros last_close() const noexcept { return last_close_; }

  /// Something is under way: a checkpoint had better wait, and the spool's counters as well.
  bool busy() const;

  /// Monotonic: since when the thread is at one job; 0: it waits for one. Any thread.
  base::Micros busy_since() const noexcept { return busy_since_; }

  /// Until nothing is under way. The complaint of the last thing that failed since one succeeded, or "".
  std::string finish();

 private:
  using Job = std::function<base::Result<void>()>;

  void add(Job job);
  void run();
  void work(const Job& job);

  store::Spool& spool_;
  RowBound& bound_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;  ///< guarded by mutex_; the first is being worked on
  bool stopping_ = false;
  std::atomic<base::Micros> last_close_{0};
  std::atomic<base::Micros> busy_since_{0};
  std::string last_complaint_;  ///< of the thread; read when nothing is under way
  std::thread thread_;
};

}  // namespace pastmon::daemon
