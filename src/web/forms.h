// SPDX-License-Identifier: MIT
// Forms that change something: each carries a token that only a page of ours could give to this browser, and comes from
// this site. Both hold with and without login.
#pragma once

#include <string>
#include <string_view>

#include "request.h"

namespace pastmon::web {

/// Name of the hidden field: <input type="hidden" name="form_token" value="{{FORM_TOKEN}}">.
inline constexpr std::string_view kFormTokenField = "form_token";
/// The cookie of those who have not logged in; the token of their forms is made from it.
inline constexpr std::string_view kFormCookie = "form";

class FormTokens {
 public:
  /// `secret`: as long as it stays the same, forms that are open in a browser stay valid. "": a new one.
  /// `public_url`: the address that browsers use; "": the one in the Host header.
  FormTokens(std::string secret, std::string_view public_url);

  /// Of all forms of this visitor.
  std::string token(const Visitor& visitor) const;
  bool has_token(const Request& request) const;

  /// The browser says, by Sec-Fetch-Site or Origin, that the request does not come from a page of another site. A
  /// program that sends neither is let through: it has no cookies of other people.
  bool from_here(const Request& request) const;

 private:
  std::string secret_;
  std::string public_origin_;
};

enum class FormState { fine, wrong_type, malformed };
/// Reads the body (application/x-www-form-urlencoded) into request.form.
FormState read_form(Request& request);

}  // namespace pastmon::web
