// SPDX-License-Identifier: MIT
// Messages that answer: which request is it for, is it the response's beginning, its end, an error, an interim answer?
#include <algorithm>
#include <utility>

#include "engine_impl.h"

namespace pastmon::signature {

/// Pairing by order: the first request that has not had all of its response.
std::uint32_t Engine::Impl::oldest_unanswered(Conversation& c, flow::Side client) {
  std::uint32_t i = c.head;
  while (i != kNoIndex && (open_[i].client != client || (open_[i].response_done && open_[i].owed == 0)))
    i = open_[i].next;
  return i;
}

/// Pairing by match: the first open request that these bytes answer or go on with. The server works in order: those
/// before it that expect no answer got none.
std::uint32_t Engine::Impl::matched_by(Conversation& c, flow::Side client, Bytes bytes) {
  std::uint32_t i = c.head;
  for (; i != kNoIndex; i = open_[i].next) {
    const OpenRequest& r = open_[i];
    if (r.client != client || r.response_done) continue;
    const Pattern* other = r.response_begun ? r.signature->response_end : r.signature->interim;
    if (match(r.signature->response, bytes) || match(other, bytes)) break;
  }
  for (std::uint32_t j = c.head, next = kNoIndex; i != kNoIndex && j != i; j = next) {
    const OpenRequest& r = open_[j];
    next = r.next;
    if (r.client == client && !r.response_begun && r.signature->no_reply) finish(j, Outcome::unanswered, clock_);
  }
  return i;
}

/// `bytes` answer `i`, or begin the response of the request behind it: then that one, and `i` has had all of its own.
std::uint32_t Engine::Impl::answered_next(std::uint32_t i, Bytes bytes) {
  const OpenRequest& r = open_[i];
  const std::uint32_t next = r.next;
  if (next == kNoIndex || !r.response_begun || open_[next].client != r.client) return i;
  if (!match(r.signature->response_next, bytes)) return i;
  finish(i, Outcome::answered, r.response_end);
  return next;
}

std::uint32_t Engine::Impl::answered_by(Conversation& c, flow::Side side, Bytes bytes, const Message& m) {
  const Service& service = *c.protocol->service;
  const auto client = static_cast<flow::Side>(1 - side);
  if (service.pairing == config::Pairing::order) {
    const std::uint32_t i = oldest_unanswered(c, client);
    if (i == kNoIndex && c.kept != kNoIndex) late(c.kept, m);
    return i == kNoIndex ? i : answered_next(i, bytes);
  }
  if (service.pairing == config::Pairing::match) return matched_by(c, client, bytes);
  for (const Pattern* p : service.id_responses) {
    if (!match(p, bytes)) continue;
    const std::uint64_t id = match_id(*p);
    std::uint32_t i = open_.find(key_of(c, service, client, id));
    // A host that asks itself is both sides.
    if (i == kNoIndex && service.both_ways && c.endpoints[0] == c.endpoints[1]) {
      i = open_.find(key_of(c, service, side, id));
    }
    if (i == kNoIndex) continue;
    if (open_[i].state == OpenRequest::State::open) return i;
    if (late(i, m)) return kNoIndex;
  }
  if (match(service.untagged, bytes)) return oldest_unanswered(c, client);
  // A greeting has no id.
  const std::uint32_t head = c.head;
  return head != kNoIndex && open_[head].signature->greeting ? head : kNoIndex;
}

/// A response to a datagram that was given up: counted, never paired.
bool Engine::Impl::late(std::uint32_t i, const Message& m) {
  const OpenRequest& r = open_[i];
  if (r.state == OpenRequest::State::open) return false;
  if (r.state == OpenRequest::State::answered) return true;
  Conversation& asker = conversation(r.conversation);
  out_->late.push_back({asker.flow, r.name, &asker.endpoints[r.client], m.first});
  asker.last_name = r.name;
  remove(i);
  return true;
}

void Engine::Impl::server_message(Conversation& c, flow::Side side, Bytes bytes, Message& m) {
  const Service& service = *c.protocol->service;
  const bool ignored = match(service.ignore, bytes);
  Stream* const stream = c.streams == kNoIndex ? nullptr : &streams_[c.streams].of[side];
  const std::uint32_t i = ignored && service.pairing == config::Pairing::id ? kNoIndex : answered_by(c, side, bytes, m);
  // Within a response of several messages a push is part of it; else it answers nothing.
  if (ignored && (i == kNoIndex || !open_[i].response_begun)) return;
  if (i == kNoIndex) {
    if (!c.desynced) ++counters_.unpaired_responses;
    return;
  }
  const auto client = static_cast<flow::Side>(1 - side);
  OpenRequest& r = open_[i];
  const Signature& s = *r.signature;
  if (match(s.response_skips, bytes)) return name_message(c, stream, r.name, client);
  if (s.chunks && answers_chunk(c, side, i, bytes)) return;
  if (!r.response_begun && match(s.interim, bytes)) {
    r.interim = true;
    apply_rules(c, r, bytes);
    if (upgrade_ != nullptr && !upgrade_->as.empty()) m.upgrade = std::exchange(upgrade_, nullptr);
    name_message(c, stream, r.name, client);
    return;
  }
  // Once a response has begun, its pattern matters only for what is taken from it.
  const bool taken = s.response != nullptr && (s.response->status != 0 || !s.observe.empty());
  const bool matched = s.response == nullptr || ((!r.response_begun || taken) && match(s.response, bytes));
  if (!matched && !r.response_begun) {
    nearly(c, s);
    if (watch_ != nullptr) tell_near(Near::response, c, client, &s, bytes, {});
    ++counters_.unpaired_responses;
    return;
  }
  std::string_view status;
  if (matched && s.response != nullptr) {
    status = match_.group(s.response->status);
    const bool in_sight = stream == nullptr || stream->start != nullptr;
    if (!s.observe.empty() && in_sight) {
      const bool detail = s.response->detail != 0;
      const std::string_view whole(reinterpret_cast<const char*>(bytes.data), bytes.size);
      out_->observations.push_back(
          {s.observe, detail ? match_.group(s.response->detail) : whole, &c.endpoints[client], m.first});
    }
  }
  const bool by_status = s.response != nullptr && s.response->status != 0;
  const Bytes judged = by_status ? Bytes{reinterpret_cast<const std::uint8_t*>(status.data()), status.size()} : bytes;
  const bool judges = s.response_only == nullptr || !r.response_begun;
  if (judges && s.error != nullptr && (!by_status || matched) && match(s.error, judged)) r.error = true;
  if (!r.request_done && service.untagged != nullptr && !match(service.untagged, bytes)) refuse_literal(c, i);
  const bool asking = s.chunks ? streams_[c.streams].of[client].message.request == i : !r.request_done;
  if (!r.response_begun && asking) r.early = true;
  apply_rules(c, r, bytes);
  const bool whole = !r.response_begun && match(s.response_only, bytes);
  bind(m, i, Role::response);
  if (!ignored) r.paused = match(s.response_pauses, bytes);  // a push behind it changes nothing
  if (s.response_until_turn) {
    m.ends = false;
  } else {
    m.ends = whole || s.response_end == nullptr || match(s.response_end, bytes);
  }
  name_message(c, stream, r.name, client);
  c.last_name = r.name;
  if (r.conversation != c.flow) r.answerer = c.flow;
}

/// What a message of a response changes: the row's name, the service behind it, what the client sends next.
void Engine::Impl::apply_rules(Conversation& c, OpenRequest& r, Bytes bytes) {
  const Signature& s = *r.signature;
  const LoadedSet& set = sets_[c.set];
  for (const NamedRule& rule : s.rename) {
    if (match(rule.response, bytes)) r.name = set.names[rule.name];
  }
  for (const NamedRule& rule : s.upgrade) {
    if (!match(rule.response, bytes)) continue;
    upgrade_ = &rule;
    break;
  }
  if (!s.service->follows) return;
  for (const Signature& next : s.service->signatures) {
    if (next.after < 0 || set.names[static_cast<std::size_t>(next.after)] != r.name) continue;
    if (match(next.after_response, bytes)) c.expected = &next;
  }
}

void Engine::Impl::response_ended(Conversation& c, std::uint32_t i, base::Micros at) {
  OpenRequest& r = open_[i];
  r.response_done = true;
  const NamedRule* rule = upgrade_;
  upgrade_ = nullptr;
  if (r.owed > 0) --r.owed;
  if (r.request_done && r.owed == 0) finish(i, Outcome::answered, at);
  if (rule != nullptr) upgrade(c, *rule);
}

/// The new service answers a request that was made in the old one (HTTP/2 behind "Upgrade: h2c"): it keeps its name,
/// the rest is as if it had begun with the rule's bytes.
void Engine::Impl::carry(Conversation& c, std::uint32_t i, const NamedRule& rule) {
  OpenRequest& r = open_[i];
  const Service& service = *rule.service;
  const Bytes bytes{reinterpret_cast<const std::uint8_t*>(rule.as.data()), rule.as.size()};
  for (const std::uint16_t number : service.requests[bytes.data[0]]) {
    const Signature& s = service.signatures[number];
    if (!match(s.request, bytes)) continue;
    r.signature = &s;
    r.interim = false;
    r.place = place_in(s);
    if (service.pairing == config::Pairing::id) open_.index(i, key_of(c, service, r.client, match_id(*s.request)));
    return;
  }
  finish(i, Outcome::aborted, clock_);
}

/// The conversation goes on with another service, from the byte behind this response.
void Engine::Impl::upgrade(Conversation& c, const NamedRule& rule) {
  const std::uint32_t kept = rule.as.empty() ? kNoIndex : oldest_unanswered(c, c.client);
  for (std::uint32_t i = c.head, next = kNoIndex; i != kNoIndex; i = next) {
    next = open_[i].next;
    if (i != kept || !open_[i].request_done) finish(i, Outcome::aborted, clock_);
  }
  release_streams(c);
  c.last_side = 2;
  c.protocol = nullptr;
  c.expected = nullptr;
  c.muted = c.mute_next = false;
  c.state = Conversation::State::fresh;
  if (rule.service == nullptr) return;
  for (const Protocol& p : set_of(c).protocols) {
    if (p.service != rule.service || p.spec.carrier != c.carrier) continue;
    speak(c, p);
    if (c.streams != kNoIndex) {
      for (Stream& s : streams_[c.streams].of) s.readable = true;
    }
  }
  if (c.head != kNoIndex) carry(c, c.head, rule);
}

}  // namespace pastmon::signature
