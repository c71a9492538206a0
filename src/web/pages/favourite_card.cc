// SPDX-License-Identifier: MIT
#include "pages/favourite_card.h"
#include "pages/pages.h"

#include <cmath>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "figures.h"
#include "format.h"
#include "pastmon/base/text.h"

namespace pastmon::web::pages {
namespace {

using metric::Counter;
using metric::Info;
using metric::Kind;

constexpr std::int64_t kPictureWidth = 520;
constexpr std::int64_t kPictureHeight = 170;
constexpr std::int64_t kCardSamples = 20;  // fewer samples tell nothing about a change
constexpr double kCardSame = 0.01;         // smaller changes are none
constexpr double kCardWorse = 0.2;         // from this share on a slower answer or more failures stand out

/// All that the favourite holds in a time, added up.
base::Result<std::optional<metric::Aggregate>> card_total(View& view, store::Selection selection, const TimeRange& time,
                                                          bool details) {
  store::ListQuery query;
  query.selection = std::move(selection);
  query.selection.from = time.from;
  query.selection.to = time.to;
  query.details = details;
  query.limit = 1;
  auto rows = view.list(query);
  if (!rows) return rows.error();
  if (rows->empty()) return std::optional<metric::Aggregate>();
  return std::optional<metric::Aggregate>(std::move(rows->front().values));
}

struct KeyFigure {
  std::string_view title;
  double value = 0;
  bool comparable = false;
};

/// For how long a rate is told, so that it is a number that one can picture: a second, a minute or an hour.
struct RateUnit {
  std::string_view title;
  double seconds = 1;
};

double per_second(const Figures& f, const TimeRange& time) {
  return static_cast<double>(f.summary.sum) / static_cast<double>(std::max<base::Seconds>(time.to - time.from, 1));
}

RateUnit rate_unit(double rate) {
  if (rate >= 1 || rate <= 0) return {"Per second", 1};
  return rate >= 1.0 / 60 ? RateUnit{"Per minute", 60} : RateUnit{"Per hour", 3600};
}

/// The figure that a change is told by: p95 of times, the mean of sizes, the rate of counters.
KeyFigure key_figure(const Figures& f, const TimeRange& time, const RateUnit& unit) {
  const bool samples = f.summary.count >= kCardSamples;
  if (f.kind == Kind::counter) return {unit.title, per_second(f, time) * unit.seconds, f.summary.sum >= kCardSamples};
  if (f.distribution != nullptr && f.distribution->sketch.count() > 0)
    return {"p95", f.distribution->quantile(0.95), samples};
  return {"Average", f.summary.mean(), samples};
}

/// More of it is worse: times, and what went wrong.
bool grows_worse(const Info& info) {
  for (const std::string_view good : {"transactions", "answered", "packets", "bytes", "payload", "segment", "window",
                                      "mss", "request_bytes", "response_bytes"}) {
    if (info.kind != Kind::distribution && info.name.starts_with(good)) return false;
  }
  return true;
}

std::string card_change(double change) {
  const double size = std::fabs(change);
  if (size < kCardSame) return "as before";
  const std::string_view sign = change > 0 ? "▲ " : "▼ ";
  if (change >= 4) return base::cat(sign, format::decimal(1 + change), " times");
  return base::cat(sign, format::decimal(std::round(size * 100)), " %");
}

void add_card_change(Model& card, const Info& info, const KeyFigure& now, const KeyFigure& before,
                     const std::string& words) {
  const bool comparable = now.comparable && before.comparable && before.value > 0;
  if (!comparable) return;
  const double change = now.value / before.value - 1;
  card.show("REMARKS");
  Model out = card.add("CHANGE");
  out.set("CHANGE_TITLE", base::cat(now.title, " against ", words)).set("CHANGE_TEXT", card_change(change));
  if (std::fabs(change) >= kCardSame)
    out.add("CHANGE_FROM").set("CHANGE_BEFORE", format::value(info.unit, before.value));
  out.show_if(change >= kCardWorse && grows_worse(info), "CHANGE_WORSE");
}

void add_card_figure(Model& card, std::string_view title, const std::string& value, bool strong, bool bad) {
  card.add("FIGURE")
      .set("FIGURE_TITLE", title)
      .set("FIGURE_VALUE", value)
      .show_if(strong, "FIGURE_STRONG")
      .show_if(bad, "FIGURE_BAD");
}

/// Figures of the card; returns them in words, for who does not see the picture.
std::string add_card_figures(Model& card, const Info& info, const metric::Aggregate& values, const TimeRange& time) {
  const Figures f = figures(values, info);
  std::string words;
  const auto add = [&](std::string_view title, const std::string& value, bool strong) {
    add_card_figure(card, title, value, strong, false);
    words += base::cat(words.empty() ? "" : ", ", title, " ", value);
  };
  const auto in_unit = [&](double value) { return format::value(info.unit, value); };
  const KeyFigure key = key_figure(f, time, rate_unit(per_second(f, time)));
  if (f.kind == Kind::counter) {
    add("Sum", in_unit(static_cast<double>(f.summary.sum)), true);
    add(key.title, in_unit(key.value), false);
  } else {
    add("Count", format::count(f.summary.count), false);
    add("Avg", in_unit(f.summary.mean()), true);
    if (f.kind == Kind::distribution) add("p95", key.title == "p95" ? in_unit(key.value) : std::string("–"), true);
    add("Max", in_unit(static_cast<double>(f.summary.max)), false);
  }
  const std::int64_t failed = format::failures(values);
  const std::int64_t all = values[Counter::transactions];
  if (all > 0) {
    const std::string share =
        failed == 0 ? std::string("0") : format::percent(static_cast<double>(failed), static_cast<double>(all));
    add_card_figure(card, "Failures", share, false, failed > 0);
    words += base::cat(", failures ", share);
  }
  const metric::Blame blame = values.verdict();
  if (f.kind == Kind::distribution && blame != metric::Blame::unknown) {
    card.show("REMARKS");
    card.add("CARD_VERDICT").set("VERDICT", metric::to_string(blame));
    words += base::cat(", slow by ", metric::to_string(blame));
  }
  return words;
}

/// Names that a favourite needs and the database does not know any more; "" when all are there.
std::string missing_name(const QueryState& query, const Names& names) {
  if (query.signature.one() && names.signature(store::id_of_name(query.signature.text)).empty())
    return base::cat("the signature “", format::wire_text(query.signature.text), "”");
  for (const auto& [who, choice] : {std::pair{"client", &query.client}, std::pair{"server", &query.server}}) {
    const auto address = choice->one() ? base::Address::parse(choice->text) : std::nullopt;
    if (address && names.host(store::id_of(*address)) == nullptr)
      return base::cat("the ", who, " ", format::wire_text(choice->text));
  }
  return "";
}

void set_card_nothing(Model& card, std::string_view title, const std::string& text, const std::string& url,
                      std::string_view link) {
  Model none = card.add("CARD_NONE");
  none.set("CARD_NONE_TITLE", title).set("CARD_NONE_TEXT", text);
  if (!url.empty()) none.add("CARD_NONE_LINK").set("CARD_NONE_URL", url).set("CARD_NONE_LINK_TITLE", link);
}

/// Nothing in this time: is there anything at another time?
base::Result<void> explain_nothing(Model& card, View& view, const WallTime& time, const QueryState& query,
                                   store::Selection selection) {
  const std::string missing = missing_name(query, *view.names);
  if (!missing.empty()) {
    set_card_nothing(card, "No data any more", base::cat("The database does not know ", missing, " any more."), "", "");
    return {};
  }
  auto extent = view.database->extent(selection.level);
  if (!extent) return extent.error();
  auto ever = card_total(view, std::move(selection), {extent->first, extent->last + 1}, false);
  if (!ever) return ever.error();
  if (!*ever) {
    set_card_nothing(card, "No data any more", "The database holds no such traffic, at any time.", "", "");
    return {};
  }
  const Calendar& calendar = view.services.calendar;
  const base::Seconds last = (*ever)->last / base::kSecond;
  const base::Seconds end = bucket_start(last) + 300;
  const QueryState then = query.with_time(calendar.form_time(end - 86'400), calendar.form_time(end));
  set_card_nothing(
      card, "No data in this time",
      base::cat(time.title, " saw no such traffic. Last seen ", calendar.short_minute(last, view.now), "."),
      then.url(kGraphPath), "Show the day until then");
  return {};
}

base::Result<void> fill_values(Model& card, View& view, const WallTime& time, const QueryState& query, const Info& info,
                               const std::string& title) {
  auto resolved = resolve(query, view.time, *view.names, view.services.limits, view.services.clock);
  if (const auto* problem = std::get_if<Problem>(&resolved)) {
    set_card_nothing(card, problem->title, problem->advice, "", "");
    return {};
  }
  const store::Selection& selection = std::get<store::Selection>(resolved);
  auto now = card_total(view, selection, view.time, true);
  if (!now) return now.error();
  if (!*now) return explain_nothing(card, view, time, query, selection);
  const Figures f = figures(**now, info);
  if (f.empty() && f.kind != Kind::counter) {
    set_card_nothing(card, base::cat("No ", info.title, " in this time"),
                     "There is such traffic, but nothing of it gave this figure.", query.url(kGraphPath),
                     "Look closer");
    return {};
  }
  auto before = card_total(view, selection, time.before.time, true);
  if (!before) return before.error();
  const std::string words = add_card_figures(card, info, **now, view.time);
  if (*before) {
    const RateUnit unit = rate_unit(per_second(f, view.time));
    add_card_change(card, info, key_figure(f, view.time, unit),
                    key_figure(figures(**before, info), time.before.time, unit), time.before.words);
  }
  Model picture = card.add("PICTURE");
  picture.set("PICTURE_URL", base::cat(query.url(kGraphImagePath), "&bare=1&w=", kPictureWidth, "&h=", kPictureHeight));
  picture.set("PICTURE_WIDTH", kPictureWidth).set("PICTURE_HEIGHT", kPictureHeight);
  picture.set("PICTURE_ALT", base::cat("Graph of ", title, ", ", time.title, ": ", words));
  return {};
}

}  // namespace

base::Result<WallTime> wall_time(View& view) {
  WallTime time;
  time.range = view.preset();
  time.title = days_title(time.range).empty() ? view.time_title() : days_title(time.range);
  time.before = period_before(view.services.calendar, time.range, view.time, view.now);
  if (view.extent.first == 0 || view.time.from >= view.extent.first) return time;
  auto archive = view.database->extent(store::Level::two);
  if (!archive) return archive.error();
  time.archive = archive->last != 0;
  return time;
}

QueryState on_wall(const QueryState& favourite, const View& view, const WallTime& time) {
  QueryState query = view.query.has_time() && view.query.range.empty()
                         ? favourite.with_time(view.query.from, view.query.to)
                         : favourite.with_range(time.range);
  if (query.sensor.empty()) query.sensor = view.query.sensor;
  if (query.level == store::Level::one && time.archive) query.level = store::Level::all;
  return query;
}

base::Result<void> fill_card(Model card, View& view, const WallTime& time, const QueryState& favourite,
                             const std::string& title) {
  const QueryState query = on_wall(favourite, view, time);
  const Info* info = metric::find(query.metric);
  if (info == nullptr) return base::Error{base::cat("no metric is called ", query.metric)};
  card.set("CARD_TITLE", title).set("CARD_URL", query.url(kGraphPath));
  const std::string words = favourite_title(favourite, *view.names);
  if (words != title) card.add("CARD_NAMED").set("CARD_WORDS", words);
  return fill_values(card, view, time, query, *info, title);
}

void fill_unreadable(Model card, const std::string& title) {
  card.set("CARD_TITLE", title).set("CARD_URL", kGraphPath);
  set_card_nothing(card, "This favourite cannot be shown", "Its metric is not one that this version knows.", "", "");
}

}  // namespace pastmon::web::pages
