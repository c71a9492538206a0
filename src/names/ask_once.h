// SPDX-License-Identifier: MIT
// Which addresses were asked already, and how fast one may ask. Both without a clock of their own.
#pragma once

#include <algorithm>
#include <cstddef>
#include <list>
#include <unordered_map>

#include "pastmon/base/address.h"
#include "pastmon/base/clock.h"

namespace pastmon::names {

/// Remembers addresses until a time. Bounded: the one that was let in first is forgotten first.
class AskOnce {
 public:
  explicit AskOnce(std::size_t max) : max_(std::max<std::size_t>(max, 1)) {}

  /// True, and the address is remembered until `until`, unless it is remembered beyond `now` already.
  bool enter(const base::Address& address, base::Micros now, base::Micros until) {
    if (const auto found = index_.find(address); found != index_.end()) {
      if (found->second->until > now) return false;
      order_.erase(found->second);
      index_.erase(found);
    }
    if (order_.size() >= max_) {
      index_.erase(order_.front().address);
      order_.pop_front();
    }
    order_.push_back({address, until});
    index_.emplace(address, std::prev(order_.end()));
    return true;
  }

  /// The address may be asked again from `until` on, if that is sooner.
  void shorten(const base::Address& address, base::Micros until) {
    if (const auto found = index_.find(address); found != index_.end()) {
      found->second->until = std::min(found->second->until, until);
    }
  }

  /// As if it had never been asked.
  void forget(const base::Address& address) { shorten(address, 0); }

  std::size_t size() const noexcept { return order_.size(); }

 private:
  struct Entry {
    base::Address address;
    base::Micros until;
  };
  std::size_t max_;
  std::list<Entry> order_;
  std::unordered_map<base::Address, std::list<Entry>::iterator, base::AddressHash> index_;
};

/// A token bucket.
class RateLimit {
 public:
  /// At most `per_second` on average, and as many at once.
  RateLimit(std::uint32_t per_second, base::Micros now)
      : interval_(base::kSecond / std::max<std::uint32_t>(per_second, 1)),
        burst_(std::max<std::uint32_t>(per_second, 1)),
        full_at_(now) {}

  /// True: one may go now.
  bool take(base::Micros now) {
    if (wait(now) > 0) return false;
    full_at_ = std::max(full_at_, now) + interval_;
    return true;
  }

  /// Until the next one may go.
  base::Micros wait(base::Micros now) const {
    return std::max<base::Micros>(full_at_ - now - interval_ * (burst_ - 1), 0);
  }

 private:
  base::Micros interval_;
  base::Micros burst_;
  base::Micros full_at_;  // when all tokens will be there again
};

}  // namespace pastmon::names
