// SPDX-License-Identifier: MIT
// The flow table and TCP tracking. One tracker per capture thread; it never throws and its memory is bounded by its
// options, but for the growth of the table towards max_flows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "pastmon/base/clock.h"
#include "pastmon/decode/packet.h"
#include "pastmon/flow/segment.h"

namespace pastmon::flow {

struct Options {
  std::size_t max_flows = 1'000'000;              ///< beyond it the longest idle flow is evicted
  std::size_t max_buffered = 256ULL << 20U;       ///< bytes of out-of-order payload held over all flows
  std::size_t max_buffered_per_side = 1U << 20U;  ///< beyond it the gap is given up as lost
  base::Micros syn_timeout = 30 * base::kSecond;  ///< after the last packet of a handshake that does not go on
  base::Micros tcp_idle = 3600 * base::kSecond;   ///< an established connection without packets
  base::Micros tcp_linger = 5 * base::kSecond;    ///< kept after both FINs or a RST
  base::Micros udp_idle = 120 * base::kSecond;    ///< also ICMP and other protocols
  base::Micros gap_timeout = 10 * base::kSecond;  ///< a gap not filled for so long is given up as lost
};

/// Totals since the start.
struct Counters {
  std::uint64_t flows = 0;           ///< flows ever seen
  std::uint64_t active = 0;          ///< flows in the table now
  std::uint64_t evicted = 0;         ///< ended early because the table was full
  std::uint64_t one_sided = 0;       ///< flows that ended with packets of one side only
  std::uint64_t buffered_bytes = 0;  ///< out-of-order payload held now, with 64 bytes of bookkeeping a piece
  std::uint64_t given_up_bytes = 0;  ///< stream bytes never seen: skipped as lost
  std::uint64_t ack_gaps = 0;        ///< ACKs for bytes that were never seen: the capture, or the mirror port, loses
  std::uint64_t clock_steps = 0;     ///< packets older than the one before them in their flow
  std::uint64_t table_bytes = 0;     ///< memory of table and flows
};

class Tracker {
 public:
  explicit Tracker(const Options& options);
  ~Tracker();
  Tracker(const Tracker&) = delete;
  Tracker& operator=(const Tracker&) = delete;

  /// Takes a batch of packets in capture order and replaces the contents of `out` by what they mean. Time-outs that
  /// the packets' own clock makes due come first. Packets (and their bytes) must stay valid as long as `out` is used.
  void process(std::span<const decode::Packet> packets, Events& out);

  /// Time-outs that are due at `now` (capture clock), for an idle line. Replaces `out`.
  void expire(base::Micros now, Events& out);

  /// The capture has ended: ends flows, about 4,096 events a call. Replaces `out`. Call until it returns false, which
  /// it does once nothing was left to say.
  bool finish(Events& out);

  Counters counters() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pastmon::flow
