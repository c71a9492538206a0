// SPDX-License-Identifier: MIT
#include "open_requests.h"

#include <algorithm>
#include <limits>

namespace pastmon::signature {

std::uint16_t OpenRequests::timer_of(base::Micros timeout) {
  const auto at =
      std::find_if(timers_.begin() + 1, timers_.end(), [&](const Timer& t) { return t.duration == timeout; });
  const auto number = static_cast<std::uint16_t>(at - timers_.begin());
  if (at == timers_.end()) timers_.push_back({timeout, kNoIndex, kNoIndex});
  return number;
}

void OpenRequests::give_back(std::uint32_t i) {
  unindex(i);
  disarm(i);
  slab_.give_back(i);
}

void OpenRequests::grow_index() {
  std::vector<std::uint32_t> old(buckets_.size() * 2, kNoIndex);
  old.swap(buckets_);
  for (std::uint32_t head : old) {
    while (head != kNoIndex) {
      OpenRequest& r = slab_[head];
      const std::uint32_t next = r.chain;
      std::uint32_t& bucket = buckets_[r.key & (buckets_.size() - 1)];
      r.chain = bucket;
      bucket = head;
      head = next;
    }
  }
}

void OpenRequests::index(std::uint32_t i, std::uint64_t key) {
  if (indexed_ >= buckets_.size()) grow_index();
  OpenRequest& r = slab_[i];
  r.key = key;
  r.indexed = true;
  std::uint32_t& bucket = buckets_[key & (buckets_.size() - 1)];
  r.chain = bucket;
  bucket = i;
  ++indexed_;
}

void OpenRequests::index_behind(std::uint32_t i, std::uint64_t key) {
  const std::uint32_t first = find(key);
  slab_[i].newest = i;
  if (first == kNoIndex) return index(i, key);
  std::uint32_t& newest = slab_[first].newest;
  slab_[newest].behind = i;
  slab_[i].key = key;
  slab_[i].queued = true;
  newest = i;
}

/// Takes a request from behind the first one of its key.
void OpenRequests::leave_queue(std::uint32_t i) noexcept {
  const std::uint32_t first = find(slab_[i].key);
  std::uint32_t before = first;
  while (slab_[before].behind != i) before = slab_[before].behind;
  slab_[before].behind = slab_[i].behind;
  if (slab_[first].newest == i) slab_[first].newest = before;
  slab_[i].queued = false;
}

std::uint32_t OpenRequests::find(std::uint64_t key) noexcept {
  std::uint32_t i = buckets_[key & (buckets_.size() - 1)];
  while (i != kNoIndex && slab_[i].key != key) i = slab_[i].chain;
  return i;
}

void OpenRequests::unindex(std::uint32_t i) noexcept {
  OpenRequest& r = slab_[i];
  if (r.queued) return leave_queue(i);
  if (!r.indexed) return;
  std::uint32_t* link = &buckets_[r.key & (buckets_.size() - 1)];
  while (*link != i) link = &slab_[*link].chain;
  r.indexed = false;
  if (r.behind != kNoIndex) {  // the next one of its key takes its place
    OpenRequest& next = slab_[r.behind];
    *link = r.behind;
    next.chain = r.chain;
    next.newest = r.newest;
    next.indexed = true;
    next.queued = false;
    return;
  }
  *link = r.chain;
  --indexed_;
}

void OpenRequests::arm(std::uint32_t i, std::uint16_t timer) noexcept {
  disarm(i);
  Timer& t = timers_[timer];
  OpenRequest& r = slab_[i];
  r.timer = timer;
  r.earlier = t.tail;
  r.later = kNoIndex;
  (t.tail == kNoIndex ? t.head : slab_[t.tail].later) = i;
  t.tail = i;
}

void OpenRequests::disarm(std::uint32_t i) noexcept {
  OpenRequest& r = slab_[i];
  if (r.timer == 0xffff) return;
  Timer& t = timers_[r.timer];
  (r.earlier == kNoIndex ? t.head : slab_[r.earlier].later) = r.later;
  (r.later == kNoIndex ? t.tail : slab_[r.later].earlier) = r.earlier;
  r.timer = 0xffff;
}

std::uint32_t OpenRequests::due(base::Micros now, base::Micros& next) noexcept {
  next = std::numeric_limits<base::Micros>::max();
  for (const Timer& t : timers_) {
    if (t.head == kNoIndex) continue;
    const base::Micros at = slab_[t.head].sent + t.duration;
    if (at <= now) {
      const std::uint32_t i = t.head;
      disarm(i);
      next = at;
      return i;
    }
    next = std::min(next, at);
  }
  return kNoIndex;
}

}  // namespace pastmon::signature
