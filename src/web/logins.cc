// SPDX-License-Identifier: MIT
#include "logins.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "pastmon/base/log.h"
#include "pastmon/base/text.h"
#include "pastmon/secret/secret.h"

namespace pastmon::web {
namespace {

using base::Result;

constexpr std::size_t kMaxPassword = 1024;
constexpr std::ptrdiff_t kHashesAtOnce = 2;  // each takes secret::kPasswordMemory
constexpr auto kHashWait = std::chrono::seconds(3);
constexpr std::size_t kMaxRemembered = 1000;
constexpr base::Seconds kUseStep = 60;  // a session's last use is written at most so often

/// Whoever has an IPv6 address has 2^64 of them.
std::string key_of(const base::Address& address) {
  if (address.is_v4()) return address.to_string();
  base::Address::Bytes bytes = address.bytes();
  std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
  return std::string(bytes.begin(), bytes.end());
}

std::string token_of(std::string_view cookie) { return secret::fingerprint("", cookie); }

}  // namespace

Logins::Logins(const Options& options, StatePool& state, const base::Clock& clock)
    : options_(options),
      state_(state),
      clock_(clock),
      by_address_(options.by_address),
      by_name_(options.by_name),
      key_(secret::random_word()),
      hashing_(kHashesAtOnce) {}

Result<std::optional<store::User>> Logins::find(std::string_view name) {
  auto state = state_.take();
  if (!state) return state.error();
  auto user = (*state)->user(name);
  if (!user) state->spoil();
  return user;
}

bool Logins::password_fits(const std::optional<store::User>& user, std::string_view password) {
  std::call_once(nobody_, [this] {
    if (const auto hash = secret::hash_password(secret::random_word())) nobodys_hash_ = *hash;
  });
  const bool fits = secret::is_password(user ? user->password : nobodys_hash_, password);
  return user && fits;
}

/// The same name and password from the same address are looked at one after the other: a program that asks for much at
/// once is then right ten times, not ten attempts that nobody knows yet.
class Logins::Turn {
 public:
  Turn(Logins& logins, const std::string& what) : logins_(logins), what_(what) {
    std::unique_lock lock(logins_.mutex_);
    logins_.turn_ended_.wait(lock, [this] { return !logins_.in_turn_.contains(what_); });
    logins_.in_turn_.insert(what_);
  }
  ~Turn() {
    const std::lock_guard lock(logins_.mutex_);
    logins_.in_turn_.erase(what_);
    logins_.turn_ended_.notify_all();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  bool seen_right() const {
    const std::lock_guard lock(logins_.mutex_);
    return logins_.seen_right_.contains(what_);
  }
  void remember() {
    const std::lock_guard lock(logins_.mutex_);
    if (logins_.seen_right_.size() >= kMaxRemembered) logins_.seen_right_.clear();
    logins_.seen_right_.insert(what_);
  }

 private:
  Logins& logins_;
  const std::string& what_;
};

Logins::Attempt Logins::check(std::string_view name, std::string_view password, const base::Address& address) {
  const auto user = find(name);
  if (!user) return {Attempt::failed, {}, 0, user.message()};
  const std::string address_key = key_of(address);
  const std::string what = secret::fingerprint(
      key_, base::cat(*user ? (*user)->password : std::string(), '\n', address_key, '\n', name, '\n', password));
  Turn turn(*this, what);
  const Attempt attempt = check_in_turn(*user, name, password, address_key, turn);
  const std::string_view who = *user ? std::string_view((*user)->name) : "an unknown user";
  if (attempt.outcome == Attempt::too_often)
    base::log::warning("login of ", who, " at ", address.to_string(), " refused: too many attempts");
  if (attempt.outcome == Attempt::wrong) base::log::warning("login of ", who, " at ", address.to_string(), " failed");
  return attempt;
}

// The address comes first, so that nobody can try on against what is remembered. What is remembered is not held up by
// strangers who try the same name elsewhere.
Logins::Attempt Logins::check_in_turn(const std::optional<store::User>& user, std::string_view name,
                                      std::string_view password, const std::string& address_key, Turn& turn) {
  const auto too_often = [](base::Micros wait) -> Attempt {
    return {Attempt::too_often, {}, (wait + base::kSecond - 1) / base::kSecond, ""};
  };
  const base::Micros now = clock_.monotonic();
  if (const base::Micros wait = by_address_.attempt(address_key, now); wait != 0) return too_often(wait);
  if (user && turn.seen_right()) {
    by_address_.take_back(address_key);
    return {Attempt::right, *user, 0, ""};
  }
  const std::string name_key = secret::fingerprint(key_, name);
  if (const base::Micros wait = by_name_.attempt(name_key, now); wait != 0) {
    by_address_.take_back(address_key);
    return too_often(wait);
  }
  const bool may_hash = hashing_.try_acquire_for(kHashWait);
  const bool right = may_hash && password.size() <= kMaxPassword && password_fits(user, password);
  if (may_hash) hashing_.release();
  if (may_hash && !right) return {};
  by_address_.take_back(address_key);
  by_name_.take_back(name_key);
  if (!may_hash) return too_often(base::kSecond);
  turn.remember();
  return {Attempt::right, *user, 0, ""};
}

Result<std::string> Logins::begin(const store::User& user) {
  const base::Seconds now = clock_.now() / base::kSecond;
  const std::string cookie = secret::random_word();
  auto state = state_.take();
  if (!state) return state.error();
  auto done = (*state)->remove_old_sessions(now, now - options_.idle);
  if (done) {
    done = (*state)->add_session(
        {token_of(cookie), user.name, user.role, secret::random_word(), now, now, now + options_.lifetime});
  }
  if (done) return cookie;
  state->spoil();
  return done.error();
}

Result<std::optional<store::Session>> Logins::session(std::string_view cookie) {
  if (cookie.empty()) return std::optional<store::Session>();
  const base::Seconds now = clock_.now() / base::kSecond;
  auto state = state_.take();
  if (!state) return state.error();
  auto found = (*state)->session(token_of(cookie));
  if (!found) {
    state->spoil();
    return found;
  }
  if (!*found) return found;
  const store::Session& session = **found;
  if (now >= session.expires || now - session.last_used >= options_.idle) return std::optional<store::Session>();
  if (now - session.last_used >= kUseStep) {
    if (const auto used = (*state)->use_session(session.token, now); !used) {
      state->spoil();
      return used.error();
    }
  }
  return found;
}

Result<void> Logins::end(std::string_view token) {
  auto state = state_.take();
  if (!state) return state.error();
  auto done = (*state)->remove_session(token);
  if (!done) state->spoil();
  return done;
}

std::optional<bool> Logins::any_users() {
  const base::Micros now = clock_.monotonic();
  {
    const std::lock_guard lock(mutex_);
    if (any_users_known_ && now - any_users_asked_ < base::kSecond) return any_users_;
    any_users_asked_ = now;  // others go on with what was known while this one asks
  }
  std::optional<bool> any;
  if (auto state = state_.take()) {
    const auto asked = (*state)->has_users();
    if (asked) any = *asked;
    if (!asked) state->spoil();
  }
  const std::lock_guard lock(mutex_);
  any_users_ = any;
  any_users_known_ = true;
  return any;
}

}  // namespace pastmon::web
