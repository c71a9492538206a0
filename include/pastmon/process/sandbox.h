// SPDX-License-Identifier: MIT
// The filter of system calls: from then on the process can do what a monitor or a web server needs and nothing else. No
// program can be started, no other process signalled or traced, nothing mounted, no user changed. What is refused
// fails with EPERM, as if the right were missing, and is remembered for the log; nobody is killed for it, because a
// library of tomorrow may ask for something harmless. Executable memory stays allowed: PCRE2 compiles patterns, and
// name services are loaded when they are first used.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pastmon/base/result.h"

namespace pastmon::process {

/// What a program needs beyond the common calls.
struct SandboxOptions {
  bool packet_sockets = false;  ///< opens capture interfaces
  bool capabilities = false;    ///< raises and drops its capabilities
};

/// False in builds with sanitizers, whose run time needs what is forbidden.
bool sandbox_built() noexcept;

/// Puts the filter on all threads of the process, for good. no_new_privs must be set. Once only. Errors: the kernel has
/// no seccomp or refuses, !sandbox_built().
base::Result<void> enter_sandbox(const SandboxOptions& options);

struct Refusal {
  std::string call;         ///< "execve", or the number of one that has no name
  std::uint64_t times = 0;  ///< since the process began
};

/// The calls that were refused since the last call of this, with their totals. One thread.
std::vector<Refusal> newly_refused();

/// Logs them, each call the first time and then when it became ten times as many. One thread.
void log_refused();

/// How many calls were refused so far. Any thread.
std::uint64_t refused_calls() noexcept;

}  // namespace pastmon::process
