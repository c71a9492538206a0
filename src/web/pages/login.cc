// SPDX-License-Identifier: MIT
#include "pages/login.h"

#include "logins.h"
#include "pages/change.h"
#include "pages/page.h"
#include "pages/pages.h"
#include "pastmon/base/log.h"
#include "pastmon/base/text.h"

namespace pastmon::web::pages {
namespace {

/// Where the form is to lead: the page that was asked for before.
std::string_view next_of(const Parameters& values) {
  const std::string_view next = values.get("next");
  return is_own_path(next) && !next.starts_with(kLoginPath) ? next : kHomePath;
}

Response form(const Services& services, const Request& request, std::string_view next, std::string_view error,
              int status) {
  Page page(services, request, "Log in", "login.html");
  page.use_style("login.css");
  page.use_forms();
  page.content().set("NEXT", next);
  if (!error.empty()) page.content().add("LOGIN_ERROR").set("LOGIN_ERROR_TEXT", error);
  return page.finish(status);
}

std::string in_time(base::Seconds wait) {
  return wait < 90 ? base::cat(wait, " seconds") : base::cat((wait + 59) / 60, " minutes");
}

Response unavailable(const Services& services, const Request& request, std::string_view why) {
  base::log::error("users: ", why);
  return state_page(services, request, "Log in",
                    {"error",
                     "Nobody can be let in at the moment",
                     "The users and their sessions cannot be read. The log of pastmon-web says why.",
                     {{"Try again", request.path == kLoginPath ? std::string(kLoginPath) : login_url(request)}}},
                    503);
}

}  // namespace

std::string login_url(const Request& request) {
  UrlBuilder here(request.path);
  for (const auto& [name, value] : request.query.all()) here.add(name, value);
  const std::string next = request.method == "GET" || request.method == "HEAD" ? here.str() : page_before(request);
  UrlBuilder url(kLoginPath);
  if (next != kHomePath && is_own_path(next)) url.add("next", next);
  return url.str();
}

Response login(const Services& services, const Request& request) {
  if (services.logins.any_users() == false) {
    return state_page(
        services, request, "Log in",
        {"info",
         "There are no users yet",
         "On the host of this server: pastmon-admin user add NAME --role editor. Then load this page again.",
         {{"Load again", request.path}}},
        200);
  }
  return form(services, request, next_of(request.query), "", 200);
}

Response log_in(const Services& services, const Request& request) {
  const std::string_view next = next_of(request.form);
  const auto attempt =
      services.logins.check(request.form.get("name"), request.form.get_exactly("password"), request.visitor.address);
  if (attempt.outcome == Logins::Attempt::failed) return unavailable(services, request, attempt.error);
  if (attempt.outcome == Logins::Attempt::too_often) {
    Response response =
        form(services, request, next, base::cat("Too many attempts. Try again in ", in_time(attempt.wait), "."), 429);
    response.headers.emplace_back("Retry-After", base::cat(attempt.wait));
    return response;
  }
  if (attempt.outcome == Logins::Attempt::wrong)
    return form(services, request, next, "Name or password is wrong.", 403);
  const auto session = services.logins.begin(attempt.user);
  if (!session) return unavailable(services, request, session.message());
  if (!request.visitor.session.empty()) static_cast<void>(services.logins.end(request.visitor.session));
  base::log::info("login of ", attempt.user.name, " at ", request.visitor.address.to_string());
  Response response = Response::redirect(next);
  response.headers.emplace_back("Set-Cookie",
                                services.cookies.set(kSessionCookie, *session, services.logins.options().lifetime));
  return response;
}

Response log_out(const Services& services, const Request& request) {
  if (!request.visitor.session.empty()) {
    if (const auto ended = services.logins.end(request.visitor.session); !ended)
      return unavailable(services, request, ended.message());
  }
  Response response = Response::redirect(kLoginPath);
  response.headers.emplace_back("Set-Cookie", services.cookies.set(kSessionCookie, "", -1));
  return response;
}

Response not_let_in(const Services& services, const Request& request, const Admission& admission) {
  const bool program = for_programs(request.path);
  if (admission.outcome == Admission::unavailable) {
    if (program) return Response::problem(503, "Users cannot be read", "The log of pastmon-web says why.");
    return unavailable(services, request, admission.error);
  }
  if (admission.outcome == Admission::too_often) {
    Response response =
        Response::problem(429, "Too many attempts", base::cat("Try again in ", in_time(admission.wait), "."));
    response.headers.emplace_back("Retry-After", base::cat(admission.wait));
    return response;
  }
  if (!program) return Response::redirect(login_url(request));
  Response response = Response::problem(
      401, "A login is needed", "Send the name and password of a user (HTTP Basic), or the cookie of a session.");
  // A browser would ask by a window of its own, and keep on sending what was typed there.
  if (!request.has_header("sec-fetch-mode"))
    response.headers.emplace_back("WWW-Authenticate", "Basic realm=\"PasTmon\", charset=\"UTF-8\"");
  return response;
}

}  // namespace pastmon::web::pages
