// SPDX-License-Identifier: MIT
#include "pages/view.h"

#include <utility>

#include "format.h"
#include "pastmon/base/text.h"

namespace pastmon::web::pages {

base::Result<View> open_view(const Services& services, const Request& request) {
  DatabaseReader database = services.reader();
  auto names = services.directory.names(services.databases);
  if (!names) return names.error();
  QueryState query = QueryState::parse(request.query, request.path);
  auto extent = database.extent(query.level);
  if (!extent) return extent.error();
  View view{services,
            request,
            std::move(query),
            services.clock.now() / base::kSecond,
            std::move(database),
            *names,
            *extent,
            {},
            {},
            {}};
  auto time = resolve_time(view.query, services.calendar, view.extent, view.now);
  if (auto* problem = std::get_if<Problem>(&time)) {
    view.problem = std::move(*problem);
    view.time = *services.calendar.range("24h", view.now);
    return view;
  }
  view.time = std::get<TimeRange>(time);
  auto selection = resolve(view.query, view.time, *view.names, services.limits, services.clock);
  if (auto* problem = std::get_if<Problem>(&selection)) {
    view.problem = std::move(*problem);
  } else {
    view.selection = std::move(std::get<store::Selection>(selection));
  }
  return view;
}

base::Result<std::vector<store::Listed>> View::list(const store::ListQuery& list_query) {
  auto rows = database.list(list_query);
  if (!rows) return rows;
  for (const store::Listed& row : *rows) {
    const bool known = (row.client == 0 || names->host(row.client) != nullptr) &&
                       (row.server == 0 || names->host(row.server) != nullptr) &&
                       (row.signature == 0 || !names->signature(row.signature).empty());
    if (known) continue;
    // A host that is newer than the names in memory.
    auto fresh = services.directory.names(services.databases, base::kSecond);
    if (fresh) names = *fresh;
    break;
  }
  return rows;
}

base::Result<std::vector<store::Point>> View::series(base::Seconds step) { return database.series(selection, step); }

base::Result<std::vector<bool>> View::seen(const std::vector<store::Listed>& who, base::Seconds from,
                                           base::Seconds to) {
  return database.seen(who, from, to);
}

base::Result<std::vector<store::StatisticPoint>> View::statistics(const store::StatisticQuery& statistic_query) {
  return database.statistics(statistic_query);
}

base::Result<std::vector<store::GroupSeries>> View::group_series(const store::GroupBy& group,
                                                                 const std::vector<store::Listed>& rows,
                                                                 base::Seconds step) {
  return database.group_series(selection, group, rows, step);
}

std::string_view View::preset() const {
  return query.has_time() ? query.range : default_range(services.calendar, extent, now);
}

std::string View::time_title() const {
  if (preset() == "all") return "All data";
  if (std::string title = Calendar::preset_title(preset()); !title.empty()) return title;
  return services.calendar.span_text(time, now);
}

void set_host(Model& model, std::string_view prefix, const View& view, store::Id id) {
  const store::Host* host = view.names->host(id);
  const std::string address = id == 0 ? "*" : host != nullptr ? host->address.to_string() : "(new host)";
  const bool named = host != nullptr && !host->name.empty();
  model.set(base::cat(prefix, "_NAME"), named ? host->name : address);
  if (named) model.add(base::cat(prefix, "_NOTED")).set(base::cat(prefix, "_ADDRESS"), address);
}

std::string host_key(const View& view, store::Id id) {
  const store::Host* host = view.names->host(id);
  return host != nullptr ? host->address.to_string() : "*";
}

}  // namespace pastmon::web::pages
