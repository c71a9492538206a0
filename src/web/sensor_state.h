// SPDX-License-Identifier: MIT
// How each sensor is: is it running, does it receive, does it drop? Read from the figures of the monitor itself.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "directory.h"
#include "pastmon/base/clock.h"
#include "pastmon/store/store.h"
#include "sparkline.h"

namespace pastmon::web {

struct SensorState {
  enum class Condition : std::uint8_t {
    receiving,
    idle,    ///< it runs, but no packet has come in the newest figures
    silent,  ///< no figures for longer than a running sensor leaves between two
  };
  store::Id id = 0;
  std::string name;
  Condition condition = Condition::silent;
  base::Seconds last = 0;  ///< what it told is as new as this; 0: it told nothing in the time looked at
  double rate = 0;         ///< packets a second, of the newest complete five minutes, else of those under way
  std::int64_t received = 0;
  std::int64_t kernel_dropped = 0;
  std::int64_t interface_dropped = 0;
  std::vector<SparkPoint> packets;  ///< received, by five minutes
  std::int64_t dropped() const noexcept { return kernel_dropped + interface_dropped; }
};

/// Open figures are written every ten seconds, new ones begin every five minutes.
inline constexpr base::Seconds kSensorPatience = 120;

/// The figures that sensor_states() reads.
std::vector<std::string> sensor_statistics();

/// One for each sensor that the database knows, in the order of their names. `points`: of sensor_statistics(), as they
/// are stored; `now`: the time that they are judged by.
std::vector<SensorState> sensor_states(const std::vector<store::StatisticPoint>& points, const Names& names,
                                       base::Seconds now);

}  // namespace pastmon::web
