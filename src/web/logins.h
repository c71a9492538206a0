// SPDX-License-Identifier: MIT
// Names and passwords, and the sessions of browsers that gave them. Any thread. What is stored is in store::WebState;
// this adds the rules: how often one may try, how long a session lasts.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <semaphore>
#include <set>
#include <string>
#include <string_view>

#include "database_pool.h"
#include "failure_counts.h"
#include "pastmon/base/address.h"

namespace pastmon::web {

class Logins {
 public:
  struct Options {
    base::Seconds idle = 8 * 3600;           ///< a session that is not used for so long ends
    base::Seconds lifetime = 7 * 24 * 3600;  ///< and in any case after this
    FailureCounts::Options by_address{.allowed = 10, .window = 300 * base::kSecond};
    FailureCounts::Options by_name{.allowed = 30, .window = 900 * base::kSecond};
  };

  /// State and clock must outlive it.
  Logins(const Options& options, StatePool& state, const base::Clock& clock);

  struct Attempt {
    enum Outcome { right, wrong, too_often, failed };
    Outcome outcome = wrong;
    store::User user;        ///< right
    base::Seconds wait = 0;  ///< too_often: the next attempt may be made then
    std::string error;       ///< failed: the database cannot be read
  };
  /// Name and password of somebody at `address`. Takes as long for a name that there is not as for a wrong password.
  /// Says in the log who failed; a name that there is not stays out of it, because people type passwords into its
  /// field.
  Attempt check(std::string_view name, std::string_view password, const base::Address& address);

  /// A new session: what goes into the browser's cookie.
  base::Result<std::string> begin(const store::User& user);
  /// The one that this cookie belongs to, if it has not ended; from now on it is used.
  base::Result<std::optional<store::Session>> session(std::string_view cookie);
  /// By Session::token.
  base::Result<void> end(std::string_view token);

  /// Are there users at all? As it was up to a second ago. Unset: the database cannot be read.
  std::optional<bool> any_users();

  const Options& options() const noexcept { return options_; }

 private:
  class Turn;
  Attempt check_in_turn(const std::optional<store::User>& user, std::string_view name, std::string_view password,
                        const std::string& address_key, Turn& turn);
  base::Result<std::optional<store::User>> find(std::string_view name);
  bool password_fits(const std::optional<store::User>& user, std::string_view password);

  Options options_;
  StatePool& state_;
  const base::Clock& clock_;
  FailureCounts by_address_;
  FailureCounts by_name_;
  std::string key_;  ///< of what is remembered below
  std::once_flag nobody_;
  std::string nobodys_hash_;  ///< what a password is compared with when there is no such user
  std::counting_semaphore<> hashing_;

  std::mutex mutex_;
  std::condition_variable turn_ended_;
  std::set<std::string> in_turn_;     ///< fingerprints of what is being checked
  std::set<std::string> seen_right_;  ///< … and of what was right, with the hash of then: programs ask often; bounded
  std::optional<bool> any_users_;
  base::Micros any_users_asked_ = 0;
  bool any_users_known_ = false;
};

}  // namespace pastmon::web
