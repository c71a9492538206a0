// SPDX-License-Identifier: MIT
// A graph as a drawing that stands alone: in a mail, a wiki, a favourite's place on the wall, or for a browser without
// scripts. Light or dark as the reader's system is. What is drawn is handed in; nothing here asks the database.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "calendar.h"
#include "pastmon/base/result.h"
#include "pastmon/metric/registry.h"
#include "template_engine.h"

namespace pastmon::web {

struct DrawnPoint {
  base::Seconds at = 0;  ///< start of its step
  double value = 0;
};

struct DrawnLine {
  std::string_view key;            ///< its colour: a key of graph_lines.h
  std::string title;               ///< in the legend
  std::string figure;              ///< of the whole time, beside the title: "18.3 ms"; may be ""
  bool right = false;              ///< against the right axis
  bool dashed = false;             ///< what it is compared with
  std::vector<DrawnPoint> points;  ///< ascending; a missing step is a gap
};

struct DrawnScale {
  metric::Unit unit = metric::Unit::packets;
  bool rate = false;
};

struct Drawing {
  static constexpr int kMinWidth = 120, kMaxWidth = 2400, kMinHeight = 60, kMaxHeight = 1600;

  std::string title;  ///< "Response time of HTTP GET from * to www.example.net"
  std::string about;  ///< below it: the time, its zone, the step
  std::string note;   ///< a last line: what spoils the figures; may be ""
  int width = 900;    ///< pixels; brought within the bounds above
  int height = 320;
  bool bare = false;  ///< small, for a wall: no lines of text but the title, few marks
  TimeRange time;
  base::Seconds step = 300;
  DrawnScale left, right;
  std::vector<DrawnLine> lines;
  std::vector<TimeRange> shades;  ///< times whose figures the capture spoiled
  std::string nothing;            ///< stands in the middle when there are no points
};

/// Error: the template is missing.
base::Result<std::string> draw_svg(const Drawing& drawing, const Calendar& calendar, const TemplateEngine& templates);

/// Words instead of a graph, of the same size.
base::Result<std::string> message_svg(std::string_view title, std::string_view text, int width, int height,
                                      const TemplateEngine& templates);

/// A path through the points, from 0 at the bottom to `end` at the top of a box; gaps stay gaps, a lone point is a dot.
struct Box {
  double x = 0, y = 0, width = 0, height = 0;
};
std::string line_path(const std::vector<DrawnPoint>& points, const TimeRange& time, base::Seconds step, double end,
                      const Box& box);

}  // namespace pastmon::web
