// SPDX-License-Identifier: MIT
// What the web server keeps itself, apart from the figures: favourites, users, sessions. PostgreSQL: the schema "web"
// of the same database; SQLite: a file of its own, web.db. The tables are made and upgraded at the first use.
//
// One connection; one thread at a time. All texts are bounded and checked here, whoever brings them. Errors: one line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pastmon/base/clock.h"
#include "pastmon/base/result.h"
#include "pastmon/store/store.h"

namespace pastmon::store {

class Connection;

/// A graph that somebody wants to see again. There is one wall for everybody.
struct Favourite {
  std::int64_t id = 0;  ///< never given twice
  std::string title;
  std::string query;  ///< the query part of /PasTmon/graph, without '?'
  base::Seconds created = 0;
  base::Seconds changed = 0;
  std::string changed_by;  ///< name of the user; "" where nobody has to log in
};

/// What somebody may do: a reader looks, an editor changes favourites too.
enum class Role : std::uint8_t { reader, editor };
std::string_view role_name(Role role) noexcept;
std::optional<Role> role_of(std::string_view name) noexcept;

struct User {
  std::string name;
  Role role = Role::reader;
  std::string password;  ///< its hash
  base::Seconds created = 0;
};

/// A browser that has logged in.
struct Session {
  std::string token;  ///< hash of what the browser has: nobody can log in with what stands here
  std::string user;
  Role role = Role::reader;  ///< of the user, as it is now; not stored with the session
  std::string form_key;      ///< what the tokens of its forms are made from
  base::Seconds created = 0;
  base::Seconds last_used = 0;
  base::Seconds expires = 0;
};

class WebState {
 public:
  static constexpr std::size_t kMaxFavourites = 1000;
  static constexpr std::size_t kMaxTitle = 200;   ///< bytes
  static constexpr std::size_t kMaxQuery = 4096;  ///< bytes
  static constexpr std::size_t kMaxUsers = 1000;
  static constexpr std::size_t kMaxName = 64;             ///< bytes of a user's name
  static constexpr std::size_t kMaxSessionsOfAUser = 20;  ///< the one that was used longest ago makes room

  explicit WebState(std::unique_ptr<Connection> connection);
  ~WebState();
  WebState(const WebState&) = delete;
  WebState& operator=(const WebState&) = delete;

  /// Makes the tables, or upgrades them in place. Errors: no right to, newer than this program, not ours.
  base::Result<void> check();
  /// "sqlite3 /path/web.db" or "pgsql host/dbname": for messages.
  std::string description() const;

  // ---- favourites. Times are the caller's clock.

  /// In the order of the wall.
  base::Result<std::vector<Favourite>> favourites();
  /// At the end of the wall; its id. Errors: the wall is full, an empty or too long title or query.
  base::Result<std::int64_t> add_favourite(std::string_view title, std::string_view query, std::string_view by,
                                           base::Seconds now);
  /// False: there is no such favourite (any more).
  base::Result<bool> change_favourite(std::int64_t id, std::string_view title, std::string_view query,
                                      std::string_view by, base::Seconds now);
  base::Result<bool> remove_favourite(std::int64_t id);
  /// The whole new order. Ids that are gone are left out; favourites that are not named come last, in their old order.
  base::Result<void> order_favourites(const std::vector<std::int64_t>& ids);

  // ---- users

  /// By name.
  base::Result<std::vector<User>> users();
  base::Result<bool> has_users();
  base::Result<std::optional<User>> user(std::string_view name);
  /// Errors: the name is taken or not one; too many.
  base::Result<void> add_user(const User& user);
  /// Ends the user's sessions. Error: no such user.
  base::Result<void> set_password(std::string_view name, std::string_view hash);
  base::Result<void> set_role(std::string_view name, Role role);
  /// Its sessions end too. Error: no such user.
  base::Result<void> remove_user(std::string_view name);

  // ---- sessions

  base::Result<void> add_session(const Session& session);
  /// By its token's hash; also one that has expired.
  base::Result<std::optional<Session>> session(std::string_view token);
  base::Result<void> use_session(std::string_view token, base::Seconds now);
  base::Result<void> remove_session(std::string_view token);
  /// Those that expired before `now`, and those that were last used before `idle_since`.
  base::Result<void> remove_old_sessions(base::Seconds now, base::Seconds idle_since);

 private:
  std::unique_ptr<Connection> connection_;
};

/// Where it is: for SQLite web.db in `directory`, or, where that is empty, beside the figures. Errors: as store::open,
/// and a directory in which no file can be made. Does not touch the tables: check() does.
base::Result<std::unique_ptr<WebState>> open_web_state(const Options& figures, const std::string& directory);

/// Path of the SQLite file of open_web_state().
std::string web_state_file(const Options& figures, const std::string& directory);

}  // namespace pastmon::store
