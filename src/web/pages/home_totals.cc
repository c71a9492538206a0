// SPDX-License-Identifier: MIT
#include <algorithm>
#include <string>
#include <vector>

#include "format.h"
#include "pages/home.h"
#include "pages/pages.h"
#include "pastmon/base/text.h"

namespace pastmon::web::pages {
namespace {

using metric::Counter;
using metric::Distribution;

constexpr int kTileWidth = 200;
constexpr int kTileHeight = 34;
constexpr base::Seconds kTileStep = 3600;

std::int64_t packets(const metric::Aggregate& v) { return v[Counter::packets_client] + v[Counter::packets_server]; }
std::int64_t resent(const metric::Aggregate& v) {
  return v[Counter::retransmissions_client] + v[Counter::retransmissions_server];
}

struct Tile {
  std::string_view title;
  std::string value;
  std::string note;
  std::string url;
  Change change;
  std::string_view worse, better;  ///< words for a change in this direction
  double (*line)(const metric::Aggregate&);
};

/// What the tiles' lines are over.
struct Lines {
  TimeRange time;
  base::Seconds step;
  std::string_view words;
};

void add_tile(Model& body, const Lines& lines, const std::vector<store::Point>& points, const Tile& tile) {
  Model out = body.add("TILE");
  out.set("TILE_TITLE", tile.title).set("TILE_VALUE", tile.value).set("TILE_NOTE", tile.note).set("TILE_URL", tile.url);
  if (tile.change.kind != Change::Kind::unknown) {
    const bool worse = tile.change.kind == Change::Kind::worse, better = tile.change.kind == Change::Kind::better;
    out.add("TILE_CHANGED")
        .set("TILE_CHANGE", tile.change.text())
        .set("TILE_WORD", worse    ? tile.worse
                          : better ? tile.better
                                   : "against last week")
        .set("TILE_CHANGE_KIND", worse    ? "worse"
                                 : better ? "better"
                                          : "same");
  }
  std::vector<SparkPoint> line;
  for (const store::Point& point : points) line.push_back({point.start, tile.line(point.values)});
  out.set("TILE_SPARK", spark_path(line, lines.time, lines.step, kTileWidth, kTileHeight))
      .set("TILE_OVER", lines.words);
}

/// Traffic is neither better nor worse for being more.
Change count_change(std::int64_t now, std::int64_t then) {
  if (now < kEnoughSamples || then < kEnoughSamples) return {};
  return {Change::Kind::same, static_cast<double>(now) / static_cast<double>(then)};
}

base::Result<metric::Aggregate> total(View& view, const TimeRange& range) {
  store::ListQuery query;
  query.selection = view.selection;
  query.selection.from = range.from;
  query.selection.to = range.to;
  query.limit = 1;
  auto rows = view.list(query);
  if (!rows) return rows.error();
  return rows->empty() ? metric::Aggregate() : std::move(rows->front().values);
}

}  // namespace

base::Result<void> fill_totals(Model& body, View& view, const HomeTime& time) {
  auto now = total(view, time.hour.time);
  if (!now) return now.error();
  auto before = total(view, time.before);
  if (!before) return before.error();
  // A new installation has no hours to show yet.
  const Lines lines = view.extent.first > time.end - 2 * kTileStep ? Lines{time.hour.time, 300, "the last hour"}
                                                                   : Lines{time.day, kTileStep, "the last 24 hours"};
  view.selection.from = lines.time.from;
  view.selection.to = lines.time.to;
  auto points = view.series(lines.step);
  if (!points) return points.error();
  // The step under way would look like a fall.
  if (!points->empty() && points->back().start + lines.step > time.end) points->pop_back();

  const metric::Aggregate &a = *now, &b = *before;
  const QueryState all = time.of_day.completed();
  const auto graph = [&](std::string_view metric) { return all.with_metric(metric).url(kGraphPath); };
  const std::int64_t transactions = a[Counter::transactions], failed = format::failures(a);
  QueryState worst = time.query.sorted_by(store::Order::failures);
  worst.rows = true;
  add_tile(body, lines, *points,
           {"Transactions", format::count(transactions),
            base::cat(format::decimal(static_cast<double>(transactions) /
                                      static_cast<double>(time.hour.time.to - time.hour.time.from)),
                      " a second"),
            graph("transactions"), count_change(transactions, b[Counter::transactions]), "", "",
            [](const metric::Aggregate& v) { return static_cast<double>(v[Counter::transactions]); }});
  add_tile(
      body, lines, *points,
      {"Failures", format::count(failed),
       base::cat(format::percent(static_cast<double>(failed), static_cast<double>(transactions)), " of transactions"),
       worst.list_url(), failure_change(a, b), "more than last week", "fewer than last week",
       [](const metric::Aggregate& v) { return static_cast<double>(format::failures(v)); }});
  const auto& response = a[Distribution::response_time];
  add_tile(
      body, lines, *points,
      {"Response time, p95", response.sketch.count() > 0 ? format::duration(response.quantile(0.95)) : std::string("–"),
       base::cat("average ", response.summary.count > 0 ? format::duration(response.summary.mean()) : "–"),
       graph("response_time"), response_change(a, b), "slower than last week", "faster than last week",
       [](const metric::Aggregate& v) {
         const auto& value = v[Distribution::response_time];
         return value.sketch.count() > 0 ? value.quantile(0.95) : 0;
       }});
  add_tile(body, lines, *points,
           {"Retransmitted",
            format::percent(static_cast<double>(resent(a)), static_cast<double>(packets(a))),
            base::cat(format::count(resent(a)), " of ", format::count(packets(a)), " packets"),
            graph(a[Counter::retransmissions_client] > a[Counter::retransmissions_server] ? "retransmissions_client"
                                                                                          : "retransmissions_server"),
            {},
            "",
            "",
            [](const metric::Aggregate& v) {
              return packets(v) > 0 ? static_cast<double>(resent(v)) / static_cast<double>(packets(v)) : 0;
            }});
  return {};
}

}  // namespace pastmon::web::pages
