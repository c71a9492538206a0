// SPDX-License-Identifier: MIT
#include <algorithm>
#include <limits>

#include "engine_impl.h"

namespace pastmon::signature {
namespace {

constexpr std::size_t kConversationBlock = 256;
constexpr std::size_t kRetransmissionSearch = 64;  ///< open requests that a retransmission is looked for in

config::Carrier carrier_of(decode::Transport t) noexcept {
  switch (t) {
    case decode::Transport::udp:
      return config::Carrier::udp;
    case decode::Transport::icmp:
      return config::Carrier::icmp;
    case decode::Transport::icmpv6:
      return config::Carrier::icmpv6;
    default:
      return config::Carrier::tcp;
  }
}

}  // namespace

Engine::Impl::Impl(std::shared_ptr<const SignatureSet> signatures, const Options& options) : options_(options) {
  tcp_synack_ = intern("TCP SYNACK");
  tcp_other_ = intern("TCP OTHER");
  udp_other_ = intern("UDP OTHER");
  icmp_other_ = intern("ICMP OTHER");
  ip_other_ = intern("IP OTHER");
  icmp_unreachable_ = intern("ICMP UNREACHABLE");
  load(std::move(signatures));
}

NameId Engine::Impl::intern(std::string_view text) {
  const auto [at, fresh] = name_ids_.emplace(std::string(text), static_cast<NameId>(names_.size()));
  if (fresh) names_.push_back(&at->first);
  return at->second;
}

void Engine::Impl::load(std::shared_ptr<const SignatureSet> signatures) {
  LoadedSet loaded;
  for (const std::string& name : signatures->impl().names) loaded.names.push_back(intern(name));
  for (const base::Micros timeout : signatures->impl().timeouts) loaded.timers.push_back(open_.timer_of(timeout));
  for (auto& [key, tally] : tallies_) tally.loaded = false;
  loaded.tallies.resize(signatures->impl().signatures);
  for (const Service& service : signatures->impl().services) {
    for (const Signature& s : service.signatures) {
      Tally& tally = tallies_[{s.where, s.text}];
      tally.loaded = true;
      loaded.tallies[s.number] = &tally;
    }
  }
  loaded.set = std::move(signatures);
  const auto unused = std::find_if(sets_.begin(), sets_.end(), [](const LoadedSet& s) { return s.users == 0; });
  newest_ = static_cast<std::uint16_t>(unused - sets_.begin());
  if (unused == sets_.end()) {
    sets_.push_back(std::move(loaded));
  } else {
    *unused = std::move(loaded);
    expected_.forget(newest_);
  }
}

Conversation& Engine::Impl::conversation(flow::FlowId id) {
  const std::size_t block = id / kConversationBlock;
  while (block >= conversations_.size()) {
    conversations_.push_back(std::make_unique<Conversation[]>(kConversationBlock));
  }
  return conversations_[block][id % kConversationBlock];
}

void Engine::Impl::begin(Records& out) {
  out.clear();
  out_ = &out;
  kept_facts_used_ = 0;
  loose_used_ = 0;
  observed_.clear();
  for (const std::uint32_t i : spent_holds_) holds_.give_back(i);
  spent_holds_.clear();
}

void Engine::Impl::process(const flow::Events& events, base::Micros now, Records& out) {
  begin(out);
  for (const flow::Event& event : events.events) {
    if (event.time >= next_due_) expire(event.time);
    clock_ = event.time;
    handle(event, events);
  }
  if (now >= next_due_) expire(now);
}

void Engine::Impl::finish_all(base::Micros now, Records& out) {
  begin(out);
  for (const auto& block : conversations_) {
    for (std::size_t i = 0; i < kConversationBlock; ++i) {
      if (block[i].state != Conversation::State::none) close_conversation(block[i], flow::EndReason::capture, now);
    }
  }
}

void Engine::Impl::handle(const flow::Event& event, const flow::Events& events) {
  using flow::EventKind;
  Conversation& c = conversation(event.flow);
  if (c.state == Conversation::State::none) {
    if (event.kind == EventKind::end) return;
    open_conversation(c, event);
  }
  switch (event.kind) {
    case EventKind::packet:
      return packet(c, event, events.chunks_of(event));
    case EventKind::data: {
      const Chunks chunks = events.chunks_of(event);
      if (chunks.empty()) return;
      return c.state == Conversation::State::fresh ? fresh(c, nullptr, event.side, chunks, false)
                                                   : deliver(c, nullptr, event.side, chunks, false);
    }
    case EventKind::syn_ack:
    case EventKind::established:
    case EventKind::refused:
    case EventKind::unanswered:
      return handshake(c, event);
    case EventKind::side_closed:
      return side_closed(c, event.side, event.time);
    case EventKind::reset:
      return reset(c, event.time);
    case EventKind::unreachable:
      return unreachable(c, event);
    case EventKind::end:
      return close_conversation(c, event.end_reason, event.time);
  }
}

void Engine::Impl::open_conversation(Conversation& c, const flow::Event& event) {
  c = Conversation();
  c.flow = event.flow;
  c.set = newest_;
  ++sets_[newest_].users;
  ++counters_.conversations;
  const flow::FlowKey& key = *event.key;
  for (std::size_t side = 0; side < 2; ++side) {
    c.endpoints[side] = {key.address[side], key.address[1 - side], key.port[1 - side]};
  }
  c.client = event.client;
  c.client_known = event.client_by == flow::ClientBy::syn || event.client_by == flow::ClientBy::syn_ack;
  c.carrier = carrier_of(key.transport);
  const bool other = key.transport == decode::Transport::other || key.transport == decode::Transport::fragment;
  c.state = other ? Conversation::State::plain : Conversation::State::fresh;
  c.last_name = other                               ? ip_other_
                : c.carrier == config::Carrier::tcp ? tcp_other_
                : c.carrier == config::Carrier::udp ? udp_other_
                                                    : icmp_other_;
  if (expected_.any() && !other) recall(c);
}

void Engine::Impl::close_conversation(Conversation& c, flow::EndReason reason, base::Micros at) {
  settle(c);
  if (c.streams != kNoIndex) {
    for (flow::Side side = 0; side < 2; ++side) {
      if (c.streams == kNoIndex) break;
      Stream& s = streams_[c.streams].of[side];
      if (s.in_message && !s.message.matched) match_stream(c, side, s);
    }
  }
  end_all(c, reason, at);
  release_streams(c);
  --sets_[c.set].users;
  --counters_.conversations;
  c.state = Conversation::State::none;
}

void Engine::Impl::packet(Conversation& c, const flow::Event& event, Chunks chunks) {
  const flow::PacketFacts& facts = event.facts;
  if (facts.ack_rtt != base::kNone || facts.retransmission_delay != base::kNone) {
    note_round_trip(c, event);
    note_retransmission(c, event);
  }
  if (facts.handshake) {
    emit(c, tcp_synack_, c.caller(), &facts, event.side);
    if (chunks.empty()) return;
  }
  if (event.packet != nullptr && event.packet->icmp.has_quote) return unreachable_packet(c, event);
  flow::Chunk whole;
  if (chunks.empty() && event.packet != nullptr && event.packet->payload_length > 0) {
    const decode::Packet& p = *event.packet;
    whole = {0, p.payload, p.payload_length, p.payload_captured, facts.time, 0, false, p.spread};
    chunks = Chunks(&whole, 1);
  }
  switch (c.state) {
    case Conversation::State::plain:
      return emit(c, c.last_name, c.client, &facts, event.side);
    case Conversation::State::fresh:
      return fresh(c, &facts, event.side, chunks, !facts.handshake);
    default:
      break;
  }
  if (!chunks.empty() || c.head == kNoIndex) return deliver(c, &facts, event.side, chunks, !facts.handshake);
  const OpenRequest& oldest = open_[c.head];
  emit(c, oldest.name, oldest.client, &facts, event.side);
}

void Engine::Impl::note_round_trip(Conversation& c, const flow::Event& event) {
  if (event.facts.ack_rtt == base::kNone || !event.facts.pure_ack) return;
  base::Micros& smallest = c.ack_rtt[event.side];
  if (smallest == base::kNone || event.facts.ack_rtt < smallest) smallest = event.facts.ack_rtt;
}

/// A retransmission lengthens the phase in which it comes: behind the request's first sighting it is part of the
/// response time, within a response part of the transfer time.
void Engine::Impl::note_retransmission(Conversation& c, const flow::Event& event) {
  const flow::PacketFacts& f = event.facts;
  if (f.retransmission_delay == base::kNone || f.retransmitted_to <= f.retransmitted_from) return;
  std::size_t looked = 0;
  for (std::uint32_t i = c.head; i != kNoIndex && looked < kRetransmissionSearch; i = open_[i].next, ++looked) {
    OpenRequest& r = open_[i];
    if (r.client == event.side) {
      const bool mine = r.request_from < f.retransmitted_to && f.retransmitted_from < r.request_to;
      if (!mine || r.response_begun) continue;
      const base::Micros since_end = f.time - r.request_end;
      r.request_delay = std::max({r.request_delay, std::min(f.retransmission_delay, since_end), base::Micros{0}});
    } else if (r.response_begun && r.response_from < f.retransmitted_to && f.retransmitted_from < r.response_to) {
      const base::Micros since_begin = f.time - r.response_begin;
      const base::Micros from = std::max(r.gap_until, f.time - std::min(f.retransmission_delay, since_begin));
      if (f.time > from) r.response_delay += f.time - from;
      r.gap_until = std::max(r.gap_until, f.time);
    }
  }
}

void Engine::Impl::handshake_record(Conversation& c, const flow::Handshake& h, base::Micros at) {
  HandshakeRecord record{c.flow, tcp_synack_, &c.endpoints[c.caller()], at};
  if (h.syn != base::kNone && h.ack != base::kNone) record.connect_time = h.ack - h.syn;
  if (!h.repeated) {
    if (h.syn != base::kNone && h.syn_ack != base::kNone) record.rtt_server = h.syn_ack - h.syn;
    if (h.syn_ack != base::kNone && h.ack != base::kNone) record.rtt_client = h.ack - h.syn_ack;
    c.connect_rtt[1 - c.caller()] = record.rtt_server;
    c.connect_rtt[c.caller()] = record.rtt_client;
  }
  out_->handshakes.push_back(record);
}

void Engine::Impl::handshake(Conversation& c, const flow::Event& event) {
  const flow::Handshake& h = event.handshake;
  if (event.kind == flow::EventKind::established) {
    c.established = h.ack;
    handshake_record(c, h, event.time);
    if (h.syn != base::kNone && h.syn_ack == base::kNone) ++counters_.lost_transactions;  // nobody saw the answer
    return;
  }
  if (h.syn == base::kNone) return;  // a request that was never seen is no transaction
  Transaction t;
  t.conversation = c.flow;
  t.name = tcp_synack_;
  t.endpoints = &c.endpoints[c.caller()];
  t.at = event.time;
  t.request_begin = t.request_end = t.server_from = h.syn;
  switch (event.kind) {
    case flow::EventKind::syn_ack:
      t.outcome = Outcome::answered;
      t.response_begin = t.response_end = t.at = h.syn_ack;
      break;
    case flow::EventKind::refused:
      t.outcome = Outcome::refused;
      break;
    default:
      t.outcome = Outcome::unanswered;
      break;
  }
  out_->transactions.push_back(t);
}

void Engine::Impl::side_closed(Conversation& c, flow::Side side, base::Micros at) {
  settle(c);
  if (c.streams != kNoIndex) {
    Stream& s = streams_[c.streams].of[side];
    if (s.in_message && !s.message.matched) match_stream(c, side, s);
    if (c.streams != kNoIndex && s.in_message && s.skip == kForever) end_message(c, side, s);
  }
  c.closed[side] = true;
  const bool answers = side != c.client || (c.protocol != nullptr && c.protocol->service->both_ways);
  if (answers) abort_all(c, static_cast<flow::Side>(1 - side), at);
}

void Engine::Impl::reset(Conversation& c, base::Micros at) {
  settle(c);
  abort_all(c, 0, at);
  abort_all(c, 1, at);
  c.over = true;
}

/// The packet that `side` had sent never arrived: what it asked is refused.
void Engine::Impl::unreachable(Conversation& c, const flow::Event& event) {
  settle(c);
  std::uint32_t found = kNoIndex;
  if (event.packet != nullptr && event.packet->icmp.quoted_payload_size > 0 && c.protocol != nullptr) {
    const Bytes quoted{event.packet->icmp.quoted_payload, event.packet->icmp.quoted_payload_size};
    for (const Signature& s : c.protocol->service->signatures) {
      if (s.request == nullptr || s.request->ids.empty() || !match(s.request, quoted)) continue;
      found = open_.find(key_of(c, *c.protocol->service, event.side, match_id(*s.request)));
      break;
    }
  }
  if (found == kNoIndex) {
    found = c.tail;
    while (found != kNoIndex && open_[found].client != event.side) found = open_[found].previous;
  }
  if (found != kNoIndex && open_[found].state == OpenRequest::State::open && !open_[found].response_begun) {
    finish(found, Outcome::refused, event.time);
  }
}

Counters Engine::Impl::counters() const {
  Counters result = counters_;
  result.regex_limit_hits = match_.limit_hits();
  return result;
}

std::vector<SignatureCount> Engine::Impl::signature_counts() const {
  std::vector<SignatureCount> counts;
  counts.reserve(tallies_.size());
  for (const auto& [key, tally] : tallies_)
    counts.push_back({key.first, key.second, tally.loaded, tally.matches, tally.near});
  return counts;
}

Engine::Engine(std::shared_ptr<const SignatureSet> signatures, const Options& options)
    : impl_(std::make_unique<Impl>(std::move(signatures), options)) {}
Engine::~Engine() = default;

void Engine::process(const flow::Events& events, base::Micros now, Records& out) { impl_->process(events, now, out); }
void Engine::finish(base::Micros now, Records& out) { impl_->finish_all(now, out); }
void Engine::reload(std::shared_ptr<const SignatureSet> signatures) { impl_->load(std::move(signatures)); }
std::string_view Engine::name(NameId id) const noexcept { return impl_->name(id); }
void Engine::watch(Watch* watch) noexcept { impl_->watch(watch); }
Counters Engine::counters() const { return impl_->counters(); }
std::vector<SignatureCount> Engine::signature_counts() const { return impl_->signature_counts(); }

}  // namespace pastmon::signature
