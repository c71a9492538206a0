// SPDX-License-Identifier: MIT
// Keeps a sensor from starting: for programs that work on what it would write.
#pragma once

#include <cstdint>
#include <string>

#include "pastmon/base/result.h"

namespace pastmon::store {

/// The lock of a spool's directory, held as long as this lives. Makes nothing: where no sensor ever ran there is none.
class SpoolLock {
 public:
  SpoolLock() = default;
  ~SpoolLock();
  SpoolLock(SpoolLock&& other) noexcept;
  SpoolLock& operator=(SpoolLock&& other) noexcept;
  SpoolLock(const SpoolLock&) = delete;
  SpoolLock& operator=(const SpoolLock&) = delete;

  enum class State : std::uint8_t { none, held, busy };
  /// none: there is no lock file; held: it is ours now; busy: a sensor runs, see holder().
  static base::Result<SpoolLock> take(const std::string& directory);
  State state() const noexcept { return state_; }
  const std::string& holder() const noexcept { return holder_; }  ///< process number

 private:
  int descriptor_ = -1;
  State state_ = State::none;
  std::string holder_;
};

}  // namespace pastmon::store
