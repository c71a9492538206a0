// SPDX-License-Identifier: MIT
// Nothing to show: why, and what to do about it.
#include <string>
#include <vector>

#include "format.h"
#include "pages/view.h"
#include "pastmon/base/text.h"

namespace pastmon::web::pages {
namespace {

constexpr std::size_t kSimilar = 6;

State no_data(const View& view) {
  return {"wait",
          "No data yet",
          "The database is ready and waits for its first figures. While pastmon captures, what it sees appears here "
          "within about ten seconds. If nothing comes: is pastmon running, and on the interface that the traffic "
          "passes?",
          {{"What the monitor receives", "/PasTmon/internal"}, {"Try again", view.url()}}};
}

State no_archive(const View& view) {
  QueryState recent = view.query;
  recent.level = store::Level::one;
  return {"info",
          "The archive is empty",
          "Each night pastmon_summarise_level_2 adds up what is older than 32 days and moves it here; until then it is "
          "on Level 1. It needs this line in the crontab of the user pastmon, on one machine:",
          {{"Level 1", recent.list_url()}},
          "0 1 * * * pastmon_summarise_level_2 --age=32 --interval=3600 --delete | logger -t pastmon"};
}

/// Signatures whose name holds what was typed, without regard to case.
State no_such_signature(const View& view, std::string_view path) {
  State state{"info",
              base::cat("No signature is called “", format::wire_text(view.query.signature.text), "”"),
              "None of that name has been seen yet. A family such as “HTTP *” stands for all of a protocol.",
              {}};
  std::string_view typed = view.query.signature.text;
  while (!typed.empty() && (typed.back() == '*' || typed.back() == ' ')) typed.remove_suffix(1);
  const std::string wanted = base::lower(typed);
  for (const store::Named& s : view.names->signatures) {
    if (wanted.empty() || base::lower(s.name).find(wanted) == std::string::npos) continue;
    if (state.links.size() == kSimilar) break;
    state.links.push_back({format::wire_text(s.name), view.query.with_signature(s.name).url(path)});
  }
  state.links.push_back({"Any signature", view.query.with_signature("").url(path)});
  return state;
}

bool known_signature(const View& view) {
  const std::string& text = view.query.signature.text;
  const std::string_view family = family_of(text);
  for (const store::Named& s : view.names->signatures) {
    if (s.name == text || (!family.empty() && s.name.starts_with(family))) return true;
  }
  return false;
}

State no_match(const View& view, std::string_view path) {
  QueryState no_filter;
  no_filter.level = view.query.level;
  no_filter.range = view.query.range;
  no_filter.from = view.query.from;
  no_filter.to = view.query.to;
  return {
      "info",
      "Nothing matches this query",
      base::cat("There is no such traffic in ", view.time_title(),
                ". Widen a cell of the current query, or look at a longer time."),
      {{"The same over all data", view.query.with_range("all").url(path)}, {"Without filters", no_filter.url(path)}}};
}

}  // namespace

State empty_state(const View& view, std::string_view path) {
  const Calendar& calendar = view.services.calendar;
  if (view.extent.last == 0) return view.query.level == store::Level::two ? no_archive(view) : no_data(view);
  if (view.query.signature.one() && !known_signature(view)) return no_such_signature(view, path);
  if (!view.query.unfiltered()) return no_match(view, path);
  return {"info",
          "No data in this time range",
          base::cat("The database holds data from ", calendar.full_time(view.extent.first), " to ",
                    calendar.full_time(view.extent.last + 300), " (", calendar.zone(), ")."),
          {{"Show all data", view.query.with_range("all").url(path)}}};
}

}  // namespace pastmon::web::pages
