// SPDX-License-Identifier: MIT
#include "pages/favourite_sections.h"
#include "pages/pages.h"

#include <algorithm>

#include "pages/pages.h"
#include "pastmon/base/text.h"

namespace pastmon::web::pages {

base::Result<std::vector<store::Favourite>> favourites_of(const Services& services) {
  auto state = services.state.take();
  if (!state) return state.error();
  auto favourites = (*state)->favourites();
  if (!favourites) state->spoil();
  return favourites;
}

QueryState wall_query(const QueryState& query) {
  QueryState kept;
  kept.range = query.range;
  kept.from = query.from;
  kept.to = query.to;
  kept.sensor = query.sensor;
  kept.page = query.page;
  return kept;
}

std::string wall_url(const QueryState& query) { return wall_query(query).url(kFavouritesPath); }

std::string wall_url(const QueryState& query, const std::vector<store::Favourite>& favourites, std::int64_t id) {
  const auto at = std::find_if(favourites.begin(), favourites.end(), [id](const auto& f) { return f.id == id; });
  const auto index = static_cast<std::size_t>(at - favourites.begin());
  return base::cat(wall_query(query).with_page(index / kFavouritesPerPage + 1).url(kFavouritesPath), "#favourite-", id);
}

void add_fields(Model& model, std::string_view section, const QueryState& query) {
  for (const auto& [name, value] : query.parameters())
    model.add(section).set(base::cat(section, "_NAME"), name).set(base::cat(section, "_VALUE"), value);
}

}  // namespace pastmon::web::pages
