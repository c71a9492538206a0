// SPDX-License-Identifier: MIT
// Signals as flags that the pipeline looks at between batches. Only the main thread gets them.
//   TERM, INT  flush everything, then stop
//   HUP        read log level and signatures again
//   USR1       log a line of state
#pragma once

namespace pastmon::daemon::signals {

/// Installs the handlers; SIGPIPE is ignored. Call once, before any thread starts.
void install();

bool stop_requested() noexcept;
bool take_reload() noexcept;  ///< true once for each request
bool take_status() noexcept;

/// While it lives, threads that are started inherit a mask with all of our signals blocked.
class Blocked {
 public:
  Blocked();
  ~Blocked();
  Blocked(const Blocked&) = delete;
  Blocked& operator=(const Blocked&) = delete;
};

}  // namespace pastmon::daemon::signals
