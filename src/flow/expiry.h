// SPDX-License-Identifier: MIT
// How flows come to an end: time-outs, a full table, the end of the capture. Costs time in proportion to what is due.
#pragma once

#include <cstddef>
#include <limits>

#include "core.h"
#include "tcp.h"

namespace pastmon::flow {

class Expiry {
 public:
  Expiry(Core& core, Tcp& tcp);

  /// At the start of each call of the tracker.
  void begin_call();

  /// A packet of this time has come: says what falls due. One packet that is far off its neighbours, as in a damaged
  /// capture, does not move the clock; the second one in a row does.
  void clock(base::Micros time) {
    if (time > now_ + kClockLeap || time < now_ - kClockStep) {
      if (++strays_ < 2) return;
      return set_clock(time);
    }
    strays_ = 0;
    if (time > now_) now_ = time;
    if (now_ >= next_due_) expire_due();
  }

  /// The capture clock stands at `time`, whatever it was before.
  void set_clock(base::Micros time);
  base::Micros now() const noexcept { return now_; }

  /// True when the flow has been idle for its time-out, or lies in what a clock set back has made the future.
  bool is_overdue(const Flow& flow, base::Micros time) const {
    return time - flow.last >= timeout(flow.idle_class) || flow.last - time > kClockStep;
  }
  void end_overdue(FlowId id, base::Micros time);

  /// Moves the flow to the young end of `idle_class`.
  void touch(FlowId id, Flow& flow, IdleClass idle_class) {
    core_.table.touch(id, flow, idle_class);
    next_due_ = std::min(next_due_, flow.last + timeout(idle_class));
  }
  /// A gap may have been opened.
  void watch_gap(base::Micros opened) { next_due_ = std::min(next_due_, opened + core_.options.gap_timeout); }

  /// Makes place for one more flow of this hash.
  void make_place(std::uint32_t hash);

  void end(FlowId id, EndReason reason, base::Micros time);

  /// Ends the flows that have been idle longest until about `events` events are said.
  void end_all(std::size_t events);

 private:
  base::Micros timeout(IdleClass idle_class) const { return timeouts_[static_cast<std::size_t>(idle_class)]; }
  void expire_due();
  base::Micros expire_class(IdleClass idle_class);
  FlowId longest_idle();

  Core& core_;
  Tcp& tcp_;
  base::Micros timeouts_[kIdleClasses];
  base::Micros now_ = std::numeric_limits<base::Micros>::min() / 2;
  base::Micros next_due_ = std::numeric_limits<base::Micros>::max();  ///< nothing falls due before
  unsigned strays_ = 1;     ///< packets in a row that are far off; the first packet of all is to be believed
  std::size_t budget_ = 0;  ///< what this call may still let go of
};

}  // namespace pastmon::flow
