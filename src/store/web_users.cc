// SPDX-License-Identifier: MIT
#include <algorithm>

#include "again.h"
#include "pastmon/base/text.h"
#include "pastmon/store/web_state.h"

namespace pastmon::store {
namespace {

using base::cat;
using base::Error;
using base::Result;

/// No ':', which HTTP's Basic ends a name with; nothing that looks like something else in a log.
bool is_name(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-' || c == '@';
  };
  return !name.empty() && name.size() <= WebState::kMaxName && std::all_of(name.begin(), name.end(), fits);
}

Error no_such(std::string_view name) { return Error{cat("there is no user \"", base::escape_controls(name), "\"")}; }

User user_of(const RowView& row) {
  return {std::string(row.text(0)), role_of(row.text(1)).value_or(Role::reader), std::string(row.text(2)),
          row.integer(3)};
}

Result<void> end_sessions(Connection& connection, const std::string& user) {
  const Result<std::int64_t> ended = connection.execute("DELETE FROM session WHERE account = ?", {user});
  if (!ended) return ended.error();
  return {};
}

/// One statement about one user, who has to be there; `sessions`: those end with it.
Result<void> change_user(Connection& connection, std::string_view sql, const std::vector<Parameter>& parameters,
                         std::string_view name, bool sessions) {
  return again(connection, [&]() -> Result<void> {
    Transaction transaction(connection);
    if (Result<void> begun = transaction.begin_write(); !begun) return begun;
    const Result<std::int64_t> changed = connection.execute(sql, parameters);
    if (!changed) return changed.error();
    if (*changed == 0) return no_such(name);
    if (sessions) {
      if (Result<void> ended = end_sessions(connection, std::string(name)); !ended) return ended;
    }
    return transaction.commit();
  });
}

}  // namespace

Result<std::vector<User>> WebState::users() {
  return again(*connection_, [this]() -> Result<std::vector<User>> {
    std::vector<User> all;
    Result<void> done = connection_->query("SELECT name, role, password, created FROM account", {},
                                           [&all](const RowView& row) { all.push_back(user_of(row)); });
    if (!done) return done.error();
    // Not by the database, whose order depends on its locale.
    std::sort(all.begin(), all.end(), [](const User& a, const User& b) { return a.name < b.name; });
    return all;
  });
}

Result<bool> WebState::has_users() {
  return again(*connection_, [this]() -> Result<bool> {
    bool any = false;
    Result<void> done =
        connection_->query("SELECT name FROM account LIMIT 1", {}, [&any](const RowView&) { any = true; });
    if (!done) return done.error();
    return any;
  });
}

Result<std::optional<User>> WebState::user(std::string_view name) {
  if (!is_name(name)) return std::optional<User>();
  return again(*connection_, [&]() -> Result<std::optional<User>> {
    std::optional<User> found;
    Result<void> done = connection_->query("SELECT name, role, password, created FROM account WHERE name = ?",
                                           {std::string(name)}, [&found](const RowView& row) { found = user_of(row); });
    if (!done) return done.error();
    return found;
  });
}

Result<void> WebState::add_user(const User& user) {
  if (!is_name(user.name)) {
    return Error{cat("\"", base::escape_controls(user.name), "\" cannot be a user's name: use 1 to ", kMaxName,
                     " letters (a to z), digits and the signs . _ - @")};
  }
  if (user.password.empty()) return Error{"a user needs a password"};
  Transaction transaction(*connection_);
  if (Result<void> begun = again(*connection_, [&] { return transaction.begin_write(); }); !begun) return begun;
  std::int64_t count = 0;
  Result<void> done =
      connection_->query("SELECT COUNT(*) FROM account", {}, [&count](const RowView& row) { count = row.integer(0); });
  if (!done) return done;
  if (count >= static_cast<std::int64_t>(kMaxUsers))
    return Error{cat("there are ", count, " users already, and no room for more: remove some")};
  const Result<std::int64_t> added = connection_->execute(
      "INSERT INTO account (name, role, password, created) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
      {user.name, std::string(role_name(user.role)), clean_text(user.password), user.created});
  if (!added) return added.error();
  if (*added == 0) return Error{cat("there is a user \"", user.name, "\" already")};
  return transaction.commit();
}

Result<void> WebState::set_password(std::string_view name, std::string_view hash) {
  return change_user(*connection_, "UPDATE account SET password = ? WHERE name = ?",
                     {clean_text(hash), clean_text(name)}, name, true);
}

Result<void> WebState::set_role(std::string_view name, Role role) {
  return change_user(*connection_, "UPDATE account SET role = ? WHERE name = ?",
                     {std::string(role_name(role)), clean_text(name)}, name, false);
}

Result<void> WebState::remove_user(std::string_view name) {
  return change_user(*connection_, "DELETE FROM account WHERE name = ?", {clean_text(name)}, name, true);
}

}  // namespace pastmon::store
