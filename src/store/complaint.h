// SPDX-License-Identifier: MIT
// What the log is told about a database that cannot be written: what passes by itself once and then
// rarely, what somebody must mend again and again. Used by one thread.
#pragma once

#include <chrono>
#include <string>

#include "pastmon/base/clock.h"
#include "pastmon/base/result.h"

namespace pastmon::store {

class Complaint {
 public:
  /// `waits_in`: where what is closed waits meanwhile. The same trouble is told once a `repeat`, what
  /// passes by itself once in sixty.
  Complaint(std::string waits_in, base::Micros repeat) : waits_in_(std::move(waits_in)), repeat_(repeat) {}

  void about(const base::Error& error);
  void all_is_well();

 private:
  const std::string waits_in_;
  const base::Micros repeat_;
  std::string message_;  ///< "" while all is well
  std::chrono::steady_clock::time_point next_{};
};

}  // namespace pastmon::store
