// SPDX-License-Identifier: MIT
#include "forms.h"

#include <utility>

#include "pastmon/base/text.h"
#include "pastmon/secret/secret.h"

namespace pastmon::web {

FormTokens::FormTokens(std::string secret, std::string_view public_url)
    : secret_(secret.empty() ? secret::random_word() : std::move(secret)), public_origin_(base::lower(public_url)) {}

// The key of a session is in the database and never sent; the other is the cookie itself, so our secret has to join it.
std::string FormTokens::token(const Visitor& visitor) const {
  return secret::fingerprint(visitor.session.empty() ? std::string_view(secret_) : "form", visitor.form_key);
}

bool FormTokens::has_token(const Request& request) const {
  const Visitor& visitor = request.visitor;
  return !visitor.form_key.empty() && !visitor.new_form_key &&
         secret::same(request.form.get(kFormTokenField), token(visitor));
}

bool FormTokens::from_here(const Request& request) const {
  if (request.has_header("sec-fetch-site") && request.header("sec-fetch-site") != "same-origin") return false;
  if (!request.has_header("origin")) return true;
  const std::string origin = base::lower(request.header("origin"));
  if (!public_origin_.empty() && origin == public_origin_) return true;
  const std::string host = base::lower(request.header("host"));
  return origin == "http://" + host || origin == "https://" + host;
}

FormState read_form(Request& request) {
  const std::string_view type = request.header("content-type");
  if (base::lower(base::trim(type.substr(0, type.find(';')))) != "application/x-www-form-urlencoded")
    return FormState::wrong_type;
  auto form = Parameters::parse(request.body);
  if (!form) return FormState::malformed;
  request.form = *std::move(form);
  return FormState::fine;
}

}  // namespace pastmon::web
