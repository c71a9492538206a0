// SPDX-License-Identifier: MIT
// Packets to rows. A packet belongs to the first message that begins in it; else to the oldest open transaction; else
// to the last recognised service; else to OTHER (metrics.md, "Attribution").
#include "engine_impl.h"

namespace pastmon::signature {
namespace {
constexpr std::size_t kFactsBlock = 256;
constexpr std::uint8_t kUnreachable = 3, kFragmentationNeeded = 4, kUnreachable6 = 1;
}  // namespace

void Engine::Impl::emit(const Conversation& c, NameId name, flow::Side client, const flow::PacketFacts* facts,
                        flow::Side side) {
  out_->packets.push_back({c.flow, name, &c.endpoints[client], facts, side == client});
}

flow::PacketFacts* Engine::Impl::keep_facts(const flow::PacketFacts& facts) {
  if (kept_facts_used_ == kept_facts_.size() * kFactsBlock) {
    kept_facts_.push_back(std::make_unique<flow::PacketFacts[]>(kFactsBlock));
  }
  flow::PacketFacts* kept = &kept_facts_[kept_facts_used_ / kFactsBlock][kept_facts_used_ % kFactsBlock];
  ++kept_facts_used_;
  *kept = facts;
  return kept;
}

Endpoints& Engine::Impl::loose_endpoints() {
  if (loose_used_ == loose_.size()) loose_.push_back(std::make_unique<Endpoints>());
  return *loose_[loose_used_++];
}

NameId Engine::Impl::current_name(Conversation& c, flow::Side& client) {
  client = c.client;
  if (c.head == kNoIndex) return c.last_name;
  client = open_[c.head].client;
  return open_[c.head].name;
}

void Engine::Impl::flush_waiting(Conversation& c, Stream& s, NameId name, flow::Side client) {
  for (const WaitingPacket& w : s.waiting) emit(c, name, client, keep_facts(w.facts), w.side);
  s.waiting.clear();
}

/// The message that is passing in `s` (null: a datagram) belongs to row `name`.
void Engine::Impl::name_message(Conversation& c, Stream* s, NameId name, flow::Side client) {
  if (s != nullptr && !s->waiting.empty()) flush_waiting(c, *s, name, client);
  if (passing_ == nullptr || passing_->named || passing_->awaits != s) return;
  if (s == nullptr && passing_->began) return;
  passing_->began = true;
  passing_->awaits = nullptr;
  passing_->named = true;
  passing_->name = name;
  passing_->client = client;
}

/// An ICMP error stands under the addresses of the packet that it quotes, as sent by the side that is told about.
void Engine::Impl::unreachable_packet(Conversation& c, const flow::Event& event) {
  const decode::Packet& p = *event.packet;
  const bool v4 = p.transport == decode::Transport::icmp;
  const bool unreachable =
      v4 ? p.icmp.type == kUnreachable && p.icmp.code != kFragmentationNeeded : p.icmp.type == kUnreachable6;
  const NameId name = unreachable ? icmp_unreachable_ : icmp_other_;
  // Its payload is the error message, not payload of the connection that it is about.
  flow::PacketFacts* facts = keep_facts(event.facts);
  facts->new_payload = 0;
  const bool own_flow = c.carrier == config::Carrier::icmp || c.carrier == config::Carrier::icmpv6;
  if (!own_flow || event.key == nullptr || !p.icmp.has_quote) {
    emit(c, name, c.client, facts, static_cast<flow::Side>(1 - event.side));
    return;
  }
  // The quoted flow is not in the table: its 5-tuple decides, the lower port is the server's.
  const decode::FiveTuple& q = p.icmp.quoted;
  const bool sender_is_server = q.source_port < q.destination_port && q.source_port != 0;
  Endpoints& e = loose_endpoints();
  e.client = sender_is_server ? q.destination : q.source;
  e.server = sender_is_server ? q.source : q.destination;
  e.port = sender_is_server ? q.source_port : q.destination_port;
  out_->packets.push_back({c.flow, name, &e, facts, sender_is_server});
}

}  // namespace pastmon::signature
