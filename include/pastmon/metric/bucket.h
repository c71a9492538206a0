// SPDX-License-Identifier: MIT
// Buckets of time, aligned to the clock, and the rows in them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pastmon/base/address.h"
#include "pastmon/base/clock.h"
#include "pastmon/metric/aggregate.h"
#include "pastmon/signature/record.h"

namespace pastmon::metric {

/// One row of a bucket, as it is stored or reported.
struct Row {
  std::string signature;
  base::Address client;
  base::Address server;
  std::uint16_t port = 0;
  Aggregate values;
};

/// A bucket of one sensor: closed for good, or a snapshot of the open one.
struct Bucket {
  base::Seconds start = 0;  ///< since the epoch, a multiple of `seconds` (0 when the whole capture is one bucket)
  base::Seconds seconds = 300;
  bool closed = false;
  std::vector<Row> rows;
};

/// A closed bucket whose rows still lie as they were collected. Cheap to hand over; making rows of a million takes half
/// a second, which any thread may spend.
class ClosedBucket {
 public:
  struct Impl;
  explicit ClosedBucket(std::unique_ptr<Impl> impl);
  ClosedBucket(ClosedBucket&&) noexcept;
  ClosedBucket& operator=(ClosedBucket&&) noexcept;
  ~ClosedBucket();

  Bucket rows() &&;

 private:
  std::unique_ptr<Impl> impl_;
};

struct BucketOptions {
  base::Seconds seconds = 300;                   ///< 0: everything is one bucket
  base::Micros grace = 2 * base::kSecond;        ///< packet time: closes at its end + grace
  base::Micros idle_grace = 10 * base::kSecond;  ///< wall clock, when the line is idle
  std::size_t max_rows = 1'000'000;              ///< in all open buckets; see the bounds of BucketSet
  std::size_t max_shown = 20'000;                ///< in the snapshots of one bucket
};

/// Adds up buckets of several capture threads that begin at the same time: rows of the same key become one. The buckets
/// come back by start, their rows in no particular order; one is closed only if all its parts were.
std::vector<Bucket> merge(std::vector<Bucket> buckets);

/// Adds up records into rows. One per capture thread; not for use by several threads. The bucket of a record is that of
/// its time; when that is closed already, the oldest open one. Normally one or two buckets are open: the current one
/// and the one before it, for as long as its grace lasts.
///
/// Bounds: when max_rows are in use, a new row makes a light one of those that are not in snapshots become part of a
/// row with the same signature, server and port and client "(many)", or, when there are an eighth too many, of one with
/// client and server "(many)" and port 0. What nobody answered goes first, oldest first; what comes next has its own
/// row again. Snapshots have max_shown rows at most (and one a signature, in the worst case): the rest is added up
/// there under
/// "(many)". No record is lost or counted twice in either.
class BucketSet {
 public:
  using Names = std::function<std::string_view(signature::NameId)>;

  BucketSet(const BucketOptions& options, Names names);
  ~BucketSet();
  BucketSet(const BucketSet&) = delete;
  BucketSet& operator=(const BucketSet&) = delete;

  void add(const signature::Records& records);

  /// Closes what is due at `packet_time` (time of the newest packet, kNone when the line is idle) or at `wall` (kNone
  /// when the packets come from a file). Call it after add(): a record of a bucket that is due is not late yet.
  /// A single packet with a timestamp more than an hour off closes nothing.
  void advance(base::Micros packet_time, base::Micros wall);
  /// Closes everything: the capture has ended.
  void close_all();

  /// Closed buckets since the last call, oldest first. A bucket without rows is not given.
  std::vector<Bucket> take_closed();
  /// The same, for another thread to make rows of.
  std::vector<ClosedBucket> hand_over();

  /// The rows of buckets still open that changed since the last snapshot (all of them when `all`). A row that was given
  /// once is given again whenever it changes, and never becomes part of another one before its bucket closes.
  std::vector<Bucket> snapshot(bool all = false);

  struct Counters {
    std::uint64_t rows = 0;    ///< in open buckets now
    std::uint64_t merged = 0;  ///< rows (and, in need, records) that were added up under "(many)" while open
    std::uint64_t late = 0;    ///< records whose bucket was closed already
  };
  Counters counters() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pastmon::metric
