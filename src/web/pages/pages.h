// SPDX-License-Identifier: MIT
// The handlers of all pages, one file each.
#pragma once

#include <string_view>

#include "request.h"
#include "response.h"
#include "services.h"

namespace pastmon::web::pages {

// Where the pages are; the lists are at QueryState::list_path().
inline constexpr std::string_view kHomePath = "/PasTmon/";
inline constexpr std::string_view kGraphPath = "/PasTmon/graph";
inline constexpr std::string_view kGraphImagePath = "/PasTmon/graph.svg";
inline constexpr std::string_view kHostPath = "/PasTmon/host";
inline constexpr std::string_view kInternalPath = "/PasTmon/internal";
inline constexpr std::string_view kFavouritesPath = "/PasTmon/favourites";
inline constexpr std::string_view kRemovePath = "/PasTmon/favourites/remove";

Response home(const Services& services, const Request& request);
/// Level 1, Level 2 and All.
Response list(const Services& services, const Request& request);
Response graph(const Services& services, const Request& request);
Response graph_image(const Services& services, const Request& request);
/// Favourites: the wall, its other spelling, the question before one is removed, and (POST) what changes them.
Response favourites(const Services& services, const Request& request);
Response favorites(const Services& services, const Request& request);
Response removal_of_favourite(const Services& services, const Request& request);
Response add_favourite(const Services& services, const Request& request);
Response rename_favourite(const Services& services, const Request& request);
Response move_favourite(const Services& services, const Request& request);
Response remove_favourite(const Services& services, const Request& request);
Response internal(const Services& services, const Request& request);
Response host(const Services& services, const Request& request);
Response signatures(const Services& services, const Request& request);
Response health(const Services& services, const Request& request);
/// /PasTmon/metrics.
Response prometheus(const Services& services, const Request& request);
Response not_found(const Services& services, const Request& request);

/// api/v1/…: JSON of what the pages show; errors are application/problem+json. docs/openapi.json describes all of it.
Response api_list(const Services& services, const Request& request);
Response api_series(const Services& services, const Request& request);
Response api_signatures(const Services& services, const Request& request);
Response api_sensors(const Services& services, const Request& request);
Response api_hosts(const Services& services, const Request& request);
Response api_statistics(const Services& services, const Request& request);
Response api_metrics(const Services& services, const Request& request);
Response api_health(const Services& services, const Request& request);
Response api_description(const Services& services, const Request& request);

}  // namespace pastmon::web::pages
