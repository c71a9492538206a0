// SPDX-License-Identifier: MIT
// A small graph with its key figures: what the wall of favourites is made of.
#pragma once

#include <string>

#include "favourite.h"
#include "pages/view.h"
#include "period.h"

namespace pastmon::web::pages {

/// The times of a wall: one range and what it is compared with, for all its cards.
struct WallTime {
  std::string range;  ///< the preset in effect, "" when times were typed
  std::string title;  ///< "Last 24 hours"
  Period before;
  bool archive = false;  ///< the range begins before the five-minute rows do, and there are archive rows
};
base::Result<WallTime> wall_time(View& view);

/// The favourite's query with the wall's time, sensor and, where five-minute rows do not reach back that far, the
/// archive added.
QueryState on_wall(const QueryState& favourite, const View& view, const WallTime& time);

/// Fills a CARD: title, words, picture and figures, or why there are none. Errors: the database's.
base::Result<void> fill_card(Model card, View& view, const WallTime& time, const QueryState& favourite,
                             const std::string& title);

/// The same for a favourite that this program cannot read: it may come from a newer one.
void fill_unreadable(Model card, const std::string& title);

}  // namespace pastmon::web::pages
