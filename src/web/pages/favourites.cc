// SPDX-License-Identifier: MIT
// The wall of favourites: small graphs with their figures, all for one time.
#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "format.h"
#include "pages/favourite_card.h"
#include "pages/favourite_sections.h"
#include "pages/pages.h"
#include "pages/sensors.h"
#include "pastmon/base/text.h"

namespace pastmon::web::pages {
namespace {

constexpr std::string_view kWallTitle = "Favourites";
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kWallSwitch = {
    {{"hour", "Hour"}, {"24h", "Day"}, {"7d", "Week"}}};
constexpr int kUsualDays = 30;

/// "days=12", as the form sends it, is the preset "12d".
std::optional<Response> days_redirect(const Request& request, const Calendar& calendar, base::Seconds now) {
  const std::string_view typed = request.query.get("days");
  if (typed.empty()) return std::nullopt;
  const std::string preset = base::cat(typed, "d");
  QueryState query = wall_query(QueryState::parse(request.query)).with_range("");
  if (calendar.range(preset, now)) query.range = preset;
  return Response::redirect(query.url(kFavouritesPath));
}

void fill_times(Model& content, const View& view, const WallTime& time) {
  const QueryState wall = wall_query(view.query);
  const auto add = [&](std::string_view section, std::string_view key, std::string_view title) {
    Model preset = content.add(section);
    preset.set("PRESET_TITLE", title).set("PRESET_URL", wall.with_range(key).url(kFavouritesPath));
    preset.show_if(time.range == key, "PRESET_CURRENT");
  };
  for (const auto& [key, title] : kWallSwitch) add("SWITCH", key, title);
  for (const Calendar::Preset& preset : Calendar::presets()) {
    const auto same = [&](const auto& entry) { return entry.first == preset.key; };
    if (std::none_of(kWallSwitch.begin(), kWallSwitch.end(), same)) add("PRESET", preset.key, preset.title);
  }
  int days = kUsualDays;
  std::from_chars(time.range.data(), time.range.data() + time.range.size(), days);
  content.set("DAYS", days_title(time.range).empty() ? kUsualDays : days);
  if (!wall.sensor.empty()) content.add("KEEP").set("KEEP_NAME", "sensor").set("KEEP_VALUE", wall.sensor);
  content.set("WALL_TIME", time.title).show_if(time.archive, "WALL_ARCHIVE");
}

void add_card_tools(Model card, const View& view, const store::Favourite& favourite, bool first, bool last) {
  const std::string id = base::cat(favourite.id);
  card.add("CARD_PLACE").set("CARD_ID", id);
  if (!view.request.visitor.may_change()) return;
  Model tools = card.add("TOOLS");
  QueryState kept = wall_query(view.query);
  kept.favourite = id;
  add_fields(tools, "KEEP", kept);
  tools.show_if(!first, "HAS_EARLIER").show_if(!last, "HAS_LATER");
  tools.set("REMOVE_URL", kept.url(kRemovePath));
  if (auto query = read_favourite(favourite.query)) {
    query->favourite = id;
    query->range = kept.range;
    tools.add("EDITABLE").set("EDIT_URL", query->url("/PasTmon/graph"));
  }
}

base::Result<void> fill_wall(Page& page, View& view, const WallTime& time,
                             const std::vector<store::Favourite>& favourites) {
  const std::size_t pages = (favourites.size() + kFavouritesPerPage - 1) / kFavouritesPerPage;
  const std::size_t shown = std::min(view.query.page, pages);
  const std::size_t first = (shown - 1) * kFavouritesPerPage;
  const std::size_t end = std::min(first + kFavouritesPerPage, favourites.size());
  Model wall = page.content().add("WALL");
  for (std::size_t i = first; i < end; ++i) {
    const store::Favourite& favourite = favourites[i];
    Model card = wall.include("CARDS", "favourite_card.html");
    const auto query = read_favourite(favourite.query);
    auto filled = query ? fill_card(card, view, time, *query, favourite.title)
                        : (fill_unreadable(card, favourite.title), base::Result<void>());
    if (!filled) return filled;
    add_card_tools(card, view, favourite, i == 0, i + 1 == favourites.size());
  }
  if (pages < 2) return {};
  Model pager = wall.add("WALL_PAGES");
  pager.set("WALL_SHOWN", base::cat(first + 1, " to ", end, " of ", favourites.size()));
  const QueryState query = wall_query(view.query);
  if (shown > 1) pager.add("PREVIOUS").set("PREVIOUS_URL", query.with_page(shown - 1).url(kFavouritesPath));
  if (shown < pages) pager.add("NEXT").set("NEXT_URL", query.with_page(shown + 1).url(kFavouritesPath));
  return {};
}

}  // namespace

Response favourites(const Services& services, const Request& request) {
  if (auto moved = days_redirect(request, services.calendar, services.clock.now() / base::kSecond)) return *moved;
  auto kept = favourites_of(services);
  if (!kept) return database_down(services, request, kWallTitle, kept.message());
  auto view = open_view(services, request);
  if (!view) return database_down(services, request, kWallTitle, view.message());
  Page page(services, request, kWallTitle, "favourites.html");
  page.use_style("favourites.css");
  page.use_forms();
  auto time = wall_time(*view);
  if (!time) return database_down(services, request, kWallTitle, time.message());
  fill_times(page.content(), *view, *time);
  base::Result<void> filled;
  if (view->problem) {
    fill_state(
        page.content().include("EMPTY", "state.html"),
        {"warning", view->problem->title, view->problem->advice, {{kWallTitle.data(), std::string(kFavouritesPath)}}});
  } else if (kept->empty()) {
    filled = fill_proposals(page, *view, *time);
  } else {
    filled = fill_sensors(page, *view, kFavouritesPath);
    if (filled) filled = fill_wall(page, *view, *time, *kept);
  }
  if (!filled) return database_down(services, request, kWallTitle, filled.message());
  page.warn(view->database->warnings());
  return page.finish();
}

Response favorites(const Services&, const Request& request) {
  return Response::redirect(QueryState::parse(request.query).url(kFavouritesPath));
}

}  // namespace pastmon::web::pages
