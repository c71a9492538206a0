// SPDX-License-Identifier: MIT
#include "pages/change.h"

#include "forms.h"
#include "pages/login.h"
#include "pages/page.h"
#include "pastmon/base/log.h"
#include "pastmon/base/text.h"

namespace pastmon::web::pages {
namespace {

Response refused(const Services& services, const Request& request, std::string_view title, std::string_view text,
                 std::vector<Link> links = {}, int status = 403) {
  links.push_back({"Back to the page", page_before(request)});
  return state_page(services, request, title, {"warning", std::string(title), std::string(text), std::move(links)},
                    status);
}

std::string who(const Visitor& visitor) {
  return base::cat(visitor.name.empty() ? "nobody logged in" : visitor.name, " at ", visitor.address.to_string());
}

}  // namespace

std::string page_before(const Request& request) {
  std::string_view referer = request.header("referer");
  const std::size_t scheme = referer.find("://");
  const std::size_t path = scheme == std::string_view::npos ? scheme : referer.find('/', scheme + 3);
  if (path == std::string_view::npos) return "/PasTmon/";
  referer.remove_prefix(path);
  return is_own_path(referer) ? std::string(referer) : "/PasTmon/";
}

Response change(const Services& services, const Request& request, store::Role needed, ChangeHandler handler) {
  Request filled = request;
  switch (read_form(filled)) {
    case FormState::wrong_type:
      return Response::text(415, "Changes are sent as a form: application/x-www-form-urlencoded.");
    case FormState::malformed:
      return Response::text(400, "This form is malformed or too long.");
    case FormState::fine:
      break;
  }
  if (!services.forms.from_here(filled)) {
    base::log::warning("refused ", request.path, " from ", who(request.visitor), ": sent by a page of another site");
    return refused(services, request, "This form is not from here",
                   "A page of another site sent it, or this server does not know the address that you use "
                   "(public_url, in pastmon-web.conf). Nothing was changed.");
  }
  if (!services.forms.has_token(filled)) {
    return refused(
        services, request, "This form is too old",
        "Nothing was changed. Open the page again and send the form once more; the browser has to accept this "
        "site's cookies.");
  }
  if (needed == store::Role::editor && !request.visitor.may_change()) {
    if (request.visitor.unknown) {
      return refused(services, request, "Users cannot be read",
                     "The database that has them does not answer, so nobody may change anything just now. Nothing was "
                     "changed; send the form once more when it is back.",
                     {}, 503);
    }
    std::vector<Link> links;
    if (request.visitor.can_log_in) links.push_back({"Log in", login_url(request)});
    return refused(services, request, "You may look, but not change",
                   "Changes need a user with the role of an editor. Nothing was changed.", std::move(links));
  }
  Response response = handler(services, filled);
  base::log::info("change ", request.path, " by ", who(request.visitor), ": ", response.status);
  return response;
}

}  // namespace pastmon::web::pages
