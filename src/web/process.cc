// SPDX-License-Identifier: MIT
#include "process.h"

#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "pastmon/base/text.h"

namespace pastmon::web {
namespace {

base::Error failed(std::string_view what) { return {base::cat(what, ": ", std::strerror(errno))}; }

sigset_t our_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  sigaddset(&set, SIGUSR1);
  return set;
}

}  // namespace

base::Result<Background> Background::enter() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return failed("cannot go into the background");
  const pid_t child = ::fork();
  if (child < 0) return failed("cannot go into the background");
  if (child > 0) {
    ::close(ends[1]);
    char byte = 0;
    if (::read(ends[0], &byte, 1) == 1) ::_exit(0);
    int status = 0;
    ::waitpid(child, &status, 0);
    ::_exit(WIFEXITED(status) && WEXITSTATUS(status) != 0 ? WEXITSTATUS(status) : 1);
  }
  ::close(ends[0]);
  ::setsid();
  if (::chdir("/") != 0) return failed("cannot change to /");
  Background background;
  background.pipe_ = ends[1];
  return background;
}

void Background::ready() {
  if (pipe_ < 0) return;
  // Until here errors may go to the terminal that started the program.
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int fd = 0; fd <= 2 && null >= 0; ++fd) ::dup2(null, fd);
  if (null > 2) ::close(null);
  const char byte = 1;
  [[maybe_unused]] const auto written = ::write(pipe_, &byte, 1);
  ::close(std::exchange(pipe_, -1));
}

base::Result<void> become(const std::string& user) {
  if (!user.empty() && ::geteuid() == 0) {
    const passwd* entry = ::getpwnam(user.c_str());
    if (entry == nullptr) return base::Error{base::cat("there is no user \"", user, "\" to change to")};
    if (::initgroups(user.c_str(), entry->pw_gid) != 0 || ::setgid(entry->pw_gid) != 0 ||
        ::setuid(entry->pw_uid) != 0) {
      return failed(base::cat("cannot become user \"", user, "\""));
    }
  }
  return {};
}

base::Result<void> forgo_privileges() {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return failed("cannot give up new privileges");
  return {};
}

void allow_files(std::size_t wanted) noexcept {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) return;
  limit.rlim_cur = std::min<rlim_t>(wanted, limit.rlim_max);
  static_cast<void>(::setrlimit(RLIMIT_NOFILE, &limit));
}

base::Result<void> write_pid_file(const std::string& path) {
  const std::string line = base::cat(::getpid(), "\n");
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
  const bool written = file >= 0 && ::fchmod(file, 0644) == 0 && ::ftruncate(file, 0) == 0 &&
                       ::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  base::Result<void> result;
  if (!written) result = failed(base::cat("cannot write the pid file ", path));
  if (file >= 0) ::close(file);
  return result;
}

base::Result<void> write_file(const std::string& path, const std::string& content) {
  std::ofstream out(path, std::ios::trunc);
  out << content;
  out.flush();
  if (!out) return failed(base::cat("cannot write ", path));
  return {};
}

void block_signals() {
  const sigset_t set = our_signals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
}

int wait_for_signal(base::Micros time) {
  const sigset_t set = our_signals();
  const timespec patience{time / base::kSecond, time % base::kSecond * 1'000};
  const int signal = ::sigtimedwait(&set, nullptr, &patience);
  return signal > 0 ? signal : 0;
}

}  // namespace pastmon::web
