// SPDX-License-Identifier: MIT
#include "flow_table.h"

#include <cstring>

namespace pastmon::flow {
namespace {

constexpr std::size_t kFirstSlots = 1024;
// At a load of at most one half, linear probing stays under a hundred slots in any honest table; chosen hashes do not.
constexpr std::size_t kMaxProbes = 512;

inline bool same(const base::Address& a, const base::Address& b) noexcept {
  std::uint64_t x[2], y[2];
  std::memcpy(x, a.bytes().data(), 16);
  std::memcpy(y, b.bytes().data(), 16);
  return ((x[0] ^ y[0]) | (x[1] ^ y[1])) == 0;
}

inline bool sent_by(const FlowKey& key, Side side, const decode::FiveTuple& t) noexcept {
  const Side other = side ^ 1;
  return key.port[side] == t.source_port && key.port[other] == t.destination_port &&
         same(key.address[side], t.source) && same(key.address[other], t.destination);
}

}  // namespace

FlowTable::FlowTable() : slots_(kFirstSlots), mask_(kFirstSlots - 1) {}

Found FlowTable::find(const decode::FiveTuple& tuple, decode::Transport transport, std::uint32_t hash) noexcept {
  for (std::size_t at = hash & mask_; slots_[at].flow != kNoIndex; at = (at + 1) & mask_) {
    if (slots_[at].hash != hash) continue;
    const FlowKey& key = flows_[slots_[at].flow].key;
    if (key.transport != transport || key.protocol != tuple.protocol) continue;
    if (sent_by(key, 0, tuple)) return {slots_[at].flow, 0};
    if (sent_by(key, 1, tuple)) return {slots_[at].flow, 1};
  }
  return {};
}

FlowId FlowTable::insert(const decode::FiveTuple& tuple, decode::Transport transport, std::uint32_t hash,
                         IdleClass idle_class, base::Micros time) {
  if ((size_ + 1) * 2 > slots_.size()) grow();
  const FlowId id = flows_.take();
  Flow& flow = flows_[id];
  flow.key.address[0] = tuple.source;
  flow.key.address[1] = tuple.destination;
  flow.key.port[0] = tuple.source_port;
  flow.key.port[1] = tuple.destination_port;
  flow.key.protocol = tuple.protocol;
  flow.key.transport = transport;
  flow.hash = hash;
  flow.last = time;
  flow.idle_class = idle_class;
  std::size_t at = hash & mask_;
  while (slots_[at].flow != kNoIndex) at = (at + 1) & mask_;
  slots_[at] = {hash, id};
  link(id, flow);
  ++size_;
  return id;
}

void FlowTable::erase(FlowId id) noexcept {
  Flow& flow = flows_[id];
  std::size_t at = flow.hash & mask_;
  while (slots_[at].flow != id) at = (at + 1) & mask_;
  // Close the hole: what stands behind it moves up unless it would leave its probe sequence.
  for (std::size_t next = (at + 1) & mask_; slots_[next].flow != kNoIndex; next = (next + 1) & mask_) {
    const std::size_t home = slots_[next].hash & mask_;
    if (((next - home) & mask_) >= ((next - at) & mask_)) {
      slots_[at] = slots_[next];
      at = next;
    }
  }
  slots_[at] = {};
  unlink(flow);
  --size_;
  erased_.push_back(id);
}

void FlowTable::recycle() noexcept {
  for (const FlowId id : erased_) flows_.give_back(id);
  erased_.clear();
}

void FlowTable::move(FlowId id, Flow& flow, IdleClass idle_class) noexcept {
  unlink(flow);
  flow.idle_class = idle_class;
  link(id, flow);
}

FlowId FlowTable::crowded(std::uint32_t hash) noexcept {
  FlowId longest_idle = kNoIndex;
  std::size_t at = hash & mask_;
  for (std::size_t probes = 0; slots_[at].flow != kNoIndex; ++probes, at = (at + 1) & mask_) {
    if (probes < kMaxProbes) continue;
    // Found crowded, which is rare: only now look at the flows themselves.
    at = hash & mask_;
    for (probes = 0; probes < kMaxProbes; ++probes, at = (at + 1) & mask_) {
      const FlowId id = slots_[at].flow;
      if (longest_idle == kNoIndex || flows_[id].last < flows_[longest_idle].last) longest_idle = id;
    }
    return longest_idle;
  }
  return kNoIndex;
}

FlowId FlowTable::guess(std::uint32_t hash) const noexcept {
  for (std::size_t at = hash & mask_, probes = 0; probes < 4; at = (at + 1) & mask_, ++probes) {
    if (slots_[at].hash == hash) return slots_[at].flow;
  }
  return kNoIndex;
}

void FlowTable::unlink(Flow& flow) noexcept {
  List& list = lists_[static_cast<std::size_t>(flow.idle_class)];
  (flow.older != kNoIndex ? flows_[flow.older].newer : list.oldest) = flow.newer;
  (flow.newer != kNoIndex ? flows_[flow.newer].older : list.newest) = flow.older;
  flow.older = flow.newer = kNoIndex;
}

void FlowTable::link(FlowId id, Flow& flow) noexcept {
  List& list = lists_[static_cast<std::size_t>(flow.idle_class)];
  flow.older = list.newest;
  (list.newest != kNoIndex ? flows_[list.newest].newer : list.oldest) = id;
  list.newest = id;
}

void FlowTable::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  mask_ = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.flow == kNoIndex) continue;
    std::size_t at = slot.hash & mask_;
    while (slots_[at].flow != kNoIndex) at = (at + 1) & mask_;
    slots_[at] = slot;
  }
}

}  // namespace pastmon::flow
