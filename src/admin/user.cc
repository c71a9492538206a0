// SPDX-License-Identifier: MIT
#include "user.h"

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>

#include "login.h"
#include "pastmon/base/clock.h"
#include "pastmon/base/log.h"
#include "pastmon/base/text.h"
#include "pastmon/base/time_text.h"
#include "pastmon/config/settings.h"
#include "pastmon/secret/secret.h"
#include "pastmon/store/web_state.h"
#include "terminal.h"
#include "web_settings.h"

namespace pastmon::admin {
namespace {

using base::cat;
using base::Error;
using base::Result;
using config::AdminAction;

constexpr std::size_t kMinPassword = 8;
constexpr std::size_t kMaxPassword = 1024;

/// Asked for twice, or a line of standard input; as its hash.
Result<std::string> new_password(const config::UserCommand& command) {
  Result<std::string> first = command.password_stdin ? read_line(std::cin, "no password on standard input")
                                                     : ask_secret(cat("Password of ", command.name, ": "));
  if (!first) return first;
  if (first->size() < kMinPassword || first->size() > kMaxPassword)
    return Error{cat("a password has ", kMinPassword, " to ", kMaxPassword, " bytes")};
  if (!command.password_stdin) {
    const Result<std::string> second = ask_secret("The same again: ");
    if (!second) return second;
    if (*second != *first) return Error{"the two passwords differ: nothing is done"};
  }
  return secret::hash_password(*first);
}

Result<void> list(store::WebState& state) {
  const auto users = state.users();
  if (!users) return users.error();
  std::size_t width = 4;
  for (const store::User& user : *users) width = std::max(width, user.name.size());
  for (const store::User& user : *users) {
    std::printf("%-*s  %s  since %s\n", static_cast<int>(width), user.name.c_str(),
                std::string(store::role_name(user.role)).c_str(), base::utc_text(user.created).c_str());
  }
  if (users->empty()) std::puts("there are no users: whoever the access list lets in may change favourites");
  return {};
}

Result<void> carry_out(const config::AdminCommand& command, store::WebState& state) {
  const config::UserCommand& what = command.user;
  const store::Role role = store::role_of(what.role).value_or(store::Role::reader);
  switch (command.action) {
    case AdminAction::user_add: {
      const auto taken = state.user(what.name);
      if (!taken) return taken.error();
      if (*taken) return Error{cat("there is a user \"", what.name, "\" already")};
      const auto hash = new_password(what);
      if (!hash) return hash.error();
      return state.add_user({what.name, role, *hash, base::SystemClock().now() / base::kSecond});
    }
    case AdminAction::user_password: {
      const auto there = state.user(what.name);
      if (!there) return there.error();
      if (!*there) return Error{cat("there is no user \"", base::escape_controls(what.name), "\"")};
      const auto hash = new_password(what);
      return hash ? state.set_password(what.name, *hash) : Result<void>(hash.error());
    }
    case AdminAction::user_role:
      return state.set_role(what.name, role);
    case AdminAction::user_remove:
      return state.remove_user(what.name);
    default:
      return list(state);
  }
}

const char* done(AdminAction action) {
  switch (action) {
    case AdminAction::user_add:
      return "may log in";
    case AdminAction::user_password:
      return "has a new password, and has to log in again";
    case AdminAction::user_role:
      return "has another role";
    default:
      return "is removed";
  }
}

}  // namespace

bool is_user(AdminAction action) noexcept {
  return action >= AdminAction::user_add && action <= AdminAction::user_list;
}

int user(const config::AdminCommand& command) {
  const Result<config::WebSettings> settings = web_settings(command);
  if (!settings) {
    base::log::error(settings.message());
    return 2;
  }
  for (const std::string& warning : settings->warnings) base::log::warning(warning);
  const auto failed = [](const Error& error) {
    base::log::error(error.message);
    return 1;
  };
  if (settings->database.driver.empty())
    return failed({"no section output_DBI in pastmon-web.conf, so there is no place for users"});
  if (!settings->user.empty()) {
    if (const Result<void> became = become_user(settings->user); !became) return failed(became.error());
  }
  auto state =
      store::open_web_state(config::store_options<store::Options>(settings->database), settings->data_directory);
  if (!state) return failed(state.error());
  if (const Result<void> fine = (*state)->check(); !fine) return failed(fine.error());
  if (const Result<void> carried_out = carry_out(command, **state); !carried_out) return failed(carried_out.error());
  if (command.action != AdminAction::user_list)
    std::printf("%s %s\n", base::escape_controls(command.user.name).c_str(), done(command.action));
  return 0;
}

}  // namespace pastmon::admin
