// SPDX-License-Identifier: MIT
// What changes the wall: add, rename, move, remove. Each is a form, and ends on the page that shows the result.
#include <algorithm>
#include <charconv>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "format.h"
#include "pages/favourite_sections.h"
#include "pages/pages.h"
#include "pastmon/base/text.h"

namespace pastmon::web::pages {
namespace {

using Favourites = std::vector<store::Favourite>;

constexpr std::string_view kChangeTitle = "Favourites";

State gone_state(const std::string& wall) {
  return {"info", "This favourite is gone", "Somebody removed it meanwhile.", {{"Favourites", wall}}};
}

/// What a change needs: the favourites as they are, the one that is meant, and where to go afterwards.
struct Change {
  const Services& services;
  const Request& request;
  StatePool::Lease state;
  Favourites favourites;
  QueryState query;  ///< of the form
  base::Seconds now;

  std::int64_t id() const {
    std::int64_t value = 0;
    std::from_chars(query.favourite.data(), query.favourite.data() + query.favourite.size(), value);
    return value;
  }
  Favourites::const_iterator find() const {
    return std::find_if(favourites.begin(), favourites.end(), [this](const auto& f) { return f.id == id(); });
  }
  std::string wall() const { return wall_url(query); }
  std::string wall(std::int64_t at) const { return wall_url(query, favourites, at); }
  Response refused(const State& why, int status) const {
    return state_page(services, request, kChangeTitle, why, status);
  }
  Response failed(std::string_view error) const {
    return refused({"error", "The favourites cannot be changed", format::wire_text(error), {{"Favourites", wall()}}},
                   503);
  }
  Response gone() const { return refused(gone_state(wall()), 404); }
};

/// Opens what is changed; runs `work` with it.
Response with_favourites(const Services& services, const Request& request,
                         const std::function<Response(Change&)>& work) {
  auto state = services.state.take();
  auto favourites = state ? (*state)->favourites() : base::Result<Favourites>(state.error());
  if (!favourites) {
    if (state) state->spoil();
    return database_down(services, request, kChangeTitle, favourites.message());
  }
  Change all{services,
             request,
             std::move(*state),
             std::move(*favourites),
             QueryState::parse(request.form),
             services.clock.now() / base::kSecond};
  return work(all);
}

Response refuse_same(const Change& all, const store::Favourite& same) {
  return all.refused({"info",
                      "This is a favourite already",
                      base::cat("“", same.title, "” shows exactly this."),
                      {{"Look at it", all.wall(same.id)}}},
                     409);
}

}  // namespace

Response removal_of_favourite(const Services& services, const Request& request) {
  auto kept = favourites_of(services);
  if (!kept) return database_down(services, request, kChangeTitle, kept.message());
  const QueryState query = QueryState::parse(request.query);
  const auto meant =
      std::find_if(kept->begin(), kept->end(), [&](const auto& f) { return base::cat(f.id) == query.favourite; });
  if (meant == kept->end()) return state_page(services, request, kChangeTitle, gone_state(wall_url(query)), 404);
  Page page(services, request, "Remove a favourite", "favourite_remove.html");
  page.use_forms();
  Model content = page.content();
  content.set("CARD_TITLE", meant->title).set("CANCEL_URL", wall_url(query, *kept, meant->id));
  add_fields(content, "KEEP", query);
  return page.finish();
}

Response add_favourite(const Services& services, const Request& request) {
  return with_favourites(services, request, [&](Change& all) {
    const std::string text = favourite_text(all.query);
    const auto query = read_favourite(text);
    if (!query || text.size() > store::WebState::kMaxQuery)
      return all.refused(
          {"warning", "This is no graph", "A favourite needs a metric to show.", {{"Home", "/PasTmon/"}}}, 400);
    const bool replace = request.form.get("how") == "replace";
    const auto meant = all.find();
    if (replace && meant == all.favourites.end()) return all.gone();
    for (const store::Favourite& other : all.favourites) {
      if (other.query == text && !(replace && other.id == meant->id)) return refuse_same(all, other);
    }
    std::string title = clean_title(request.form.get("title"));
    if (title.empty()) title = "Graph";
    if (replace) {
      auto done = all.state->change_favourite(meant->id, title, text, request.visitor.name, all.now);
      if (!done) return all.failed(done.message());
      return *done ? Response::redirect(all.wall(meant->id)) : all.gone();
    }
    if (all.favourites.size() >= store::WebState::kMaxFavourites)
      return all.refused({"warning",
                          "The wall is full",
                          base::cat("There is room for ", store::WebState::kMaxFavourites,
                                    " favourites. Remove one that nobody needs."),
                          {{"Favourites", all.wall()}}},
                         409);
    auto id = all.state->add_favourite(title, text, request.visitor.name, all.now);
    if (!id) return all.failed(id.message());
    if (request.form.get("then") == "wall") return Response::redirect(all.wall(*id));
    QueryState graph = all.query;
    graph.favourite.clear();
    return Response::redirect(graph.url("/PasTmon/graph"));
  });
}

Response rename_favourite(const Services& services, const Request& request) {
  return with_favourites(services, request, [&](Change& all) {
    const auto meant = all.find();
    const std::string title = clean_title(request.form.get("title"));
    if (meant == all.favourites.end()) return all.gone();
    if (title.empty()) return Response::redirect(all.wall(meant->id));
    auto done = all.state->change_favourite(meant->id, title, meant->query, request.visitor.name, all.now);
    if (!done) return all.failed(done.message());
    return *done ? Response::redirect(all.wall(meant->id)) : all.gone();
  });
}

Response move_favourite(const Services& services, const Request& request) {
  return with_favourites(services, request, [&](Change& all) {
    const auto meant = all.find();
    if (meant == all.favourites.end()) return all.gone();
    const auto at = all.favourites.begin() + (meant - all.favourites.cbegin());
    const std::int64_t id = at->id;
    const bool up = request.form.get("direction") == "up";
    if (up && at != all.favourites.begin()) std::iter_swap(at, at - 1);
    if (!up && at + 1 != all.favourites.end()) std::iter_swap(at, at + 1);
    std::vector<std::int64_t> order;
    for (const store::Favourite& favourite : all.favourites) order.push_back(favourite.id);
    auto done = all.state->order_favourites(order);
    return done ? Response::redirect(all.wall(id)) : all.failed(done.message());
  });
}

Response remove_favourite(const Services& services, const Request& request) {
  return with_favourites(services, request, [&](Change& all) {
    if (all.find() == all.favourites.end()) return all.gone();
    auto done = all.state->remove_favourite(all.id());
    return done ? Response::redirect(all.wall()) : all.failed(done.message());
  });
}

}  // namespace pastmon::web::pages
