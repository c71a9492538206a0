// SPDX-License-Identifier: MIT
// Going into the background, and the file with the process id. Both before any thread starts.
#pragma once

#include <string>

#include "pastmon/base/result.h"

namespace pastmon::daemon {

/// The way back to the process that was started. It waits until the daemon is ready or has failed, so that whoever
/// started it sees the errors and the exit status.
class Detached {
 public:
  Detached() = default;  ///< in the foreground: nothing to report
  Detached(Detached&& other) noexcept;
  Detached& operator=(Detached&& other) noexcept;
  ~Detached();

  /// Forks. Returns in the daemon only (session leader's child, umask 027, working directory "/"); the process that
  /// was started waits and exits with what ready() or failed() says, or with 1 when the daemon dies without a word.
  static base::Result<Detached> start();

  void ready();             ///< the starting process exits with 0; standard streams go to /dev/null
  void failed(int status);  ///< the starting process exits with `status`

 private:
  void tell(int status);
  int pipe_ = -1;
};

/// Holds the pid file: locked as long as the process lives, removed (or emptied, when the directory does not allow
/// removal any more) at its end.
class PidFile {
 public:
  PidFile() = default;
  PidFile(PidFile&& other) noexcept;
  PidFile& operator=(PidFile&& other) noexcept;
  ~PidFile();

  /// Errors: cannot be written; another process holds it.
  static base::Result<PidFile> create(const std::string& path);

 private:
  std::string path_;
  int file_ = -1;
};

}  // namespace pastmon::daemon
