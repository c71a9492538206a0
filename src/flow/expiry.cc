// SPDX-License-Identifier: MIT
#include "expiry.h"

#include <algorithm>

namespace pastmon::flow {
namespace {

constexpr base::Micros kNever = std::numeric_limits<base::Micros>::max();
constexpr std::size_t kExpiredPerCall = 8'192;  // flows and gaps; bounds the events of one call

}  // namespace

Expiry::Expiry(Core& core, Tcp& tcp) : core_(core), tcp_(tcp) {
  const auto set = [this](IdleClass idle_class, base::Micros time) {
    timeouts_[static_cast<std::size_t>(idle_class)] = time;
  };
  set(IdleClass::syn, core.options.syn_timeout);
  set(IdleClass::tcp, core.options.tcp_idle);
  set(IdleClass::linger, core.options.tcp_linger);
  set(IdleClass::other, core.options.udp_idle);
}

void Expiry::begin_call() {
  if (budget_ == 0) next_due_ = std::min(next_due_, now_);  // the call before may have left something over
  budget_ = kExpiredPerCall;
}

void Expiry::set_clock(base::Micros time) {
  strays_ = 0;
  // What a step back makes the future ends now: those flows would otherwise wait until the clock is there again.
  if (time < now_ - kClockStep) next_due_ = std::min(next_due_, time);
  now_ = time < now_ - kClockStep ? time : std::max(now_, time);
  if (now_ >= next_due_) expire_due();
}

void Expiry::end_overdue(FlowId id, base::Micros time) {
  const Flow& flow = core_.table[id];
  if (flow.last > time) ++core_.counters.clock_steps;
  end(id, flow.idle_class == IdleClass::linger ? EndReason::closed : EndReason::idle,
      std::min(flow.last + timeout(flow.idle_class), std::max(time, flow.last)));
}

void Expiry::make_place(std::uint32_t hash) {
  const FlowId crowded = core_.table.crowded(hash);
  const bool full = core_.table.size() >= core_.options.max_flows;
  const FlowId victim = crowded != kNoIndex ? crowded : full ? longest_idle() : kNoIndex;
  if (victim == kNoIndex) return;
  ++core_.counters.evicted;
  end(victim, EndReason::evicted, now_);
}

void Expiry::end(FlowId id, EndReason reason, base::Micros time) {
  Flow& flow = core_.table[id];
  time = std::max(time, flow.last);
  if (flow.key.transport == decode::Transport::tcp) {
    tcp_.end(id, time);
  } else {
    core_.datagrams.give_back(flow.state);
    flow.state = kNoIndex;
  }
  if (flow.seen != 3) ++core_.counters.one_sided;
  core_.emit(EventKind::end, id, 0, time).end_reason = reason;
  core_.table.erase(id);
}

void Expiry::end_all(std::size_t events) {
  while (core_.table.size() > 0 && core_.out->events.size() < events) end(longest_idle(), EndReason::capture, now_);
}

void Expiry::expire_due() {
  next_due_ = tcp_.reassembly().expire(now_, budget_);
  for (std::size_t i = 0; i < kIdleClasses; ++i) {
    next_due_ = std::min(next_due_, expire_class(static_cast<IdleClass>(i)));
  }
  if (budget_ == 0) next_due_ = kNever;  // the rest at the next call
}

base::Micros Expiry::expire_class(IdleClass idle_class) {
  for (FlowId id = core_.table.oldest(idle_class); id != kNoIndex; id = core_.table.oldest(idle_class)) {
    const Flow& flow = core_.table[id];
    if (!is_overdue(flow, now_)) return flow.last + timeout(idle_class);
    if (budget_ == 0) return now_;
    --budget_;
    end_overdue(id, now_);
  }
  return kNever;
}

FlowId Expiry::longest_idle() {
  FlowId longest = kNoIndex;
  for (std::size_t i = 0; i < kIdleClasses; ++i) {
    const FlowId id = core_.table.oldest(static_cast<IdleClass>(i));
    if (id == kNoIndex) continue;
    if (longest == kNoIndex || core_.table[id].last < core_.table[longest].last) longest = id;
  }
  return longest;
}

}  // namespace pastmon::flow
