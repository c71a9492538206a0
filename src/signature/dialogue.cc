// SPDX-License-Identifier: MIT
// Messages that ask: does this message begin a request, go on with one, or ask nothing? Which row is it?
#include <algorithm>

#include "engine_impl.h"

namespace pastmon::signature {
namespace {
/// Pairing by match looks through the open requests of a conversation: there are not more than these.
constexpr std::size_t kMaxMatched = 128;

/// An id as a number: its first eight bytes, the highest first.
std::uint64_t place_of(std::string_view id) noexcept {
  std::uint64_t value = 0;
  for (const char c : id.substr(0, 8)) value = value << 8U | static_cast<std::uint8_t>(c);
  return value;
}

/// What else the client sends asks nothing: the server wants more of this request, or has not begun to answer it.
bool has_the_line(const OpenRequest& r) noexcept {
  return r.paused || (r.signature != nullptr && r.signature->alone && !r.response_begun);
}

}  // namespace

void Engine::Impl::datagram(Conversation& c, flow::Side side, const flow::Chunk& chunk) {
  Message m;
  m.from = chunk.offset;
  m.size = chunk.size;
  m.first = chunk.time - chunk.spread;
  m.last = chunk.time;
  m.matched = true;
  c.last_side = side;
  const std::size_t hidden = std::min<std::size_t>(c.protocol->spec.framing.hide, chunk.captured);
  message(c, side, {chunk.data + hidden, chunk.captured - hidden}, m, 0);
  const bool icmp = c.carrier == config::Carrier::icmp || c.carrier == config::Carrier::icmpv6;
  name_message(c, nullptr, icmp && m.role == Role::none ? icmp_other_ : c.last_name, c.client);
  if (!m.ends || m.request == kNoIndex) return;
  if (m.role == Role::request) request_ended(c, m.request);
  if (m.role == Role::response) response_ended(c, m.request, m.last);
}

void Engine::Impl::message(Conversation& c, flow::Side side, Bytes bytes, Message& m, std::uint8_t tag) {
  if (ends_others(c, side, bytes, m)) return;
  if (!c.protocol->service->announcements.empty()) announce(c, side, bytes);
  if (c.protocol->service->both_ways) {
    if (!client_message(c, side, bytes, m, tag)) server_message(c, side, bytes, m);
  } else if (side == c.client) {
    client_message(c, side, bytes, m, tag);
  } else {
    server_message(c, side, bytes, m);
    if (match(c.protocol->service->closes, bytes)) close_place(c, side, m);
  }
}

/// The server will answer nothing more of what has the same first id (AMQP's Channel.Close).
void Engine::Impl::close_place(Conversation& c, flow::Side side, const Message& m) {
  const std::uint64_t place = place_of(match_.group(c.protocol->service->closes->ids.front().group));
  for (std::uint32_t i = c.head, next = kNoIndex; i != kNoIndex; i = next) {
    next = open_[i].next;
    if (open_[i].client != side && open_[i].place == place && i != m.request) finish(i, Outcome::aborted, m.last);
  }
}

/// A message that says that transactions will have no end: HTTP/2's RST_STREAM and GOAWAY.
bool Engine::Impl::ends_others(Conversation& c, flow::Side side, Bytes bytes, const Message& m) {
  const Service& service = *c.protocol->service;
  Stream* const stream = c.streams == kNoIndex ? nullptr : &streams_[c.streams].of[side];
  if (match(service.abort, bytes)) {
    const std::uint64_t id = match_id(*service.abort);
    for (const flow::Side client : {c.client, c.server()}) {
      const std::uint32_t i = open_.find(key_of(c, service, client, id));
      if (i == kNoIndex || open_[i].state != OpenRequest::State::open) continue;
      name_message(c, stream, open_[i].name, client);
      finish(i, open_[i].response_done ? Outcome::answered : Outcome::aborted, m.last);
      break;
    }
    return true;
  }
  if (!match(service.abort_above, bytes)) return false;
  const std::uint64_t last = place_of(match_.group(service.abort_above->ids.front().group));
  for (std::uint32_t i = c.head, next = kNoIndex; i != kNoIndex; i = next) {
    next = open_[i].next;
    if (open_[i].client != side && open_[i].place > last)
      finish(i, open_[i].response_done ? Outcome::answered : Outcome::aborted, m.last);
  }
  return true;
}

void Engine::Impl::add_bytes(OpenRequest& r, const Message& m, Role role) {
  const bool request = role == Role::request;
  base::Micros& begin = request ? r.request_begin : r.response_begin;
  base::Micros& end = request ? r.request_end : r.response_end;
  std::uint64_t& from = request ? r.request_from : r.response_from;
  std::uint64_t& to = request ? r.request_to : r.response_to;
  if (begin == base::kNone) from = m.from;
  begin = begin == base::kNone ? m.first : std::min(begin, m.first);
  end = std::max(end, m.last);
  to = std::max(to, m.from + m.size);
  (request ? r.request_bytes : r.response_bytes) += static_cast<std::int64_t>(m.size);
  if (m.gap > 0) {  // gaps of several chunks may overlap: their union counts
    const base::Micros since = std::max(r.gap_until, m.gap_until - m.gap);
    if (m.gap_until > since) (request ? r.request_gap : r.response_delay) += m.gap_until - since;
    r.gap_until = std::max(r.gap_until, m.gap_until);
  }
  if (!request) r.response_begun = true;
}

void Engine::Impl::bind(Message& m, std::uint32_t i, Role role) {
  m.request = i;
  m.role = role;
  add_bytes(open_[i], m, role);
}

std::uint32_t Engine::Impl::open_request(Conversation& c, flow::Side side, const Signature* s, NameId name,
                                         const Message& m) {
  if (c.over) return kNoIndex;
  if (counters_.open_requests >= options_.max_open || c.open >= options_.max_open_per_flow) {
    ++counters_.refused_requests;
    const bool in_order = s != nullptr && s->service->sequential();
    if (in_order && c.carrier == config::Carrier::tcp) drop_open(c);
    return kNoIndex;
  }
  const std::uint32_t i = open_.take();
  OpenRequest& r = open_[i];
  r.signature = s;
  r.conversation = c.flow;
  r.client = side;
  r.name = name;
  r.previous = c.tail;
  (c.tail == kNoIndex ? c.head : open_[c.tail].next) = i;
  c.tail = i;
  ++c.open;
  ++counters_.open_requests;
  add_bytes(r, m, Role::request);
  return i;
}

/// A datagram that was sent before: the same transaction, timed from its first transmission. The same id in a request
/// of another kind is another request (DHCP's REQUEST behind an offer that nobody saw).
bool Engine::Impl::repeated(Conversation& c, flow::Side side, const Signature& s, NameId name, std::uint64_t key,
                            const Message& m) {
  if (c.carrier == config::Carrier::tcp) return false;
  const std::uint32_t i = open_.find(key);
  if (i == kNoIndex || open_[i].conversation != c.flow || open_[i].client != side) return false;
  OpenRequest& r = open_[i];
  if (r.name != name && (r.signature != &s || s.rename.empty())) return false;
  if (r.state == OpenRequest::State::expired) {  // what was given up is asked anew
    remove(i);
    return false;
  }
  name_message(c, nullptr, r.name, side);
  if (r.state == OpenRequest::State::open) {
    r.sent = m.last;
    open_.arm(i, sets_[c.set].timers[s.timer]);
  }
  return true;
}

/// Hands the request's first message on: of a connection the first one, of datagrams each. What is not all there yet is
/// collected: a ClientHello may need two segments.
void Engine::Impl::observe_request(Conversation& c, flow::Side side, const Signature& s, Bytes bytes, const Message& m,
                                   Stream* stream) {
  c.observed = c.carrier == config::Carrier::tcp;
  std::string_view text(reinterpret_cast<const char*>(bytes.data), bytes.size);
  if (s.request->detail != 0) {
    text = match_.group(s.request->detail);
  } else if (stream != nullptr && (stream->skip > 0 || !stream->ends_after_skip) && bytes.size < kMaxObserved) {
    stream->observing = &s;
    stream->observed.assign(bytes.data, bytes.data + bytes.size);
    return;
  }
  if (stream != nullptr && stream->start == nullptr) {  // the stream's own buffer is used again
    text = *observed_.insert(observed_.end(), std::string(text));
  }
  out_->observations.push_back({s.observe_request, text, &c.endpoints[side], m.first});
}

/// The collected message is at its end, or there is enough of it.
void Engine::Impl::observe_collected(Conversation& c, flow::Side side, Stream& s) {
  const std::string& text = *observed_.insert(observed_.end(), std::string(s.observed.begin(), s.observed.end()));
  out_->observations.push_back({s.observing->observe_request, text, &c.endpoints[side], s.message.first});
  s.observing = nullptr;
  s.observed = {};
}

/// Is this request one that gets no answer, because it or one before it said so (Redis' CLIENT REPLY)?
bool Engine::Impl::mutes(Conversation& c, const Signature& s) noexcept {
  using config::Mutes;
  const bool skipped = c.mute_next;
  c.mute_next = s.mutes == Mutes::next;
  if (s.mutes == Mutes::all) c.muted = true;
  if (s.mutes == Mutes::none) c.muted = false;
  return c.muted || (skipped && s.mutes != Mutes::none) || c.mute_next;
}

/// The first id of the request that matched last, as a number, where somebody asks for it.
std::uint64_t Engine::Impl::place_in(const Signature& s) const noexcept {
  const bool asked = s.service->abort_above != nullptr || s.service->in_order;
  return !asked || s.request->ids.empty() ? 0 : place_of(match_.group(s.request->ids.front().group));
}

/// A message that begins a request of signature `s`, which matched last if it has a pattern.
bool Engine::Impl::start(Conversation& c, flow::Side side, const Signature& s, Bytes bytes, Message& m,
                         std::uint8_t tag) {
  const Service& service = *s.service;
  const NameId name = name_of(c, s, s.name.constant() ? 0 : s.name.index(match_));
  const std::uint64_t id = match_id(*s.request);
  const std::uint64_t place = place_in(s);
  if (s.request->skip != 0) m.extra = decimal(match_.group(s.request->skip));
  Stream* const stream = c.streams == kNoIndex ? nullptr : &streams_[c.streams].of[side];
  if (watch_ != nullptr) tell_request(c, side, s, name, m.first);
  if (!s.observe_request.empty() && !c.observed) observe_request(c, side, s, bytes, m, stream);
  if (s.request_until_turn) {
    m.ends = false;
  } else {
    m.ends = s.request_end == nullptr || match(s.request_end, bytes);
  }
  c.last_name = name;
  if (!s.request_upgrade.empty()) m.upgrade = &s.request_upgrade.front();
  const bool by_id = service.pairing == config::Pairing::id;
  const std::uint64_t key = by_id ? key_of(c, service, side, id) : 0;
  if (by_id && repeated(c, side, s, name, key, m)) return true;
  matched(c, s);
  name_message(c, stream, name, side);
  end_turn_responses(c, side);
  if (mutes(c, s)) return true;
  const bool by_match = service.pairing == config::Pairing::match;
  if (s.no_reply && (by_id ? s.request->ids.empty() : !by_match || s.response == nullptr)) return true;
  if (c.desynced && (!by_id || service.in_order)) return true;
  // Whoever answers both the handshake and this request answers this one (SSH).
  if (service.greeting != nullptr && c.head != kNoIndex && open_[c.head].signature == service.greeting &&
      open_[c.head].name == name && !open_[c.head].response_begun)
    remove(c.head);
  if (by_match && c.open >= kMaxMatched) finish(c.head, Outcome::unanswered, m.last);
  const std::uint32_t i = open_request(c, side, &s, name, m);
  if (i == kNoIndex) return true;
  OpenRequest& r = open_[i];
  m.request = i;
  m.role = Role::request;
  r.tag = tag;
  r.place = place;
  r.sent = m.last;
  if (by_id) service.in_order ? open_.index_behind(i, key) : open_.index(i, key);
  if (s.chunks) first_chunk(r, m);
  if (c.carrier != config::Carrier::tcp) {
    open_.arm(i, sets_[c.set].timers[s.timer]);
    next_due_ = std::min(next_due_, r.sent + set_of(c).timeouts[s.timer]);
  }
  if (s.request_part == nullptr) c.current[side] = i;
  return true;
}

/// Requests of several messages that interleave: a message goes on with the one that has its id.
bool Engine::Impl::goes_on(Conversation& c, flow::Side side, Bytes bytes, Message& m) {
  for (const Pattern* p : c.protocol->service->request_parts) {
    if (!match(p, bytes)) continue;
    const std::uint32_t i = open_.find(key_of(c, *c.protocol->service, side, match_id(*p)));
    if (i == kNoIndex || open_[i].state != OpenRequest::State::open || open_[i].request_done) continue;
    bind(m, i, Role::request);
    m.ends = match(open_[i].signature->request_end, bytes);
    name_message(c, c.streams == kNoIndex ? nullptr : &streams_[c.streams].of[side], open_[i].name, side);
    return true;
  }
  return false;
}

/// False when the message is no message of a client.
bool Engine::Impl::client_message(Conversation& c, flow::Side side, Bytes bytes, Message& m, std::uint8_t tag) {
  const Service& service = *c.protocol->service;
  Stream* const stream = c.streams == kNoIndex ? nullptr : &streams_[c.streams].of[side];
  if (const std::uint32_t i = c.current[side]; i != kNoIndex && open_[i].signature->chunks) {
    if (next_chunk(c, side, i, bytes, m)) return true;
  } else if (i != kNoIndex) {
    const Signature& s = *open_[i].signature;
    bind(m, i, Role::request);
    m.ends = !s.request_until_turn && (s.request_end == nullptr || match(s.request_end, bytes));
    name_message(c, stream, open_[i].name, side);
    return true;
  }
  if (goes_on(c, side, bytes, m)) return true;
  if (c.tail != kNoIndex && open_[c.tail].client == side && open_[c.tail].interim && !open_[c.tail].response_begun &&
      match(open_[c.tail].signature->request_more, bytes)) {
    bind(m, c.tail, Role::request);
    m.ends = true;
    name_message(c, stream, open_[c.tail].name, side);
    return true;
  }
  if (c.tail != kNoIndex && open_[c.tail].client == side && has_the_line(open_[c.tail])) {
    name_message(c, stream, open_[c.tail].name, side);
    return true;
  }
  if (c.expected != nullptr) {
    const Signature& s = *c.expected;
    c.expected = nullptr;
    if (match(s.request, bytes)) return start(c, side, s, bytes, m, tag);
  }
  if (match(service.ignore_request, bytes)) return true;
  if (bytes.size == 0) return false;
  for (const std::uint16_t number : service.requests[bytes.data[0]]) {
    const Signature& s = service.signatures[number];
    if (match(s.request, bytes)) return start(c, side, s, bytes, m, tag);
  }
  return false;
}

void Engine::Impl::request_ended(Conversation& c, std::uint32_t i) {
  OpenRequest& r = open_[i];
  r.request_done = true;
  if (c.current[r.client] == i) c.current[r.client] = kNoIndex;
  if (r.response_done && r.owed == 0) finish(i, Outcome::answered, r.response_end);
}

/// The client asks again: responses that run to the next request end here.
void Engine::Impl::end_turn_responses(Conversation& c, flow::Side client) {
  while (c.head != kNoIndex) {
    const OpenRequest& r = open_[c.head];
    if (r.client != client || !r.response_begun || r.paused) return;
    if (r.signature == nullptr || !r.signature->response_until_turn) return;
    finish(c.head, Outcome::answered, r.response_end);
  }
}

}  // namespace pastmon::signature
