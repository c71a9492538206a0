// SPDX-License-Identifier: MIT
// Fuzz target: any sequence of packets. The input is a list of 24-byte records, each one packet among few endpoints,
// so that they meet in the same connections. Every rule that must hold whatever comes is checked with a trap.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <set>
#include <vector>

#include "packets.h"

namespace pastmon::flow::test {
namespace {

constexpr std::size_t kRecord = 24;

void must(bool holds) {
  if (!holds) __builtin_trap();
}

struct Reader {
  const std::uint8_t* at;
  std::uint8_t u8() { return *at++; }
  std::uint32_t u32() {
    std::uint32_t value = 0;
    std::memcpy(&value, at, 4);
    at += 4;
    return value;
  }
  std::uint16_t u16() { return static_cast<std::uint16_t>(u8() << 8 | u8()); }
};

decode::Packet read(const std::uint8_t* record, base::Micros& clock) {
  static const std::uint8_t payload[256] = {1, 2, 3};
  static constexpr std::uint8_t protocols[] = {6, 17, 1, 58, 47, 6};
  static constexpr decode::Transport transports[] = {decode::Transport::tcp,   decode::Transport::udp,
                                                     decode::Transport::icmp,  decode::Transport::icmpv6,
                                                     decode::Transport::other, decode::Transport::fragment};
  Reader r{record};
  const std::uint8_t kind = r.u8(), ends = r.u8();
  // Steps of time in sizes that matter: microseconds, milliseconds, seconds, minutes, and sometimes backwards.
  static constexpr base::Micros steps[] = {1, 1'000, base::kSecond, 60 * base::kSecond};
  const std::uint8_t step = r.u8();
  clock += steps[step & 3U] * (step >> 3U) * ((step & 4U) != 0 && (kind & 0x80U) != 0 ? -1 : 1);
  // Mostly TCP, for that is where the states are.
  const std::size_t which = (kind & 7U) < 6 && (kind & 8U) != 0 ? kind & 7U : 0;
  decode::FiveTuple tuple{address(1 + (ends & 1U)), address(1 + (ends >> 1U & 1U)),
                          static_cast<std::uint16_t>(ends >> 2U & 3U), static_cast<std::uint16_t>(ends >> 4U & 3U),
                          protocols[which]};
  if (which > 1) tuple.source_port = tuple.destination_port = 0;
  decode::Packet p = packet(clock - kStart, transports[which], tuple);
  if (r.u8() == 0) p.hash = 7;
  p.payload = payload;
  p.payload_length = r.u8();
  p.payload_captured = std::min<std::uint32_t>(p.payload_length, r.u8() | 0x80U);
  p.tcp.flags = r.u8() & 0x3fU;
  p.tcp.sequence = r.u32() & ((kind & 0x40U) != 0 ? 0xffffffffU : 0x3ffU);
  p.tcp.acknowledgement = r.u32() & ((kind & 0x20U) != 0 ? 0xffffffffU : 0x3ffU);
  p.tcp.window = r.u16();
  p.tcp.window_scale = r.u8();
  const std::uint8_t options = r.u8();
  p.tcp.sack_blocks = (options & 1U) != 0;
  p.icmp.has_quote = (options & 2U) != 0;
  p.icmp.type = static_cast<std::uint8_t>((options & 4U) != 0 ? 3 : 1);
  p.icmp.code = options >> 6U;
  p.icmp.quoted = {tuple.destination, tuple.source, static_cast<std::uint16_t>(options >> 3U & 3U),
                   static_cast<std::uint16_t>(options >> 5U & 3U),
                   static_cast<std::uint8_t>((kind & 1U) != 0 ? 6 : 17)};
  p.icmp.quoted_sequence = p.tcp.sequence;
  return p;
}

// What every flow must keep to.
struct Witness {
  base::Micros time = 0;
  std::uint64_t next[2] = {0, 0};
  int closed[2] = {0, 0};
  int resets = 0;
  int outcomes = 0;  ///< of the SYN: answered, refused or unanswered
};

void check(const Events& events, std::map<FlowId, Witness>& flows, std::set<FlowId>& ended, std::size_t& packets) {
  ended.clear();
  for (const Event& e : events.events) {
    must(ended.count(e.flow) == 0);
    Witness& w = flows[e.flow];
    must(e.side < 2 && e.client < 2 && e.key != nullptr);
    must(e.time >= w.time);
    w.time = e.time;
    must(e.chunk_count == 0 || e.kind == EventKind::packet || e.kind == EventKind::data);
    for (const Chunk& c : events.chunks_of(e)) {
      must(c.offset == w.next[e.side] && c.captured <= c.size && c.time <= e.time && c.delay >= 0);
      must(!c.lost || c.captured == 0);
      must(c.captured == 0 || c.data != nullptr);
      w.next[e.side] += c.size;
    }
    if (e.kind == EventKind::packet) {
      ++packets;
      must(e.facts.time == e.time && e.facts.ack_rtt >= base::kNone && e.facts.retransmission_delay >= base::kNone);
      must(!(e.facts.retransmission && e.facts.out_of_order));
      must(e.facts.retransmitted_from <= e.facts.retransmitted_to);
    }
    if (e.kind == EventKind::side_closed) must(++w.closed[e.side] == 1);
    if (e.kind == EventKind::reset) must(++w.resets == 1);
    if (e.kind == EventKind::syn_ack || e.kind == EventKind::refused || e.kind == EventKind::unanswered) {
      must(++w.outcomes == 1);
    }
    if (e.kind == EventKind::end) {
      flows.erase(e.flow);
      ended.insert(e.flow);
    }
  }
}

}  // namespace
}  // namespace pastmon::flow::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pastmon;
  using namespace pastmon::flow;
  using namespace pastmon::flow::test;
  Options options;
  options.max_flows = 12;
  options.max_buffered = 4'000;
  options.max_buffered_per_side = 1'500;
  Tracker tracker(options);
  Events events;
  std::map<FlowId, Witness> flows;
  std::set<FlowId> ended;
  std::size_t fed = 0, said = 0;
  base::Micros clock = kStart;
  std::vector<decode::Packet> batch;
  for (; size >= kRecord; data += kRecord, size -= kRecord) {
    batch.push_back(read(data, clock));
    if ((data[3] & 3U) == 0 && size >= 2 * kRecord) continue;  // batches of different size
    fed += batch.size();
    tracker.process(batch, events);
    batch.clear();
    check(events, flows, ended, said);
    must(tracker.counters().active <= options.max_flows && tracker.counters().buffered_bytes <= options.max_buffered);
    if (data[3] == 5) {
      tracker.expire(clock, events);
      check(events, flows, ended, said);
    }
  }
  while (tracker.finish(events)) check(events, flows, ended, said);
  must(flows.empty() && fed == said && tracker.counters().active == 0 && tracker.counters().buffered_bytes == 0);
  return 0;
}
