// SPDX-License-Identifier: MIT
#include "spoiled.h"

#include <algorithm>

#include "format.h"
#include "pastmon/base/text.h"

namespace pastmon::web {
namespace {

/// Ranges in any order become ranges apart from one another, within `time`.
std::vector<TimeRange> joined(std::vector<TimeRange> ranges, const TimeRange& time) {
  std::sort(ranges.begin(), ranges.end(), [](const TimeRange& a, const TimeRange& b) { return a.from < b.from; });
  std::vector<TimeRange> result;
  for (TimeRange range : ranges) {
    range = {std::max(range.from, time.from), std::min(range.to, time.to)};
    if (range.from >= range.to) continue;
    if (!result.empty() && range.from <= result.back().to) {
      result.back().to = std::max(result.back().to, range.to);
    } else {
      result.push_back(range);
    }
  }
  return result;
}

}  // namespace

Spoiled spoiled_times(const std::vector<store::StatisticPoint>& statistics, base::Seconds seconds,
                      const std::vector<store::Point>& points, base::Seconds step, const TimeRange& time) {
  Spoiled spoiled;
  std::vector<TimeRange> ranges;
  for (const store::StatisticPoint& point : statistics) {
    if (point.name == kDropStatistics[0]) {
      spoiled.received += point.value.sum;
    } else if ((point.name == kDropStatistics[1] || point.name == kDropStatistics[2]) && point.value.sum > 0) {
      spoiled.dropped += point.value.sum;
      ranges.push_back({point.start, point.start + seconds});
    }
  }
  for (const store::Point& point : points) {
    const std::int64_t gaps =
        point.values[metric::Counter::ack_gaps_client] + point.values[metric::Counter::ack_gaps_server];
    if (gaps <= 0) continue;
    spoiled.ack_gaps += gaps;
    ranges.push_back({point.start, point.start + step});
  }
  spoiled.ranges = joined(std::move(ranges), time);
  return spoiled;
}

std::string spoiled_text(const Spoiled& spoiled) {
  if (spoiled.empty()) return "";
  std::string text = "Shaded: ";
  if (spoiled.dropped > 0) {
    const auto lost = static_cast<double>(spoiled.dropped);
    text +=
        base::cat("the sensor lost ", format::count(spoiled.dropped), spoiled.dropped == 1 ? " packet" : " packets");
    if (spoiled.received > 0)
      text += base::cat(" (", format::percent(lost, lost + static_cast<double>(spoiled.received)), ")");
  }
  if (spoiled.ack_gaps > 0) {
    text += base::cat(spoiled.dropped > 0 ? "; " : "", format::count(spoiled.ack_gaps),
                      spoiled.ack_gaps == 1 ? " ACK was" : " ACKs were", " for bytes that ",
                      spoiled.dropped > 0 ? "it" : "the sensor", " never saw");
  }
  return base::cat(text, ".");
}

}  // namespace pastmon::web
