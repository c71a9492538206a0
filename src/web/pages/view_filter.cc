// SPDX-License-Identifier: MIT
// The times and the filter form.
#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <string>

#include "format.h"
#include "pages/view.h"
#include "pastmon/base/text.h"

namespace pastmon::web::pages {
namespace {

// Five-minute rows are kept for about a month; an archive begins where they end.
constexpr std::array<std::string_view, 10> kRecent = {"hour",      "3h",   "24h",       "7d",    "today",
                                                      "yesterday", "week", "last_week", "month", "last_month"};
constexpr std::array<std::string_view, 6> kArchive = {"month", "last_month", "90d", "180d", "year", "last_year"};
constexpr std::array<std::string_view, 12> kBoth = {
    "hour", "24h", "7d", "today", "yesterday", "week", "last_week", "month", "last_month", "90d", "year", "last_year"};

std::span<const std::string_view> presets_of(store::Level level) {
  switch (level) {
    case store::Level::one:
      break;
    case store::Level::two:
      return kArchive;
    case store::Level::all:
      return kBoth;
  }
  return kRecent;
}

void add_presets(Model& model, const View& view, std::string_view path) {
  const std::string_view current = view.preset();
  bool shown = false;
  const auto add = [&](std::string_view key, const std::string& title) {
    Model preset = model.add("PRESET");
    preset.set("PRESET_TITLE", title).set("PRESET_URL", view.query.with_range(key).url(path));
    preset.show_if(current == key, "PRESET_CURRENT");
    shown = shown || current == key;
  };
  for (const std::string_view key : presets_of(view.query.level)) add(key, Calendar::preset_title(key));
  add("all", "All data");
  if (const std::string title = Calendar::preset_title(current); !shown && !title.empty()) add(current, title);
}

/// "HTTP GET" belongs to the family "HTTP".
std::string_view first_word(std::string_view name) { return name.substr(0, name.find(' ')); }

/// Signatures by name, before those of one protocol the protocol itself: "HTTP *".
void add_signatures(Model& hosts, const Names& names) {
  std::map<std::string_view, std::size_t> members;
  for (const store::Named& s : names.signatures) ++members[first_word(s.name)];
  const auto add = [&](std::string_view value, const std::string& note) {
    Model option = hosts.add("SIGNATURE_OPTION");
    option.set("OPTION", format::wire_text(value));
    if (!note.empty()) option.add("OPTION_NOTED").set("OPTION_NOTE", note);
  };
  for (const store::Named& s : names.signatures) {
    const std::string_view family = first_word(s.name);
    const auto count = members.find(family);
    if (count != members.end() && count->second > 1)
      add(base::cat(family, " *"), base::cat("all ", count->second, " of ", format::wire_text(family)));
    if (count != members.end()) members.erase(count);
    add(s.name, "");
  }
}

void add_sensor_choice(Model& hosts, const View& view) {
  if (view.names->sensors.size() < 2 && view.query.sensor.empty()) return;
  Model list = hosts.add("SENSORS");
  for (const store::Named& s : view.names->sensors) {
    list.add("SENSOR_OPTION")
        .set("OPTION", format::wire_text(s.name))
        .show_if(s.name == view.query.sensor, "OPTION_CURRENT");
  }
}

void add_host_fields(Model& model, const View& view, std::string_view path) {
  const QueryState& q = view.query;
  const std::string_view wrong = view.problem ? view.problem->field : std::string_view();
  Model hosts = model.add("HOSTS");
  hosts.set("SIGNATURE", format::wire_text(q.signature.text)).set("PORT", q.port);
  const auto host = [&](std::string_view side, const Choice& choice, const std::string& like, std::string_view field) {
    if (!choice.open()) {
      hosts.add(base::cat(side, "_PICKED"));
      return;
    }
    Model open = hosts.add(base::cat(side, "_OPEN"));
    open.set(base::cat(side, "_LIKE"), format::wire_text(like)).show_if(wrong == field, "FIELD_WRONG");
  };
  host("CLIENT", q.client, q.client_like, "client_like");
  host("SERVER", q.server, q.server_like, "server_like");
  add_signatures(hosts, *view.names);
  add_sensor_choice(hosts, view);
  hosts.set("RESET_URL", QueryState().with_range(q.range).url(path));
}

std::int64_t filters_set(const QueryState& q) {
  std::int64_t set = 0;
  for (const std::string* text : {&q.signature.text, &q.client.text, &q.server.text, &q.port, &q.sensor, &q.client_like,
                                  &q.server_like, &q.from, &q.to})
    set += text->empty() ? 0 : 1;
  return set;
}

}  // namespace

void fill_filter(Model model, const View& view, std::string_view path, bool with_hosts) {
  const QueryState& q = view.query;
  add_presets(model, view, path);
  model.set("ACTION", path).set("FROM", q.from).set("TO", q.to).set("ZONE", view.services.calendar.zone());
  // What the form shows as fields of its own is not repeated as hidden ones.
  static constexpr std::array<std::string_view, 5> kHostFields = {"signature", "client_like", "server_like", "port",
                                                                  "sensor"};
  for (const auto& [name, value] : q.parameters()) {
    const bool by_path = name == "level" && path == q.list_path();
    const bool own = by_path || name == "from" || name == "to" || name == "page" || name == "step" ||
                     (with_hosts && std::find(kHostFields.begin(), kHostFields.end(), name) != kHostFields.end());
    if (!own) model.add("KEEP").set("KEEP_NAME", name).set("KEEP_VALUE", value);
  }
  if (!with_hosts) return;
  if (const std::int64_t set = filters_set(q); set > 0) model.add("FOLDED").set("FOLDED_SET", set);
  add_host_fields(model, view, path);
}

}  // namespace pastmon::web::pages
