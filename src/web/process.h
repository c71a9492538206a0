// SPDX-License-Identifier: MIT
// Life as a service: into the background before any thread starts, another user once the port is taken, a clean end.
#pragma once

#include <cstddef>
#include <string>

#include "pastmon/base/clock.h"
#include "pastmon/base/result.h"

namespace pastmon::web {

/// Splits the program in two. The child returns (0) and goes on; the parent ends with what the child tells by ready(),
/// or with 1 if the child ends before. Call before any thread is started.
class Background {
 public:
  static base::Result<Background> enter();
  Background() = default;  ///< foreground: ready() does nothing
  /// The program is up: the parent may end with 0.
  void ready();

 private:
  int pipe_ = -1;
};

/// For root: all threads become `user` for good, with its groups. "": stay.
base::Result<void> become(const std::string& user);

/// Nothing that this thread starts from now on can gain privileges. Call before threads are started.
base::Result<void> forgo_privileges();

/// Lets this process have so many files and connections open, or as many as it may.
void allow_files(std::size_t wanted) noexcept;

/// Follows no link: its directory belongs to the user that we become, and it is root who writes.
base::Result<void> write_pid_file(const std::string& path);

base::Result<void> write_file(const std::string& path, const std::string& content);

/// SIGTERM, SIGINT, SIGHUP and SIGUSR1 are blocked in all threads that are started after this.
void block_signals();
/// Waits for one of them, for `time` at most; 0: none came.
int wait_for_signal(base::Micros time);

}  // namespace pastmon::web
