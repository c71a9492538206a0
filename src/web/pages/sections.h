// SPDX-License-Identifier: MIT
// The three faces of the Level 1 page: what is most common, rows of a query, the metrics of one pick. Each fills the
// page's BODY. Errors: the database's.
#pragma once

#include <string_view>

#include "pages/page.h"
#include "pages/view.h"

namespace pastmon::web::pages {

base::Result<void> fill_overview(Page& page, View& view, std::string_view path);
base::Result<void> fill_results(Page& page, View& view, std::string_view path);
base::Result<void> fill_metrics(Page& page, View& view, std::string_view path);

}  // namespace pastmon::web::pages
