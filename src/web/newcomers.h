// SPDX-License-Identifier: MIT
// The clients and services that came last, kept in memory for a minute: finding them reads a day of everything.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "pastmon/base/clock.h"
#include "pastmon/store/store.h"

namespace pastmon::web {

/// Immutable.
struct Arrivals {
  std::vector<store::Listed> clients;   ///< the newest first
  std::vector<store::Listed> services;  ///< likewise
};

class Newcomers {
 public:
  static constexpr base::Micros kFresh = 60 * base::kSecond;

  /// Any thread. What was kept less than a minute before `now` (monotonic), or longer ago while another thread reads
  /// anew. Null: the caller is to read it and to keep() it, or to say that it cannot by keeping null.
  std::shared_ptr<const Arrivals> get(base::Micros now);
  void keep(std::shared_ptr<const Arrivals> arrivals, base::Micros now);

 private:
  std::mutex mutex_;
  std::shared_ptr<const Arrivals> arrivals_;
  base::Micros kept_at_ = 0;
  bool reading_ = false;
};

}  // namespace pastmon::web
