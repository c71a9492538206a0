// SPDX-License-Identifier: MIT
// What every change (POST) must pass before its page sees it: a form, sent from a page of ours, with that page's token,
// by somebody who may. routes.cc puts it before each of them; what it lets through is in the log.
#pragma once

#include <functional>

#include "pastmon/store/web_state.h"
#include "request.h"
#include "response.h"
#include "services.h"

namespace pastmon::web::pages {

using ChangeHandler = Response (*)(const Services&, const Request&);

/// Calls `handler` with request.form filled. Else 415, 400, or a page (403) that says what to do.
Response change(const Services& services, const Request& request, store::Role needed, ChangeHandler handler);

/// The page that a form was on, if the browser says; else the first one. A path of ours.
std::string page_before(const Request& request);

}  // namespace pastmon::web::pages
