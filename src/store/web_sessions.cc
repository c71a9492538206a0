// SPDX-License-Identifier: MIT
#include "again.h"
#include "pastmon/base/text.h"
#include "pastmon/store/web_state.h"

namespace pastmon::store {

using base::Result;

Result<void> WebState::add_session(const Session& session) {
  return again(*connection_, [&]() -> Result<void> {
    Transaction transaction(*connection_);
    if (Result<void> begun = transaction.begin_write(); !begun) return begun;
    const std::string user = clean_text(session.user);
    const Result<std::int64_t> added = connection_->execute(
        "INSERT INTO session (token, account, form_key, created, last_used, expires) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT DO NOTHING",
        {clean_text(session.token), user, clean_text(session.form_key), session.created, session.last_used,
         session.expires});
    if (!added) return added.error();
    const Result<std::int64_t> trimmed = connection_->execute(
        "DELETE FROM session WHERE account = ? AND token NOT IN "
        "(SELECT token FROM session WHERE account = ? ORDER BY last_used DESC, created DESC, token LIMIT ?)",
        {user, user, static_cast<std::int64_t>(kMaxSessionsOfAUser)});
    if (!trimmed) return trimmed.error();
    return transaction.commit();
  });
}

Result<std::optional<Session>> WebState::session(std::string_view token) {
  return again(*connection_, [&]() -> Result<std::optional<Session>> {
    std::optional<Session> found;
    Result<void> done = connection_->query(
        "SELECT s.token, s.account, a.role, s.form_key, s.created, s.last_used, s.expires "
        "FROM session s JOIN account a ON a.name = s.account WHERE s.token = ?",
        {clean_text(token)}, [&found](const RowView& row) {
          found = {std::string(row.text(0)),
                   std::string(row.text(1)),
                   role_of(row.text(2)).value_or(Role::reader),
                   std::string(row.text(3)),
                   row.integer(4),
                   row.integer(5),
                   row.integer(6)};
        });
    if (!done) return done.error();
    return found;
  });
}

namespace {

Result<void> run_on_sessions(Connection& connection, std::string_view sql, const std::vector<Parameter>& parameters) {
  return again(connection, [&]() -> Result<void> {
    const Result<std::int64_t> done = connection.execute(sql, parameters);
    if (!done) return done.error();
    return {};
  });
}

}  // namespace

Result<void> WebState::use_session(std::string_view token, base::Seconds now) {
  return run_on_sessions(*connection_, "UPDATE session SET last_used = ? WHERE token = ?", {now, clean_text(token)});
}

Result<void> WebState::remove_session(std::string_view token) {
  return run_on_sessions(*connection_, "DELETE FROM session WHERE token = ?", {clean_text(token)});
}

Result<void> WebState::remove_old_sessions(base::Seconds now, base::Seconds idle_since) {
  return run_on_sessions(*connection_, "DELETE FROM session WHERE expires < ? OR last_used < ?", {now, idle_since});
}

}  // namespace pastmon::store
