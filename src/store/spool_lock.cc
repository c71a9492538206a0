// SPDX-License-Identifier: MIT
#include "pastmon/store/spool_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "pastmon/base/text.h"

namespace pastmon::store {

using base::cat;
using base::Error;
using base::Result;

SpoolLock::~SpoolLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

SpoolLock::SpoolLock(SpoolLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), state_(other.state_), holder_(std::move(other.holder_)) {}

SpoolLock& SpoolLock::operator=(SpoolLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(state_, other.state_);
  std::swap(holder_, other.holder_);
  return *this;
}

Result<SpoolLock> SpoolLock::take(const std::string& directory) {
  SpoolLock lock;
  const std::string path = directory + "/lock";
  lock.descriptor_ = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (lock.descriptor_ < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return lock;
    return Error{cat("cannot see whether pastmon runs: ", path, ": ", std::strerror(errno))};
  }
  if (::flock(lock.descriptor_, LOCK_EX | LOCK_NB) == 0) {
    lock.state_ = State::held;
    return lock;
  }
  char holder[32] = {};
  const ssize_t n = ::pread(lock.descriptor_, holder, sizeof holder - 1, 0);
  lock.holder_ = n > 0 ? base::escape_controls(base::trim(static_cast<const char*>(holder))) : "?";
  lock.state_ = State::busy;
  return lock;
}

}  // namespace pastmon::store
