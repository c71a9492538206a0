// SPDX-License-Identifier: MIT
// The flow table: open addressing over 8-byte slots (hash, flow number), entries of one cache line apart, and one list
// for each time-out, longest idle first. Knows nothing of protocols.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "pastmon/decode/packet.h"
#include "pastmon/flow/segment.h"
#include "slab.h"

namespace pastmon::flow {

/// Which time-out holds for a flow; one list each.
enum class IdleClass : std::uint8_t {
  syn,     ///< a handshake that does not go on
  tcp,     ///< any other TCP connection
  linger,  ///< both FINs, or RST
  other,   ///< UDP, ICMP, other protocols
  count_,
};
inline constexpr std::size_t kIdleClasses = static_cast<std::size_t>(IdleClass::count_);

/// What every packet of a flow touches: one cache line.
struct Flow {
  FlowKey key;
  std::uint8_t client : 1 = 0;
  std::uint8_t client_by : 2 = 0;  ///< ClientBy
  std::uint8_t seen : 2 = 0;       ///< bit per side: has sent a packet
  IdleClass idle_class = IdleClass::other;
  base::Micros last = 0;           ///< time of its newest packet; never goes back
  std::uint32_t newer = kNoIndex;  ///< neighbours in the list of its class
  std::uint32_t older = kNoIndex;
  std::uint32_t hash = 0;
  std::uint32_t state = kNoIndex;  ///< number of its TcpState or DatagramState
};
static_assert(sizeof(Flow) == 64);

/// A flow and the side that sent the packet looked up; flow is kNoIndex when there is none.
struct Found {
  FlowId flow = kNoIndex;
  Side side = 0;
};

class FlowTable {
 public:
  FlowTable();

  Flow& operator[](FlowId id) noexcept { return flows_[id]; }
  std::size_t size() const noexcept { return size_; }
  std::size_t memory() const noexcept { return slots_.capacity() * sizeof(Slot) + flows_.memory(); }

  Found find(const decode::FiveTuple& tuple, decode::Transport transport, std::uint32_t hash) noexcept;

  /// A new flow with `tuple.source` as side 0, at the young end of its class. The caller knows that there is none.
  FlowId insert(const decode::FiveTuple& tuple, decode::Transport transport, std::uint32_t hash, IdleClass idle_class,
                base::Micros time);

  /// Takes the flow out of index and list. Its number and its memory stay until recycle().
  void erase(FlowId id) noexcept;

  /// The numbers of erased flows may be given out again.
  void recycle() noexcept;

  /// Moves the flow to the young end of `idle_class`.
  void touch(FlowId id, Flow& flow, IdleClass idle_class) noexcept {
    if (flow.newer != kNoIndex || flow.idle_class != idle_class) move(id, flow, idle_class);
  }

  FlowId oldest(IdleClass idle_class) const noexcept { return lists_[static_cast<std::size_t>(idle_class)].oldest; }

  /// The flow to give up when the place where a flow of this hash belongs is crowded, which no honest traffic brings
  /// about; else kNoIndex.
  FlowId crowded(std::uint32_t hash) noexcept;

  void prefetch_slot(std::uint32_t hash) const noexcept { __builtin_prefetch(&slots_[hash & mask_]); }
  /// The flow that probably has this hash, for prefetching; kNoIndex: none.
  FlowId guess(std::uint32_t hash) const noexcept;
  void prefetch_flow(FlowId id) const noexcept { __builtin_prefetch(flows_.address(id), 1); }

 private:
  struct Slot {
    std::uint32_t hash = 0;
    FlowId flow = kNoIndex;
  };
  struct List {
    FlowId oldest = kNoIndex;
    FlowId newest = kNoIndex;
  };

  void move(FlowId id, Flow& flow, IdleClass idle_class) noexcept;
  void unlink(Flow& flow) noexcept;
  void link(FlowId id, Flow& flow) noexcept;
  void grow();

  std::vector<Slot> slots_;
  std::size_t mask_ = 0;
  std::size_t size_ = 0;
  Slab<Flow, 4096> flows_;
  List lists_[kIdleClasses];
  std::vector<FlowId> erased_;
};

}  // namespace pastmon::flow
