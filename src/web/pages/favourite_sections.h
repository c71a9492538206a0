// SPDX-License-Identifier: MIT
// What the pages and forms of favourites share.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pages/favourite_card.h"
#include "pages/page.h"
#include "pages/view.h"
#include "pastmon/store/web_state.h"

namespace pastmon::web::pages {

inline constexpr std::size_t kFavouritesPerPage = 24;

/// All favourites in their order. Errors: those of the web server's own database.
base::Result<std::vector<store::Favourite>> favourites_of(const Services& services);

/// The wall for the time and sensor of a query; with a favourite: on its page, at its place.
std::string wall_url(const QueryState& query);
std::string wall_url(const QueryState& query, const std::vector<store::Favourite>& favourites, std::int64_t id);
/// What a link to the wall keeps of a query.
QueryState wall_query(const QueryState& query);

/// Hidden fields <section>_NAME and <section>_VALUE: what the query says.
void add_fields(Model& model, std::string_view section, const QueryState& query);

/// An empty wall. Errors: the database's.
base::Result<void> fill_proposals(Page& page, View& view, const WallTime& time);

/// The form of the graph page: saves what it shows, changes the favourite that the query names, or links to the one
/// that shows the same. Nothing for who may not change it, or when the favourites cannot be read.
void fill_favourite_form(Page& page, Model place, const View& view);

}  // namespace pastmon::web::pages
