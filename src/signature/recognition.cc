// SPDX-License-Identifier: MIT
// Which service does this beginning belong to? The first byte leads to a few candidates; each must keep to its
// framing and match its pattern. Some are proof enough alone, the others need the other side's answer. A listed port
// proves, and decides between several; it is never proof without a match.
#include "engine_impl.h"

namespace pastmon::signature {
namespace {

constexpr int kMaxSteps = 64;

/// `mask`: the bits that count of each byte.
std::uint64_t hash_bytes(std::string_view bytes, std::uint8_t mask) noexcept {
  std::uint64_t h = 0xcbf29ce484222325ULL ^ bytes.size();
  for (const char c : bytes) h = (h ^ (static_cast<std::uint8_t>(c) & mask)) * 0x100000001b3ULL;
  return (h ^ h >> 29) * 0xbf58476d1ce4e5b9ULL;
}

/// The bits of an id's bytes that count.
std::uint8_t mask_of(Pattern::Id::Kind kind) noexcept {
  constexpr std::uint8_t without_highest = 0x7f, without_lowest = 0xfe, without_case = 0xdf;
  if (kind == Pattern::Id::Kind::seven_bits) return without_highest;
  if (kind == Pattern::Id::Kind::even) return without_lowest;
  return kind == Pattern::Id::Kind::text ? without_case : 0xff;
}

/// The two bytes of `match` that stand as many bytes behind `number`, a part of it, as `number` says.
std::string_view behind(std::string_view match, std::string_view number) noexcept {
  constexpr std::size_t kSize = 2;
  std::size_t distance = 0;
  for (const char c : number) distance = (distance << 8U | static_cast<std::uint8_t>(c)) & 0xffffffU;
  const auto from = static_cast<std::size_t>(number.data() - match.data()) + number.size() + distance;
  return from + kSize <= match.size() ? match.substr(from, kSize) : std::string_view();
}

std::uint64_t mix(std::uint64_t a, std::uint64_t b) noexcept {
  const std::uint64_t h = (a ^ (b + 0x9e3779b97f4a7c15ULL + (a << 6U) + (a >> 2U))) * 0x94d049bb133111ebULL;
  return h ^ h >> 31;
}

}  // namespace

bool Engine::Impl::match(const Pattern* pattern, Bytes bytes) noexcept {
  if (pattern == nullptr) return false;
  const std::size_t n = bytes.size < pattern->window ? bytes.size : pattern->window;
  if (n > 0 && !pattern->first[bytes.data[0]]) return false;
  return match_.match(pattern->regex, bytes.data, n);
}

/// The id of the last match. Its groups may stand in any order: their hashes are added.
std::uint64_t Engine::Impl::match_id(const Pattern& pattern) const noexcept {
  std::uint64_t id = 0;
  for (const auto [group, kind] : pattern.ids) {
    if (!match_.group_set(group)) continue;
    const std::string_view bytes = match_.group(group);
    const bool here = kind != Pattern::Id::Kind::behind;
    id += hash_bytes(here ? bytes : behind(match_.group(0), bytes), mask_of(kind));
  }
  return id;
}

std::uint64_t Engine::Impl::key_of(const Conversation& c, const Service& service, flow::Side client,
                                   std::uint64_t id) const noexcept {
  switch (service.scope) {
    case config::Scope::flow:
      return mix(id, std::uint64_t{c.flow} * 2 + client);
    case config::Scope::id:
      return mix(id, service.own_name + (1ULL << 40U));
    case config::Scope::client:
      break;
  }
  return mix(mix(id, service.own_name + (1ULL << 41U)), c.endpoints[client].client.hash() + c.port_of(client));
}

Engine::Impl::Window Engine::Impl::window_of(const Protocol& protocol, bool from_client, Bytes bytes,
                                             bool final) noexcept {
  const config::FramingSpec* spec = &protocol.spec.framing;
  if (from_client && protocol.first_when != nullptr && match(protocol.first_when, bytes)) {
    spec = &*protocol.spec.first_message;
  } else if (match(protocol.other_when, bytes)) {
    spec = &*protocol.spec.other_message;
  }
  FramingState state;
  const FramingContext context{from_client, 0, protocol.service->both_ways};
  const std::size_t window = protocol.service->window;
  Window w;
  std::uint64_t at = 0;
  for (int i = 0; i < kMaxSteps && at < bytes.size && at < window + state.hidden; ++i) {
    const Step s = frame(*spec, state, context, {bytes.data + at, bytes.size - at});
    if (s.kind == Step::Kind::bad) {
      w.bad = true;
      return w;
    }
    if (s.kind == Step::Kind::more) {
      w.wants_more = !final;
      at = bytes.size;
      break;
    }
    const bool text_head = spec->kind == config::FramingKind::http;
    at = s.skip == kForever ? bytes.size : at + s.used + s.skip;
    if (s.kind == Step::Kind::end) {
      w.whole = at <= bytes.size;
      w.wants_more = !final && !w.whole && !text_head && bytes.size < window + state.hidden;
      break;
    }
    if (at >= bytes.size) w.wants_more = !final && bytes.size < window + state.hidden;
  }
  std::size_t size = at < bytes.size ? static_cast<std::size_t>(at) : bytes.size;
  const std::size_t hidden = state.hidden < size ? state.hidden : size;
  size -= hidden;
  w.bytes = {bytes.data + hidden, size < window ? size : window};
  return w;
}

bool Engine::Impl::possible(const Conversation& c, const Candidate& candidate, flow::Side side,
                            bool opening) const noexcept {
  const Protocol& p = *candidate.protocol;
  if (c.client_known && !p.service->both_ways && candidate.response == (side == c.client)) return false;
  if (candidate.response && candidate.signature->greeting && !opening) return false;
  const auto server = static_cast<flow::Side>(candidate.response ? side : 1 - side);
  const bool needs_port = p.spec.ports_only || candidate.signature->recognise == config::Recognise::port;
  return !needs_port || p.listed(c.port_of(server));
}

/// The last match was of `candidate`: does it suffice?
bool Engine::Impl::proves(const Conversation& c, const Candidate& candidate, flow::Side side) noexcept {
  using config::Recognise;
  const Protocol& p = *candidate.protocol;
  const auto server = static_cast<flow::Side>(candidate.response ? side : 1 - side);
  const Signature& s = *candidate.signature;
  if (s.recognise == Recognise::exchange) return false;
  if ((p.listed(c.port_of(server)) && !p.service->hears_both) || s.recognise == Recognise::either) return true;
  if (candidate.response && p.service->scope != config::Scope::flow) {
    const std::uint64_t id = match_id(*s.response);
    return open_.find(key_of(c, *p.service, static_cast<flow::Side>(1 - side), id)) != kNoIndex;
  }
  return s.recognise == Recognise::request && !candidate.response;
}

Engine::Impl::Recognised Engine::Impl::recognise(Conversation& c, flow::Side side, Bytes bytes, bool final,
                                                 bool opening, bool keep_weak) {
  if (bytes.size == 0) return {};
  bool waits = false;
  const SignatureSet::Impl& set = set_of(c);
  const auto carrier = static_cast<std::size_t>(c.carrier);
  const std::span<const std::uint16_t> numbers = set.first[carrier][bytes.data[0]];
  // A service whose port this is goes before the others, and spares looking at them.
  for (const bool on_its_port : {true, false}) {
    for (const std::uint16_t number : numbers) {
      const Candidate& candidate = set.candidates[carrier][number];
      const auto server = static_cast<flow::Side>(candidate.response ? side : 1 - side);
      if (candidate.protocol->listed(c.port_of(server)) != on_its_port) continue;
      if (!possible(c, candidate, side, opening)) continue;
      const Window w = window_of(*candidate.protocol, !candidate.response, bytes, final);
      if (w.bad) continue;
      if (w.wants_more) {
        waits = true;
        continue;
      }
      const Pattern* p = candidate.response ? candidate.signature->response : candidate.signature->request;
      if (!match(p, w.bytes)) continue;
      if (proves(c, candidate, side)) {
        return {Recognised::Answer::yes, &candidate, static_cast<flow::Side>(1 - server)};
      }
      if (keep_weak) weak_.emplace_back(&candidate, match_id(*p));
    }
  }
  return {waits ? Recognised::Answer::wait : Recognised::Answer::no, nullptr, 0};
}

/// `candidate` matched what `side` said first: does the other side's `answer` make a pair of it?
Engine::Impl::Recognised Engine::Impl::confirmed(const Candidate& candidate, std::uint64_t id, flow::Side side,
                                                 Bytes answer, bool final, bool on_port) {
  const Protocol& protocol = *candidate.protocol;
  const Service& service = *protocol.service;
  const Window w = window_of(protocol, candidate.response, answer, final);
  if (w.bad) return {};
  if (w.wants_more) return {Recognised::Answer::wait, nullptr, 0};
  const auto client = static_cast<flow::Side>(candidate.response ? 1 - side : side);
  const Recognised yes{Recognised::Answer::yes, &candidate, client};
  if (!candidate.response) {
    const Signature& s = *candidate.signature;
    if (match(s.interim, w.bytes) || match(service.untagged, w.bytes)) return yes;
    if (!match(s.response, w.bytes)) return {};
    return service.pairing != config::Pairing::id || match_id(*s.response) == id ? yes : Recognised{};
  }
  // A response with a request behind it that is not its own is no pair, where an id could tell.
  if (service.pairing == config::Pairing::id && !candidate.signature->greeting) return {};
  for (const std::uint16_t number : service.requests[w.bytes.size > 0 ? w.bytes.data[0] : 0]) {
    const Signature& s = service.signatures[number];
    if (s.recognise == config::Recognise::never || (s.recognise == config::Recognise::port && !on_port)) continue;
    if (match(s.request, w.bytes)) return yes;
  }
  return {};
}

Engine::Impl::Recognised Engine::Impl::recognise_pair(flow::Side side, Bytes answer, bool final) {
  Recognised result;
  // A request with its response is worth more than a response with the request behind it, which share no id.
  for (const bool response : {false, true}) {
    for (const auto& [candidate, id] : weak_) {
      if (candidate->response != response) continue;
      const Recognised r = confirmed(*candidate, id, side, answer, final);
      if (r.answer == Recognised::Answer::yes) return r;
      if (r.answer == Recognised::Answer::wait) result = r;
    }
  }
  return result;
}

/// Is it an answer that only one of the services that speak alike could have given ("+OK")?
bool Engine::Impl::says_who() const noexcept {
  const Service* one = nullptr;
  for (const auto& [candidate, id] : weak_) {
    const Service* const service = candidate->protocol->service;
    if (!service->hears_both) continue;
    if (!candidate->response || (one != nullptr && one != service)) return false;
    one = service;
  }
  return one != nullptr;
}

/// Nobody's pair: is what was said `first` of a service whose port this is? A request whose answer is another service's
/// is not. Behind a greeting the client may say what it likes; in the middle of a connection only what the service
/// knows (not so base64 behind a "334", TLS behind "220 Go ahead").
Engine::Impl::Recognised Engine::Impl::by_port(Conversation& c, flow::Side first, Bytes theirs) {
  for (const auto& [candidate, id] : weak_) {
    const auto server = static_cast<flow::Side>(candidate->response ? first : 1 - first);
    if (!candidate->protocol->service->hears_both || !candidate->protocol->listed(c.port_of(server))) continue;
    if (theirs.size > 0) {
      if (!candidate->response) continue;
      const bool middle = c.established == base::kNone;
      if (middle && confirmed(*candidate, id, first, theirs, true, true).answer != Recognised::Answer::yes) continue;
    }
    return {Recognised::Answer::yes, candidate, static_cast<flow::Side>(1 - server)};
  }
  return {};
}

/// `mine`: the payload of the side that spoke `first`; `theirs`: of the other one, if it has spoken yet.
Engine::Impl::Recognised Engine::Impl::decide(Conversation& c, flow::Side first, Bytes mine, Bytes theirs, bool final) {
  using Answer = Recognised::Answer;
  const bool turned = theirs.size > 0;
  weak_.clear();
  const Recognised r = recognise(c, first, mine, final || turned || mine.size >= options_.hold_bytes, true, true);
  if (r.answer == Answer::yes) return r;
  if (!turned && (says_who() || mine.size > kHeldBytes)) {
    if (const Recognised now = by_port(c, first, {}); now.answer == Answer::yes) return now;
  }
  if (r.answer == Answer::wait) return r;
  if (!turned && !final && !weak_.empty()) return {Answer::wait, nullptr, 0};
  // What the second side says may prove a service alone; then the beginning was none of it, and is no longer held.
  Recognised pair = turned ? recognise_pair(first, theirs, final || theirs.size >= options_.hold_bytes) : r;
  if (pair.answer == Answer::no) pair = by_port(c, first, theirs);
  if (pair.answer == Answer::no) {
    for (const auto& [candidate, id] : weak_) nearly(c, *candidate->signature);
    if (watch_ != nullptr) tell_unrecognised(c, first, mine, theirs);
  }
  return pair;
}

/// After a loss: do these bytes look like the beginning of a message of `side`?
bool Engine::Impl::fits_message(Conversation& c, flow::Side side, Bytes bytes) {
  const Service& service = *c.protocol->service;
  const bool both = service.both_ways;
  if (both || side == c.client) {
    const Window w = window_of(*c.protocol, true, bytes, true);
    if (!w.bad && w.bytes.size > 0) {
      for (const std::uint16_t number : service.requests[w.bytes.data[0]]) {
        if (match(service.signatures[number].request, w.bytes)) return true;
      }
    }
    if (!both) return false;
  }
  const Window w = window_of(*c.protocol, false, bytes, true);
  if (w.bad) return false;
  bool any = false;
  for (const Signature& s : service.signatures) {
    any = any || s.response != nullptr;
    if (match(s.response, w.bytes) || match(s.interim, w.bytes)) return true;
  }
  return !any;
}

}  // namespace pastmon::signature
