// SPDX-License-Identifier: MIT
// Who asks: what pages may know of it.
#pragma once

#include <string>

#include "pastmon/base/address.h"
#include "pastmon/store/web_state.h"

namespace pastmon::web {

struct Visitor {
  std::string name;  ///< of the user who logged in; "": nobody did
  store::Role role = store::Role::reader;
  base::Address address;      ///< of the browser, also behind a trusted proxy
  std::string session;        ///< its token's hash; "": none
  std::string form_key;       ///< what the tokens of its forms are made from (forms.h)
  bool new_form_key = false;  ///< the browser does not know it yet
  bool can_log_in = false;    ///< nobody is logged in, and there are users
  bool unknown = false;       ///< what it may do cannot be read just now
  bool let_in = true;         ///< else it sees the login page only

  bool may_change() const noexcept { return role == store::Role::editor; }
};

}  // namespace pastmon::web
