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
  if (!family_of(q.signature.text).empty() && view.selection.signatures)
    signature.note = base::cat(view.selection.signatures->size(), " signatures");
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

}  // namespace pastmon::web::pages
