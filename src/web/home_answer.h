// SPDX-License-Identifier: MIT
// Is all well? The one sentence at the top of the home page, from what was found out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sensor_state.h"

namespace pastmon::web {

struct HomeFacts {
  std::vector<SensorState> sensors;
  base::Seconds now = 0;
  base::Seconds data_age = 0;       ///< since the newest data; more than an hour: what is shown is history
  std::size_t compared = 0;         ///< services with enough samples in both hours
  std::vector<std::string> slower;  ///< names of services
  std::vector<std::string> failing;
};

struct HomeAnswer {
  std::string_view kind = "ok";  ///< "ok", "warn", "bad", "old": its look
  std::string head;              ///< "All is well"
  std::string text;              ///< "All 3 sensors receive; no packets were dropped; …."
};

HomeAnswer home_answer(const HomeFacts& facts);

}  // namespace pastmon::web
