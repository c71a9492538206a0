// SPDX-License-Identifier: MIT
#include "failure_counts.h"

#include <algorithm>

namespace pastmon::web {

base::Micros FailureCounts::attempt(const std::string& key, base::Micros now) {
  const std::lock_guard lock(mutex_);
  auto at = counts_.find(key);
  if (at != counts_.end() && now - at->second.since >= options_.window) {
    counts_.erase(at);
    at = counts_.end();
  }
  if (at == counts_.end()) {
    if (counts_.size() >= options_.keys) make_room(now);
    at = counts_.emplace(key, Count{now, 0}).first;
  }
  Count& count = at->second;
  if (count.attempts >= options_.allowed) return count.since + options_.window - now;
  ++count.attempts;
  return 0;
}

void FailureCounts::take_back(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto at = counts_.find(key);
  if (at != counts_.end() && --at->second.attempts <= 0) counts_.erase(at);
}

std::size_t FailureCounts::size() const {
  const std::lock_guard lock(mutex_);
  return counts_.size();
}

void FailureCounts::make_room(base::Micros now) {
  std::erase_if(counts_, [&](const auto& entry) { return now - entry.second.since >= options_.window; });
  if (counts_.size() < options_.keys) return;
  counts_.erase(std::min_element(counts_.begin(), counts_.end(),
                                 [](const auto& a, const auto& b) { return a.second.since < b.second.since; }));
}

}  // namespace pastmon::web
