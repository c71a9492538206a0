// SPDX-License-Identifier: MIT
// Nothing is filtered: what is most common, and how connections, pings and names fare.
#include <algorithm>
#include <array>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "format.h"
#include "pages/rows.h"
#include "pages/sections.h"
#include "pastmon/base/json.h"
#include "pastmon/base/text.h"

namespace pastmon::web::pages {
namespace {

using metric::Counter;
using metric::Distribution;
using store::Listed;

constexpr std::size_t kSlices = 7;
constexpr std::size_t kMaxSignatures = 2000;
constexpr std::size_t kBusiest = 10;
constexpr std::size_t kSummaryRows = 8;

/// What pies count: transactions; packets where nothing made a transaction.
struct Measure {
  bool packets = false;
  std::int64_t of(const metric::Aggregate& values) const {
    return packets ? values[Counter::packets_client] + values[Counter::packets_server] : values[Counter::transactions];
  }
};

struct Slice {
  std::string title;
  std::string note;
  std::string url;
  std::int64_t value = 0;
  std::string other_title = {};  ///< when the title is taken
};

void add_pie(Model& body, std::string_view title, std::string_view by, const std::vector<Slice>& slices,
             std::int64_t total) {
  Model pie = body.add("PIE");
  pie.set("PIE_TITLE", title).set("PIE_BY", by);
  base::Json data = base::Json::array();
  std::int64_t rest = total;
  std::size_t colour = 0;
  const auto add = [&](const Slice& slice, std::size_t index) {
    Model row = pie.add("SLICE");
    row.set("SLICE_TITLE", slice.title).set("SLICE_VALUE", format::count(slice.value));
    row.set("SLICE_COLOUR", static_cast<std::int64_t>(index));
    row.set("SLICE_SHARE", format::percent(static_cast<double>(slice.value), static_cast<double>(total)));
    if (!slice.note.empty()) row.add("SLICE_NOTED").set("SLICE_NOTE", slice.note);
    if (slice.url.empty()) {
      row.show("SLICE_PLAIN");
    } else {
      row.add("SLICE_LINK").set("SLICE_URL", slice.url);
    }
    base::Json entry = base::Json::object();
    entry.set("label", slice.title).set("value", slice.value).set("url", slice.url).set("colour", index);
    data.push(std::move(entry));
  };
  for (const Slice& slice : slices) {
    rest -= slice.value;
    add(slice, ++colour);
  }
  if (rest > 0) add({"all others", "", "", rest}, 0);
  pie.set("PIE_DATA", data.dump());
}

base::Result<std::vector<Slice>> top(View& view, store::GroupBy group, const Measure& measure,
                                     const std::function<Slice(const Listed&)>& describe) {
  store::ListQuery query;
  query.selection = view.selection;
  query.group_by = group;
  query.order = measure.packets ? store::Order::packets : store::Order::transactions;
  query.limit = kSlices;
  query.details = false;
  auto rows = view.list(query);
  if (!rows) return rows.error();
  std::vector<Slice> slices;
  for (const Listed& row : *rows) {
    Slice slice = describe(row);
    slice.value = measure.of(row.values);
    // A host with several addresses: the later ones are told apart by theirs.
    const auto same = [&](const Slice& earlier) { return earlier.title == slice.title; };
    if (std::any_of(slices.begin(), slices.end(), same)) slice.title = slice.other_title;
    if (slice.value > 0) slices.push_back(std::move(slice));
  }
  return slices;
}

Slice host_slice(const View& view, store::Id id) {
  const store::Host* host = view.names->host(id);
  if (host == nullptr) return {"(new host)", "", "", 0, "(new host)"};
  const std::string address = host->address.to_string();
  if (host->name.empty()) return {address, address, "", 0, address};
  return {host->name, base::cat(host->name, " ", address), "", 0, address};
}

base::Result<void> add_pies(Model& body, View& view, const std::vector<Listed>& signatures, std::string_view path) {
  Measure measure;
  std::int64_t total = 0;
  for (const Listed& s : signatures) total += measure.of(s.values);
  if (total == 0) {
    measure.packets = true;
    for (const Listed& s : signatures) total += measure.of(s.values);
  }
  const std::string_view by = measure.packets ? "packets" : "transactions";

  std::vector<Slice> slices;
  for (const Listed& s : signatures) {
    const std::string name = view.names->signature(s.signature);
    if (slices.size() == kSlices || measure.of(s.values) == 0) break;
    slices.push_back({format::wire_text(name), format::wire_text(name), view.query.with_signature(name).url(path),
                      measure.of(s.values)});
  }
  add_pie(body, "Signatures", by, slices, total);

  store::GroupBy client;
  client.client = true;
  auto clients = top(view, client, measure, [&](const Listed& row) {
    Slice slice = host_slice(view, row.client);
    slice.url = view.query.with_client(host_key(view, row.client)).url(path);
    return slice;
  });
  if (!clients) return clients.error();
  add_pie(body, "Clients", by, *clients, total);

  store::GroupBy server;
  server.server = true;
  auto servers = top(view, server, measure, [&](const Listed& row) {
    Slice slice = host_slice(view, row.server);
    slice.url = view.query.with_server(host_key(view, row.server)).url(path);
    return slice;
  });
  if (!servers) return servers.error();
  add_pie(body, "Servers", by, *servers, total);
  return {};
}

struct Family {
  std::string_view title;
  std::string_view prefix;  // of the signatures' names
  std::string_view empty;   // what to say when there is none
  std::string_view time;    // what its times mean
};

constexpr std::array<Family, 3> kFamilies = {
    {{"TCP connections", "TCP SYNACK", "No connection was opened in this time.", "SYN to SYN-ACK"},
     {"ICMP", "ICMP", "No ping in this time.", "request to reply"},
     {"DNS", "DNS ", "No name was asked for in this time.", "question to answer"}}};

void add_summary_row(Model& card, const View& view, const Listed& row, std::string_view path) {
  const std::string name = view.names->signature(row.signature);
  QueryState query = view.query.with_signature(name);
  Model out = card.add("SUMMARY_ROW");
  const std::int64_t failed = format::failures(row.values);
  out.set("SUMMARY_NAME", format::wire_text(name)).set("SUMMARY_URL", query.url(path));
  out.set("SUMMARY_TRANSACTIONS", format::count(row.values[Counter::transactions]));
  out.set("SUMMARY_FAILURES", format::count(failed))
      .show_if(failed > 0 && failed * 100 >= row.values[Counter::transactions], "SUMMARY_FAILED");
  const auto& time = row.values[Distribution::response_time];
  if (time.summary.count > 0) {
    out.set("SUMMARY_AVG", format::duration(time.summary.mean()))
        .set("SUMMARY_P95", format::duration(time.quantile(0.95)));
  } else {
    out.set("SUMMARY_AVG", "–").set("SUMMARY_P95", "–");
  }
  query = query.completed();
  out.set("SUMMARY_TIME_URL", query.with_metric("response_time").url("/PasTmon/graph"));
  out.set("SUMMARY_COUNT_URL", query.with_metric("transactions").url("/PasTmon/graph"));
  out.set("SUMMARY_FAILURES_URL", query.with_metric("unanswered").url("/PasTmon/graph"));
}

/// How long a handshake takes on the client's and on the server's side of the sensor.
void add_halves(Model& card, const std::vector<Listed>& rows) {
  metric::Summary client, server;
  for (const Listed& row : rows) {
    client.merge(row.values[Distribution::connect_rtt_client].summary);
    server.merge(row.values[Distribution::connect_rtt_server].summary);
  }
  if (client.count == 0 && server.count == 0) return;
  card.add("SUMMARY_FACT")
      .set("FACT", base::cat("Round trip, average: client side ",
                             client.count == 0 ? std::string("–") : format::duration(client.mean()), ", server side ",
                             server.count == 0 ? std::string("–") : format::duration(server.mean())));
}

/// The families' signatures in one query: each needs its sketches for p95.
base::Result<std::vector<Listed>> family_rows(View& view) {
  store::ListQuery query;
  query.selection = view.selection;
  query.selection.signatures.emplace();
  for (const store::Named& s : view.names->signatures) {
    const auto holds = [&](const Family& family) { return s.name.starts_with(family.prefix); };
    if (std::any_of(kFamilies.begin(), kFamilies.end(), holds)) query.selection.signatures->push_back(s.id);
  }
  if (query.selection.signatures->empty()) return std::vector<Listed>();
  query.group_by.signature = true;
  query.limit = kMaxSignatures;
  return view.list(query);
}

void add_summary(Model& body, const View& view, const Family& family, const std::vector<Listed>& all,
                 std::string_view path) {
  Model card = body.add("SUMMARY");
  card.set("SUMMARY_TITLE", family.title).set("SUMMARY_TIME", family.time);
  std::vector<Listed> rows;
  for (const Listed& row : all) {
    const bool mine = view.names->signature(row.signature).starts_with(family.prefix);
    if (mine && rows.size() < kSummaryRows) rows.push_back(row);
  }
  if (rows.empty()) {
    card.add("SUMMARY_EMPTY").set("SUMMARY_NONE", family.empty);
    return;
  }
  std::string packets_only;
  std::vector<const Listed*> answered;
  for (const Listed& row : rows) {
    if (row.values[Counter::transactions] > 0) {
      answered.push_back(&row);
      continue;
    }
    packets_only += base::cat(packets_only.empty() ? "Packets only: " : ", ",
                              format::wire_text(view.names->signature(row.signature)), " ",
                              format::count(Measure{true}.of(row.values)));
  }
  if (!answered.empty()) {
    Model table = card.add("SUMMARY_TABLE");
    for (const Listed* row : answered) add_summary_row(table, view, *row, path);
  }
  add_halves(card, rows);
  if (!packets_only.empty()) card.add("SUMMARY_FACT").set("FACT", packets_only);
}

/// Signature, server and port: roll-ups answer it. Every single conversation is a query of its own.
base::Result<void> add_busiest(Model& body, View& view, std::string_view path) {
  store::ListQuery query;
  query.selection = view.selection;
  const QueryState services = view.query.with_client("*");
  query.group_by = group_of(services);
  query.limit = kBusiest;
  auto busiest = view.list(query);
  if (!busiest) return busiest.error();
  auto filled = fill_rows(body.include("TABLE", "rows.html"), view, *busiest, query.group_by, services, path);
  if (!filled) return filled;
  body.set("SERVICES_URL", services.url(path));
  QueryState conversations = view.query;
  conversations.rows = true;
  body.set("CONVERSATIONS_URL", conversations.url(path));
  return {};
}

}  // namespace

base::Result<void> fill_overview(Page& page, View& view, std::string_view path) {
  store::ListQuery query;
  query.selection = view.selection;
  query.group_by.signature = true;
  query.limit = kMaxSignatures;
  query.details = false;
  auto signatures = view.list(query);
  if (!signatures) return signatures.error();
  if (signatures->empty()) {
    fill_state(page.content().include("BODY", "state.html"), empty_state(view, path));
    return {};
  }
  page.use_script("chart.js");
  page.use_script("pies.js");
  Model body = page.content().include("BODY", "overview.html");
  if (auto pies = add_pies(body, view, *signatures, path); !pies) return pies;

  auto families = family_rows(view);
  if (!families) return families.error();
  for (const Family& family : kFamilies) add_summary(body, view, family, *families, path);

  return add_busiest(body, view, path);
}

}  // namespace pastmon::web::pages
