// SPDX-License-Identifier: MIT
// Signature, client and server are chosen: every metric that has a value, each with a link to its graph.
#include <array>
#include <string>
#include <vector>

#include "figures.h"
#include "format.h"
#include "pages/sections.h"
#include "pages/verdict_bar.h"
#include "pastmon/base/text.h"
#include "sparkline.h"

namespace pastmon::web::pages {
namespace {

using metric::Info;
using metric::Kind;
using metric::Unit;

constexpr std::size_t kSparkPoints = 150;
constexpr int kMetricSparkWidth = 140;
constexpr int kMetricSparkHeight = 28;

struct Group {
  std::string_view title;
  bool (*holds)(const Info&);
};
constexpr std::array<Group, 4> kGroups = {
    {{"Times", [](const Info& i) { return i.kind == Kind::distribution; }},
     {"Transactions", [](const Info& i) { return i.kind == Kind::counter && i.unit == Unit::transactions; }},
     {"Packets, bytes and TCP", [](const Info& i) { return i.kind == Kind::counter && i.unit != Unit::transactions; }},
     {"Sizes", [](const Info& i) { return i.kind == Kind::size; }}}};

void set_values(Model& row, const Info& info, const Figures& f) {
  if (info.kind == Kind::counter) {
    row.add("SUM").set("VALUE", format::value(info.unit, static_cast<double>(f.summary.sum)));
    return;
  }
  Model cells = row.add("SUMMARY");
  cells.set("COUNT", format::count(f.summary.count))
      .set("MIN", format::value(info.unit, static_cast<double>(f.summary.min)));
  cells.set("AVG", format::value(info.unit, f.summary.mean()))
      .set("MAX", format::value(info.unit, static_cast<double>(f.summary.max)));
  if (f.distribution == nullptr) return;
  cells.add("QUANTILES")
      .set("P95", f.distribution->sketch.count() > 0 ? format::value(info.unit, f.distribution->quantile(0.95))
                                                     : std::string("–"));
}

void add_metric(Model& table, const View& view, const Info& info, const metric::Aggregate& total,
                const std::vector<store::Point>& points, base::Seconds step) {
  Model row = table.add("METRIC");
  row.set("NAME", info.title).set("DESCRIPTION", info.description);
  row.set("GRAPH_URL", view.query.with_metric(info.name).url("/PasTmon/graph"));
  set_values(row, info, figures(total, info));
  std::vector<SparkPoint> line;
  for (const store::Point& point : points) {
    const Figures f = figures(point.values, info);
    if (!f.empty() || info.kind == Kind::counter) line.push_back({point.start, f.line()});
  }
  row.set("SPARK", spark_path(line, view.time, step, kMetricSparkWidth, kMetricSparkHeight));
}

}  // namespace

base::Result<void> fill_metrics(Page& page, View& view, std::string_view path) {
  const base::Seconds step = fitting_step(view.time.to - view.time.from, kSparkPoints);
  auto points = view.series(step);
  if (!points) return points.error();
  if (points->empty()) {
    fill_state(page.content().include("BODY", "state.html"), empty_state(view, path));
    return {};
  }
  metric::Aggregate total;
  for (const store::Point& point : *points) total.merge(point.values);

  Model body = page.content().include("BODY", "metrics.html");
  add_verdict_bar(body, total);
  for (const Group& group : kGroups) {
    std::vector<const Info*> present;
    for (const Info& info : metric::registry()) {
      if (group.holds(info) && shown_alone(info) && !figures(total, info).empty()) present.push_back(&info);
    }
    if (present.empty()) continue;
    Model table = body.add("GROUP");
    table.set("GROUP_TITLE", group.title);
    table.show_if(present.front()->kind == Kind::counter, "HEAD_SUM")
        .show_if(present.front()->kind != Kind::counter, "HEAD_SUMMARY");
    table.show_if(group.title == "Times", "HEAD_P95");
    for (const Info* info : present) add_metric(table, view, *info, total, *points, step);
  }
  return {};
}

}  // namespace pastmon::web::pages
