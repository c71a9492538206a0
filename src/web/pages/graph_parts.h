// SPDX-License-Identifier: MIT
// Parts of the graph page, each filled on its own; internal to the graph*.cc files.
#pragma once

#include "pages/graph_data.h"
#include "pages/view.h"

namespace pastmon::web::pages {

/// Metric, lines, comparison, level, the time before and after, other forms of the same figures.
void fill_controls(Model model, const View& view, const GraphData& graph);
/// The figures of the whole time, and those of each step.
void add_tiles(Model& body, const View& view, const GraphData& graph);
void fill_figures(Model model, const View& view, const GraphData& graph);
/// Heat map and verdict under the graph, on its time axis; nothing where they do not apply.
void fill_layers(Model body, const View& view, const GraphData& graph);

/// The time before and after this one, and a wider and a narrower one. Whole days move by whole days.
TimeRange earlier(const Calendar& calendar, const TimeRange& time);
TimeRange later(const Calendar& calendar, const TimeRange& time);
/// Twice as long around the same middle, but not beyond `latest`.
TimeRange wider(const TimeRange& time, base::Seconds latest);
/// The middle half, at least a quarter of an hour.
TimeRange narrower(const TimeRange& time);

}  // namespace pastmon::web::pages
