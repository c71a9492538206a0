// SPDX-License-Identifier: MIT
// Fewer rights once the interfaces are open: another user, no new privileges, and of the capabilities only CAP_NET_RAW,
// which stays permitted (not effective) in the pipeline's thread, because an interface that went away is opened again.
// Capabilities belong to a thread: those started later must not inherit any, see without_capabilities().
#pragma once

#include <functional>
#include <string>

#include "pastmon/base/result.h"

namespace pastmon::daemon {

/// For a process with one thread. As root: changes to `user` (empty: stays root). Otherwise: keeps the user. Errors: no
/// such user, the kernel refuses.
base::Result<void> drop_privileges(const std::string& user);

/// Makes `directory` (mode 2750, as root: belonging to `user`) when it does not exist; otherwise does nothing.
base::Result<void> make_directory_for(const std::string& directory, const std::string& user);

/// While it lives, CAP_NET_RAW is effective in this thread, if it is permitted.
class WithNetRaw {
 public:
  WithNetRaw();
  ~WithNetRaw();
  WithNetRaw(const WithNetRaw&) = delete;
  WithNetRaw& operator=(const WithNetRaw&) = delete;
};

/// Runs `start` on a thread of its own that has given up all capabilities, and waits for it: the threads that `start`
/// makes inherit none. As root (no user was given) nothing is given up.
void without_capabilities(const std::function<void()>& start);

}  // namespace pastmon::daemon
