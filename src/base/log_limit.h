// SPDX-License-Identifier: MIT
// Keeps one kind of message from filling the log: of each kind so many a minute, the others are counted and told of in
// one line. Messages are of one kind that differ in numbers only. Clock passed in; not for several threads at once.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pastmon/base/clock.h"

namespace pastmon::base::log {

class Limit {
 public:
  static constexpr Micros kWindow = 60 * kSecond;
  static constexpr std::uint64_t kPerWindow = 20;  ///< messages of one kind
  static constexpr std::size_t kMaxKinds = 200;    ///< in one window; what is of other kinds is one kind

  /// Whether this message may be written at time `now` (monotonic).
  bool admit(int level, std::string_view message, Micros now);

  struct Suppressed {
    int level = 0;
    std::string example;
    std::uint64_t count = 0;
  };
  /// Kinds whose window is over and of which some were not written; each is told once.
  std::vector<Suppressed> take(Micros now);
  /// A window is over; take() has something to do.
  bool due(Micros now) const noexcept { return now >= due_; }

 private:
  struct Kind {
    Micros until = 0;
    std::uint64_t seen = 0;
    std::string example;
  };
  std::map<std::string, Kind> kinds_;  ///< level and message without its numbers
  Micros due_ = INT64_MAX;
};

}  // namespace pastmon::base::log
