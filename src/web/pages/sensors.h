// SPDX-License-Identifier: MIT
// Several sensors in one database: which of them a page's figures are of. What two sensors saw of one conversation is
// in the database twice, so figures over several of them say so.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pages/page.h"
#include "pages/view.h"
#include "pastmon/base/json.h"

namespace pastmon::web::pages {

/// Names of the sensors that have rows in the view's selection, the busiest first, at most kMaxSensors. Asks the
/// database only when it knows several and none is chosen.
inline constexpr std::size_t kMaxSensors = 1000;
base::Result<std::vector<std::string>> sensors_of(View& view);

/// The part SENSORS of a page: with several sensors a link to each, and how many are added up.
base::Result<void> fill_sensors(Page& page, View& view, std::string_view path);

/// "sensors": their names; "added_up": whether rows of several are added up in one figure; "note": what that means.
/// `apart`: each row is of one sensor.
base::Result<void> set_sensors(base::Json& json, View& view, bool apart);

/// Nothing, or the answer to a query for a sensor that there is not.
std::optional<Problem> unknown_sensor(const View& view);

}  // namespace pastmon::web::pages
