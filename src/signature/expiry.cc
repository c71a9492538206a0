// SPDX-License-Identifier: MIT
#include <algorithm>
#include <limits>

#include "engine_impl.h"

namespace pastmon::signature {

void Engine::Impl::expire(base::Micros now) {
  base::Micros next = std::numeric_limits<base::Micros>::max();
  for (std::uint32_t i = open_.due(now, next); i != kNoIndex; i = open_.due(now, next)) due(i);
  while (first_hold_ != kNoIndex && holds_[first_hold_].since + options_.hold_time <= now) {
    settle(conversation(holds_[first_hold_].conversation));
  }
  if (first_hold_ != kNoIndex) next = std::min(next, holds_[first_hold_].since + options_.hold_time);
  next_due_ = next;
}

void Engine::Impl::due(std::uint32_t i) {
  OpenRequest& r = open_[i];
  if (r.state != OpenRequest::State::open) {
    remove(i);
    return;
  }
  const base::Micros timeout = set_of(conversation(r.conversation)).timeouts[r.signature->timer];
  const bool waits = r.signature->wait;
  // An answer that has begun (SIP: it rings) is one, though its end is not known.
  const bool answered = waits || r.response_begun;
  finish(i, answered ? Outcome::answered : Outcome::unanswered, r.sent + timeout, !answered);
}

}  // namespace pastmon::signature
