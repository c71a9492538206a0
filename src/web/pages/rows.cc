// SPDX-License-Identifier: MIT
#include "pages/rows.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "format.h"
#include "pages/pages.h"
#include "pages/row_lines.h"
#include "pages/verdict_bar.h"
#include "pastmon/base/text.h"

namespace pastmon::web::pages {
namespace {

using metric::Counter;
using metric::Distribution;
using store::Order;

struct Head {
  std::string_view title;
  std::string_view about;  ///< "": the title says it
  bool number = false;
  bool sorts = true;
  Order order = Order::transactions;
  bool joins = false;  ///< stands in the cell of the head before
};
constexpr std::array<Head, 16> kHeads = {
    {{"Signature", "", false, true, Order::signature},
     {"Client", "", false, true, Order::client},
     {"Server", "", false, true, Order::server},
     {"Port", "", true, true, Order::port},
     {"Transactions", "", true, true, Order::transactions},
     {"Failures", "Unanswered, refused and aborted", true, true, Order::failures},
     {"Errors", "Answered with an error", true, true, Order::errors},
     {"Avg", "Response time, average", true, true, Order::response_mean},
     {"p95", "Response time: 95 of 100 were faster. It is made of the rows shown, so it cannot sort them", true, false},
     {"Max", "Response time, longest", true, true, Order::response_max},
     {"Loss", "Retransmitted packets", true, true, Order::loss},
     {"Slow by", "Which part took most of the time; sorts by the server's share", false, true, Order::server_share},
     {"Bytes", "On the wire, both directions", true, true, Order::bytes},
     {"First seen", "", true, true, Order::first},
     {"Last seen", "", true, true, Order::last, true},
     {"Trend", "Average response time over the time range", false, false}}};

/// The failure that happened most: where the failures cell leads.
std::string_view main_failure(const metric::Aggregate& values) noexcept {
  std::string_view name = "unanswered";
  std::int64_t most = values[Counter::unanswered];
  if (values[Counter::refused] > most) {
    most = values[Counter::refused];
    name = "refused";
  }
  return values[Counter::aborted] > most ? "aborted" : name;
}

void set_time(Model& row, std::string_view name, const View& view, const QueryState& narrow, base::Micros at,
              std::string_view path) {
  if (at < 0) return;
  const Calendar& calendar = view.services.calendar;
  const base::Seconds start = bucket_start(at / base::kSecond);
  row.set(name, calendar.short_time(at / base::kSecond, view.now));
  row.set(base::cat(name, "_FULL"), calendar.full_time(at / base::kSecond));
  row.set(base::cat(name, "_URL"),
          narrow.with_time(calendar.form_time(start), calendar.form_time(start + 300)).url(path));
}

/// Zero is quiet; from one in a hundred on it stands out.
void set_count(Model& row, std::string_view name, std::int64_t part, std::int64_t whole) {
  row.set(name, format::count(part));
  row.show_if(part == 0, base::cat(name, "_ZERO")).show_if(part > 0 && part * 100 >= whole, base::cat(name, "_BAD"));
  row.set(base::cat(name, "_SHARE"), format::percent(static_cast<double>(part), static_cast<double>(whole)));
}

void set_outcomes(Model& row, const metric::Aggregate& values, const QueryState& complete) {
  const auto graph = [&](std::string_view metric) { return complete.with_metric(metric).url(kGraphPath); };
  const std::int64_t transactions = values[Counter::transactions];
  row.set("TRANSACTIONS", format::count(transactions)).show_if(transactions == 0, "TRANSACTIONS_ZERO");
  set_count(row, "FAILURES", format::failures(values), transactions);
  row.set("FAILURES_URL", graph(main_failure(values)));
  row.set("FAILURES_TEXT", base::cat(format::count(values[Counter::unanswered]), " unanswered, ",
                                     format::count(values[Counter::refused]), " refused, ",
                                     format::count(values[Counter::aborted]), " aborted"));
  set_count(row, "ERRORS", values[Counter::errors], transactions);
  row.set("ERRORS_URL", graph("errors"));
}

void set_figures(Model& row, const metric::Aggregate& values, const QueryState& complete) {
  const auto graph = [&](std::string_view metric) { return complete.with_metric(metric).url(kGraphPath); };
  const metric::DistributionValue& time = values[Distribution::response_time];
  row.set("TIME_URL", graph(time.summary.count > 0 ? "response_time" : "transactions"));
  if (time.summary.count > 0) {
    Model timed = row.add("TIMED");
    timed.set("AVG", format::duration(time.summary.mean()))
        .set("MAX", format::duration(static_cast<double>(time.summary.max)));
    timed.set("P95", time.sketch.count() > 0 ? format::duration(time.quantile(0.95)) : std::string("–"));
  } else {
    row.show("UNTIMED");
  }
  const std::int64_t packets = values[Counter::packets_client] + values[Counter::packets_server];
  const std::int64_t lost = values[Counter::retransmissions_client] + values[Counter::retransmissions_server];
  set_count(row, "LOSS", lost, packets);
  row.set("LOSS_TEXT", base::cat(format::count(lost), " of ", format::count(packets), " packets"));
  if (lost > 0) row.set("LOSS", format::percent(static_cast<double>(lost), static_cast<double>(packets)));
  row.set("LOSS_URL", graph(values[Counter::retransmissions_client] > values[Counter::retransmissions_server]
                                ? "retransmissions_client"
                                : "retransmissions_server"));
  row.set("BYTES", format::bytes(static_cast<double>(values[Counter::bytes_client] + values[Counter::bytes_server])));
  row.set("BYTES_URL", graph("bytes_server"));
  add_verdict_bar(row, values);
}

void add_host(Model& row, std::string_view side, const View& view, store::Id id, const QueryState& chosen,
              std::string_view list_path) {
  Model cell = row.add(base::cat(side, "_CELL"));
  set_host(cell, side, view, id);
  cell.set(base::cat(side, "_URL"), chosen.url(list_path));
}

Model add_row(Model& model, const View& view, const store::Listed& row, const store::GroupBy& group,
              std::string_view list_path) {
  Model out = model.add("ROW");
  const QueryState& q = view.query;
  const QueryState narrow = narrowed(view, row, group);
  if (group.signature) {
    const std::string signature = view.names->signature(row.signature);
    Model cell = out.add("SIGNATURE_CELL");
    cell.set("SIGNATURE", format::wire_text(signature))
        .set("SIGNATURE_URL", q.with_signature(signature).url(list_path));
    if (guessed(signature)) cell.add("GUESSED");
  }
  if (group.client) add_host(out, "CLIENT", view, row.client, q.with_client(host_key(view, row.client)), list_path);
  if (group.server) add_host(out, "SERVER", view, row.server, q.with_server(host_key(view, row.server)), list_path);
  if (group.port) {
    Model cell = out.add("PORT_CELL");
    const std::string port = base::cat(row.port);
    if (row.port != 0) cell.add("PORTED").set("PORT", port).set("PORT_URL", q.with_port(port).url(list_path));
  }
  out.set("METRICS_URL", narrow.completed().url(list_path));
  set_outcomes(out, row.values, narrow.completed());
  set_figures(out, row.values, narrow.completed());
  set_time(out, "FIRST", view, narrow, row.values.first, list_path);
  set_time(out, "LAST", view, narrow, row.values.last, list_path);
  return out;
}

bool has_column(const store::GroupBy& group, Order order) noexcept {
  switch (order) {
    case Order::signature:
      return group.signature;
    case Order::client:
      return group.client;
    case Order::server:
      return group.server;
    case Order::port:
      return group.port;
    default:
      return true;
  }
}

void add_heads(Model& model, const QueryState& sorting, const store::GroupBy& group, std::string_view list_path) {
  for (std::size_t i = 0; i < kHeads.size();) {
    if (kHeads[i].sorts && !has_column(group, kHeads[i].order)) {
      ++i;
      continue;
    }
    Model cell = model.add("HEAD");
    cell.show_if(kHeads[i].number, "HEAD_NUMBER");
    do {
      const Head& head = kHeads[i];
      const bool sorted = head.sorts && sorting.order == head.order;
      if (sorted) cell.show(sorting.descending ? "HEAD_DOWN" : "HEAD_UP");
      Model line = cell.add("HEAD_LINE");
      line.set("HEAD_TITLE", head.title).set("HEAD_ABOUT", head.about.empty() ? head.title : head.about);
      if (!head.sorts) {
        line.show("HEAD_PLAIN");
        continue;
      }
      Model link = line.add("HEAD_LINK");
      link.set("HEAD_URL", sorting.sorted_by(head.order).url(list_path));
      if (sorted) link.show(sorting.descending ? "SORTED_DOWN" : "SORTED_UP");
    } while (++i < kHeads.size() && kHeads[i].joins);
  }
}

}  // namespace

store::GroupBy group_of(const QueryState& query) noexcept {
  store::GroupBy group;
  group.signature = !query.signature.any();
  group.client = !query.client.any();
  group.server = !query.server.any();
  group.port = !query.server.any();
  return group;
}

QueryState narrowed(const View& view, const store::Listed& row, const store::GroupBy& group) {
  QueryState query = view.query;
  if (group.signature) query = query.with_signature(view.names->signature(row.signature));
  if (group.client) query = query.with_client(host_key(view, row.client));
  if (group.server) query = query.with_server(host_key(view, row.server));
  if (group.port && row.port != 0) query = query.with_port(base::cat(row.port));
  query.metric.clear();
  query.rows = false;
  return query;
}

bool guessed(std::string_view signature) {
  return signature == "TCP OTHER" || signature == "UDP OTHER" || signature == "TLS DATA";
}

base::Result<void> fill_rows(Model model, View& view, const std::vector<store::Listed>& rows,
                             const store::GroupBy& group, const QueryState& sorting, std::string_view list_path) {
  auto lines = RowLines::read(view, group, rows);
  if (!lines) return lines.error();
  add_heads(model, sorting, group, list_path);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Model row = add_row(model, view, rows[i], group, list_path);
    lines->set(row, i);
  }
  return {};
}

}  // namespace pastmon::web::pages
