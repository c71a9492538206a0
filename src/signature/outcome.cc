// SPDX-License-Identifier: MIT
// How transactions end: each request that was opened gives exactly one record, or none when bytes of it were lost or
// when it asked for no reply and got none.
#include <algorithm>

#include "engine_impl.h"

namespace pastmon::signature {
namespace {

constexpr std::size_t kNextSearch = 64;  ///< open requests in which the next one of the same id is looked for

}  // namespace

void Engine::Impl::unlink(Conversation& c, std::uint32_t i) {
  OpenRequest& r = open_[i];
  const bool open = r.state == OpenRequest::State::open;
  (r.previous == kNoIndex ? (open ? c.head : c.kept) : open_[r.previous].next) = r.next;
  if (r.next != kNoIndex) {
    open_[r.next].previous = r.previous;
  } else if (open) {
    c.tail = r.previous;
  }
  if (open) --c.open;
  open ? --counters_.open_requests : --kept_;
  for (std::uint32_t& current : c.current) {
    if (current == i) current = kNoIndex;
  }
  if (c.streams == kNoIndex) return;
  for (Stream& s : streams_[c.streams].of) {
    if (s.message.request == i) s.message.request = kNoIndex, s.message.role = Role::none;
  }
}

void Engine::Impl::remove(std::uint32_t i) {
  unlink(conversation(open_[i].conversation), i);
  open_.give_back(i);
}

/// A reported request stays known for a while: what comes late or again is then told from what answers nothing.
void Engine::Impl::keep(std::uint32_t i, base::Micros at, OpenRequest::State state) {
  if (kept_ >= std::max<std::size_t>(options_.max_open / 4, 1)) remove(open_.oldest(OpenRequests::kKeptTimer));
  OpenRequest& r = open_[i];
  Conversation& c = conversation(r.conversation);
  unlink(c, i);
  r.state = state;
  r.previous = kNoIndex;
  r.next = c.kept;
  if (c.kept != kNoIndex) open_[c.kept].previous = i;
  c.kept = i;
  ++kept_;
  r.sent = at;
  open_.arm(i, OpenRequests::kKeptTimer);
  next_due_ = std::min(next_due_, at + kKept);
}

void Engine::Impl::report(const OpenRequest& r, Outcome outcome, base::Micros at, bool complete) {
  Conversation& c = conversation(r.conversation);
  Transaction t;
  t.conversation = c.flow;
  t.name = r.name;
  t.endpoints = &c.endpoints[r.client];
  t.outcome = outcome;
  t.waiting = r.signature != nullptr && (r.signature->wait || (r.signature->early_waits && r.early));
  t.at = at;
  t.request_begin = r.request_begin == base::kNone ? r.request_end : r.request_begin;  // chunks without a byte
  t.request_end = r.request_end;
  t.request_bytes = r.request_bytes;
  if (outcome == Outcome::answered && r.response_begun) {
    t.error = r.error;
    t.early = r.early;
    t.complete = complete && !r.open_end;
    t.response_begin = r.response_begin;
    t.response_end = r.response_end;
    t.response_bytes = r.response_bytes;
    t.response_delay = r.response_delay;
    t.request_delay = r.request_delay;
    t.request_gap_delay = r.request_gap;
    t.server_from = r.request_end;
    if (c.carrier == config::Carrier::tcp) {
      const bool in_order = r.signature == nullptr || r.signature->service->pairing == config::Pairing::order;
      if (in_order) t.server_from = std::max(r.request_end, c.previous_end);
      if (r.server_free != base::kNone) t.server_from = std::max(r.request_end, r.server_free);
      const auto rtt = [&](flow::Side side) {
        return c.connect_rtt[side] != base::kNone ? c.connect_rtt[side] : c.ack_rtt[side];
      };
      t.server_rtt = rtt(static_cast<flow::Side>(1 - r.client));
      t.client_rtt = rtt(r.client);
    }
  }
  if (r.signature != nullptr && r.signature->greeting) t.request_bytes = -1;
  if (r.answerer != kNoIndex) {  // the row is the answering server's, on the port that was asked
    Endpoints& e = loose_endpoints();
    e = c.endpoints[r.client];
    const Conversation& from = conversation(r.answerer);
    e.server = from.endpoints[from.client].server;
    t.endpoints = &e;
  }
  out_->transactions.push_back(t);
}

void Engine::Impl::finish(std::uint32_t i, Outcome outcome, base::Micros at, bool complete) {
  OpenRequest& r = open_[i];
  Conversation& c = conversation(r.conversation);
  const bool turn = r.signature == nullptr;
  const bool failed = outcome != Outcome::answered;
  const bool guessed = turn || r.signature->estimated;
  const bool silent = (!turn && r.signature->silent) || (guessed && outcome == Outcome::unanswered) ||
                      (failed && !turn && r.signature->no_reply);
  if (r.lost || (failed && r.touched)) {
    ++counters_.lost_transactions;
  } else if (!silent) {
    report(r, outcome, outcome == Outcome::answered && complete && r.response_begun ? r.response_end : at, complete);
  }
  if (!failed) c.previous_end = std::max(c.previous_end, r.response_end);
  if (!failed && !turn && r.signature->service->in_order) served(r);
  if (!turn && !silent && c.carrier != config::Carrier::tcp) {
    if (outcome == Outcome::unanswered) return keep(i, at, OpenRequest::State::expired);
    if (outcome == Outcome::answered && r.signature->service->repeats) return keep(i, at, OpenRequest::State::answered);
  }
  remove(i);
}

/// The server can begin with the next request of the same first id (`in_order`).
void Engine::Impl::served(const OpenRequest& r) {
  std::uint32_t i = r.next;
  for (std::size_t n = 0; i != kNoIndex && n < kNextSearch; ++n, i = open_[i].next) {
    OpenRequest& next = open_[i];
    if (next.client != r.client || next.place != r.place) continue;
    next.server_free = std::max(r.response_end, next.server_free);
    return;
  }
}

/// The connection ended without a word about it: `reason` says how.
void Engine::Impl::end_all(Conversation& c, flow::EndReason reason, base::Micros at) {
  const bool cut = reason == flow::EndReason::capture || reason == flow::EndReason::evicted;
  while (c.kept != kNoIndex) remove(c.kept);
  while (c.head != kNoIndex) {
    const std::uint32_t i = c.head;
    const OpenRequest& r = open_[i];
    const bool runs = r.signature == nullptr || r.signature->response_until_turn;
    if (r.response_done || (r.response_begun && runs && !cut)) {
      finish(i, Outcome::answered, at);
    } else if (r.response_begun) {
      finish(i, Outcome::answered, at, false);
    } else if (r.signature != nullptr && r.signature->wait) {
      finish(i, Outcome::answered, at, false);
    } else {
      finish(i, Outcome::unanswered, at);
    }
    if (c.kept != kNoIndex) remove(c.kept);
  }
}

/// RST, or the FIN of the side that answers `client`: what is not complete will never be.
void Engine::Impl::abort_all(Conversation& c, flow::Side client, base::Micros at) {
  for (std::uint32_t i = c.head, next = kNoIndex; i != kNoIndex; i = next) {
    const OpenRequest& r = open_[i];
    next = r.next;
    if (r.client != client) continue;
    const bool runs = r.signature == nullptr || r.signature->response_until_turn;
    const bool complete = r.response_done || (r.response_begun && runs);
    // A guess: the last words of a client that closes (TLS hides them) are no question that was left unanswered.
    const bool farewell = r.signature != nullptr && r.signature->estimated && !r.response_begun && c.closed[client];
    finish(i, complete ? Outcome::answered : farewell ? Outcome::unanswered : Outcome::aborted, at);
  }
}

}  // namespace pastmon::signature
