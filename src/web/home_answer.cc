// SPDX-License-Identifier: MIT
#include "home_answer.h"

#include <algorithm>

#include "format.h"
#include "pastmon/base/text.h"

namespace pastmon::web {
namespace {

constexpr std::size_t kNamed = 2;    // more of them are only counted
constexpr double kManyDrops = 0.01;  // this share of lost packets spoils the figures
constexpr base::Seconds kHistory = 3600;

/// "db1, www" or "db1, www and 3 more".
std::string named(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kNamed); ++i) text += base::cat(i == 0 ? "" : ", ", names[i]);
  if (names.size() > kNamed) text += base::cat(" and ", names.size() - kNamed, " more");
  return text;
}

std::vector<std::string> in_condition(const HomeFacts& facts, SensorState::Condition condition) {
  std::vector<std::string> names;
  for (const SensorState& sensor : facts.sensors) {
    if (sensor.condition == condition) names.push_back(format::wire_text(sensor.name));
  }
  return names;
}

/// "2 of 3 sensors tell nothing: a, b".
std::string some_sensors(const std::vector<std::string>& names, std::size_t all, std::string_view one,
                         std::string_view many) {
  if (names.empty()) return "";
  if (all == 1) return base::cat("The sensor ", one);
  return base::cat(names.size(), " of ", all, " sensors ", names.size() == 1 ? one : many, ": ", named(names));
}

std::string sensors_text(const HomeFacts& facts, std::string_view& kind) {
  const std::size_t all = facts.sensors.size();
  const std::string silent = some_sensors(in_condition(facts, SensorState::Condition::silent), all,
                                          "tells nothing any more", "tell nothing any more");
  const std::string idle =
      some_sensors(in_condition(facts, SensorState::Condition::idle), all, "receives no packets", "receive no packets");
  if (silent.empty() && idle.empty())
    return all == 1 ? "The sensor receives" : base::cat("All ", all, " sensors receive");
  kind = "bad";
  return base::cat(silent, silent.empty() || idle.empty() ? "" : "; ", idle);
}

std::string drops_text(const HomeFacts& facts, std::string_view& kind) {
  std::int64_t dropped = 0, received = 0;
  for (const SensorState& sensor : facts.sensors) {
    dropped += sensor.dropped();
    received += sensor.received;
  }
  if (dropped == 0) return "no packets were dropped";
  const auto all = static_cast<double>(dropped + received);
  if (static_cast<double>(dropped) > all * kManyDrops) {
    kind = "bad";
  } else if (kind == "ok") {
    kind = "warn";
  }
  return base::cat(format::percent(static_cast<double>(dropped), all), " of the packets were dropped (",
                   format::count(dropped), ")");
}

std::string services_text(const std::vector<std::string>& names, std::string_view what, std::string_view& kind) {
  if (names.empty()) return "";
  if (kind == "ok") kind = "warn";
  return base::cat("; ", names.size(), names.size() == 1 ? " service " : " services ",
                   names.size() == 1 ? "is " : "are ", what, " than last week: ", named(names));
}

}  // namespace

HomeAnswer home_answer(const HomeFacts& facts) {
  HomeAnswer answer;
  if (facts.data_age > kHistory) {
    answer.kind = "old";
    answer.head = base::cat("The newest data is ", format::span(facts.data_age), " old");
    answer.text = "What is shown is its last hour. A running pastmon brings new data every ten seconds.";
    return answer;
  }
  std::string text = sensors_text(facts, answer.kind);
  text += "; " + drops_text(facts, answer.kind);
  text += services_text(facts.slower, "slower", answer.kind);
  text += services_text(facts.failing, "failing more often", answer.kind);
  if (facts.slower.empty() && facts.failing.empty()) {
    text += facts.compared > 0 ? "; no service is slower than last week"
                               : "; there is nothing of last week to compare with yet";
  }
  answer.text = text + ".";
  answer.head = answer.kind == "ok" ? "All is well" : answer.kind == "warn" ? "Worth a look" : "Not well";
  return answer;
}

}  // namespace pastmon::web
