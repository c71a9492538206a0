// SPDX-License-Identifier: MIT
// Signature, client and server are chosen: every metric that has a value, by topic, each with a link to its graph.
#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "figures.h"
#include "format.h"
#include "pages/pages.h"
#include "pages/row_lines.h"
#include "pages/sections.h"
#include "pages/verdict_bar.h"
#include "pastmon/base/text.h"
#include "sparkline.h"

namespace pastmon::web::pages {
namespace {

using metric::Counter;
using metric::Info;
using metric::Kind;
using metric::Unit;

constexpr std::size_t kSparkPoints = 150;
constexpr int kMetricSparkWidth = 140;
constexpr int kMetricSparkHeight = 28;

bool is_round_trip(const Info& info) { return info.name.starts_with("connect_") || info.name.starts_with("ack_rtt"); }
bool is_volume(const Info& info) {
  return info.kind == Kind::counter && (info.unit == Unit::packets || info.unit == Unit::bytes);
}
bool is_response(const Info& info) {
  return info.kind == Kind::distribution && info.name.ends_with("_time") && !is_round_trip(info);
}
bool is_outcome(const Info& info) { return info.kind == Kind::counter && info.unit == Unit::transactions; }
bool is_size(const Info& info) { return info.kind == Kind::size; }

struct Topic {
  std::string_view title;
  bool (*holds)(const Info&);
};
constexpr std::array<Topic, 6> kTopics = {{{"Response", is_response},
                                           {"Outcomes", is_outcome},
                                           {"Round trips", is_round_trip},
                                           {"TCP",
                                            [](const Info& i) {
                                              return !is_response(i) && !is_outcome(i) && !is_round_trip(i) &&
                                                     !is_volume(i) && !is_size(i);
                                            }},
                                           {"Traffic", is_volume},
                                           {"Sizes", is_size}}};

/// What a counter is a share of; null: it is said as a rate.
struct Whole {
  const Info* info = nullptr;
  std::string_view of;
};
Whole whole_of(const Info& info) {
  if (info.unit == Unit::transactions && info.name != "transactions")
    return {metric::find("transactions"), " of transactions"};
  if (info.unit != Unit::segments) return {};
  return info.name.ends_with("_client") ? Whole{metric::find("packets_client"), " of the client's packets"}
                                        : Whole{metric::find("packets_server"), " of the server's packets"};
}

bool is_failure(const Info& info) {
  return info.name == "unanswered" || info.name == "refused" || info.name == "aborted" || info.name == "errors" ||
         info.name.starts_with("retransmissions");
}

struct MetricTable {
  const View& view;
  const std::vector<store::Point>& points;
  const metric::Aggregate& total;
  base::Seconds step;     ///< of the points
  base::Seconds seconds;  ///< of the range, as far as there can be data
};

void set_counter(Model& row, const MetricTable& table, const Info& info, std::int64_t sum) {
  Model out = row.add("SUM");
  const auto value = static_cast<double>(sum);
  out.set("VALUE", format::value(info.unit, value));
  const Whole whole = whole_of(info);
  if (whole.info == nullptr) {
    const double rate = value / static_cast<double>(std::max<base::Seconds>(table.seconds, 1));
    out.set("SHARE_TEXT", base::cat(format::value(info.unit, rate), info.unit == Unit::bytes ? "/s" : " a second"));
    return;
  }
  const auto all = static_cast<double>(figures(table.total, *whole.info).summary.sum);
  out.set("SHARE_TEXT", base::cat(format::percent(value, all), whole.of));
  if (all <= 0) return;
  out.add("SHARE_BAR").set("SHARE_WIDTH", base::cat(std::round(std::min(1.0, value / all) * 1000) / 10));
  out.show_if(is_failure(info) && value * 100 >= all, "SHARE_BAD");
}

void set_summary(Model& row, const Info& info, const Figures& f) {
  Model out = row.add("SUMMARY");
  out.set("COUNT", format::count(f.summary.count))
      .set("MIN", format::value(info.unit, static_cast<double>(f.summary.min)))
      .set("AVG", format::value(info.unit, f.summary.mean()))
      .set("MAX", format::value(info.unit, static_cast<double>(f.summary.max)));
  const bool sketched = f.distribution != nullptr && f.distribution->sketch.count() > 0;
  out.set("P95", sketched ? format::value(info.unit, f.distribution->quantile(0.95)) : std::string());
}

void add_metric(Model& group, const MetricTable& table, const Info& info) {
  Model row = group.add("METRIC");
  row.set("NAME", info.title).set("DESCRIPTION", info.description);
  row.set("GRAPH_URL", table.view.query.with_metric(info.name).url(kGraphPath));
  const Figures f = figures(table.total, info);
  if (info.kind == Kind::counter) {
    set_counter(row, table, info, f.summary.sum);
  } else {
    set_summary(row, info, f);
  }
  std::vector<SparkPoint> line;
  for (const store::Point& point : table.points) {
    const Figures at = figures(point.values, info);
    if (!at.empty() || info.kind == Kind::counter) line.push_back({point.start, at.line()});
  }
  row.set("SPARK", spark_path(line, table.view.time, table.step, kMetricSparkWidth, kMetricSparkHeight));
}

void add_topic(Model& body, const MetricTable& table, const Topic& topic) {
  std::vector<const Info*> present;
  for (const Info& info : metric::registry()) {
    if (topic.holds(info) && shown_alone(info) && !figures(table.total, info).empty()) present.push_back(&info);
  }
  if (present.empty()) return;
  Model group = body.add("GROUP");
  group.set("GROUP_TITLE", topic.title);
  const auto counts = [](const Info* info) { return info->kind == Kind::counter; };
  const bool only_counters = std::all_of(present.begin(), present.end(), counts);
  group.show_if(only_counters, "HEAD_SUM").show_if(!only_counters, "HEAD_SUMMARY");
  for (const Info* info : present) add_metric(group, table, *info);
}

}  // namespace

base::Result<void> fill_metrics(Page& page, View& view, std::string_view path) {
  const base::Seconds wanted = line_step(view.time.to - view.time.from, view.query.level, kSparkPoints);
  auto points = view.series(wanted);
  if (!points) return points.error();
  if (points->empty()) {
    fill_state(page.content().include("BODY", "state.html"), empty_state(view, path));
    return {};
  }
  metric::Aggregate total;
  base::Seconds step = wanted;
  for (const store::Point& point : *points) {
    total.merge(point.values);
    step = std::max(step, point.seconds);
  }
  const base::Seconds from = std::max(view.time.from, view.extent.first);
  const base::Seconds to = std::min({view.time.to, view.now, view.extent.last + step});

  Model body = page.content().include("BODY", "metrics.html");
  add_verdict_bar(body, total);
  const MetricTable table{view, *points, total, step, to - from};
  for (const Topic& topic : kTopics) add_topic(body, table, topic);
  return {};
}

}  // namespace pastmon::web::pages
