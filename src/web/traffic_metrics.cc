// SPDX-License-Identifier: MIT
#include "traffic_metrics.h"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <utility>

#include "pastmon/base/text.h"
#include "statistic_names.h"

namespace pastmon::web {
namespace {

using metric::Counter;
using metric::Distribution;
using metric::Info;
using metric::Kind;
using Type = Exposition::Type;

constexpr std::array<base::Micros, 17> kBounds = {100,       500,       1'000,      2'500,      5'000,     10'000,
                                                  25'000,    50'000,    100'000,    250'000,    500'000,   1'000'000,
                                                  2'500'000, 5'000'000, 10'000'000, 30'000'000, 60'000'000};

/// These have histograms; the other times have sum and count, so that the answer stays small.
constexpr std::array kHistograms = {Distribution::response_time, Distribution::server_time,
                                    Distribution::transaction_time, Distribution::connect_time};
/// Always there, 0 too: rates of failures begin with the first one.
constexpr std::array kAlways = {Counter::transactions, Counter::answered, Counter::unanswered,
                                Counter::refused,      Counter::aborted,  Counter::errors};

bool is_part_of_verdict(const Info& info) {
  return info.name.starts_with("verdict_") && info.unit == metric::Unit::microseconds;
}
bool has_histogram(const Info& info) {
  return info.kind == Kind::distribution &&
         std::find(kHistograms.begin(), kHistograms.end(), static_cast<Distribution>(info.index)) != kHistograms.end();
}
bool is_always_there(const Info& info) {
  return info.kind == Kind::counter &&
         std::find(kAlways.begin(), kAlways.end(), static_cast<Counter>(info.index)) != kAlways.end();
}

/// One row of the totals with its names.
struct Pair {
  std::string signature;
  std::string sensor;
  metric::Aggregate values;
};

std::vector<Pair> most_used(std::vector<store::Total> totals, const Names& names, std::size_t& left_out) {
  const auto rank = [](const store::Total& t) {
    return std::tuple(-t.values[Counter::transactions], -t.values[Counter::packets_client], t.sensor, t.signature);
  };
  std::sort(totals.begin(), totals.end(), [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  left_out = totals.size() > kMaxPairs ? totals.size() - kMaxPairs : 0;
  totals.resize(totals.size() - left_out);
  std::vector<Pair> pairs;
  for (store::Total& total : totals) {
    Pair pair{names.signature(total.signature), names.sensor(total.sensor), std::move(total.values)};
    // Newer than the names in memory: the next answer has it.
    if (!pair.signature.empty() && !pair.sensor.empty()) pairs.push_back(std::move(pair));
  }
  return pairs;
}

void add_sample(Exposition& out, const Info& info, const Pair& pair, const FamilyName& family) {
  Exposition::Labels labels = {{"signature", pair.signature}, {"sensor", pair.sensor}};
  if (!family.side.empty()) labels.emplace_back(is_part_of_verdict(info) ? "part" : "side", family.side);
  switch (info.kind) {
    case Kind::counter: {
      const std::int64_t value = pair.values[static_cast<Counter>(info.index)];
      if (value == 0 && !is_always_there(info)) return;
      return is_part_of_verdict(info) ? out.seconds(labels, value) : out.value(labels, value);
    }
    case Kind::size: {
      const metric::Summary& value = pair.values[static_cast<metric::Size>(info.index)];
      if (value.count > 0) out.summary(labels, value.count, value.sum);
      return;
    }
    case Kind::distribution: {
      const metric::DistributionValue& value = pair.values[static_cast<Distribution>(info.index)];
      if (value.summary.count == 0) return;
      if (!has_histogram(info)) return out.summary_seconds(labels, value.summary.count, value.summary.sum);
      const auto count = static_cast<std::uint64_t>(value.summary.count);
      return out.histogram(labels, histogram_bins(value.sketch), count, value.summary.sum);
    }
  }
}

Type type_of(const Info& info) {
  if (info.kind == Kind::counter) return Type::counter;
  return has_histogram(info) ? Type::histogram : Type::summary;
}

/// "Packets that the client sent." of both sides: "Packets that one side sent."
std::string help_of(const Info& info, const FamilyName& family) {
  std::string help(info.description);
  if (family.side.empty()) return help;
  if (is_part_of_verdict(info)) return "Time of answered transactions whose round trips are known, by who took it.";
  for (const std::string_view who : {"the client side", "the client", "a client"}) {
    if (const std::size_t at = help.find(who); at != std::string::npos) return help.replace(at, who.size(), "one side");
  }
  return base::cat("Of one side. ", help);
}

/// Level or count of a statistic: "cpu_us" → "pastmon_sensor_cpu_seconds".
std::string statistic_family(std::string_view name) {
  const bool microseconds = name.ends_with("_us");
  if (microseconds) name.remove_suffix(3);
  return base::cat("pastmon_sensor_", name, microseconds ? "_seconds" : "");
}

struct Figure {
  std::string sensor;
  std::string interface;
  std::string other;  // "": a family of its own; else the reason, or the statistic's name
  std::int64_t value = 0;
  bool microseconds = false;
};
struct Family {
  Type type = Type::counter;
  std::string help;
  std::string other_label;
  std::vector<Figure> figures;
};
using Families = std::map<std::string, Family>;

constexpr std::string_view kReason = "undecodable_";

void add_figure(Families& families, std::string_view name, Figure figure, std::size_t& room, std::size_t& left_out) {
  if (room == 0) {
    ++left_out;
    return;
  }
  --room;
  const StatisticName known = describe_statistic(name);
  figure.microseconds = known.unit == metric::Unit::microseconds;
  if (is_known_statistic(name)) {
    Family& family = families[statistic_family(name)];
    family.type = known.level ? Type::gauge : Type::counter;
    family.help = base::cat(known.title, known.description.empty() ? "" : ": ", known.description,
                            known.level ? " (the highest of the latest five minutes)." : ".");
    family.figures.push_back(std::move(figure));
    return;
  }
  // Names that are no fixed list are labels.
  const bool reason = name.starts_with(kReason);
  Family& family = families[reason ? "pastmon_sensor_undecodable_by_reason" : "pastmon_sensor_other"];
  family.other_label = reason ? "reason" : "statistic";
  family.help = reason ? "Undecodable packets by reason." : "Further figures that the sensor counts, by name.";
  figure.other = reason ? name.substr(kReason.size()) : name;
  family.figures.push_back(std::move(figure));
}

}  // namespace

FamilyName family_of(const Info& info) {
  std::string_view name = info.name;
  FamilyName family;
  if (is_part_of_verdict(info)) {
    family.side = name.substr(std::string_view("verdict_").size());
    name = "verdict";
  } else {
    for (const std::string_view side : {"client", "server"}) {
      if (!name.ends_with(base::cat("_", side))) continue;
      family.side = side;
      name.remove_suffix(side.size() + 1);
    }
  }
  family.name = base::cat("pastmon_", name);
  if (info.unit == metric::Unit::microseconds) family.name += "_seconds";
  if (info.unit == metric::Unit::bytes && !name.ends_with("bytes")) family.name += "_bytes";
  return family;
}

std::vector<Exposition::Bin> histogram_bins(const metric::Sketch& sketch) {
  std::vector<Exposition::Bin> bins;
  const std::vector<metric::Sketch::Bin> counts = sketch.bins();
  std::uint64_t at_most = 0;
  auto next = counts.begin();
  for (const base::Micros bound : kBounds) {
    // A bin of the sketch is within 1 % of its middle; where a bound lies in it, the middle decides.
    for (; next != counts.end() && (next->low + next->high) / 2 <= static_cast<double>(bound); ++next)
      at_most += next->count;
    bins.push_back({bound, at_most});
  }
  return bins;
}

void expose_totals(Exposition& out, std::vector<store::Total> totals, const Names& names) {
  std::size_t left_out = 0;
  const std::vector<Pair> pairs = most_used(std::move(totals), names, left_out);
  std::vector<std::pair<FamilyName, std::vector<const Info*>>> families;
  for (const Info& info : metric::registry()) {
    const FamilyName name = family_of(info);
    const auto same = [&](const auto& family) { return family.first.name == name.name; };
    const auto at = std::find_if(families.begin(), families.end(), same);
    if (at != families.end()) {
      at->second.push_back(&info);
    } else {
      families.push_back({name, {&info}});
    }
  }
  for (const auto& [name, infos] : families) {
    out.family(name.name, type_of(*infos.front()), help_of(*infos.front(), name));
    for (const Info* info : infos) {
      for (const Pair& pair : pairs) add_sample(out, *info, pair, family_of(*info));
    }
  }
  std::map<std::string, base::Micros> last;
  for (const Pair& pair : pairs) last[pair.sensor] = std::max(last[pair.sensor], pair.values.last);
  out.family("pastmon_last_data_timestamp_seconds", Type::gauge,
             "Time of the newest packet in closed buckets, since 1970.");
  for (const auto& [sensor, at] : last) out.seconds({{"sensor", sensor}}, at);
  out.family(
      "pastmon_export_pairs_left_out", Type::gauge,
      base::cat("Pairs of signature and sensor beyond the ", kMaxPairs, " with the most transactions: not exported."));
  out.value({}, static_cast<std::int64_t>(left_out));
}

void expose_statistics(Exposition& out, const std::vector<store::StatisticTotal>& totals,
                       const std::vector<store::StatisticPoint>& recent, const Names& names) {
  Families families;
  std::size_t room = kMaxStatistics, left_out = 0;
  for (const store::StatisticTotal& total : totals) {
    if (describe_statistic(total.name).level) continue;
    Figure figure{names.sensor(total.sensor), total.interface, "", total.value.sum};
    if (!figure.sensor.empty()) add_figure(families, total.name, std::move(figure), room, left_out);
  }
  std::map<std::tuple<store::Id, std::string, std::string>, const store::StatisticPoint*> newest;
  for (const store::StatisticPoint& point : recent) {
    if (!describe_statistic(point.name).level) continue;
    const store::StatisticPoint*& kept = newest[{point.sensor, point.name, point.interface}];
    if (kept == nullptr || kept->start < point.start) kept = &point;
  }
  for (const auto& [key, point] : newest) {
    Figure figure{names.sensor(point->sensor), point->interface, "", point->value.max};
    if (!figure.sensor.empty()) add_figure(families, point->name, std::move(figure), room, left_out);
  }
  for (const auto& [name, family] : families) {
    out.family(name, family.type, family.help);
    for (const Figure& figure : family.figures) {
      Exposition::Labels labels = {{"sensor", figure.sensor}};
      if (!figure.interface.empty()) labels.emplace_back("interface", figure.interface);
      if (!family.other_label.empty()) labels.emplace_back(family.other_label, figure.other);
      figure.microseconds ? out.seconds(labels, figure.value) : out.value(labels, figure.value);
    }
  }
  out.family("pastmon_export_statistics_left_out", Type::gauge,
             base::cat("Figures of sensors beyond the first ", kMaxStatistics, ": not exported."));
  out.value({}, static_cast<std::int64_t>(left_out));
}

}  // namespace pastmon::web
