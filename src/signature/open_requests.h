// SPDX-License-Identifier: MIT
// The requests that wait for their response, over all conversations: one pool with a bound, an index by id, and one
// list of deadlines for each different time-out (so that what is due stands at the front).
#pragma once

#include <cstdint>
#include <vector>

#include "compiled.h"
#include "pastmon/signature/record.h"
#include "slab.h"

namespace pastmon::signature {

struct OpenRequest {
  enum class State : std::uint8_t {
    open,
    expired,   ///< timed out and reported; kept to tell a late response from an unpaired one
    answered,  ///< answered and reported; kept to tell repetitions of request and response (`repeats`)
  };
  const Signature* signature = nullptr;  ///< null: a turn of an unrecognised conversation
  std::uint64_t key = 0;                 ///< of its id; meaningful when `indexed`
  std::uint64_t place = 0;  ///< its first id as a number, where the service has `abort_above` or `in_order`
  std::uint32_t conversation = 0;
  std::uint32_t previous = kNoIndex, next = kNoIndex;  ///< in its conversation, oldest first
  std::uint32_t answerer = kNoIndex;                   ///< the conversation of its response, if another one
  std::uint32_t behind = kNoIndex, newest = kNoIndex;  ///< with the same key (`index_behind`); the index has the first
  std::uint32_t chain = kNoIndex;                      ///< next with the same bucket of the index
  std::uint32_t earlier = kNoIndex, later = kNoIndex;  ///< in its list of deadlines
  std::uint16_t timer = 0xffff;                        ///< that list; 0xffff: none
  NameId name = 0;
  flow::Side client = 0;
  std::uint8_t tag = 0;
  std::uint32_t owed = 0;  ///< of `chunks`: how many have had no answer
  State state = State::open;
  bool indexed : 1 = false;
  bool queued : 1 = false;  ///< behind another one of its key
  bool request_done : 1 = false;
  bool response_begun : 1 = false;
  bool response_done : 1 = false;
  bool interim : 1 = false;  ///< an interim answer was seen
  bool paused : 1 = false;   ///< the response goes on behind the client's turn
  bool error : 1 = false;
  bool early : 1 = false;
  bool touched : 1 = false;     ///< its response may have been in bytes that were lost
  bool open_end : 1 = false;    ///< when the response ended is not known
  bool lost : 1 = false;        ///< bytes of it were lost: it gives no record
  bool last_chunk : 1 = false;  ///< of `chunks`: no more will come
  base::Micros request_begin = base::kNone, request_end = base::kNone;
  base::Micros response_begin = base::kNone, response_end = base::kNone;
  base::Micros server_free = base::kNone;  ///< when the server had answered the one before it (`in_order`)
  base::Micros sent = 0;                   ///< last transmission
  base::Micros request_delay = 0, request_gap = 0, response_delay = 0;
  base::Micros gap_until = 0;  ///< end of the latest gap that was counted
  std::int64_t request_bytes = 0, response_bytes = 0;
  std::uint64_t request_from = 0, request_to = 0;  ///< stream offsets
  std::uint64_t response_from = 0, response_to = 0;

  void reset() { *this = OpenRequest(); }
};

/// How long a reported datagram request is remembered.
inline constexpr base::Micros kKept = 30 * base::kSecond;

class OpenRequests {
 public:
  /// Requests of a list are due its duration after their `sent`.
  std::uint16_t timer_of(base::Micros timeout);   ///< the list for that duration; makes it when there is none
  static constexpr std::uint16_t kKeptTimer = 0;  ///< the list of requests that are reported already

  OpenRequest& operator[](std::uint32_t i) noexcept { return slab_[i]; }
  std::uint32_t take() { return slab_.take(); }
  void give_back(std::uint32_t i);  ///< also leaves index and deadlines
  std::size_t in_use() const noexcept { return slab_.in_use(); }

  void index(std::uint32_t i, std::uint64_t key);
  /// The same, but older requests with that key are found first.
  void index_behind(std::uint32_t i, std::uint64_t key);
  /// The newest request with that key, of those that stand behind each other the oldest; kNoIndex: none.
  std::uint32_t find(std::uint64_t key) noexcept;
  void unindex(std::uint32_t i) noexcept;

  void arm(std::uint32_t i, std::uint16_t timer) noexcept;  ///< moves it to the end of the list
  void disarm(std::uint32_t i) noexcept;
  /// A request that is due at `now`, taken from its list; kNoIndex: none. `next` gets the earliest time at which
  /// anything will be due.
  std::uint32_t due(base::Micros now, base::Micros& next) noexcept;
  /// The oldest request of a list; kNoIndex: empty.
  std::uint32_t oldest(std::uint16_t timer) const noexcept { return timers_[timer].head; }

 private:
  struct Timer {
    base::Micros duration = 0;
    std::uint32_t head = kNoIndex, tail = kNoIndex;
  };
  void grow_index();
  void leave_queue(std::uint32_t i) noexcept;

  Slab<OpenRequest> slab_;
  std::vector<Timer> timers_ = {{kKept, kNoIndex, kNoIndex}};
  std::vector<std::uint32_t> buckets_ = std::vector<std::uint32_t>(1024, kNoIndex);
  std::size_t indexed_ = 0;
};

}  // namespace pastmon::signature
