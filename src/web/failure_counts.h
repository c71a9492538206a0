// SPDX-License-Identifier: MIT
// How often something was tried in vain, by a key (an address, a name): who tries too often has to wait. Any thread.
// Bounded: when the table is full, what began longest ago makes room.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <string>

#include "pastmon/base/clock.h"

namespace pastmon::web {

class FailureCounts {
 public:
  struct Options {
    int allowed = 10;                           ///< attempts in vain …
    base::Micros window = 300 * base::kSecond;  ///< … from the first of them on
    std::size_t keys = 10'000;
  };

  explicit FailureCounts(Options options) : options_(options) {}

  /// Counts an attempt before it is made, so that many at once count too. Not 0: it is one too many, and the next may
  /// be made after so many microseconds.
  base::Micros attempt(const std::string& key, base::Micros now);
  /// The attempt was not in vain: it does not count.
  void take_back(const std::string& key);
  std::size_t size() const;

 private:
  struct Count {
    base::Micros since = 0;
    int attempts = 0;
  };
  void make_room(base::Micros now);

  Options options_;
  mutable std::mutex mutex_;
  std::map<std::string, Count> counts_;
};

}  // namespace pastmon::web
