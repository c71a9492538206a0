// SPDX-License-Identifier: MIT
// Which signatures the sensors have loaded, from which file, and what each has matched. The daemon tells it with its
// other figures (statistic_names.h): the interface of these is "http.conf:12 HTTP {method}".
#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "format.h"
#include "pages/internal.h"
#include "pages/pages.h"
#include "pages/sensors.h"
#include "pastmon/base/text.h"
#include "sparkline.h"
#include "statistic_names.h"

namespace pastmon::web::pages {
namespace {

constexpr std::string_view kSignaturesTitle = "Signatures";
constexpr base::Seconds kLookedAt = 86'400;
constexpr base::Seconds kMatchStep = 900;
constexpr std::size_t kRowNames = 12;  // links to rows of one signature
constexpr int kMatchWidth = 120;
constexpr int kMatchHeight = 22;

struct SignatureFigures {
  std::int64_t line = 0;
  std::string name;
  base::Seconds loaded = 0;   ///< when, at the last time
  std::size_t loaded_by = 0;  ///< sensors that have it now
  std::int64_t ever = 0;      ///< matches
  std::int64_t near_ever = 0;
  std::int64_t day = 0;    ///< matches of the last 24 hours
  base::Seconds last = 0;  ///< start of the newest step with a match
  std::map<base::Seconds, std::int64_t> points;
};
/// By file, then line and name.
using Files = std::map<std::string, std::map<std::pair<std::int64_t, std::string>, SignatureFigures>>;

/// "http.conf:12 HTTP {method}" → file, line, name: the first colon with a number and a blank behind it parts them.
SignatureFigures& place_of(Files& files, const std::string& interface) {
  std::string file, name = interface;
  std::int64_t line = 0;
  for (std::size_t colon = interface.find(':'); colon != std::string::npos; colon = interface.find(':', colon + 1)) {
    const char* const begin = interface.data() + colon + 1;
    const auto [end, error] = std::from_chars(begin, interface.data() + interface.size(), line);
    if (error != std::errc() || end == interface.data() + interface.size() || *end != ' ') continue;
    file = interface.substr(0, colon);
    name = std::string(end + 1, interface.data() + interface.size());
    break;
  }
  SignatureFigures& found = files[file][{line, name}];
  found.line = line;
  found.name = name;
  return found;
}

/// Signatures of the newest load of each sensor are loaded.
void count_loaded(Files& files, const std::map<std::pair<store::Id, std::string>, base::Seconds>& loads) {
  std::map<store::Id, base::Seconds> newest;
  for (const auto& [key, at] : loads) newest[key.first] = std::max(newest[key.first], at);
  for (const auto& [key, at] : loads) {
    SignatureFigures& figures = place_of(files, key.second);
    figures.loaded = std::max(figures.loaded, at);
    if (at == newest[key.first]) ++figures.loaded_by;
  }
}

base::Result<Files> read_signatures(View& view, const TimeRange& time) {
  Files files;
  auto totals = view.database->statistic_totals();
  if (!totals) return totals.error();
  const auto wanted = [&](store::Id sensor) {
    return view.query.sensor.empty() || sensor == store::id_of_name(view.query.sensor);
  };
  std::map<std::pair<store::Id, std::string>, base::Seconds> loads;
  for (const store::StatisticTotal& total : *totals) {
    if (!wanted(total.sensor)) continue;
    if (total.name == kSignatureLoaded) {
      base::Seconds& at = loads[{total.sensor, total.interface}];
      at = std::max(at, total.value.max);
    }
    if (total.name == kSignatureMatched) place_of(files, total.interface).ever += total.value.sum;
    if (total.name == kSignatureNearly) place_of(files, total.interface).near_ever += total.value.sum;
  }
  // What has not been added to the totals yet stands in the open buckets.
  store::StatisticQuery query;
  query.from = time.from;
  query.to = time.to;
  query.step = kMatchStep;
  query.names = std::vector<std::string>{std::string(kSignatureLoaded), std::string(kSignatureMatched),
                                         std::string(kSignatureNearly)};
  auto points = view.statistics(query);
  if (!points) return points.error();
  for (const store::StatisticPoint& point : *points) {
    if (!wanted(point.sensor)) continue;
    if (point.name == kSignatureLoaded) {
      base::Seconds& at = loads[{point.sensor, point.interface}];
      at = std::max(at, point.value.max);
    } else if (point.name == kSignatureMatched) {
      SignatureFigures& figures = place_of(files, point.interface);
      figures.day += point.value.sum;
      figures.points[point.start] += point.value.sum;
      if (point.value.sum > 0) figures.last = std::max(figures.last, point.start);
    } else {
      SignatureFigures& figures = place_of(files, point.interface);
      figures.near_ever = std::max(figures.near_ever, point.value.sum);
    }
  }
  count_loaded(files, loads);
  return files;
}

/// Does a row's name come from this signature's? Names in braces stand for words.
bool fits(std::string_view name, std::string_view pattern) {
  const std::size_t open = pattern.find('{');
  if (open == std::string_view::npos) return name == pattern;
  const std::size_t close = pattern.find('}', open);
  if (close == std::string_view::npos || !name.starts_with(pattern.substr(0, open))) return false;
  const std::string_view rest = pattern.substr(close + 1);
  name.remove_prefix(open);
  if (rest.find('{') != std::string_view::npos) return !name.empty();
  return name.size() > rest.size() && name.ends_with(rest) &&
         name.substr(0, name.size() - rest.size()).find(' ') == std::string_view::npos;
}

void add_row_names(Model& out, const View& view, const std::string& pattern, const std::set<std::string>& constant) {
  std::size_t added = 0;
  for (const store::Named& row : view.names->signatures) {
    const bool own = row.name == pattern;
    if (!fits(row.name, pattern) || (!own && constant.contains(row.name))) continue;
    if (added++ == kRowNames) {
      out.show("MORE_ROWS");
      break;
    }
    QueryState query;
    query.sensor = view.query.sensor;
    out.add("ROW_NAME")
        .set("ROW_TITLE", format::wire_text(row.name))
        .set("ROW_URL", query.with_signature(row.name).list_url());
  }
}

void add_signature(Model& group, const View& view, const TimeRange& time, const std::string& file,
                   const SignatureFigures& figures, const std::set<std::string>& constant) {
  Model out = group.add("SIGNATURE");
  out.set("NAME", format::wire_text(figures.name)).set("LINE", base::cat(figures.line));
  out.set("EVER", format::count(std::max(figures.ever, figures.day))).set("DAY", format::count(figures.day));
  out.set("NEAR", format::count(figures.near_ever)).show_if(figures.near_ever > 0, "NEARLY");
  out.set("LAST", figures.last == 0 ? std::string("–") : view.services.calendar.short_minute(figures.last, view.now));
  out.show_if(figures.loaded_by == 0, "UNLOADED");
  std::vector<SparkPoint> line;
  for (const auto& [at, count] : figures.points) line.push_back({at, static_cast<double>(count)});
  out.set("SPARK", spark_path(line, time, kMatchStep, kMatchWidth, kMatchHeight));
  const std::string interface = base::cat(file, ":", figures.line, " ", figures.name);
  out.set("GRAPH_URL", internal_url(view.query.sensor, "24h", kSignatureMatched, interface));
  add_row_names(out, view, figures.name, constant);
}

/// Those with matches in the last 24 hours first; the others fold away.
void add_files(Page& page, const View& view, const TimeRange& time, const Files& files,
               const std::set<std::string>& constant, bool in_use) {
  std::int64_t shown = 0;
  std::optional<Model> list, table;
  for (const auto& [file, signatures] : files) {
    std::optional<Model> group;
    for (const auto& [key, figures] : signatures) {
      const bool told = figures.loaded_by > 0 || figures.day > 0 || (figures.loaded == 0 && figures.ever > 0);
      if (!told || (figures.day > 0) != in_use) continue;
      if (!list) {
        list = page.content().add(in_use ? "IN_USE" : "UNUSED");
        table = list->include("TABLE", "signature_table.html");
        table->set("TABLE_TITLE", in_use ? "Signatures in use, by file" : "Signatures without a match, by file");
      }
      if (!group) {
        group = table->add("FILE");
        group->set("FILE_NAME", file.empty() ? std::string("Others") : format::wire_text(file));
      }
      add_signature(*group, view, time, file, figures, constant);
      ++shown;
    }
  }
  if (list) list->set("COUNT", format::count(shown));
}

void fill_files(Page& page, const View& view, const TimeRange& time, const Files& files) {
  std::set<std::string> constant;
  std::int64_t loaded = 0, used = 0;
  base::Seconds newest = 0;
  for (const auto& [file, signatures] : files) {
    for (const auto& [key, figures] : signatures) {
      if (figures.name.find('{') == std::string::npos) constant.insert(figures.name);
      loaded += figures.loaded_by > 0 ? 1 : 0;
      used += figures.loaded_by > 0 && figures.day > 0 ? 1 : 0;
      if (figures.loaded_by > 0) newest = std::max(newest, figures.loaded);
    }
  }
  if (loaded > 0) {
    page.content()
        .add("LOADED")
        .set("LOADED_COUNT", format::count(loaded))
        .set("USED_COUNT", format::count(used))
        .set("LOADED_AT", view.services.calendar.short_time(newest, view.now));
  } else {
    page.content().show("NOT_TOLD");
  }
  for (const bool in_use : {true, false}) add_files(page, view, time, files, constant, in_use);
}

}  // namespace

Response signatures(const Services& services, const Request& request) {
  auto view = open_view(services, request);
  if (!view) return database_down(services, request, kSignaturesTitle, view.message());
  if (auto unknown = unknown_sensor(*view)) {
    return state_page(services, request, kSignaturesTitle,
                      {"warning", unknown->title, unknown->advice, {{"All sensors", "/PasTmon/signatures"}}}, 200);
  }
  const base::Seconds end = bucket_start(view->now) + 300;
  const TimeRange time = {(end - kLookedAt) / kMatchStep * kMatchStep, end};
  auto files = read_signatures(*view, time);
  if (!files) return database_down(services, request, kSignaturesTitle, files.message());
  Page page(services, request, kSignaturesTitle, "signatures.html");
  page.use_style("host.css");
  if (files->empty()) {
    fill_state(page.content().include("EMPTY", "state.html"),
               {"wait",
                "No sensor has told its signatures yet",
                "A running pastmon tells them within ten seconds of its start, and after each reload (SIGHUP).",
                {{"What the monitor counts", std::string(kInternalPath)}}});
  } else {
    fill_files(page, *view, time, *files);
  }
  page.warn(view->database->warnings());
  return page.finish();
}

}  // namespace pastmon::web::pages
