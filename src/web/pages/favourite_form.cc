// SPDX-License-Identifier: MIT
// "Save as favourite", on the graph page.
#include <algorithm>
#include <string>

#include "format.h"
#include "pages/favourite_sections.h"
#include "pastmon/base/log.h"
#include "pastmon/base/text.h"

namespace pastmon::web::pages {
namespace {

void fill_changing(Model& form, const View& view, const store::Favourite& changed, const std::string& wall,
                   bool known) {
  Model out = form.add("CHANGING");
  add_fields(out, "FIELD", view.query);
  // Its title follows what it shows, unless somebody gave it one.
  const auto before = read_favourite(changed.query);
  const bool usual = before && favourite_title(*before, *view.names) == changed.title;
  out.set("CHANGING_TITLE", changed.title);
  out.set("TITLE_NOW", usual ? favourite_title(favourite_of(view.query), *view.names) : changed.title);
  out.show_if(!known, "CAN_ADD").set("CANCEL_URL", wall);
}

}  // namespace

void fill_favourite_form(Page& page, Model place, const View& view) {
  auto kept = favourites_of(view.services);
  if (!kept) {
    base::log::error("favourites: ", kept.message());
    return;
  }
  const std::string text = favourite_text(view.query);
  const auto same = std::find_if(kept->begin(), kept->end(), [&](const auto& f) { return f.query == text; });
  const auto changed =
      std::find_if(kept->begin(), kept->end(), [&](const auto& f) { return base::cat(f.id) == view.query.favourite; });
  const bool changing = changed != kept->end() && view.request.visitor.may_change();
  if (same == kept->end() && !view.request.visitor.may_change()) return;
  page.use_style("favourite_form.css");
  page.use_forms();
  Model form = place.include("FAVOURITE", "favourite_form.html");
  if (same != kept->end() && !(changing && same == changed)) {
    form.add("KNOWN").set("KNOWN_URL", wall_url(view.query, *kept, same->id)).set("KNOWN_TITLE", same->title);
  }
  if (changing) {
    fill_changing(form, view, *changed, wall_url(view.query, *kept, changed->id), same != kept->end());
  } else if (same == kept->end()) {
    Model saving = form.add("SAVING");
    QueryState query = view.query;
    query.favourite.clear();
    add_fields(saving, "FIELD", query);
    saving.set("TITLE_NOW", favourite_title(favourite_of(view.query), *view.names));
  }
}

}  // namespace pastmon::web::pages
