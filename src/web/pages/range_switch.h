// SPDX-License-Identifier: MIT
// The switch hour, day, week: one click to the three ranges that are looked at most.
#pragma once

#include <string_view>

#include "query_state.h"
#include "template_engine.h"

namespace pastmon::web::pages {

/// Fills `range_switch.html`. `preset`: the range in effect; links lead to `path` with the query's other parameters.
void fill_switch(Model model, const QueryState& query, std::string_view preset, std::string_view path);

}  // namespace pastmon::web::pages
