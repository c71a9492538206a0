// SPDX-License-Identifier: MIT
// Logging in and out, and what those see who are not let in.
#pragma once

#include "request.h"
#include "response.h"
#include "services.h"
#include "visitors.h"

namespace pastmon::web::pages {

/// "/PasTmon/login?next=…" back to the page that this request is for.
std::string login_url(const Request& request);
Response login(const Services& services, const Request& request);   ///< the form
Response log_in(const Services& services, const Request& request);  ///< what it sends
Response log_out(const Services& services, const Request& request);

/// For somebody who was not let in: to the form, or for programs 401; 429 and 503 as it may be.
Response not_let_in(const Services& services, const Request& request, const Admission& admission);

}  // namespace pastmon::web::pages
