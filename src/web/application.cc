// SPDX-License-Identifier: MIT
#include "application.h"

#include <utility>

#include "pages/login.h"
#include "pastmon/base/embedded.h"

namespace pastmon::embedded {
std::span<const File> web_templates();
std::span<const File> web_assets();
}  // namespace pastmon::embedded

namespace pastmon::web {
namespace {

Response refusal(Verdict verdict) {
  switch (verdict) {
    case Verdict::address_refused:
      return Response::text(403, "This address is not in the access list (access, in pastmon-web.conf).");
    case Verdict::proxy_untrusted:
      return Response::text(
          403, "This request came through a proxy that is not trusted (trusted_proxies, in pastmon-web.conf).");
    default:
      return Response::text(421, "This server is not known by that name (public_url, in pastmon-web.conf).");
  }
}

}  // namespace

Application::Application(const ApplicationOptions& options, Calendar calendar, TemplateEngine templates,
                         DatabasePool::Open open, StatePool::Open open_state, const base::Clock& clock)
    : clock_(clock),
      telemetry_(clock.now()),
      access_(options.access),
      calendar_(std::move(calendar)),
      templates_(std::move(templates)),
      assets_(embedded::web_assets(), options.library_directory),
      databases_(options.databases, std::move(open), clock),
      directory_({}, clock),
      state_(options.state, std::move(open_state), clock),
      cookies_(options.public_url.starts_with("https://")),
      forms_(options.form_secret, options.public_url),
      logins_(options.logins, state_, clock),
      visitors_(options.login_always, cookies_, logins_),
      answers_(options.answers, clock),
      services_{clock,  calendar_, templates_, assets_, databases_, directory_, {},
                state_, forms_,    cookies_,   logins_, answers_,   telemetry_},
      router_(make_router(services_)) {}

Response Application::answer(Request request) {
  const base::Micros begun = clock_.monotonic();
  const bool api = request.path.starts_with(kApiPath);
  Response response = checked(std::move(request));
  telemetry_.request(response.status, clock_.monotonic() - begun);
  return api ? Response::as_problem(std::move(response)) : response;
}

Response Application::checked(Request request) const {
  const Verdict verdict = access_.judge(request);
  const bool proxied = verdict == Verdict::login_needed;
  if (verdict != Verdict::allowed && !proxied) return refusal(verdict);
  const Admission admission = visitors_.who(request, access_.client_of(request), proxied);
  request.visitor = admission.visitor;
  return admission.outcome == Admission::let_in ? router_.route(request)
                                                : pages::not_let_in(services_, request, admission);
}

base::Result<std::unique_ptr<Application>> Application::make(const ApplicationOptions& options, DatabasePool::Open open,
                                                             StatePool::Open open_state, const base::Clock& clock) {
  auto calendar = Calendar::make(options.timezone, options.week_starts);
  if (!calendar) return calendar.error();
  auto templates = TemplateEngine::load(embedded::web_templates());
  if (!templates) return templates.error();
  return std::unique_ptr<Application>(new Application(options, std::move(*calendar), std::move(*templates),
                                                      std::move(open), std::move(open_state), clock));
}

}  // namespace pastmon::web
