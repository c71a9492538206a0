// SPDX-License-Identifier: MIT
// The beginning of a flow is held until a signature matches it, none can, or its time is up; then everything held goes
// the way that it would have gone at once. Held packets are copies; payload is kept up to kHeldBytes a side.
#include <algorithm>

#include "engine_impl.h"

namespace pastmon::signature {

/// A packet of a conversation whose kind is decided. `facts` is null when no packet of this side carried the chunks.
void Engine::Impl::deliver(Conversation& c, const flow::PacketFacts* facts, flow::Side side, Chunks chunks,
                           bool record) {
  Passing passing;
  passing.facts = facts;
  passing.side = side;
  const bool open_before = c.head != kNoIndex;
  flow::Side client = c.client;
  NameId name = current_name(c, client);
  Passing* const outer = passing_;
  passing_ = &passing;
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    if (c.state == Conversation::State::fresh) {  // an upgrade: what follows is a beginning again
      fresh(c, nullptr, side, chunks.subspan(i), false);
      break;
    }
    feed(c, side, chunks[i]);
  }
  passing_ = outer;
  if (!record) return;
  if (passing.named) return emit(c, passing.name, passing.client, facts, side);
  Stream* awaits = passing.awaits;
  if (awaits == nullptr && !open_before && c.streams != kNoIndex) {  // a transaction that has begun may lack its name
    for (Stream& s : streams_[c.streams].of) {
      if (!s.waiting.empty()) awaits = &s;
    }
  }
  if (awaits != nullptr) {
    if (awaits->waiting.size() >= kMaxWaiting) flush_waiting(c, *awaits, c.last_name, c.client);
    awaits->waiting.push_back({*facts, side});
    return;
  }
  if (!open_before) name = current_name(c, client);
  emit(c, name, client, facts, side);
}

void Engine::Impl::fresh(Conversation& c, const flow::PacketFacts* facts, flow::Side side, Chunks chunks, bool record) {
  const bool held = c.hold != kNoIndex;
  if (chunks.empty()) {
    hold(c, facts, side, chunks, record);
    return;
  }
  Recognised r;
  const flow::Chunk& chunk = chunks.front();
  // Behind bytes that the capture cut off nothing can be framed, but a datagram may still make a pair.
  const bool cut = chunk.captured < chunk.size && c.carrier == config::Carrier::tcp;
  if (!chunk.lost) {
    const Bytes here{chunk.data, chunk.captured};
    if (!held || (holds_[c.hold].window[0].empty() && holds_[c.hold].window[1].empty())) {
      r = decide(c, side, here, {}, cut);
    } else {
      Hold& h = holds_[c.hold];
      auto& window = h.window[side];
      const std::size_t before = window.size();
      const bool third_turn = side == h.first_side && !h.window[1 - side].empty();
      const std::size_t room = std::min<std::size_t>(kHeldBytes - std::min(before, kHeldBytes), chunk.captured);
      if (!third_turn) window.insert(window.end(), chunk.data, chunk.data + room);
      const auto bytes = [&](flow::Side s) { return Bytes{h.window[s].data(), h.window[s].size()}; };
      const bool full = h.packets.size() >= kHeldPackets || window.size() >= kHeldBytes;
      r = decide(c, h.first_side, bytes(h.first_side), bytes(static_cast<flow::Side>(1 - h.first_side)),
                 third_turn || full || cut);
      window.resize(before);
    }
  }
  if (r.answer == Recognised::Answer::wait) {
    hold(c, facts, side, chunks, record);
    return;
  }
  enter(c, r);
  replay(c);
  // What was held may have ended the service again (an upgrade): then this is a beginning once more.
  if (c.state == Conversation::State::fresh) return fresh(c, facts, side, chunks, record);
  deliver(c, facts, side, chunks, record);
}

void Engine::Impl::enter(Conversation& c, const Recognised& r) {
  if (r.answer != Recognised::Answer::yes) return become_other(c);
  const Protocol& protocol = *r.candidate->protocol;
  if (!c.client_known) c.client = r.client;
  speak(c, protocol);
  if (c.carrier != config::Carrier::tcp) return;
  // HTTP/2: its headers can be read from the connection's opening on, which has no stream and so no id.
  const Signature& by = *r.candidate->signature;
  const bool opening =
      protocol.spec.framing.kind == config::FramingKind::http2 && by.request != nullptr && by.request->ids.empty();
  for (Stream& s : streams_[c.streams].of) s.readable = opening;
  const Signature* greeting = protocol.service->greeting;
  if (greeting != nullptr && c.established != base::kNone && !c.spoke[c.server()] && !c.spoke[c.client]) {
    Message handshake;
    handshake.first = handshake.last = c.established;
    matched(c, *greeting);
    const std::uint32_t i = open_request(c, c.client, greeting, name_of(c, *greeting, 0), handshake);
    if (i != kNoIndex) open_[i].request_done = true;
  }
}

/// From here on the conversation is this service's.
void Engine::Impl::speak(Conversation& c, const Protocol& protocol) {
  c.protocol = &protocol;
  c.state = Conversation::State::service;
  c.last_name = sets_[c.set].names[protocol.service->own_name];
  const bool framed = c.carrier == config::Carrier::tcp && !protocol.service->signatures.empty();
  if (framed && c.streams == kNoIndex) c.streams = streams_.take();
}

void Engine::Impl::hold(Conversation& c, const flow::PacketFacts* facts, flow::Side side, Chunks chunks, bool record) {
  if (facts == nullptr && chunks.empty()) return;
  if (c.hold == kNoIndex) {
    c.hold = holds_.take();
    Hold& h = holds_[c.hold];
    h.conversation = c.flow;
    h.since = clock_;
    h.earlier = last_hold_;
    (last_hold_ == kNoIndex ? first_hold_ : holds_[last_hold_].later) = c.hold;
    last_hold_ = c.hold;
    next_due_ = std::min(next_due_, h.since + options_.hold_time);
  }
  Hold& h = holds_[c.hold];
  if (h.window[0].empty() && h.window[1].empty()) h.first_side = side;
  Hold::Packet p;
  if (facts != nullptr) p.facts = *facts;
  p.side = side;
  p.record = record && facts != nullptr;
  p.first_chunk = static_cast<std::uint32_t>(h.chunks.size());
  p.chunk_count = static_cast<std::uint32_t>(chunks.size());
  for (flow::Chunk chunk : chunks) {
    auto& window = h.window[side];
    const std::size_t room = kHeldBytes - std::min(window.size(), kHeldBytes);
    chunk.captured = static_cast<std::uint32_t>(std::min<std::size_t>(chunk.captured, room));
    h.at.push_back(static_cast<std::uint32_t>(h.bytes.size()));
    h.bytes.insert(h.bytes.end(), chunk.data, chunk.data + chunk.captured);
    window.insert(window.end(), chunk.data, chunk.data + chunk.captured);
    counters_.held_bytes += chunk.captured;
    chunk.data = nullptr;
    h.chunks.push_back(chunk);
  }
  h.packets.push_back(p);
  if (h.packets.size() >= kHeldPackets || counters_.held_bytes > options_.max_held) settle(c);
}

void Engine::Impl::unlink_hold(std::uint32_t i) {
  Hold& h = holds_[i];
  (h.earlier == kNoIndex ? first_hold_ : holds_[h.earlier].later) = h.later;
  (h.later == kNoIndex ? last_hold_ : holds_[h.later].earlier) = h.earlier;
}

/// Decides with what is there. A later turn of what was held may be held again: it is decided, too.
void Engine::Impl::settle(Conversation& c) {
  while (c.hold != kNoIndex) settle_hold(c);
}

void Engine::Impl::settle_hold(Conversation& c) {
  Hold& h = holds_[c.hold];
  const auto bytes = [&](flow::Side s) { return Bytes{h.window[s].data(), h.window[s].size()}; };
  if (bytes(h.first_side).size == 0) {  // no payload yet: the beginning is still to come
    const std::uint32_t index = c.hold;
    unlink_hold(index);
    c.hold = kNoIndex;
    for (const Hold::Packet& p : h.packets) {
      if (p.record) emit(c, c.last_name, c.client, keep_facts(p.facts), p.side);
    }
    spent_holds_.push_back(index);
    return;
  }
  enter(c, decide(c, h.first_side, bytes(h.first_side), bytes(static_cast<flow::Side>(1 - h.first_side)), true));
  replay(c);
}

void Engine::Impl::replay(Conversation& c) {
  if (c.hold == kNoIndex) return;
  const std::uint32_t index = c.hold;
  unlink_hold(index);
  c.hold = kNoIndex;
  Hold& h = holds_[index];
  counters_.held_bytes -= h.bytes.size();
  for (std::size_t i = 0; i < h.chunks.size(); ++i) h.chunks[i].data = h.bytes.data() + h.at[i];
  for (const Hold::Packet& p : h.packets) {
    const flow::PacketFacts* facts = p.record ? keep_facts(p.facts) : nullptr;
    const Chunks chunks = Chunks(h.chunks).subspan(p.first_chunk, p.chunk_count);
    if (c.state == Conversation::State::fresh) {
      fresh(c, facts, p.side, chunks, p.record);
    } else {
      deliver(c, facts, p.side, chunks, p.record);
    }
  }
  spent_holds_.push_back(index);
}

}  // namespace pastmon::signature
