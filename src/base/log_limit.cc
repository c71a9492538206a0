// SPDX-License-Identifier: MIT
#include "log_limit.h"

#include <algorithm>

namespace pastmon::base::log {
namespace {

constexpr std::size_t kKept = 160;  // bytes of a message that tell its kind

std::string kind_of(int level, std::string_view message) {
  std::string kind(1, static_cast<char>('0' + level));
  bool number = false;
  for (const char c : message.substr(0, kKept)) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit) kind.push_back(c);
    if (digit && !number) kind.push_back('#');
    number = digit;
  }
  return kind;
}

}  // namespace

bool Limit::admit(int level, std::string_view message, Micros now) {
  std::string name = kind_of(level, message);
  if (kinds_.size() >= kMaxKinds && !kinds_.contains(name)) name = std::string(1, static_cast<char>('0' + level));
  Kind& kind = kinds_[name];
  if (kind.seen == 0) {
    kind.until = now + kWindow;
    kind.example = std::string(message.substr(0, kKept));
    due_ = std::min(due_, kind.until);
  }
  return ++kind.seen <= kPerWindow;
}

std::vector<Limit::Suppressed> Limit::take(Micros now) {
  std::vector<Suppressed> found;
  if (!due(now)) return found;
  due_ = INT64_MAX;
  for (auto at = kinds_.begin(); at != kinds_.end();) {
    const Kind& kind = at->second;
    if (now < kind.until) {
      due_ = std::min(due_, kind.until);
      ++at;
      continue;
    }
    if (kind.seen > kPerWindow) found.push_back({at->first[0] - '0', kind.example, kind.seen - kPerWindow});
    at = kinds_.erase(at);
  }
  return found;
}

}  // namespace pastmon::base::log
