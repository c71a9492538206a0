// SPDX-License-Identifier: MIT
// What a page says when the database does not answer: away, or not ours to read, and what to do in either case.
#pragma once

#include <string_view>

#include "pages/page.h"

namespace pastmon::web::pages {

/// `error`: one line of the database's, as it is told to the administrator. Without links.
State database_state(std::string_view error);

}  // namespace pastmon::web::pages
