// SPDX-License-Identifier: MIT
// Something is filtered: a page of its rows, in the order wanted, for people and for programs.
#include <algorithm>
#include <array>

#include "format.h"
#include "pages/rows.h"
#include "pages/sections.h"
#include "pastmon/base/text.h"

namespace pastmon::web::pages {
namespace {

constexpr std::size_t kRows = 50;
constexpr std::array<std::size_t, 3> kPageSizes = {25, 50, 100};  // a hundred rows weigh about 400 kB
constexpr std::string_view kListApi = "/PasTmon/api/v1/list";

void add_pager(Model& body, const QueryState& query, std::size_t limit, bool more, std::string_view path) {
  if (query.page > 1) body.add("PREVIOUS").set("PREVIOUS_URL", query.with_page(query.page - 1).url(path));
  if (more && query.page < QueryState::kMaxPage)
    body.add("NEXT").set("NEXT_URL", query.with_page(query.page + 1).url(path));
  if (!more && query.page == 1 && limit <= kPageSizes.front()) return;
  Model sizes = body.add("SIZES");
  for (const std::size_t size : kPageSizes) {
    sizes.add("SIZE")
        .set("SIZE_ROWS", static_cast<std::int64_t>(size))
        .set("SIZE_URL", query.with_limit(size == kRows ? 0 : size).url(path))
        .show_if(size == limit, "SIZE_CURRENT");
  }
}

/// The same rows from the API: its parameters are those of the page.
void add_exports(Model& body, const QueryState& query, std::size_t limit) {
  QueryState same = query;
  same.limit = limit;
  same.rows = false;
  const std::string url = same.url(kListApi);
  body.set("JSON_URL", url).set("CSV_URL", base::cat(url, "&format=csv"));
}

}  // namespace

base::Result<void> fill_results(Page& page, View& view, std::string_view path) {
  const std::size_t limit = view.query.limit == 0 ? kRows : std::min(view.query.limit, kPageSizes.back());
  store::ListQuery query;
  query.selection = view.selection;
  query.group_by = group_of(view.query);
  query.order = view.query.order;
  query.descending = view.query.descending;
  query.limit = limit + 1;  // one more tells whether there is a next page
  query.offset = (view.query.page - 1) * limit;
  auto rows = view.list(query);
  if (!rows) return rows.error();
  if (rows->empty() && view.query.page == 1) {
    fill_state(page.content().include("BODY", "state.html"), empty_state(view, path));
    return {};
  }
  const bool more = rows->size() > limit;
  if (more) rows->resize(limit);

  Model body = page.content().include("BODY", "results.html");
  auto filled = fill_rows(body.include("TABLE", "rows.html"), view, *rows, query.group_by, view.query, path);
  if (!filled) return filled;
  const auto first = static_cast<std::int64_t>(query.offset);
  const auto last = first + static_cast<std::int64_t>(rows->size());
  body.set("ROWS", rows->empty()         ? std::string("No more rows")
                   : !more && first == 0 ? base::cat(format::count(last), last == 1 ? " row" : " rows")
                                         : base::cat("Rows ", format::count(first + 1), " to ", format::count(last)));
  add_pager(body, view.query, limit, more, path);
  add_exports(body, view.query, limit);
  body.set("COMPLETE_URL", view.query.completed().url(path));
  return {};
}

}  // namespace pastmon::web::pages
