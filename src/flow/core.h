// SPDX-License-Identifier: MIT
// What the parts of the tracker share: the table, the pools, the totals, and where events go.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "flow_table.h"
#include "pastmon/flow/tracker.h"
#include "tcp_state.h"

namespace pastmon::flow {

/// What is remembered of a flow that is not TCP: how many payload bytes each side has sent.
struct DatagramState {
  std::uint64_t next[2] = {0, 0};
};

/// Sides with an open gap, longest open first.
struct GapList {
  std::uint32_t oldest = kNoIndex;  ///< numbers of Disorder
  std::uint32_t newest = kNoIndex;
};

struct Core {
  explicit Core(const Options& o) : options(o) {}

  /// The new event stays where it is until the next one.
  Event& emit(EventKind kind, FlowId id, Side side, base::Micros time) { return emit(kind, id, table[id], side, time); }
  Event& emit(EventKind kind, FlowId id, const Flow& flow, Side side, base::Micros time) {
    // A copy of a blank one: compilers fill a value-initialised one with a slow string instruction.
    static constexpr Event kBlank{};
    out->events.push_back(kBlank);
    Event& event = out->events.back();
    event.kind = kind;
    event.side = side;
    event.client = flow.client;
    event.client_by = static_cast<ClientBy>(flow.client_by);
    event.flow = id;
    event.key = &flow.key;
    event.time = time;
    return event;
  }

  const Options options;
  Events* out = nullptr;
  Counters counters;
  FlowTable table;
  Slab<TcpState, 256> tcp;
  Slab<DatagramState> datagrams;
  Slab<Disorder, 256> disorders;
  LongRings rings;
  GapList gaps;
  std::vector<std::unique_ptr<std::uint8_t[]>> retired;  ///< payload that this call's chunks point to
};

/// A clock that goes back farther than this was set; less is what processors and interfaces disagree by.
inline constexpr base::Micros kClockStep = 10 * base::kSecond;

/// A single packet so far ahead is not believed.
inline constexpr base::Micros kClockLeap = 3600 * base::kSecond;

/// No duration is negative, whatever the clock did.
constexpr base::Micros elapsed(base::Micros from, base::Micros to) noexcept { return to > from ? to - from : 0; }

}  // namespace pastmon::flow
