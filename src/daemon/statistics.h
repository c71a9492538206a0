// SPDX-License-Identifier: MIT
// The program's own figures, in buckets like those of the traffic: what counts up is stored as the sum of its increases
// in the bucket, levels as min, max and mean of the samples. The pages show them as "Internal".
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pastmon/base/clock.h"
#include "pastmon/capture/source.h"
#include "pastmon/daemon/worker.h"
#include "pastmon/metric/closed_times.h"
#include "pastmon/store/spool.h"
#include "pastmon/store/store.h"

namespace pastmon::daemon {

/// Totals of one interface (or file) over all times that it was opened.
struct SourceTotals {
  std::string name;
  capture::Counters counters;
  base::Micros away = 0;  ///< added up: it was not there to be captured on
};

/// Signatures that are told one by one; the matches of the others are added up under "(others)".
inline constexpr std::size_t kMaxToldSignatures = 2000;

/// One reading of everything that is counted. Totals since the start of the process.
struct Reading {
  std::vector<SourceTotals> sources;
  WorkerCounters worker;
  store::SpoolCounters spool;
  std::uint64_t rows_folded = 0;        ///< RowBound::folded()
  std::uint64_t max_journal = 0;        ///< bytes; 0: not known
  base::Micros close_time = 0;          ///< HandOver::last_close()
  base::Micros waiting = 0;             ///< since when, without a break, batches wait for the database
  base::Seconds signatures_loaded = 0;  ///< when; 0: not told (a file's run says nothing about time)
  bool has_spool = false;
  std::uint64_t calls_refused = 0;  ///< by the filter of system calls
  bool has_process = false;         ///< cpu and memory are read (not for a file: they say nothing about its traffic)
  base::Micros cpu = 0;             ///< processor time used
  std::uint64_t memory = 0;         ///< resident bytes
  std::uint64_t max_memory = 0;     ///< bytes; 0: not known
  std::uint64_t names = 0;          ///< host names known
  std::vector<std::pair<std::string, std::uint64_t>> name_counters;  ///< HostNames::counters()
};

/// Fills in cpu and memory of this process.
void read_process(Reading& reading);

class Statistics {
 public:
  /// `seconds`: length of a bucket; 0: all is one bucket that begins at 0.
  explicit Statistics(base::Seconds seconds) : seconds_(seconds) {}

  /// Takes a reading at time `at` (wall clock live, capture clock for a file).
  void sample(const Reading& reading, base::Micros at);

  using ByBucket = std::map<base::Seconds, std::vector<store::Statistic>>;

  /// The statistics of buckets that ended at or before `until`; they are forgotten here. Each is given once.
  ByBucket take_closed(base::Micros until);
  ByBucket take_all();
  /// Those of the buckets still open.
  ByBucket open() const;

 private:
  struct Key {
    std::string name;
    std::string interface;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  using Bucket = std::map<Key, metric::Summary>;

  void count(Bucket& bucket, std::string_view name, std::uint64_t total, std::string_view interface = {});
  static void level(Bucket& bucket, std::string_view name, std::uint64_t value);
  /// As count(), but leaves no row where nothing has changed.
  void changed(Bucket& bucket, std::string_view name, std::uint64_t total, std::string_view interface);
  void signatures(Bucket& bucket, const Reading& reading);
  static std::vector<store::Statistic> listed(const Bucket& bucket);

  base::Seconds seconds_;
  std::map<Key, std::uint64_t> last_;        ///< totals at the last sample
  std::map<base::Seconds, Bucket> buckets_;  ///< by start; bounded: closed ones are taken away
  base::Seconds told_loaded_ = 0;            ///< the signatures of this moment are told
  metric::ClosedTimes closed_;               ///< a clock that is set back into them adds to what comes after
};

}  // namespace pastmon::daemon
