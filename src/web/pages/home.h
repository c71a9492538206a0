// SPDX-License-Identifier: MIT
// The parts of the home page: each fills its section of the template. Errors: the database's.
#pragma once

#include <string>
#include <vector>

#include "comparison.h"
#include "home_answer.h"
#include "pages/page.h"
#include "pages/view.h"

namespace pastmon::web::pages {

/// The hours that are compared, and the query that its links start from.
struct HomeTime {
  Hour hour;
  TimeRange before;   ///< the same hour a week ago
  TimeRange day;      ///< the 24 hours up to the newest data
  base::Seconds end;  ///< where data ends: now, or earlier when nothing new has come
  QueryState query;   ///< over `hour`
  QueryState of_day;  ///< over `day`
};
HomeTime home_time(const View& view);

/// What all traffic did in the hour, as tiles.
base::Result<void> fill_totals(Model& body, View& view, const HomeTime& time);
/// The slowest services and those with the most failures; notes in `facts` how many became worse.
base::Result<void> fill_services(Model& body, View& view, const HomeTime& time, HomeFacts& facts);
/// Clients and services that were not there before.
base::Result<void> fill_newest(Model& body, View& view, const HomeTime& time);
/// Reads the sensors' states into `facts`.
base::Result<void> read_sensors(View& view, base::Seconds end, HomeFacts& facts);
void fill_sensor_states(Model& body, const View& view, const std::vector<SensorState>& sensors);

/// Nothing has been stored yet: says whether a monitor runs, what it receives, when figures will come.
Response first_minutes(const Services& services, const Request& request, View& view);

}  // namespace pastmon::web::pages
