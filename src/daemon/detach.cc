// SPDX-License-Identifier: MIT
#include "detach.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "pastmon/base/text.h"

namespace pastmon::daemon {
namespace {

using base::cat;
using base::Error;
using base::Result;

/// In the process that was started: waits for the daemon's word and leaves with it.
[[noreturn]] void wait_and_exit(int pipe) {
  unsigned char status = 0;
  ssize_t count = 0;
  do {
    count = ::read(pipe, &status, 1);
  } while (count < 0 && errno == EINTR);
  ::_exit(count == 1 ? status : 1);
}

}  // namespace

Detached::Detached(Detached&& other) noexcept : pipe_(std::exchange(other.pipe_, -1)) {}

Detached& Detached::operator=(Detached&& other) noexcept {
  std::swap(pipe_, other.pipe_);
  return *this;
}

Detached::~Detached() {
  if (pipe_ >= 0) ::close(pipe_);
}

Result<Detached> Detached::start() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return Error{cat("cannot make a pipe: ", std::strerror(errno))};
  pid_t child = ::fork();
  if (child < 0) return Error{cat("cannot fork: ", std::strerror(errno))};
  if (child > 0) {
    ::close(ends[1]);
    wait_and_exit(ends[0]);
  }
  ::close(ends[0]);
  ::setsid();
  child = ::fork();  // not a session leader any more: no terminal can become ours
  if (child < 0) return Error{cat("cannot fork: ", std::strerror(errno))};
  if (child > 0) ::_exit(0);
  ::umask(027);
  if (::chdir("/") != 0) return Error{cat("cannot change to /: ", std::strerror(errno))};
  Detached detached;
  detached.pipe_ = ends[1];
  return detached;
}

void Detached::tell(int status) {
  if (pipe_ < 0) return;
  const auto byte = static_cast<unsigned char>(status);
  while (::write(pipe_, &byte, 1) < 0 && errno == EINTR) {
  }
  ::close(std::exchange(pipe_, -1));
}

void Detached::ready() {
  if (pipe_ < 0) return;
  if (const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC); null >= 0) {
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(null, stream);
    ::close(null);
  }
  tell(0);
}

void Detached::failed(int status) { tell(status); }

PidFile::PidFile(PidFile&& other) noexcept
    : path_(std::exchange(other.path_, {})), file_(std::exchange(other.file_, -1)) {}

PidFile& PidFile::operator=(PidFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(file_, other.file_);
  return *this;
}

PidFile::~PidFile() {
  if (file_ < 0) return;
  if (::unlink(path_.c_str()) != 0 && ::ftruncate(file_, 0) != 0) errno = 0;
  ::close(file_);
}

Result<PidFile> PidFile::create(const std::string& path) {
  PidFile made;
  made.file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (made.file_ < 0) return Error{cat("pid file ", path, ": cannot be written: ", std::strerror(errno))};
  if (::flock(made.file_, LOCK_EX | LOCK_NB) != 0) {
    ::close(std::exchange(made.file_, -1));
    return Error{cat("pid file ", path, ": another pastmon is running with it")};
  }
  made.path_ = path;
  const std::string line = cat(std::int64_t{::getpid()}, "\n");
  // Whatever the umask: anybody may ask whether we run.
  if (::fchmod(made.file_, 0644) != 0 || ::ftruncate(made.file_, 0) != 0 ||
      ::write(made.file_, line.data(), line.size()) < 0) {
    return Error{cat("pid file ", path, ": cannot be written: ", std::strerror(errno))};
  }
  return made;
}

}  // namespace pastmon::daemon
