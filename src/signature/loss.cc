// SPDX-License-Identifier: MIT
// Bytes that are missing or are no message: what they cost, and where the stream is taken up again.
#include "engine_impl.h"

namespace pastmon::signature {

/// Bytes that cannot be looked at: never seen, or (`cut`) beyond the captured length.
void Engine::Impl::gap(Conversation& c, flow::Side side, const flow::Chunk& chunk, std::uint32_t size, bool cut) {
  if (c.streams == kNoIndex) return;
  Stream& s = streams_[c.streams].of[side];
  if (s.mode == Stream::Mode::hunting) return;
  if (!s.in_message || s.skip < size) return lose(c, side, cut);
  if (!s.message.matched) match_stream(c, side, s);
  if (cut) {
    account(c, s, nullptr, size, chunk);
  } else {
    s.message.size += size;  // when they passed is not known
    if (s.message.role != Role::none) {
      OpenRequest& r = open_[s.message.request];
      (s.message.role == Role::request ? r.request_bytes : r.response_bytes) += size;
      const bool last_byte = s.skip == size;
      if (last_byte && s.message.role == Role::request) r.lost = true;
      if (last_byte && s.message.role == Role::response) r.open_end = true;
    }
  }
  if (s.skip != kForever) s.skip -= size;
  if (s.skip == 0 && s.ends_after_skip) end_message(c, side, s);
}

/// The boundaries of `side`'s messages are not known any more.
void Engine::Impl::lose(Conversation& c, flow::Side side, bool cut) {
  Stream& s = streams_[c.streams].of[side];
  s.unit.clear();
  s.readable = false;
  s.headers.reset();
  if (cut && s.in_message) {  // the bytes were there, only their contents are unknown: the turn ends the message
    if (!s.message.matched) match_stream(c, side, s);
    s.skip = kForever;
    s.ends_after_skip = true;
    s.blind = true;
    return;
  }
  if (s.observing != nullptr) observe_collected(c, side, s);
  const std::uint32_t touched = s.message.request;
  if (!s.waiting.empty()) flush_waiting(c, s, c.last_name, c.client);
  if (passing_ != nullptr && passing_->awaits == &s) passing_->awaits = nullptr;
  s.mode = Stream::Mode::hunting;
  s.in_message = s.blind = false;
  s.skip = 0;
  s.framing = {};
  s.message = {};
  if (c.protocol->service->sequential()) return drop_open(c);
  if (touched != kNoIndex) {
    open_[touched].lost = true;
    finish(touched, Outcome::unanswered, clock_);
  }
  for (std::uint32_t i = c.head; side != c.client && i != kNoIndex; i = open_[i].next) open_[i].touched = true;
}

/// HTTP: bytes of a client that are no request, behind a complete one, take nothing from those that are open: POSTs
/// without a length have bodies, too. What is hidden in them does not count: requests count again with the next turn.
bool Engine::Impl::stray(Conversation& c, flow::Side side) {
  Stream& s = streams_[c.streams].of[side];
  const bool http = c.protocol->spec.framing.kind == config::FramingKind::http && !c.protocol->service->both_ways;
  if (!http || side != c.client || s.framing.phase != 0 || s.message.role != Role::none) return false;
  if (!s.waiting.empty()) flush_waiting(c, s, c.last_name, c.client);
  if (passing_ != nullptr && passing_->awaits == &s) passing_->awaits = nullptr;
  s.unit.clear();
  s.mode = Stream::Mode::hunting;
  s.in_message = false;
  s.framing = {};
  s.message = {};
  c.desynced = true;
  return true;
}

/// HTTP, at the beginning of a turn: a message whose end nobody said may have ended when the other side spoke.
bool Engine::Impl::may_have_ended(Conversation& c, flow::Side side, const Stream& s) {
  if (!s.turn_start || !s.in_message || !s.message.matched) return false;
  if (c.protocol->spec.framing.kind != config::FramingKind::http) return false;
  // What is no request (the body of a POST without a length) must not swallow the next request.
  if (side == c.client) return s.skip == 0 && s.message.role == Role::none;
  // A response without a length, and the client has asked again since: small devices forget to say that there is none.
  return s.skip == kForever && s.message.role == Role::response && open_[s.message.request].next != kNoIndex;
}

/// Order is lost: no open request may be paired with what comes.
void Engine::Impl::drop_open(Conversation& c) {
  c.desynced = true;
  c.expected = nullptr;
  while (c.head != kNoIndex) {
    open_[c.head].lost = true;
    finish(c.head, Outcome::unanswered, clock_);
  }
}

}  // namespace pastmon::signature
