// SPDX-License-Identifier: MIT
// The handlers of all pages, one file each.
#pragma once

#include "request.h"
#include "response.h"
#include "services.h"

namespace pastmon::web::pages {

Response home(const Services& services, const Request& request);
/// Level 1, Level 2 and All.
Response list(const Services& services, const Request& request);
Response graph(const Services& services, const Request& request);
Response graph_image(const Services& services, const Request& request);
Response internal(const Services& services, const Request& request);
Response host(const Services& services, const Request& request);
Response signatures(const Services& services, const Request& request);
Response health(const Services& services, const Request& request);
Response not_found(const Services& services, const Request& request);

/// api/v1/list and api/v1/series: JSON of what the pages show; errors are application/problem+json.
Response api_list(const Services& services, const Request& request);
Response api_series(const Services& services, const Request& request);

}  // namespace pastmon::web::pages
