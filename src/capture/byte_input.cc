// SPDX-License-Identifier: MIT
#include "byte_input.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "pastmon/base/text.h"

namespace pastmon::capture {

base::Result<std::unique_ptr<ByteInput>> ByteInput::open(const std::string& path) {
  const bool standard_input = path == "-";
  const std::string name = standard_input ? "standard input" : base::escape_controls(path);
  const auto failed = [&name](int error) {
    return base::Error{base::cat("cannot read ", name, ": ", strerror(error))};
  };

  const int fd = standard_input ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return failed(errno);
  struct stat status {};
  const int error = fstat(fd, &status) != 0 ? errno : S_ISDIR(status.st_mode) ? EISDIR : 0;
  if (error != 0) {
    if (!standard_input) close(fd);
    return failed(error);
  }
  posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  return std::unique_ptr<ByteInput>(new ByteInput(fd, name, !S_ISREG(status.st_mode)));
}

ByteInput::ByteInput(int fd, std::string name, bool waits) : fd_(fd), name_(std::move(name)), waits_(waits) {}

ByteInput::~ByteInput() {
  if (fd_ != STDIN_FILENO) close(fd_);
}

ssize_t ByteInput::read(std::uint8_t* to, std::size_t size) noexcept {
  if (!given_back_.empty()) {
    const std::size_t n = std::min(size, given_back_.size());
    std::memcpy(to, given_back_.data(), n);
    given_back_.erase(given_back_.begin(), given_back_.begin() + static_cast<std::ptrdiff_t>(n));
    offset_ += n;
    return static_cast<ssize_t>(n);
  }
  for (;;) {
    if (interrupted() || (waits_ && !wait())) return 0;
    const ssize_t n = ::read(fd_, to, size);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (n > 0) offset_ += static_cast<std::uint64_t>(n);
    return n;
  }
}

/// False when interrupted.
bool ByteInput::wait() noexcept {
  pollfd fds[2] = {{fd_, POLLIN, 0}, {wakeup_.fd(), POLLIN, 0}};
  while (poll(fds, 2, -1) < 0 && errno == EINTR && !interrupted()) {
  }
  return !interrupted();
}

void ByteInput::give_back(std::span<const std::uint8_t> bytes) {
  given_back_.insert(given_back_.begin(), bytes.begin(), bytes.end());
  offset_ -= bytes.size();
}

}  // namespace pastmon::capture
