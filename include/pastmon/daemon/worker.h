// SPDX-License-Identifier: MIT
// The line from frames to buckets: decoder, flow table, signature engine and bucket set of one thread. Workers share
// nothing but the compiled signatures, so that several may run side by side, each with the flows that a symmetric hash
// gives it. Whoever runs a worker reads the sources, tells the time and takes the buckets away.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "pastmon/base/clock.h"
#include "pastmon/capture/frame.h"
#include "pastmon/decode/decoder.h"
#include "pastmon/decode/duplicates.h"
#include "pastmon/decode/reassembler.h"
#include "pastmon/flow/tracker.h"
#include "pastmon/metric/bucket.h"
#include "pastmon/signature/engine.h"

namespace pastmon::daemon {

struct WorkerOptions {
  decode::TunnelAddresses tunnels = decode::TunnelAddresses::inner;
  decode::DuplicateOptions duplicates;
  decode::FragmentOptions fragments;
  flow::Options flow;
  signature::Options signature;
  metric::BucketOptions buckets;
};

/// The bounds that the figures of the same names may grow to.
struct WorkerLimits {
  std::uint64_t flows = 0;
  std::uint64_t buffered_bytes = 0;
  std::uint64_t open_requests = 0;
  std::uint64_t held_bytes = 0;
  std::uint64_t rows = 0;
};

/// Totals since the start, of each part of the line.
struct WorkerCounters {
  decode::Counters decode;
  std::uint64_t duplicates = 0;  ///< packets that were seen before, and are not counted again
  decode::FragmentCounters fragments;
  flow::Counters flow;
  signature::Counters signature;
  metric::BucketSet::Counters buckets;
  WorkerLimits limits;
  std::vector<signature::SignatureCount> signatures;
};

/// Belongs to one thread. Never throws per packet.
class Worker {
 public:
  /// Takes messages that signatures mark with `observe`; the bytes are valid during the call only.
  using Observer = std::function<void(const signature::Observation&)>;

  Worker(const WorkerOptions& options, std::shared_ptr<const signature::SignatureSet> signatures,
         Observer observer = nullptr);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Frames in the order of their capture, any number.
  void process(std::span<const capture::Frame> frames);

  /// The line is idle: what is due at `wall` (wall clock) times out or closes.
  void idle(base::Micros wall);

  /// The capture has ended: everything open ends, every bucket closes.
  void finish();

  /// New conversations use the new signatures.
  void reload(std::shared_ptr<const signature::SignatureSet> signatures);

  std::vector<metric::Bucket> take_closed();               ///< closed since the last call, oldest first
  std::vector<metric::ClosedBucket> hand_over();           ///< the same, for another thread to make rows of
  std::vector<metric::Bucket> snapshot(bool all = false);  ///< what changed in open buckets since the last call

  base::Micros newest() const noexcept;  ///< time of the newest packet; base::kNone before the first
  base::Micros oldest() const noexcept;  ///< time of the oldest packet; base::kNone before the first
  WorkerCounters counters() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pastmon::daemon
