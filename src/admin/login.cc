// SPDX-License-Identifier: MIT
#include "login.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>

#include "pastmon/base/text.h"
#include "terminal.h"

namespace pastmon::admin {
namespace {

using base::cat;
using base::Error;
using base::Result;

constexpr const char* kSuperuser = "postgres";

bool local(const store::Options& options) { return options.host.empty() || options.host.starts_with('/'); }

Result<std::string> read_password(const config::AdminLogin& login) {
  if (login.ask_password) return ask_secret(cat("Password of ", login.user.empty() ? "the role" : login.user, ": "));
  if (login.password_file == "-") return read_line(std::cin, "no password on standard input");
  std::ifstream file(login.password_file);
  if (!file) return Error{cat("cannot read ", login.password_file, ": ", std::strerror(errno))};
  return read_line(file, cat(login.password_file, " holds no password"));
}

}  // namespace

Result<void> become_user(const std::string& user) {
  if (::geteuid() != 0) return {};
  const passwd* entry = ::getpwnam(user.c_str());
  if (entry == nullptr || entry->pw_uid == 0) return {};
  const uid_t uid = entry->pw_uid;
  const gid_t gid = entry->pw_gid;
  if (::initgroups(user.c_str(), gid) != 0 || ::setresgid(gid, gid, gid) != 0 || ::setresuid(uid, uid, uid) != 0)
    return Error{cat("cannot become the user ", user, ": ", std::strerror(errno))};
  return {};
}

Result<void> become_sensor(const config::Database& database, const std::string& user) {
  const bool socket = database.host.empty() || database.host.starts_with('/');
  return database.driver == "pgsql" && socket && !user.empty() ? become_user(user) : Result<void>();
}

Result<store::Options> login_options(const config::Database& database, const config::AdminLogin& login) {
  auto options = config::store_options<store::Options>(database);
  if (options.driver != "pgsql") {
    const bool any = !login.user.empty() || !login.host.empty() || login.port != 0 || login.ask_password ||
                     !login.password_file.empty();
    if (any) return Error{cat("the database is an SQLite file (", options.dbname, "): it has no roles and passwords")};
    return options;
  }
  if (!login.host.empty()) options.host = login.host;
  if (login.port != 0) options.port = login.port;
  if (!login.user.empty() && login.user != options.username) {
    options.username = login.user;
    options.password.clear();
    options.extra.erase("password");
    options.extra.erase("passfile");
  }
  if (login.ask_password || !login.password_file.empty()) {
    Result<std::string> password = read_password(login);
    if (!password) return password.error();
    options.password = *std::move(password);
  }
  if (!login.user.empty() && local(options)) {
    if (Result<void> became = become_user(login.user); !became) return became.error();
  }
  return options;
}

std::function<std::optional<store::Options>()> local_administrator(const store::Options& options,
                                                                   const config::AdminLogin& login) {
  if (!login.user.empty() || !local(options)) return nullptr;
  return [options]() -> std::optional<store::Options> {
    store::Options other = options;
    other.password.clear();
    if (::geteuid() == 0) {
      if (!become_user(kSuperuser)) return std::nullopt;
      other.username = kSuperuser;
    } else if (const passwd* me = ::getpwuid(::geteuid()); me != nullptr) {
      other.username = me->pw_name;
    }
    if (other.username == options.username) return std::nullopt;
    return other;
  };
}

}  // namespace pastmon::admin
