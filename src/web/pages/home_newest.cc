// SPDX-License-Identifier: MIT
// Who is new? First the latest arrivals of the last 24 hours, then which of them was there in the thirty days before.
#include <algorithm>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "format.h"
#include "pages/home.h"
#include "pages/rows.h"
#include "pastmon/base/text.h"

namespace pastmon::web::pages {
namespace {

using metric::Counter;
using store::Listed;

constexpr std::string_view kHostPath = "/PasTmon/host";
constexpr std::size_t kArrivals = 60;  // looked at; when all of them were there before, nothing is new
constexpr std::size_t kNewest = 6;
constexpr std::size_t kSeenBefore = 5000;
constexpr base::Seconds kLookBack = 30 * base::Seconds{86'400};

using ArrivalKey = std::tuple<store::Id, store::Id, store::Id, std::uint16_t>;
ArrivalKey arrival_key(const Listed& row) { return {row.client, row.server, row.signature, row.port}; }

/// Connections alone are no service, nor is what nobody answered: a scan would fill the list.
bool is_service(const View& view, const Listed& row) {
  const std::string signature = view.names->signature(row.signature);
  return row.values[Counter::answered] > 0 && !guessed(signature) && signature != "TCP SYNACK" &&
         signature != "ICMP UNREACHABLE";
}

base::Result<std::vector<Listed>> arrivals(View& view, const HomeTime& time, const store::GroupBy& group) {
  store::ListQuery query;
  query.selection = view.selection;
  query.selection.from = time.day.from;
  query.selection.to = time.day.to;
  query.group_by = group;
  query.order = store::Order::first;
  query.limit = kArrivals;
  query.details = false;
  auto rows = view.list(query);
  if (!rows) return rows;
  std::erase_if(*rows, [&](const Listed& row) {
    return group.server ? !is_service(view, row) : view.names->host(row.client) == nullptr;
  });
  if (rows->empty() || view.extent.first >= time.day.from) return rows;

  store::ListQuery before = query;
  before.selection.from = time.day.from - kLookBack;
  before.selection.to = time.day.from;
  auto& ids = group.server ? before.selection.servers : before.selection.clients;
  std::set<store::Id> hosts;
  for (const Listed& row : *rows) hosts.insert(group.server ? row.server : row.client);
  ids.emplace(hosts.begin(), hosts.end());
  before.order = store::Order::transactions;
  before.limit = kSeenBefore;
  auto seen = view.list(before);
  if (!seen) return seen;
  std::set<ArrivalKey> known;
  for (const Listed& row : *seen) known.insert(arrival_key(row));
  std::erase_if(*rows, [&](const Listed& row) { return known.contains(arrival_key(row)); });
  return rows;
}

void add_arrival(Model& list, const View& view, const HomeTime& time, const Listed& row, bool service) {
  const store::Id host = service ? row.server : row.client;
  const std::string address = host_key(view, host);
  QueryState narrow = service ? time.of_day.with_server(address) : time.of_day.with_client(address);
  Model out = list.add("NEW");
  if (service) {
    const std::string signature = view.names->signature(row.signature);
    narrow = narrow.with_signature(signature);
    if (row.port != 0) narrow = narrow.with_port(base::cat(row.port));
    out.add("NEW_SERVICE").set("NEW_SIGNATURE", format::wire_text(signature)).set("NEW_URL", narrow.list_url());
    if (row.port != 0) out.add("NEW_PORTED").set("NEW_PORT", base::cat(row.port));
  }
  set_host(out, "NEW", view, host);
  out.set("NEW_HOST_URL", UrlBuilder(kHostPath).add("address", address).str());
  out.set("NEW_ROWS_URL", narrow.list_url());
  out.set("NEW_TRANSACTIONS", format::count(row.values[Counter::transactions]));
  out.set("NEW_SINCE", view.services.calendar.short_minute(row.values.first / base::kSecond, view.now));
}

base::Result<void> fill_one(Model& body, View& view, const HomeTime& time, bool service) {
  store::GroupBy group;
  group.client = !service;
  group.signature = group.server = group.port = service;
  auto rows = arrivals(view, time, group);
  if (!rows) return rows.error();
  Model list = body.add("NEWEST");
  list.set("NEWEST_TITLE", service ? "Newest services" : "Newest clients");
  const bool history = view.extent.first < time.day.from;
  list.set("NEWEST_NOTE", history ? "first seen in the last 24 hours" : "the database has no days before");
  if (rows->size() > kNewest) rows->resize(kNewest);
  list.show_if(rows->empty(), "NEWEST_NONE").show_if(!rows->empty(), "NEWEST_HEAD");
  for (const Listed& row : *rows) add_arrival(list, view, time, row, service);
  return {};
}

}  // namespace

base::Result<void> fill_newest(Model& body, View& view, const HomeTime& time) {
  if (auto done = fill_one(body, view, time, false); !done) return done;
  return fill_one(body, view, time, true);
}

}  // namespace pastmon::web::pages
