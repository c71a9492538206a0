// SPDX-License-Identifier: MIT
#include "visitors.h"

#include <algorithm>
#include <array>

#include "forms.h"
#include "pastmon/base/text.h"
#include "pastmon/secret/secret.h"

namespace pastmon::web {
namespace {

constexpr std::array<std::string_view, 3> kForPrograms = {"/PasTmon/metrics", "/PasTmon/health", "/PasTmon/graph.svg"};

struct Credentials {
  std::string name;
  std::string password;
};

/// Of "Basic dXNlcjpwYXNz".
std::optional<Credentials> basic_credentials(std::string_view header) {
  if (base::lower(header.substr(0, 6)) != "basic ") return std::nullopt;
  const std::optional<std::string> text = secret::from_base64(base::trim(header.substr(6)));
  const std::size_t colon = text ? text->find(':') : std::string::npos;
  if (colon == std::string::npos) return std::nullopt;
  return Credentials{text->substr(0, colon), text->substr(colon + 1)};
}

/// The same for everybody, whoever asks.
bool is_asset(std::string_view path) { return path.starts_with("/PasTmon/assets/") || path == "/favicon.ico"; }

}  // namespace

bool for_programs(std::string_view path) noexcept {
  return path.starts_with("/PasTmon/api/") ||
         std::find(kForPrograms.begin(), kForPrograms.end(), path) != kForPrograms.end();
}

void Visitors::by_session(const Request& request, Admission& admission) const {
  const auto session = logins_.session(cookies_.get(request, kSessionCookie));
  if (!session) {
    admission.outcome = Admission::unavailable;
    admission.error = session.message();
  } else if (*session) {
    admission.visitor.name = (*session)->user;
    admission.visitor.role = (*session)->role;
    admission.visitor.session = (*session)->token;
    admission.visitor.form_key = (*session)->form_key;
  }
}

void Visitors::by_password(const Request& request, Admission& admission) const {
  if (!for_programs(request.path)) return;
  const auto given = basic_credentials(request.header("authorization"));
  if (!given) return;
  const auto attempt = logins_.check(given->name, given->password, admission.visitor.address);
  switch (attempt.outcome) {
    case Logins::Attempt::right:
      admission.visitor.name = attempt.user.name;
      admission.visitor.role = attempt.user.role;
      break;
    case Logins::Attempt::wrong:
      admission.outcome = Admission::login_needed;
      break;
    case Logins::Attempt::too_often:
      admission.outcome = Admission::too_often;
      admission.wait = attempt.wait;
      break;
    case Logins::Attempt::failed:
      admission.outcome = Admission::unavailable;
      admission.error = attempt.error;
      break;
  }
}

Admission Visitors::who(const Request& request, const base::Address& address, bool proxied) const {
  Admission admission;
  Visitor& visitor = admission.visitor;
  visitor.address = address;
  if (is_asset(request.path)) return admission;
  const bool closed = proxied || always_;
  const bool needed = closed && request.path != kLoginPath;
  by_session(request, admission);
  if (admission.outcome == Admission::let_in && visitor.name.empty()) by_password(request, admission);
  if (visitor.name.empty()) {
    const std::optional<bool> users = logins_.any_users();
    visitor.can_log_in = users.value_or(false);
    visitor.unknown = !users || admission.outcome == Admission::unavailable;
    visitor.role = !closed && users == false ? store::Role::editor : store::Role::reader;
    // Who may look without a login may do so while the users cannot be read.
    if (admission.outcome == Admission::unavailable && !needed) admission.outcome = Admission::let_in;
    if (admission.outcome == Admission::let_in && needed) admission.outcome = Admission::login_needed;
  }
  visitor.let_in = admission.outcome == Admission::let_in && !(visitor.name.empty() && closed);
  if (!visitor.form_key.empty()) return admission;
  visitor.form_key = std::string(cookies_.get(request, kFormCookie));
  if (visitor.form_key.empty()) {
    visitor.form_key = secret::random_word(16);
    visitor.new_form_key = true;
  }
  return admission;
}

}  // namespace pastmon::web
