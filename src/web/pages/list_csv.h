// SPDX-License-Identifier: MIT
// A list as comma-separated values: the rows and columns that the page shows.
#pragma once

#include <vector>

#include "pages/view.h"
#include "response.h"

namespace pastmon::web::pages {

/// Columns of the key as they are grouped by, then the figures in base units: microseconds, bytes, percent.
Response list_csv(const View& view, const std::vector<store::Listed>& rows, const store::GroupBy& group);

}  // namespace pastmon::web::pages
