// SPDX-License-Identifier: MIT
#include "visitors.h"

#include "forms.h"
#include "pastmon/secret/secret.h"

namespace pastmon::web {

Visitor Visitors::who(const Request& request) const {
  Visitor visitor;
  visitor.role = store::Role::editor;
  visitor.address = request.peer;
  visitor.form_key = std::string(cookies_.get(request, kFormCookie));
  if (visitor.form_key.empty()) {
    visitor.form_key = secret::random_word(16);
    visitor.new_form_key = true;
  }
  return visitor;
}

}  // namespace pastmon::web
