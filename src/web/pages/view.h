// SPDX-License-Identifier: MIT
// What every page and API answer about traffic starts from: the current query, a database connection, the names in it,
// the time range and the rows that are meant.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "calendar.h"
#include "database_reader.h"
#include "directory.h"
#include "pages/page.h"
#include "query_state.h"
#include "selection.h"
#include "services.h"

namespace pastmon::web::pages {

struct View {
  const Services& services;
  const Request& request;
  QueryState query;
  base::Seconds now;
  DatabaseReader database;
  std::shared_ptr<const Names> names;
  store::Extent extent;
  TimeRange time;
  store::Selection selection;
  std::optional<Problem> problem;  ///< set: the query cannot be answered; selection is not usable

  /// Runs a query. Errors: the database's.
  base::Result<std::vector<store::Listed>> list(const store::ListQuery& query);
  base::Result<std::vector<store::Point>> series(base::Seconds step);
  base::Result<std::vector<bool>> seen(const std::vector<store::Listed>& who, base::Seconds from, base::Seconds to);
  base::Result<std::vector<store::StatisticPoint>> statistics(const store::StatisticQuery& query);
  base::Result<std::vector<store::GroupSeries>> group_series(const store::GroupBy& group,
                                                             const std::vector<store::Listed>& rows,
                                                             base::Seconds step);

  /// The preset in effect: the query's, or the default's; "" when times were typed.
  std::string_view preset() const;
  /// The time range in words: "Last 24 hours" or "23 Nov 16:45 – 17:45".
  std::string time_title() const;
  std::string url() const { return query.url(request.path); }
};

/// Errors: the database's, one line.
base::Result<View> open_view(const Services& services, const Request& request);

/// Nothing to show for a query: an empty database, nothing in the time range, or nothing that matches.
State empty_state(const View& view, std::string_view path);

/// Variable <prefix>_NAME: the host's name, else its address; with a name, section <prefix>_NOTED holds
/// <prefix>_ADDRESS. `id` 0: "*".
void set_host(Model& model, std::string_view prefix, const View& view, store::Id id);
/// The address of a host as the current query wants it; "*" for 0.
std::string host_key(const View& view, store::Id id);

/// The table "current query" and, below it, times and filters.
void fill_query(Model model, const View& view, std::string_view path);
void fill_filter(Model model, const View& view, std::string_view path, bool with_hosts);

}  // namespace pastmon::web::pages
