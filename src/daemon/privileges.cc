// SPDX-License-Identifier: MIT
#include "privileges.h"

#include <grp.h>
#include <pwd.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <thread>

#include "pastmon/base/text.h"

namespace pastmon::daemon {
namespace {

using base::cat;
using base::Error;
using base::Result;

struct FreeCap {
  void operator()(cap_t caps) const { cap_free(caps); }
};
using Capabilities = std::unique_ptr<std::remove_pointer_t<cap_t>, FreeCap>;

constexpr cap_value_t kNetRaw = CAP_NET_RAW;

bool permitted(cap_value_t capability) {
  const Capabilities caps(cap_get_proc());
  cap_flag_value_t value = CAP_CLEAR;
  return caps && cap_get_flag(caps.get(), capability, CAP_PERMITTED, &value) == 0 && value == CAP_SET;
}

/// Leaves this thread with CAP_NET_RAW at most.
bool restrict_capabilities(bool keep_net_raw, bool effective) {
  const Capabilities caps(cap_init());
  if (!caps) return false;
  if (keep_net_raw) cap_set_flag(caps.get(), CAP_PERMITTED, 1, &kNetRaw, CAP_SET);
  if (keep_net_raw && effective) cap_set_flag(caps.get(), CAP_EFFECTIVE, 1, &kNetRaw, CAP_SET);
  return cap_set_proc(caps.get()) == 0;
}

Error refused(const std::string& user) {
  return Error{cat("cannot change to user ", user, ": ", std::strerror(errno))};
}

Result<void> change_user(const std::string& user) {
  errno = 0;
  const passwd* entry = ::getpwnam(user.c_str());
  if (entry == nullptr) {
    return Error{
        cat("no such user: ", user, " (make it: useradd --system ", user, ", or set user in the configuration)")};
  }
  const uid_t uid = entry->pw_uid;
  const gid_t gid = entry->pw_gid;
  if (uid == 0) return {};
  ::prctl(PR_SET_KEEPCAPS, 1);
  if (::initgroups(user.c_str(), gid) != 0 || ::setresgid(gid, gid, gid) != 0 || ::setresuid(uid, uid, uid) != 0) {
    return refused(user);
  }
  ::prctl(PR_SET_KEEPCAPS, 0);
  return {};
}

}  // namespace

Result<void> drop_privileges(const std::string& user) {
  const bool root = ::geteuid() == 0;
  if (root && !user.empty()) {
    if (Result<void> changed = change_user(user); !changed) return changed;
  }
  if (::geteuid() != 0 && !restrict_capabilities(permitted(kNetRaw), false)) {
    return Error{cat("cannot give up capabilities: ", std::strerror(errno))};
  }
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return Error{cat("cannot set no_new_privs: ", std::strerror(errno))};
  }
  return {};
}

Result<void> make_directory_for(const std::string& directory, const std::string& user) {
  std::error_code failure;
  if (std::filesystem::exists(directory, failure)) return {};
  std::filesystem::create_directories(directory, failure);
  if (failure) return Error{cat("data directory ", directory, ": cannot be made: ", failure.message())};
  const passwd* entry = ::geteuid() == 0 && !user.empty() ? ::getpwnam(user.c_str()) : nullptr;
  const bool given = entry == nullptr || ::chown(directory.c_str(), entry->pw_uid, entry->pw_gid) == 0;
  if (!given || ::chmod(directory.c_str(), 02750) != 0) {
    return Error{cat("data directory ", directory, ": cannot be given to ", user, ": ", std::strerror(errno))};
  }
  return {};
}

WithNetRaw::WithNetRaw() {
  if (::geteuid() != 0 && permitted(kNetRaw)) restrict_capabilities(true, true);
}

WithNetRaw::~WithNetRaw() {
  if (::geteuid() != 0 && permitted(kNetRaw)) restrict_capabilities(true, false);
}

void without_capabilities(const std::function<void()>& start) {
  std::thread([&start] {
    if (::geteuid() != 0) restrict_capabilities(false, false);
    start();
  }).join();
}

}  // namespace pastmon::daemon
