// SPDX-License-Identifier: MIT
// What can be changed on the graph page. Every choice is a link, so it works without scripts and can be bookmarked.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "format.h"
#include "metric_topics.h"
#include "pages/graph_parts.h"
#include "pages/pages.h"
#include "pastmon/base/text.h"

namespace pastmon::web::pages {
namespace {

constexpr base::Seconds kDay = 86'400;
constexpr base::Seconds kShortest = 900;
constexpr base::Seconds kStepOfTime = 300;

void add_picker(Model& model, const View& view, const GraphData& graph) {
  model.set("METRIC_TITLE", graph.info->title);
  for (const std::string_view topic : kMetricTopics) {
    Model group = model.add("TOPIC");
    group.set("TOPIC_TITLE", topic);
    for (const metric::Info& info : metric::registry()) {
      if (!shown_alone(info) || metric_topic(info) != topic) continue;
      Model entry = group.add("METRIC");
      // Lines of one kind of metric mean nothing to another; those that both have stay.
      entry.set("METRIC_URL", view.query.with_metric(info.name).url(kGraphPath)).set("METRIC_NAME", info.title);
      entry.show_if(info.name == graph.info->name, "METRIC_CURRENT")
          .show_if(figures(graph.total, info).empty(), "METRIC_EMPTY");
    }
  }
}

void add_line_toggles(Model& model, const View& view, const GraphData& graph) {
  const metric::Kind kind = graph.info->kind;
  for (const Line& line : lines_of(kind)) {
    const bool on =
        std::any_of(graph.lines.begin(), graph.lines.end(), [&](const Line& chosen) { return chosen.key == line.key; });
    Model toggle = model.add("LINE");
    toggle.set("LINE_KEY", line.key).set("LINE_TITLE", line.title).show_if(on, "LINE_ON");
    toggle.set("LINE_URL", view.query.with_lines(toggled(kind, view.query.lines, line)).url(kGraphPath));
  }
}

void add_choice(Model& model, std::string_view section, std::string_view title, const QueryState& query, bool current) {
  Model choice = model.add(section);
  choice.set("CHOICE_TITLE", title).set("CHOICE_URL", query.url(kGraphPath)).show_if(current, "CHOICE_CURRENT");
}

QueryState at_time(const View& view, const TimeRange& time) {
  const Calendar& calendar = view.services.calendar;
  return view.query.with_time(calendar.form_time(time.from), calendar.form_time(time.to));
}

void add_moves(Model& model, const View& view) {
  const Calendar& calendar = view.services.calendar;
  const base::Seconds latest = bucket_start(view.now) + kStepOfTime;
  const auto add = [&](std::string_view section, const TimeRange& time, std::string_view url_name) {
    if (time == view.time) return;
    model.add(section).set(url_name, at_time(view, time).url(kGraphPath));
  };
  add("EARLIER", earlier(calendar, view.time), "EARLIER_URL");
  if (view.time.to < latest) add("LATER", later(calendar, view.time), "LATER_URL");
  add("WIDER", wider(view.time, latest), "WIDER_URL");
  if (view.time.to - view.time.from > kShortest) add("NARROWER", narrower(view.time), "NARROWER_URL");
}

void add_exports(Model& model, const View& view) {
  UrlBuilder csv("/PasTmon/api/v1/series");
  for (const auto& [name, value] : view.query.parameters()) csv.add(name, value);
  model.set("JSON_URL", csv.str()).set("CSV_URL", csv.add("format", "csv").str());
  model.set("SVG_URL", view.query.url("/PasTmon/graph.svg"));
}

bool at_midnight(const Calendar& calendar, base::Seconds at) {
  const Calendar::Local t = calendar.local(at);
  return t.hour == 0 && t.minute == 0 && t.second == 0;
}

TimeRange moved(const Calendar& calendar, const TimeRange& time, int direction) {
  const base::Seconds span = time.to - time.from;
  if (span >= kDay - 3600 && at_midnight(calendar, time.from) && at_midnight(calendar, time.to)) {
    const int days = direction * static_cast<int>((span + kDay / 2) / kDay);
    return {calendar.days_later(time.from, days), calendar.days_later(time.to, days)};
  }
  const base::Seconds by = std::max<base::Seconds>(span / 2 / kStepOfTime, 1) * kStepOfTime * direction;
  return {std::max<base::Seconds>(time.from + by, 0), time.to + by};
}

}  // namespace

TimeRange earlier(const Calendar& calendar, const TimeRange& time) {
  const TimeRange range = moved(calendar, time, -1);
  return range.to > range.from && range.from > 0 ? range : time;
}

TimeRange later(const Calendar& calendar, const TimeRange& time) { return moved(calendar, time, 1); }

TimeRange wider(const TimeRange& time, base::Seconds latest) {
  const base::Seconds span = time.to - time.from;
  const base::Seconds to = std::max(std::min(bucket_start(time.to + span / 2), latest), time.to);
  return {std::max<base::Seconds>(bucket_start(to - 2 * span), 0), to};
}

TimeRange narrower(const TimeRange& time) {
  const base::Seconds span = std::max((time.to - time.from) / 2, kShortest);
  const base::Seconds from = bucket_start(time.from + (time.to - time.from - span) / 2);
  return {from, from + span};
}

void fill_controls(Model model, const View& view, const GraphData& graph) {
  add_picker(model, view, graph);
  add_line_toggles(model, view, graph);
  const QueryState& q = view.query;
  add_choice(model, "COMPARE", "Nothing", q.with_compare(""), q.compare.empty());
  add_choice(model, "COMPARE", "The day before", q.with_compare("day"), q.compare == "day");
  add_choice(model, "COMPARE", "The week before", q.with_compare("week"), q.compare == "week");
  static constexpr std::array<std::pair<store::Level, std::string_view>, 3> kLevelTitles = {
      {{store::Level::one, "Level 1"}, {store::Level::two, "Level 2"}, {store::Level::all, "All"}}};
  for (const auto& [level, title] : kLevelTitles)
    add_choice(model, "LEVEL", title, q.with_level(level), q.level == level);
  add_moves(model, view);
  add_exports(model, view);
}

}  // namespace pastmon::web::pages
