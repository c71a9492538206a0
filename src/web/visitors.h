// SPDX-License-Identifier: MIT
// Who asks, and what they may do:
//
// | comes                                    | may                                                           |
// |------------------------------------------|---------------------------------------------------------------|
// | direct, and there are no users           | change everything                                             |
// | direct, and there are users              | look; after a login what the user's role says                 |
// | direct, and login = "always"             | nothing without login                                         |
// | through a trusted proxy                  | nothing without login: behind it every peer looks local       |
//
// A login is the cookie of a session, or, where programs ask, HTTP Basic (RFC 7617). What Access refuses does not come
// here. Any thread.
#pragma once

#include "cookies.h"
#include "logins.h"
#include "request.h"

namespace pastmon::web {

/// The cookie of those who have logged in.
inline constexpr std::string_view kSessionCookie = "session";

inline constexpr std::string_view kLoginPath = "/PasTmon/login";

/// Paths that are for programs (API, metrics, health, pictures): HTTP Basic is taken there, and refusals are no pages.
bool for_programs(std::string_view path) noexcept;

struct Admission {
  enum Outcome { let_in, login_needed, too_often, unavailable };
  Outcome outcome = let_in;
  Visitor visitor;
  base::Seconds wait = 0;  ///< too_often
  std::string error;       ///< unavailable: the users cannot be read
};

class Visitors {
 public:
  /// `always`: nobody gets in without a login.
  Visitors(bool always, const Cookies& cookies, Logins& logins) : always_(always), cookies_(cookies), logins_(logins) {}

  /// `address`: of the browser; `proxied`: it came through a trusted proxy.
  Admission who(const Request& request, const base::Address& address, bool proxied) const;

 private:
  void by_session(const Request& request, Admission& admission) const;
  void by_password(const Request& request, Admission& admission) const;

  bool always_;
  const Cookies& cookies_;
  Logins& logins_;
};

}  // namespace pastmon::web
