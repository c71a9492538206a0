// SPDX-License-Identifier: MIT
// TCP payload of a recognised conversation, cut into messages. Bodies are passed by count. What the patterns see of a
// message (its first 256 bytes) is looked at when it is there, at the latest when the message or the turn ends.
#include <algorithm>

#include "engine_impl.h"

namespace pastmon::signature {
namespace {

constexpr std::size_t kFrameHead = 9;  ///< of HTTP/2

/// Bytes kept of a message that began in an earlier chunk: what patterns see, and what a framing may hide.
std::size_t kept_window(const Conversation& c) noexcept {
  const Service& service = *c.protocol->service;
  const bool whole = service.observes_request && !c.observed;
  return (whole ? std::max(service.window, kMaxObserved) : service.window) + kMaxHidden;
}

}  // namespace

void Engine::Impl::feed(Conversation& c, flow::Side side, const flow::Chunk& chunk) {
  if (c.state != Conversation::State::service) return turn(c, side, chunk);
  if (c.protocol->service->signatures.empty()) return;
  if (c.protocol->spec.carrier != config::Carrier::tcp) return datagram(c, side, chunk);
  const Protocol* const protocol = c.protocol;
  if (c.last_side != side) begin_turn(c, side);
  if (c.protocol != protocol) {  // the end of the other side's turn ended the service
    return c.state == Conversation::State::fresh ? fresh(c, nullptr, side, Chunks(&chunk, 1), false)
                                                 : feed(c, side, chunk);
  }
  c.last_side = side;
  c.spoke[side] = true;
  if (chunk.lost) return gap(c, side, chunk, chunk.size, false);
  std::uint32_t from = 0;
  while (from < chunk.captured) {
    from += feed_stream(c, side, chunk, from);
    if (c.state == Conversation::State::service && c.protocol == protocol) continue;
    if (from >= chunk.size) return;
    flow::Chunk rest = chunk;  // the last message ended the service: what follows is another one's
    rest.offset += from;
    rest.data += from;
    rest.size -= from;
    rest.captured -= from;
    return c.state == Conversation::State::fresh ? fresh(c, nullptr, side, Chunks(&rest, 1), false)
                                                 : feed(c, side, rest);
  }
  Stream& s = streams_[c.streams].of[side];
  if (s.in_message && !s.message.matched && s.start != nullptr) {
    s.window.assign(s.start, s.start + std::min<std::size_t>(s.message.size, kept_window(c)));
  }
  s.start = nullptr;
  s.turn_start = false;
  if (chunk.captured < chunk.size) gap(c, side, chunk, chunk.size - chunk.captured, true);
}

void Engine::Impl::begin_turn(Conversation& c, flow::Side side) {
  const auto answering = static_cast<flow::Side>(1 - side);
  Streams& streams = streams_[c.streams];
  Stream& other = streams.of[answering];
  // Both sides of HTTP/2 speak whenever they like: a message is looked at when it is there.
  const bool duplex = c.protocol->spec.framing.kind == config::FramingKind::http2;
  if (other.in_message && !other.message.matched && !duplex) match_stream(c, answering, other);
  const bool runs = other.blind || c.protocol->spec.framing.kind == config::FramingKind::turn;
  if (other.in_message && runs) {
    const Protocol* const protocol = c.protocol;
    end_message(c, answering, other);
    if (c.protocol != protocol) return;
  }
  const std::uint32_t asked = c.current[answering];
  if (asked != kNoIndex && open_[asked].signature->request_until_turn) request_ended(c, asked);
  // The server's bytes since the loss cannot be told apart: what they answered is lost.
  if (side == c.client && other.mode == Stream::Mode::hunting && c.head != kNoIndex) drop_open(c);
  end_turn_responses(c, side);
  streams.of[side].turn_start = true;
}

void Engine::Impl::begin_message(Conversation& c, flow::Side side, Stream& s, std::uint64_t offset,
                                 const flow::Chunk& chunk) {
  s.in_message = true;
  s.observing = nullptr;
  s.ends_after_skip = s.first_framing = s.blind = false;
  s.fixed = 0;
  s.window.clear();
  s.has_text = false;
  s.message = {};
  s.message.from = offset;
  s.message.first = chunk.time - chunk.spread;
  s.message.last = chunk.time;
  s.framing.hidden = 0;
  s.start = chunk.data + (offset - chunk.offset);
  if (passing_ != nullptr && !passing_->began) {
    passing_->began = true;
    passing_->awaits = &s;
  }
  const Bytes rest{s.start, chunk.captured - static_cast<std::size_t>(offset - chunk.offset)};
  s.other_framing = match(c.protocol->other_when, rest);
  if (side == c.client || c.protocol->service->both_ways) {
    if (s.turn_start) c.desynced = false;
    s.turn_start = false;
    s.first_framing = s.opening && match(c.protocol->first_when, rest);
    s.opening = s.first_framing;
  } else {
    const std::uint32_t i = oldest_unanswered(c, static_cast<flow::Side>(1 - side));
    if (i != kNoIndex && !open_[i].response_begun) s.fixed = open_[i].signature->response_bytes;
  }
}

Step Engine::Impl::next_step(Conversation& c, flow::Side side, Stream& s, Bytes bytes) {
  if (s.fixed > 0) {
    const std::size_t used = std::min<std::size_t>(bytes.size, s.fixed);
    return step::end(used, s.fixed - used);
  }
  FramingContext context{side == c.client, 0, c.protocol->service->both_ways};
  if (!context.from_client) {
    const std::uint32_t i = oldest_unanswered(c, static_cast<flow::Side>(1 - side));
    if (i != kNoIndex) context.request_tag = open_[i].tag;
  }
  const config::CarrierSpec& spec = c.protocol->spec;
  const config::FramingSpec& kind = s.other_framing   ? *spec.other_message
                                    : s.first_framing ? *spec.first_message
                                                      : spec.framing;
  if (spec.framing.kind == config::FramingKind::http2) {
    const Step step = frame(spec.framing, s.framing, context, bytes);
    if (step.kind == Step::Kind::end || step.kind == Step::Kind::part)
      read_headers(s, {bytes.data, step.used}, step.skip == 0);
    return step;
  }
  if (!c.protocol->service->both_ways) return frame(kind, s.framing, context, bytes);
  // Either side may ask: an HTTP-like start line tells which it is.
  context.from_client = true;
  if (spec.framing.kind == config::FramingKind::http && s.framing.phase == 0) {
    FramingState as_response = s.framing;
    const Step step = frame(spec.framing, as_response, {false, 0, true}, bytes);
    if (step.kind == Step::Kind::part || step.kind == Step::Kind::end) {
      s.framing = as_response;
      return step;
    }
  }
  return frame(kind, s.framing, context, bytes);
}

/// HTTP/2: patterns see the decoded headers, frame by frame. Where those cannot be known, they see the head of the
/// first frame only.
void Engine::Impl::read_headers(Stream& s, Bytes frame, bool whole) {
  if (!s.has_text && !has_headers(frame)) return;
  if (s.readable && whole && s.headers == nullptr && header_readers_ < kMaxHeaderReaders) {
    s.headers = std::make_unique<HeaderReader>(header_readers_);
  }
  const bool first = !s.has_text;
  s.has_text = true;
  if (s.readable && whole && s.headers != nullptr && s.headers->read(frame, s.text)) return;
  if (first || s.readable) ++counters_.unread_headers;
  s.readable = false;
  s.headers.reset();
  if (first) s.text.assign(frame.data, frame.data + kFrameHead);
}

/// Bytes of the message at hand have been passed; `data` is null when they are not there.
void Engine::Impl::account(Conversation& c, Stream& s, const std::uint8_t* data, std::size_t size,
                           const flow::Chunk& chunk) {
  Message& m = s.message;
  if (s.start == nullptr && !m.matched && data != nullptr && s.window.size() < kept_window(c)) {
    s.window.insert(s.window.end(), data, data + std::min(size, kept_window(c) - s.window.size()));
  }
  if (s.observing != nullptr && data != nullptr) {
    s.observed.insert(s.observed.end(), data,
                      data + std::min(size, kMaxObserved - std::min(kMaxObserved, s.observed.size())));
  }
  if (m.role != Role::none) {
    Message more;
    more.from = m.from + m.size;
    more.size = size;
    more.first = chunk.time - chunk.spread;
    more.last = chunk.time;
    more.gap = chunk.delay;
    more.gap_until = chunk.time;
    add_bytes(open_[m.request], more, m.role);
  } else if (chunk.delay > 0) {
    m.gap = chunk.time - std::min(chunk.time - chunk.delay, m.gap > 0 ? m.gap_until - m.gap : chunk.time);
    m.gap_until = chunk.time;
  }
  m.size += size;
  m.first = std::min(m.first, chunk.time - chunk.spread);
  m.last = std::max(m.last, chunk.time);
}

void Engine::Impl::match_stream(Conversation& c, flow::Side side, Stream& s) {
  s.message.matched = true;
  Bytes bytes{s.start, static_cast<std::size_t>(s.message.size)};
  if (s.has_text) {
    bytes = {s.text.data(), s.text.size()};
  } else if (s.start == nullptr) {
    bytes = {s.window.data(), std::min<std::size_t>(s.window.size(), s.message.size)};
  }
  const std::size_t hidden = std::min<std::size_t>(s.framing.hidden, bytes.size);
  bytes = {bytes.data + hidden, bytes.size - hidden};
  message(c, side, bytes, s.message, s.framing.tag);
  if (!s.waiting.empty() || (passing_ != nullptr && passing_->awaits == &s)) {
    name_message(c, &s, c.last_name, c.client);  // a message without a row of its own
  }
}

void Engine::Impl::end_message(Conversation& c, flow::Side side, Stream& s) {
  Message& m = s.message;
  if (!m.matched) match_stream(c, side, s);
  if (s.observing != nullptr) observe_collected(c, side, s);
  if (m.extra > 0) {
    s.skip = m.extra;
    m.extra = 0;
    s.ends_after_skip = true;
    return;
  }
  s.in_message = s.blind = false;
  s.skip = 0;
  const Role role = m.role;
  const std::uint32_t i = m.request;
  const bool ends = m.ends;
  const base::Micros last = m.last;
  const NamedRule* const next = m.upgrade;
  m.role = Role::none;
  m.request = kNoIndex;
  m.upgrade = nullptr;
  if (role == Role::request && i != kNoIndex) open_[i].tag = s.framing.tag;
  if (ends && i != kNoIndex) {
    if (role == Role::request) request_ended(c, i);
    if (role == Role::response) response_ended(c, i, last);
  }
  if (next != nullptr) upgrade(c, *next);
}

/// IMAP: a command that is answered before the literal it announced sends none: it has ended with its line.
void Engine::Impl::refuse_literal(Conversation& c, std::uint32_t i) {
  const flow::Side side = open_[i].client;
  if (c.protocol->spec.framing.kind != config::FramingKind::imap || c.streams == kNoIndex) return;
  Stream& s = streams_[c.streams].of[side];
  if (s.message.request != i || s.skip == 0 || s.skip != s.framing.count) return;
  s.framing = {};
  end_message(c, side, s);
}

/// Passes bytes of a chunk from `from` on, until its end or until the service changes. Returns how many.
std::uint32_t Engine::Impl::feed_stream(Conversation& c, flow::Side side, const flow::Chunk& chunk,
                                        std::uint32_t from) {
  Stream& s = streams_[c.streams].of[side];
  const Protocol* const protocol = c.protocol;
  const std::uint8_t* p = chunk.data + from;
  std::size_t left = chunk.captured - from;
  const bool hunting = s.mode == Stream::Mode::hunting;
  if (hunting || s.blind || may_have_ended(c, side, s)) {
    if (fits_message(c, side, {p, left})) {
      if (s.in_message) end_message(c, side, s);
      if (c.protocol != protocol) return 0;
      s.mode = Stream::Mode::framed;
      s.framing = {};
      s.unit.clear();
    } else if (hunting) {
      return static_cast<std::uint32_t>(left);
    }
  }
  while (left > 0 && c.state == Conversation::State::service && c.protocol == protocol) {
    if (s.skip > 0) {
      const std::size_t n = s.skip == kForever ? left : static_cast<std::size_t>(std::min<std::uint64_t>(s.skip, left));
      account(c, s, p, n, chunk);
      if (s.skip != kForever) s.skip -= n;
      p += n;
      left -= n;
      if (s.observing != nullptr && s.observed.size() >= kMaxObserved) observe_collected(c, side, s);
      if (!s.message.matched && s.message.size >= c.protocol->service->window + s.framing.hidden)
        match_stream(c, side, s);
      if (s.skip == 0 && s.ends_after_skip) end_message(c, side, s);
      continue;
    }
    if (!s.in_message) begin_message(c, side, s, chunk.offset + static_cast<std::uint64_t>(p - chunk.data), chunk);
    const std::size_t old = s.unit.size();
    Bytes bytes{p, left};
    if (old > 0) {
      s.unit.insert(s.unit.end(), p, p + std::min(left, kMaxUnit));
      bytes = {s.unit.data(), s.unit.size()};
    }
    const Step step = next_step(c, side, s, bytes);
    const bool too_long = step.kind == Step::Kind::more && bytes.size >= options_.max_message;
    if (step.kind == Step::Kind::bad || too_long) {
      ++counters_.framing_errors;
      if (!stray(c, side)) lose(c, side, false);
      return chunk.captured - from;
    }
    if (step.kind == Step::Kind::more) {
      const std::size_t n = bytes.size - old;
      if (old == 0) s.unit.assign(p, p + left);
      account(c, s, p, n, chunk);
      p += n;
      left -= n;
      continue;
    }
    const std::size_t n = step.used > old ? std::min(step.used - old, left) : 0;
    s.unit.clear();
    account(c, s, p, n, chunk);
    p += n;
    left -= n;
    s.skip = step.skip;
    s.ends_after_skip = step.kind == Step::Kind::end;
    const bool turn = protocol->spec.framing.kind == config::FramingKind::turn;
    const bool literal = protocol->spec.framing.kind == config::FramingKind::imap && s.skip > 0;  // may be refused
    if (literal && !s.message.matched) match_stream(c, side, s);
    if (s.has_text && !s.ends_after_skip) continue;  // headers are matched when all are there
    if (!s.message.matched && s.message.size >= c.protocol->service->window + s.framing.hidden)
      match_stream(c, side, s);
    if (s.skip == 0 && s.ends_after_skip && !turn) end_message(c, side, s);
  }
  return static_cast<std::uint32_t>(p - (chunk.data + from));
}

void Engine::Impl::release_streams(Conversation& c) {
  if (c.streams == kNoIndex) return;
  for (Stream& s : streams_[c.streams].of) {
    flush_waiting(c, s, c.last_name, c.client);
    if (passing_ != nullptr && passing_->awaits == &s) passing_->awaits = nullptr;
  }
  streams_.give_back(c.streams);
  c.streams = kNoIndex;
}

}  // namespace pastmon::signature
