// SPDX-License-Identifier: MIT
#include "sensor_state.h"

#include <algorithm>
#include <map>

namespace pastmon::web {
namespace {

constexpr base::Seconds kFigures = 300;  // of one bucket

void judge(SensorState& state, base::Seconds now) {
  if (state.packets.empty()) return;
  const SparkPoint& newest = state.packets.back();
  const base::Seconds end = static_cast<base::Seconds>(newest.at) + kFigures;
  state.last = std::min(end, now);
  const SparkPoint* complete = end <= now                 ? &newest
                               : state.packets.size() > 1 ? &state.packets[state.packets.size() - 2]
                                                          : nullptr;
  const bool adjoining = complete == &newest || (complete != nullptr && complete->at + kFigures == newest.at);
  state.rate = adjoining ? complete->value / static_cast<double>(kFigures)
                         : newest.value / static_cast<double>(std::clamp<base::Seconds>(now - newest.at, 1, kFigures));
  const bool any = newest.value > 0 || (adjoining && now - newest.at < kSensorPatience && complete->value > 0);
  state.condition = now > end + kSensorPatience ? SensorState::Condition::silent
                    : any                       ? SensorState::Condition::receiving
                                                : SensorState::Condition::idle;
}

}  // namespace

std::vector<std::string> sensor_statistics() { return {"packets_received", "kernel_dropped", "interface_dropped"}; }

std::vector<SensorState> sensor_states(const std::vector<store::StatisticPoint>& points, const Names& names,
                                       base::Seconds now) {
  std::vector<SensorState> states;
  std::map<store::Id, std::size_t> places;
  for (const store::Named& sensor : names.sensors) {
    places.emplace(sensor.id, states.size());
    states.emplace_back().id = sensor.id;
    states.back().name = sensor.name;
  }
  std::map<std::pair<store::Id, base::Seconds>, double> packets;
  for (const store::StatisticPoint& point : points) {
    const auto place = places.find(point.sensor);
    if (place == places.end()) continue;
    SensorState& state = states[place->second];
    if (point.name == "packets_received") {
      state.received += point.value.sum;
      packets[{point.sensor, point.start}] += static_cast<double>(point.value.sum);
    } else if (point.name == "kernel_dropped") {
      state.kernel_dropped += point.value.sum;
    } else if (point.name == "interface_dropped") {
      state.interface_dropped += point.value.sum;
    }
  }
  for (const auto& [key, value] : packets) states[places.at(key.first)].packets.push_back({key.second, value});
  for (SensorState& state : states) judge(state, now);
  return states;
}

}  // namespace pastmon::web
