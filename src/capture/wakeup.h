// SPDX-License-Identifier: MIT
// Wakes a thread that waits in poll(), from any thread or a signal handler, once and for good.
#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>

namespace pastmon::capture {

class Wakeup {
 public:
  Wakeup() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~Wakeup() {
    if (fd_ >= 0) close(fd_);
  }
  Wakeup(const Wakeup&) = delete;
  Wakeup& operator=(const Wakeup&) = delete;

  /// Async-signal-safe.
  void set() noexcept {
    set_.store(true, std::memory_order_relaxed);
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(fd_, &one, sizeof one);
  }
  bool is_set() const noexcept { return set_.load(std::memory_order_relaxed); }

  /// Readable once set; −1 when the process had no descriptor left (poll() ignores it).
  int fd() const noexcept { return fd_; }

 private:
  static_assert(std::atomic<bool>::is_always_lock_free);
  std::atomic<bool> set_ = false;
  int fd_;
};

}  // namespace pastmon::capture
