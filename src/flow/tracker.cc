// SPDX-License-Identifier: MIT
#include "pastmon/flow/tracker.h"

#include <algorithm>
#include <array>

#include "core.h"
#include "datagram.h"
#include "expiry.h"
#include "handshake.h"
#include "tcp.h"

namespace pastmon::flow {
namespace {

namespace flag = decode::tcp_flag;
using decode::Transport;

constexpr std::size_t kLookAhead = 32;          // packets whose flows are fetched ahead
constexpr std::size_t kCached = 256;            // so few flows are in the cache anyway
constexpr std::size_t kFinishedEvents = 4'096;  // of one call of finish(), about

bool is_icmp(Transport transport) { return transport == Transport::icmp || transport == Transport::icmpv6; }

}  // namespace

struct Tracker::Impl {
  explicit Impl(const Options& options) : core(options), tcp(core), expiry(core, tcp) {}

  void begin_call(Events& out);
  void look_ahead(std::span<const decode::Packet> packets);
  void take(const decode::Packet& packet);
  void take_tcp(const decode::Packet& packet, Found found);
  bool take_quote(const decode::Packet& packet);
  Found open(const decode::FiveTuple& tuple, Transport transport, std::uint32_t hash, base::Micros time);
  Found restart(Reuse reuse, Found old, const decode::Packet& packet);
  base::Micros note(Flow& flow, Side side, const decode::Packet& packet);

  Core core;
  Tcp tcp;
  Expiry expiry;
};

void Tracker::Impl::begin_call(Events& out) {
  out.clear();
  core.out = &out;
  core.retired.clear();
  core.table.recycle();
  expiry.begin_call();
}

void Tracker::Impl::look_ahead(std::span<const decode::Packet> packets) {
  std::array<FlowId, kLookAhead> flows;
  for (const decode::Packet& p : packets) core.table.prefetch_slot(p.hash);
  for (std::size_t i = 0; i < packets.size(); ++i) {
    flows[i] = core.table.guess(packets[i].hash);
    if (flows[i] != kNoIndex) core.table.prefetch_flow(flows[i]);
  }
  for (std::size_t i = 0; i < packets.size(); ++i) {
    if (flows[i] == kNoIndex) continue;
    const Flow& flow = core.table[flows[i]];
    if (flow.older != kNoIndex) core.table.prefetch_flow(flow.older);
    if (flow.newer != kNoIndex) core.table.prefetch_flow(flow.newer);
    const bool is_tcp = flow.key.transport == Transport::tcp;
    const auto* state =
        static_cast<const char*>(is_tcp ? core.tcp.address(flow.state) : core.datagrams.address(flow.state));
    const std::size_t size = is_tcp ? sizeof(TcpState) : sizeof(DatagramState);
    for (std::size_t line = 0; line < size; line += 64) __builtin_prefetch(state + line, 1);
  }
}

Found Tracker::Impl::open(const decode::FiveTuple& tuple, Transport transport, std::uint32_t hash, base::Micros time) {
  expiry.make_place(hash);
  const bool is_tcp = transport == Transport::tcp;
  const FlowId id = core.table.insert(tuple, transport, hash, is_tcp ? IdleClass::tcp : IdleClass::other, time);
  Flow& flow = core.table[id];
  flow.state = is_tcp ? core.tcp.take() : core.datagrams.take();
  flow.client = tuple.source_port < tuple.destination_port ? 1 : 0;
  flow.client_by =
      static_cast<std::uint8_t>(tuple.source_port != tuple.destination_port ? ClientBy::port : ClientBy::first);
  ++core.counters.flows;
  return {id, 0};
}

// The time of the flow's next packet: never before the one before it.
base::Micros Tracker::Impl::note(Flow& flow, Side side, const decode::Packet& p) {
  flow.seen = (flow.seen | 1U << side) & 3U;
  if (p.time < flow.last) {
    if (!p.held) ++core.counters.clock_steps;
    return flow.last;
  }
  return flow.last = p.time;
}

void Tracker::Impl::take(const decode::Packet& p) {
  if (!p.held) expiry.clock(p.time);
  const base::Micros now = p.held ? std::max(p.time, expiry.now()) : p.time;
  if (is_icmp(p.transport) && p.icmp.has_quote && !p.part && take_quote(p)) return;
  Found found = core.table.find(p.tuple, p.transport, p.hash);
  if (found.flow != kNoIndex && expiry.is_overdue(core.table[found.flow], now)) {
    expiry.end_overdue(found.flow, now);
    found = {};
  }
  if (p.transport == Transport::tcp && !p.part) return take_tcp(p, found);
  if (found.flow == kNoIndex) found = open(p.tuple, p.transport, p.hash, p.time);
  Flow& flow = core.table[found.flow];
  const base::Micros time = note(flow, found.side, p);
  if (p.part) return take_part(core, found.flow, flow, found.side, p);
  take_datagram(core, found.flow, flow, found.side, p, time);
  expiry.touch(found.flow, flow, IdleClass::other);
}

void Tracker::Impl::take_tcp(const decode::Packet& p, Found found) {
  const bool syn = (p.tcp.flags & (flag::syn | flag::rst)) == flag::syn;
  if (syn && found.flow != kNoIndex) {
    const Flow& flow = core.table[found.flow];
    const Reuse what =
        reuse(core.tcp[flow.state], found.side, p.tcp, elapsed(flow.last, p.time), core.options.syn_timeout);
    if (what != Reuse::same) found = restart(what, found, p);
  }
  if (found.flow == kNoIndex) {
    found = open(p.tuple, p.transport, p.hash, p.time);
    if (syn) {
      const bool ack = (p.tcp.flags & flag::ack) != 0;
      Flow& flow = core.table[found.flow];
      flow.client = ack ? 1 : 0;
      flow.client_by = static_cast<std::uint8_t>(ack ? ClientBy::syn_ack : ClientBy::syn);
    }
  }
  Flow& flow = core.table[found.flow];
  TcpState& state = core.tcp[flow.state];
  const base::Micros time = note(flow, found.side, p);
  tcp.packet(found.flow, flow, state, found.side, p, time);
  if (state.side[found.side].next != state.side[found.side].highest) expiry.watch_gap(time);
  expiry.touch(found.flow, flow, Tcp::idle_class(state));
}

// The old connection ends. The answer is the flow that begins with the SYN of before, or nothing: the packet opens it.
Found Tracker::Impl::restart(Reuse what, Found old, const decode::Packet& p) {
  const PendingSyn pending = core.tcp[core.table[old.flow].state].pending;
  const base::Micros began = std::min(pending.time, p.time);
  expiry.end(old.flow, EndReason::closed, p.time);
  if (what == Reuse::restart) return {};
  const decode::FiveTuple& t = p.tuple;
  const decode::FiveTuple syn{t.destination, t.source, t.destination_port, t.source_port, t.protocol};
  const Found found = open(syn, p.transport, p.hash, began);
  Flow& flow = core.table[found.flow];
  flow.client = 0;
  flow.client_by = static_cast<std::uint8_t>(ClientBy::syn);
  flow.seen = 1;
  begin_with(core.tcp[flow.state], pending);
  return {found.flow, 1};
}

bool Tracker::Impl::take_quote(const decode::Packet& p) {
  const decode::FiveTuple& quoted = p.icmp.quoted;
  const Found found = core.table.find(quoted, transport_of(quoted.protocol), decode::symmetric_hash(quoted));
  if (found.flow == kNoIndex || expiry.is_overdue(core.table[found.flow], p.time)) return false;
  Flow& flow = core.table[found.flow];
  if ((flow.seen >> found.side & 1) == 0) return false;
  const bool is_tcp = flow.key.transport == Transport::tcp;
  if (is_tcp && !tcp.may_have_sent(found.flow, found.side, p.icmp.quoted_sequence)) return false;

  const base::Micros time = note(flow, found.side, p);
  take_error(core, found.flow, found.side, p, time);
  if (is_unreachable(p)) {
    if (is_tcp) {
      tcp.unreachable(found.flow, found.side, time);
    } else {
      core.emit(EventKind::unreachable, found.flow, found.side, time).packet = &p;
    }
  }
  expiry.touch(found.flow, flow, is_tcp ? Tcp::idle_class(core.tcp[flow.state]) : IdleClass::other);
  return true;
}

Tracker::Tracker(const Options& options) : impl_(std::make_unique<Impl>(options)) {}
Tracker::~Tracker() = default;

void Tracker::process(std::span<const decode::Packet> packets, Events& out) {
  impl_->begin_call(out);
  while (!packets.empty()) {
    const auto batch = packets.first(std::min(packets.size(), kLookAhead));
    if (impl_->core.table.size() > kCached) impl_->look_ahead(batch);
    for (const decode::Packet& packet : batch) impl_->take(packet);
    packets = packets.subspan(batch.size());
  }
}

void Tracker::expire(base::Micros now, Events& out) {
  impl_->begin_call(out);
  impl_->expiry.set_clock(now);
}

bool Tracker::finish(Events& out) {
  impl_->begin_call(out);
  impl_->expiry.end_all(kFinishedEvents);
  return !out.events.empty();
}

Counters Tracker::counters() const {
  const Core& core = impl_->core;
  Counters counters = core.counters;
  counters.active = core.table.size();
  counters.table_bytes =
      core.table.memory() + core.tcp.memory() + core.datagrams.memory() + core.disorders.memory() + core.rings.memory();
  return counters;
}

}  // namespace pastmon::flow
