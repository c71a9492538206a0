// SPDX-License-Identifier: MIT
// Who is new? First the latest arrivals of the last 24 hours, then which of them was there in the thirty days before.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "format.h"
#include "pages/home.h"
#include "pages/pages.h"
#include "pages/rows.h"
#include "pastmon/base/text.h"

namespace pastmon::web::pages {
namespace {

using metric::Counter;
using store::Listed;

constexpr std::size_t kArrivals = 60;  // looked at; when all of them were there before, nothing is new
constexpr std::size_t kNewest = 6;
constexpr base::Micros kKept = 60 * base::kSecond;
constexpr base::Seconds kLookBack = 30 * base::Seconds{86'400};

struct Arrivals {
  std::vector<Listed> clients;   // the newest first
  std::vector<Listed> services;  // likewise
};

/// Connections alone are no service, nor is what nobody answered: a scan would fill the list.
bool is_service(const View& view, const Listed& row) {
  const std::string signature = view.names->signature(row.signature);
  return row.values[Counter::answered] > 0 && !guessed(signature) && signature != "TCP SYNACK" &&
         signature != "ICMP UNREACHABLE";
}

base::Result<std::vector<Listed>> arrivals(View& view, const HomeTime& time, bool services) {
  store::ListQuery query;
  query.selection = view.selection;
  query.selection.from = time.day.from;
  query.selection.to = time.day.to;
  query.group_by.client = !services;
  query.group_by.signature = query.group_by.server = query.group_by.port = services;
  query.order = store::Order::first;
  query.limit = kArrivals;
  query.details = false;
  auto rows = view.list(query);
  if (!rows) return rows;
  std::erase_if(*rows, [&](const Listed& row) {
    return services ? !is_service(view, row) : view.names->host(row.client) == nullptr;
  });
  if (rows->empty()) return rows;
  const auto before = view.seen(*rows, time.day.from - kLookBack, time.day.from);
  if (!before) return before.error();
  std::vector<Listed> found;
  for (std::size_t i = 0; i < rows->size() && found.size() < kNewest; ++i) {
    if (!(*before)[i]) found.push_back(std::move((*rows)[i]));
  }
  return found;
}

base::Result<std::shared_ptr<const Arrivals>> read_arrivals(View& view, const HomeTime& time) {
  auto clients = arrivals(view, time, false);
  if (!clients) return clients.error();
  auto services = arrivals(view, time, true);
  if (!services) return services.error();
  return std::make_shared<const Arrivals>(Arrivals{std::move(*clients), std::move(*services)});
}

/// Kept for a minute: finding them reads a day of everything.
base::Result<std::shared_ptr<const Arrivals>> newest(View& view, const HomeTime& time) {
  const auto ask = [&]() -> base::Result<QueryCache::Answer> {
    auto read = read_arrivals(view, time);
    if (!read) return read.error();
    return QueryCache::Answer{*read, view.database.warnings(),
                              bytes_of((*read)->clients) + bytes_of((*read)->services)};
  };
  auto answer = view.services.answers.find(base::cat("arrivals/", view.query.sensor), kKept, ask);
  if (!answer) return answer.error();
  return std::static_pointer_cast<const Arrivals>(answer->value);
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

void fill_one(Model& body, const View& view, const HomeTime& time, const std::vector<Listed>& rows, bool service) {
  Model list = body.add("NEWEST");
  list.set("NEWEST_TITLE", service ? "Newest services" : "Newest clients");
  const bool history = view.extent.first < time.day.from;
  list.set("NEWEST_NOTE", history ? "first seen in the last 24 hours" : "the database has no days before");
  list.show_if(rows.empty(), "NEWEST_NONE").show_if(!rows.empty(), "NEWEST_HEAD");
  for (const Listed& row : rows) add_arrival(list, view, time, row, service);
}

}  // namespace

base::Result<void> fill_newest(Model& body, View& view, const HomeTime& time) {
  const auto arrivals = newest(view, time);
  if (!arrivals) return arrivals.error();
  fill_one(body, view, time, (*arrivals)->clients, false);
  fill_one(body, view, time, (*arrivals)->services, true);
  return {};
}

}  // namespace pastmon::web::pages
