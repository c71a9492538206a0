// SPDX-License-Identifier: MIT
// The "current query" table, the times and the filter form.
#include <algorithm>
#include <array>
#include <string>

#include "format.h"
#include "pages/view.h"
#include "pastmon/base/text.h"

namespace pastmon::web::pages {
namespace {

struct Cell {
  std::string title;
  std::string value;      // "": not chosen
  std::string note;       // below it: an address, or what still has to be chosen
  std::string widen_url;  // takes the choice back
  std::string all_url;    // chooses "*"
};

void add_cell(Model& model, const Cell& cell) {
  Model out = model.add("CELL");
  out.set("CELL_TITLE", cell.title).set("CELL_VALUE", cell.value).set("CELL_NOTE", cell.note);
  out.show_if(!cell.value.empty(), "CELL_FILLED")
      .show_if(cell.value.empty(), "CELL_OPEN")
      .show_if(!cell.note.empty(), "CELL_HAS_NOTE");
  out.show_if(!cell.widen_url.empty(), "CELL_CHOSEN");
  if (!cell.widen_url.empty()) out.add("CELL_WIDEN").set("CELL_WIDEN_URL", cell.widen_url);
  if (!cell.all_url.empty()) out.add("CELL_ALL").set("CELL_ALL_URL", cell.all_url);
}

/// The current query's path once it has been widened: metrics and graphs need all cells.
std::string widened(const QueryState& query, std::string_view list_path) {
  QueryState copy = query;
  copy.metric.clear();
  copy.step.clear();
  return copy.url(list_path);
}

Cell host_cell(const View& view, std::string_view title, const Choice& choice, const std::string& like,
               const QueryState& without, const QueryState& without_like, const QueryState& all,
               std::string_view path) {
  Cell cell{std::string(title), "", "", "", ""};
  if (choice.any()) {
    cell.value = "*";
    cell.note = "all together";
  } else if (choice.one()) {
    cell.value = format::wire_text(choice.text);
    if (const auto address = base::Address::parse(choice.text)) {
      const store::Host* host = view.names->host(store::id_of(*address));
      if (host != nullptr && !host->name.empty()) {
        cell.note = cell.value;
        cell.value = host->name;
      }
    }
  } else if (!like.empty()) {
    cell.value = base::cat("/", format::wire_text(like), "/");
    cell.note = "matching";
    cell.widen_url = widened(without_like, path);
    cell.all_url = "";
    return cell;
  }
  if (choice.open()) {
    cell.all_url = widened(all, path);
  } else {
    cell.widen_url = widened(without, path);
  }
  return cell;
}

}  // namespace

void fill_query(Model model, const View& view, std::string_view path) {
  const QueryState& q = view.query;
  Cell signature{"Signature", q.signature.open() ? "" : format::wire_text(q.signature.text), "", "", ""};
  if (q.signature.any()) signature.note = "all together";
  (q.signature.open() ? signature.all_url : signature.widen_url) =
      widened(q.with_signature(q.signature.open() ? "*" : ""), path);
  add_cell(model, signature);

  QueryState no_client_like = q;
  no_client_like.client_like.clear();
  QueryState no_server_like = q;
  no_server_like.server_like.clear();
  add_cell(model, host_cell(view, "Client", q.client, q.client_like, q.with_client(""), no_client_like,
                            q.with_client("*"), path));
  add_cell(model, host_cell(view, "Server", q.server, q.server_like, q.with_server(""), no_server_like,
                            q.with_server("*"), path));
  if (!q.port.empty()) add_cell(model, {"Port", q.port, "", widened(q.with_port(""), path), ""});
  if (!q.sensor.empty())
    add_cell(model, {"Sensor", format::wire_text(q.sensor), "", widened(q.with_sensor(""), path), ""});

  Cell time{"Time", view.time_title(), "", "", ""};
  const Calendar& calendar = view.services.calendar;
  const std::string span = calendar.span_text(view.time, view.now);
  if (span != time.value) time.note = span;
  if (q.has_time()) time.widen_url = q.with_range("").url(view.request.path);
  add_cell(model, time);
  if (!q.metric.empty()) {
    const metric::Info* info = metric::find(q.metric);
    add_cell(model, {"Metric", info != nullptr ? std::string(info->title) : format::wire_text(q.metric), "",
                     widened(q, path), ""});
  }
}

void fill_filter(Model model, const View& view, std::string_view path, bool with_hosts) {
  const QueryState& q = view.query;
  const Calendar& calendar = view.services.calendar;
  const auto add_preset = [&](std::string_view key, std::string_view title) {
    Model preset = model.add("PRESET");
    preset.set("PRESET_TITLE", title).set("PRESET_URL", q.with_range(key).url(path));
    preset.show_if(view.preset() == key, "PRESET_CURRENT");
  };
  for (const Calendar::Preset& preset : Calendar::presets()) add_preset(preset.key, preset.title);
  add_preset("all", "All data");

  model.set("ACTION", path).set("FROM", q.from).set("TO", q.to).set("ZONE", calendar.zone());
  // What the form shows as fields of its own is not repeated as hidden ones.
  static constexpr std::array<std::string_view, 5> kHostFields = {"signature", "client_like", "server_like", "port",
                                                                  "sensor"};
  for (const auto& [name, value] : q.parameters()) {
    const bool own = name == "from" || name == "to" || name == "page" || name == "step" ||
                     (with_hosts && std::find(kHostFields.begin(), kHostFields.end(), name) != kHostFields.end());
    if (!own) model.add("KEEP").set("KEEP_NAME", name).set("KEEP_VALUE", value);
  }
  if (!with_hosts) return;
  Model hosts = model.add("HOSTS");
  hosts.set("CLIENT_LIKE", format::wire_text(q.client_like)).set("SERVER_LIKE", format::wire_text(q.server_like));
  hosts.set("SIGNATURE", format::wire_text(q.signature.text)).set("PORT", q.port);
  hosts.show_if(!q.client.open(), "CLIENT_PICKED").show_if(!q.server.open(), "SERVER_PICKED");
  for (const store::Named& s : view.names->signatures)
    hosts.add("SIGNATURE_OPTION").set("OPTION", format::wire_text(s.name));
  if (view.names->sensors.size() > 1 || !q.sensor.empty()) {
    Model list = hosts.add("SENSORS");
    for (const store::Named& s : view.names->sensors) {
      Model option = list.add("SENSOR_OPTION");
      option.set("OPTION", format::wire_text(s.name)).show_if(s.name == q.sensor, "OPTION_CURRENT");
    }
  }
  hosts.set("RESET_URL", QueryState().with_range(q.range).url(path));
}

}  // namespace pastmon::web::pages
