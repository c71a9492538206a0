// SPDX-License-Identifier: MIT
#include "selection.h"

#include <charconv>
#include <optional>
#include <utility>

#include "format.h"
#include "pastmon/base/address.h"
#include "pastmon/base/regex.h"
#include "pastmon/base/text.h"

namespace pastmon::web {
namespace {

constexpr std::string_view kYear = "365d";

using Ids = std::optional<std::vector<store::Id>>;

std::optional<Problem> choose_host(const Choice& choice, std::string_view like, std::string_view who,
                                   const Names& names, const SelectionLimits& limits, const base::Clock& clock,
                                   Ids& ids) {
  if (choice.any()) return std::nullopt;
  if (choice.one()) {
    const auto address = base::Address::parse(choice.text);
    if (!address) {
      return Problem{base::cat("“", format::wire_text(choice.text), "” is not an address"),
                     base::cat("Choose a ", who, " from the list, or type part of its name into the filter."),
                     who == "client" ? "client" : "server"};
    }
    ids = std::vector{store::id_of(*address)};
    return std::nullopt;
  }
  if (like.empty()) return std::nullopt;
  auto matched = match_hosts(like, names, limits, clock);
  if (auto* problem = std::get_if<Problem>(&matched)) {
    problem->field = who == "client" ? "client_like" : "server_like";
    return std::move(*problem);
  }
  HostMatch& match = std::get<HostMatch>(matched);
  if (!match.all) ids = std::move(match.ids);
  return std::nullopt;
}

std::vector<store::Id> signatures_of(std::string_view text, const Names& names) {
  std::vector<store::Id> ids;
  if (const std::string_view family = family_of(text); !family.empty()) {
    for (const store::Named& signature : names.signatures) {
      if (signature.name.starts_with(family)) ids.push_back(signature.id);
    }
  }
  if (ids.empty()) ids.push_back(store::id_of_name(text));
  return ids;
}

Problem not_a_time(std::string_view text) {
  return {base::cat("“", format::wire_text(text), "” is not a time"), "Give it as 2026-01-31T14:30, or pick a preset."};
}

}  // namespace

std::string_view family_of(std::string_view signature) noexcept {
  return signature.size() > 2 && signature.ends_with(" *") ? signature.substr(0, signature.size() - 1)
                                                           : std::string_view();
}

std::variant<HostMatch, Problem> match_hosts(std::string_view pattern, const Names& names,
                                             const SelectionLimits& limits, const base::Clock& clock) {
  const base::Micros until = clock.monotonic() + limits.budget;
  base::Regex::Options options;
  options.ignore_case = true;
  options.utf = true;
  options.max_pattern = limits.max_pattern;
  auto regex = base::Regex::compile(pattern, options);
  if (!regex) {
    return Problem{"This regular expression cannot be used",
                   base::cat(format::wire_text(regex.message()), ". A plain part of a name or address works, too.")};
  }
  base::MatchState state;
  HostMatch match;
  for (std::size_t i = 0; i < names.hosts.size(); ++i) {
    const store::Host& host = names.hosts[i];
    if (state.match(*regex, host.name) || state.match(*regex, host.address.to_string())) match.ids.push_back(host.id);
    if (state.limit_hits() > 0 || (i % 16 == 0 && clock.monotonic() > until)) {
      return Problem{"This regular expression takes too long",
                     "Nested repetitions such as (a+)+ do that. Make it simpler."};
    }
  }
  if (match.ids.size() == names.hosts.size() && !names.hosts.empty()) {
    match.all = true;
    match.ids.clear();
  } else if (match.ids.size() > limits.max_hosts) {
    return Problem{
        base::cat("This regular expression matches ", format::count(static_cast<std::int64_t>(match.ids.size())),
                  " of ", format::count(static_cast<std::int64_t>(names.hosts.size())), " hosts"),
        base::cat("Make it narrower: at most ", format::count(static_cast<std::int64_t>(limits.max_hosts)),
                  " can be listed.")};
  }
  return match;
}

std::string_view default_range(const Calendar& calendar, const store::Extent& extent, base::Seconds now) {
  if (extent.last == 0) return "hour";
  if (extent.last < calendar.range("24h", now)->from) {
    const base::Seconds year = calendar.range(kYear, now)->from;
    return extent.first < year && extent.last >= year ? kYear : "all";
  }
  for (const std::string_view preset : {"hour", "3h"}) {
    if (extent.first >= calendar.range(preset, now)->from) return preset;
  }
  return "24h";
}

std::variant<TimeRange, Problem> resolve_time(const QueryState& query, const Calendar& calendar,
                                              const store::Extent& extent, base::Seconds now) {
  const std::string_view preset = query.has_time() ? query.range : default_range(calendar, extent, now);
  if (preset == "all") return TimeRange{extent.first, std::max(extent.last, extent.first) + 300};
  if (!preset.empty()) {
    const auto range = calendar.range(preset, now);
    if (!range) return not_a_time(preset);
    return *range;
  }
  const TimeRange usual = *calendar.range("24h", now);
  TimeRange range{extent.first, usual.to};
  if (!query.from.empty()) {
    const auto from = calendar.parse(query.from, Calendar::Ambiguous::earlier);
    if (!from) return not_a_time(query.from);
    range.from = *from;
  }
  if (!query.to.empty()) {
    const auto to = calendar.parse(query.to, Calendar::Ambiguous::later);
    if (!to) return not_a_time(query.to);
    range.to = *to;
  }
  if (range.from >= range.to) return Problem{"The time range is empty", "“From” has to be before “to”."};
  return range;
}

std::variant<store::Selection, Problem> resolve(const QueryState& query, const TimeRange& time, const Names& names,
                                                const SelectionLimits& limits, const base::Clock& clock) {
  store::Selection selection;
  selection.level = query.level;
  selection.from = time.from;
  selection.to = time.to;
  if (query.signature.one()) selection.signatures = signatures_of(query.signature.text, names);
  if (!query.sensor.empty()) selection.sensors = std::vector{store::id_of_name(query.sensor)};
  if (!query.port.empty()) {
    std::uint16_t port = 0;
    std::from_chars(query.port.data(), query.port.data() + query.port.size(), port);
    selection.port = port;
  }
  const base::Micros begun = clock.monotonic();
  if (auto problem = choose_host(query.client, query.client_like, "client", names, limits, clock, selection.clients)) {
    return std::move(*problem);
  }
  SelectionLimits rest = limits;
  rest.budget -= clock.monotonic() - begun;
  if (auto problem = choose_host(query.server, query.server_like, "server", names, rest, clock, selection.servers)) {
    return std::move(*problem);
  }
  return selection;
}

}  // namespace pastmon::web
