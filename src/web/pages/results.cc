// SPDX-License-Identifier: MIT
#include "format.h"
#include "pages/rows.h"
#include "pages/sections.h"
#include "pastmon/base/text.h"

namespace pastmon::web::pages {
namespace {

constexpr std::size_t kRows = 50;

}  // namespace

base::Result<void> fill_results(Page& page, View& view, std::string_view path) {
  store::ListQuery query;
  query.selection = view.selection;
  query.group_by = group_of(view.query);
  query.order = view.query.order;
  query.descending = view.query.descending;
  query.limit = kRows + 1;  // one more tells whether there is a next page
  query.offset = (view.query.page - 1) * kRows;
  auto rows = view.list(query);
  if (!rows) return rows.error();
  if (rows->empty() && view.query.page == 1) {
    fill_state(page.content().include("BODY", "state.html"), empty_state(view, path));
    return {};
  }
  const bool more = rows->size() > kRows;
  if (more) rows->resize(kRows);

  Model body = page.content().include("BODY", "results.html");
  Model table = body.include("TABLE", "rows.html");
  add_head(table, view.query, query.group_by, path);
  for (const store::Listed& row : *rows) add_row(table, view, row, query.group_by, path);

  const auto first = static_cast<std::int64_t>(query.offset);
  body.set("ROWS", rows->empty() ? std::string("No more rows")
                                 : base::cat("Rows ", format::count(first + 1), " to ",
                                             format::count(first + static_cast<std::int64_t>(rows->size()))));
  if (view.query.page > 1)
    body.add("PREVIOUS").set("PREVIOUS_URL", view.query.with_page(view.query.page - 1).url(path));
  if (more) body.add("NEXT").set("NEXT_URL", view.query.with_page(view.query.page + 1).url(path));
  body.set("COMPLETE_URL", view.query.completed().url(path));
  return {};
}

}  // namespace pastmon::web::pages
