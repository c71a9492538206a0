// SPDX-License-Identifier: MIT
// Conversations that no signature recognises get response times by turns: what the client sends until the server
// speaks is a request, what the server sends until the client speaks again is its response. A turn has no visible end,
// so a response that has begun is complete whenever the connection ends. Bytes that the server sends first open
// nothing. Over UDP a response is one datagram; once a side sends twice in a row, the flow makes no transactions.
#include <algorithm>

#include "engine_impl.h"

namespace pastmon::signature {
namespace {
constexpr std::uint8_t kMaxTries = 16;
}

void Engine::Impl::become_other(Conversation& c) {
  c.state = Conversation::State::other;
  c.protocol = nullptr;
  c.last_side = 2;
  c.last_name = c.carrier == config::Carrier::tcp   ? tcp_other_
                : c.carrier == config::Carrier::udp ? udp_other_
                                                    : icmp_other_;
}

/// True when these bytes, at the beginning of a turn or datagram, prove a service; the conversation is its then.
bool Engine::Impl::recognised_now(Conversation& c, flow::Side side, const flow::Chunk& chunk) {
  const Recognised r = recognise(c, side, {chunk.data, chunk.captured}, true, false, false);
  if (r.answer != Recognised::Answer::yes) return false;
  end_turn(c, side, chunk);
  enter(c, r);
  return true;
}

/// True when a TCP turn could be the request of a pair that proves a service: it is held until the other side answers,
/// as the beginning of a flow is.
bool Engine::Impl::held_again(Conversation& c, flow::Side side, const flow::Chunk& chunk) {
  // What was held and is given out again is not held a second time.
  const bool again =
      c.tried_side == side && static_cast<std::int32_t>(static_cast<std::uint32_t>(chunk.offset) - c.tried) < 0;
  if (c.tries >= kMaxTries || again) return false;
  if (c.head != kNoIndex && open_[c.head].client != side) return false;  // it answers a turn
  weak_.clear();
  recognise(c, side, {chunk.data, chunk.captured}, true, false, true);
  if (std::none_of(weak_.begin(), weak_.end(), [](const auto& w) { return !w.first->response; })) return false;
  ++c.tries;
  c.tried = static_cast<std::uint32_t>(chunk.offset + chunk.size);
  c.tried_side = side;
  end_turn(c, side, chunk);
  c.state = Conversation::State::fresh;
  c.last_side = 2;
  fresh(c, nullptr, side, Chunks(&chunk, 1), false);
  return true;
}

/// What a conversation without a name has asked ends with these bytes of `side`, the first of a service.
void Engine::Impl::end_turn(Conversation& c, flow::Side side, const flow::Chunk& chunk) {
  // A request that this is the answer to was not recognised: it stays a turn, and ends with these bytes.
  if (c.head != kNoIndex) {
    const std::uint32_t i = c.head;
    OpenRequest& open = open_[i];
    if (open.client != side && !open.response_begun) {
      Message m;
      m.from = chunk.offset;
      m.size = chunk.size;
      m.first = chunk.time - chunk.spread;
      m.last = chunk.time;
      bind(m, i, Role::response);
    }
    finish(i, open.response_begun ? Outcome::answered : Outcome::unanswered, chunk.time);
  }
}

void Engine::Impl::turn(Conversation& c, flow::Side side, const flow::Chunk& chunk) {
  if (c.over) return;
  if (c.carrier == config::Carrier::tcp) return tcp_turn(c, side, chunk);
  if (c.carrier == config::Carrier::udp && c.turns_off && c.tries >= kMaxTries) return;
  if (c.tries < kMaxTries || c.carrier != config::Carrier::udp) {
    ++c.tries;
    if (!chunk.lost && recognised_now(c, side, chunk)) return feed(c, side, chunk);
  }
  if (c.carrier == config::Carrier::udp) datagram_turn(c, side, chunk);
}

void Engine::Impl::tcp_turn(Conversation& c, flow::Side side, const flow::Chunk& chunk) {
  const bool fresh_turn = c.last_side != side;
  if (fresh_turn && !chunk.lost && recognised_now(c, side, chunk)) return feed(c, side, chunk);
  if (fresh_turn && !chunk.lost && held_again(c, side, chunk)) return;
  c.last_side = side;
  c.spoke[side] = true;
  Message m;
  m.from = chunk.offset;
  m.size = chunk.size;
  m.first = chunk.time - chunk.spread;
  m.last = chunk.time;
  m.gap = chunk.delay;
  m.gap_until = chunk.time;
  if (side == c.client) {
    if (fresh_turn && c.head != kNoIndex) finish(c.head, Outcome::answered, chunk.time);
    if (c.head == kNoIndex) {
      const std::uint32_t i = open_request(c, side, nullptr, tcp_other_, m);
      if (i == kNoIndex) return;
      open_[i].request_done = true;
    } else {
      add_bytes(open_[c.head], m, Role::request);
    }
    if (passing_ != nullptr && fresh_turn) name_message(c, nullptr, tcp_other_, side);
  } else if (c.head != kNoIndex) {
    if (open_[c.head].response_begun) {
      add_bytes(open_[c.head], m, Role::response);
    } else {
      bind(m, c.head, Role::response);
    }
  }
  if (chunk.lost && fresh_turn && c.head != kNoIndex) open_[c.head].lost = true;
}

void Engine::Impl::datagram_turn(Conversation& c, flow::Side side, const flow::Chunk& chunk) {
  if (c.turns_off) return;
  if (c.last_side == side) {
    c.turns_off = true;
    if (c.head != kNoIndex) finish(c.head, Outcome::unanswered, chunk.time);
    return;
  }
  c.last_side = side;
  Message m;
  m.from = chunk.offset;
  m.size = chunk.size;
  m.first = chunk.time - chunk.spread;
  m.last = chunk.time;
  if (side == c.client) {
    const std::uint32_t i = open_request(c, side, nullptr, udp_other_, m);
    if (i != kNoIndex) open_[i].request_done = true;
  } else if (c.head != kNoIndex) {
    bind(m, c.head, Role::response);
    finish(c.head, Outcome::answered, chunk.time);
  }
}

}  // namespace pastmon::signature
