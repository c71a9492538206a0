// SPDX-License-Identifier: MIT
// One address: its names and where they came from, what it offers and what it uses, since when.
#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "figures.h"
#include "format.h"
#include "pages/pages.h"
#include "pages/rows.h"
#include "pages/view.h"
#include "pastmon/base/text.h"
#include "sparkline.h"

namespace pastmon::web::pages {
namespace {

using metric::Counter;
using metric::Distribution;
using store::Listed;

constexpr std::string_view kHostTitle = "Host";
constexpr std::size_t kHostRows = 40;
constexpr std::size_t kCountedClients = 1000;
constexpr std::size_t kHostPoints = 30;
constexpr int kHostGraphWidth = 320;
constexpr int kHostGraphHeight = 60;
/// Over longer times only roll-ups are read, which do not tell the servers of a client apart.
constexpr base::Seconds kApart = 8 * base::Seconds{86'400};

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kHostRanges = {
    {{"hour", "Hour"}, {"24h", "Day"}, {"7d", "Week"}, {"31d", "31 days"}}};

/// Where a name was learnt.
std::string_view source_words(std::string_view source) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kSources = {
      {{"dns", "seen in a DNS answer"},
       {"tls", "asked for in a TLS handshake"},
       {"quic", "asked for in a QUIC handshake"},
       {"http", "asked for in an HTTP request"},
       {"dhcp", "told in DHCP"},
       {"ptr", "by reverse DNS"}}};
  for (const auto& [key, words] : kSources) {
    if (key == source) return words;
  }
  return source;
}

struct Address {
  store::Id id;
  std::string text;
};

std::string host_url(const Address& address, std::string_view range) {
  return UrlBuilder(kHostPath).add("address", address.text).add("range", range).str();
}

store::ListQuery list_of(const View& view, const Address& address, bool server) {
  store::ListQuery query;
  query.selection.from = view.time.from;
  query.selection.to = view.time.to;
  (server ? query.selection.servers : query.selection.clients) = std::vector{address.id};
  query.limit = kHostRows;
  return query;
}

QueryState query_of(const View& view, const Address& address, bool server) {
  QueryState query;
  query.range = view.query.range;
  query.from = view.query.from;
  query.to = view.query.to;
  return server ? query.with_server(address.text) : query.with_client(address.text);
}

void add_host_row(Model& table, const View& view, const Listed& row, const QueryState& base_query, bool apart) {
  const std::string signature = view.names->signature(row.signature);
  QueryState narrow = base_query.with_signature(signature);
  if (row.port != 0) narrow = narrow.with_port(base::cat(row.port));
  Model out = table.add("HOST_ROW");
  out.show_if(apart, "APART");
  if (apart) {
    narrow = narrow.with_server(host_key(view, row.server));
    Model peer = out.add("PEER");
    set_host(peer, "PEER", view, row.server);
    peer.set("PEER_URL", UrlBuilder(kHostPath).add("address", host_key(view, row.server)).str());
  }
  out.set("SIGNATURE", format::wire_text(signature)).set("ROWS_URL", narrow.list_url());
  if (guessed(signature)) out.show("GUESSED");
  if (row.port != 0) out.set("PORT", base::cat(row.port));
  const auto graph = [&](std::string_view metric) { return narrow.completed().with_metric(metric).url(kGraphPath); };
  const std::int64_t transactions = row.values[Counter::transactions], failed = format::failures(row.values);
  out.set("TRANSACTIONS", format::count(transactions)).set("TRANSACTIONS_URL", graph("transactions"));
  out.set("FAILURES", format::count(failed)).show_if(failed > 0, "FAILED");
  if (failed > 0) out.set("SHARE", format::percent(static_cast<double>(failed), static_cast<double>(transactions)));
  const auto& time = row.values[Distribution::response_time];
  out.set("AVG", time.summary.count > 0 ? format::duration(time.summary.mean()) : std::string("–"));
  out.set("P95", time.sketch.count() > 0 ? format::duration(time.quantile(0.95)) : std::string("–"));
  out.set("TIME_URL", graph("response_time"));
  const metric::Blame blame = row.values.verdict();
  if (blame != metric::Blame::unknown) out.add("JUDGED").set("VERDICT", metric::to_string(blame));
  out.set("LAST", view.services.calendar.short_minute(row.values.last / base::kSecond, view.now));
}

base::Result<bool> fill_services_of(Model& body, View& view, const Address& address, bool server) {
  store::ListQuery query = list_of(view, address, server);
  query.group_by.signature = true;
  const bool apart = !server && view.time.to - view.time.from <= kApart;
  query.group_by.server = apart;
  query.group_by.port = server || apart;
  auto rows = view.list(query);
  if (!rows) return rows.error();
  if (rows->empty()) return false;
  const QueryState own = query_of(view, address, server);
  Model table = body.add(server ? "OFFERS" : "USES");
  table.set("ALL_URL", own.list_url()).show_if(apart, "APART_HEAD");
  table.show_if(rows->size() == kHostRows, "MORE");
  for (const Listed& row : *rows) add_host_row(table, view, row, own, apart);
  if (!server) return true;
  store::ListQuery clients = list_of(view, address, true);
  clients.group_by.client = true;
  clients.details = false;
  clients.limit = kCountedClients + 1;
  if (view.time.to - view.time.from > kApart) return true;
  auto found = view.list(clients);
  if (!found) return found.error();
  const std::size_t count = std::min(found->size(), kCountedClients);
  table.add("CLIENTS").set("CLIENT_COUNT", base::cat(found->size() > kCountedClients ? "more than " : "", count,
                                                     count == 1 ? " client" : " clients"));
  return true;
}

void add_graph(Model& graphs, std::string_view title, std::string_view value, const std::string& url,
               const std::vector<store::Point>& points, const TimeRange& time, base::Seconds step,
               double (*of)(const metric::Aggregate&)) {
  std::vector<SparkPoint> line;
  for (const store::Point& point : points) line.push_back({point.start, of(point.values)});
  graphs.add("HOST_GRAPH")
      .set("GRAPH_TITLE", title)
      .set("GRAPH_VALUE", value)
      .set("GRAPH_URL", url)
      .set("GRAPH_SPARK", spark_path(line, time, step, kHostGraphWidth, kHostGraphHeight));
}

base::Result<void> fill_graphs(Model& body, View& view, const Address& address, bool server) {
  view.selection = list_of(view, address, server).selection;
  const base::Seconds step = fitting_step(view.time.to - view.time.from, kHostPoints);
  auto points = view.series(step);
  if (!points) return points.error();
  metric::Aggregate all;
  for (const store::Point& point : *points) all.merge(point.values);
  Model graphs = body.add("GRAPHS");
  graphs.set("GRAPHS_TITLE", server ? "As a server" : "As a client");
  const QueryState own = query_of(view, address, server).completed();
  const auto url = [&](std::string_view metric) { return own.with_metric(metric).url(kGraphPath); };
  const auto bytes = [](const metric::Aggregate& v) {
    return static_cast<double>(v[Counter::bytes_client] + v[Counter::bytes_server]);
  };
  const auto& response = all[Distribution::response_time];
  add_graph(graphs, "Transactions", format::count(all[Counter::transactions]), url("transactions"), *points, view.time,
            step, [](const metric::Aggregate& v) { return static_cast<double>(v[Counter::transactions]); });
  add_graph(graphs, "Response time, average",
            response.summary.count > 0 ? format::duration(response.summary.mean()) : std::string("–"),
            url("response_time"), *points, view.time, step,
            [](const metric::Aggregate& v) { return v[Distribution::response_time].summary.mean(); });
  add_graph(graphs, "Failures", format::count(format::failures(all)), url("unanswered"), *points, view.time, step,
            [](const metric::Aggregate& v) { return static_cast<double>(format::failures(v)); });
  add_graph(graphs, "Bytes", format::bytes(bytes(all)), url("bytes_server"), *points, view.time, step, bytes);
  return {};
}

/// Over all that the database holds.
base::Result<void> fill_seen(Model& body, View& view, const Address& address) {
  base::Micros first = -1, last = -1;
  for (const bool server : {true, false}) {
    store::ListQuery query = list_of(view, address, server);
    query.selection.level = store::Level::all;
    query.selection.from = 0;
    query.selection.to = view.now + 600;
    query.details = false;
    auto rows = view.list(query);
    if (!rows) return rows.error();
    if (rows->empty() || rows->front().values.first < 0) continue;
    const metric::Aggregate& values = rows->front().values;
    first = first < 0 ? values.first : std::min(first, values.first);
    last = std::max(last, values.last);
  }
  if (first < 0) return {};
  const Calendar& calendar = view.services.calendar;
  body.add("SEEN")
      .set("FIRST", calendar.full_time(first / base::kSecond))
      .set("LAST", calendar.full_time(last / base::kSecond))
      .set("AGO", format::span(std::max<base::Seconds>(view.now - last / base::kSecond, 0)));
  return {};
}

base::Result<void> fill_names(Model& body, View& view, const Address& address) {
  auto names = view.database->host_names(address.id);
  if (!names) return names.error();
  for (const store::HostName& name : *names) {
    body.add("NAME_ROW")
        .set("HOST_NAME", format::wire_text(name.name))
        .set("HOST_SOURCE", source_words(name.source))
        .set("HOST_SEEN", view.services.calendar.short_minute(name.seen, view.now));
  }
  body.show_if(!names->empty(), "NAMES").show_if(names->empty(), "NAMELESS");
  return {};
}

base::Result<void> fill_host(Page& page, View& view, const Address& address) {
  Model body = page.content().add("BODY");
  if (auto done = fill_seen(body, view, address); !done) return done;
  if (auto done = fill_names(body, view, address); !done) return done;
  bool any = false;
  for (const bool server : {true, false}) {
    auto some = fill_services_of(body, view, address, server);
    if (!some) return some.error();
    if (!*some) continue;
    any = true;
    if (auto done = fill_graphs(body, view, address, server); !done) return done;
  }
  if (any) return {};
  fill_state(page.content().include("EMPTY", "state.html"),
             {"info",
              base::cat("Nothing in this time: ", view.time_title()),
              "This host neither offered nor used a service then.",
              {{"The last 31 days", host_url(address, "31d")}, {"All data", host_url(address, "all")}}});
  return {};
}

Response no_such_host(const Services& services, const Request& request, std::string_view typed) {
  const bool none = typed.empty();
  return state_page(services, request, kHostTitle,
                    {"info",
                     none ? std::string("Which host?") : base::cat("Nothing is known of ", format::wire_text(typed)),
                     none ? "Follow the name of a client or server to its page."
                          : "It is no address, or no packet of it was seen. Its traffic may have been removed with old "
                            "data.",
                     {{"All hosts on Level 1", "/PasTmon/level1"}}},
                    none ? 200 : 404);
}

}  // namespace

Response host(const Services& services, const Request& request) {
  auto view = open_view(services, request);
  if (!view) return database_down(services, request, kHostTitle, view.message());
  if (view->problem) {
    return state_page(services, request, kHostTitle,
                      {"warning", view->problem->title, view->problem->advice, {{"Home", "/PasTmon/"}}}, 200);
  }
  const std::string typed(request.query.get("address"));
  const auto parsed = base::Address::parse(typed);
  const store::Host* known = parsed ? view->names->host(store::id_of(*parsed)) : nullptr;
  if (known == nullptr) return no_such_host(services, request, typed);
  const Address address{known->id, known->address.to_string()};
  Page page(services, request, known->name.empty() ? address.text : known->name, "host.html");
  page.use_style("host.css");
  set_host(page.content(), "HOST", *view, known->id);
  page.content().set("TIME", view->time_title());
  page.content().set("CLIENT_ROWS_URL", query_of(*view, address, false).list_url());
  page.content().set("SERVER_ROWS_URL", query_of(*view, address, true).list_url());
  Model presets = page.content().include("FILTER", "presets.html");
  for (const auto& [key, title] : kHostRanges) {
    presets.add("PRESET")
        .set("PRESET_TITLE", title)
        .set("PRESET_URL", host_url(address, key))
        .show_if(view->preset() == key, "PRESET_CURRENT");
  }
  if (auto done = fill_host(page, *view, address); !done)
    return database_down(services, request, kHostTitle, done.message());
  page.warn(view->database->warnings());
  return page.finish();
}

}  // namespace pastmon::web::pages
