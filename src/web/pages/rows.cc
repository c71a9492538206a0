// SPDX-License-Identifier: MIT
#include "pages/rows.h"
#include "pages/pages.h"

#include <array>
#include <string>
#include <utility>

#include "format.h"
#include "pastmon/base/text.h"

namespace pastmon::web::pages {
namespace {

using metric::Counter;
using metric::Distribution;

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

void set_figures(Model& row, const metric::Aggregate& values, const QueryState& complete) {
  const auto graph = [&](std::string_view metric) { return complete.with_metric(metric).url(kGraphPath); };
  const std::int64_t failed = format::failures(values);
  row.set("TRANSACTIONS", format::count(values[Counter::transactions])).set("TRANSACTIONS_URL", graph("transactions"));
  row.set("FAILURES", format::count(failed)).set("FAILURES_URL", graph(main_failure(values)));
  row.show_if(failed > 0, "HAS_FAILURES");
  row.set("ERRORS", format::count(values[Counter::errors])).set("ERRORS_URL", graph("errors"));
  row.show_if(values[Counter::errors] > 0, "HAS_ERRORS");

  const metric::DistributionValue& time = values[Distribution::response_time];
  if (time.summary.count > 0) {
    Model timed = row.add("TIMED");
    timed.set("AVG", format::duration(time.summary.mean()))
        .set("MAX", format::duration(static_cast<double>(time.summary.max)));
    timed.set("P95", time.sketch.count() > 0 ? format::duration(time.quantile(0.95)) : std::string("–"));
    timed.set("TIME_URL", graph("response_time"));
  } else {
    row.show("UNTIMED");
  }
  const std::int64_t packets = values[Counter::packets_client] + values[Counter::packets_server];
  const std::int64_t lost = values[Counter::retransmissions_client] + values[Counter::retransmissions_server];
  row.set("BYTES", format::bytes(static_cast<double>(values[Counter::bytes_client] + values[Counter::bytes_server])));
  row.set("BYTES_URL", graph("bytes_server"));
  row.set("LOSS",
          lost == 0 ? std::string("0") : format::percent(static_cast<double>(lost), static_cast<double>(packets)));
  row.set("LOSS_URL", graph(values[Counter::retransmissions_client] > values[Counter::retransmissions_server]
                                ? "retransmissions_client"
                                : "retransmissions_server"));
  row.show_if(lost > 0, "HAS_LOSS");
  const metric::Blame blame = values.verdict();
  if (blame != metric::Blame::unknown) row.add("JUDGED").set("VERDICT", metric::to_string(blame));
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

void add_row(Model& model, const View& view, const store::Listed& row, const store::GroupBy& group,
             std::string_view list_path) {
  Model out = model.add("ROW");
  const QueryState& q = view.query;
  const QueryState narrow = narrowed(view, row, group);
  const std::string signature = group.signature ? view.names->signature(row.signature) : "*";
  out.set("SIGNATURE", format::wire_text(signature)).set("SIGNATURE_URL", q.with_signature(signature).url(list_path));
  if (guessed(signature)) out.add("GUESSED");
  if (group.client) {
    Model client = out.add("CLIENT_CELL");
    set_host(client, "CLIENT", view, row.client);
    client.set("CLIENT_URL", q.with_client(host_key(view, row.client)).url(list_path));
  }
  set_host(out, "SERVER", view, group.server ? row.server : 0);
  out.set("SERVER_URL", q.with_server(group.server ? host_key(view, row.server) : "*").url(list_path));
  if (group.port && row.port != 0) {
    const std::string port = base::cat(row.port);
    out.add("PORTED").set("PORT", port).set("PORT_URL", q.with_port(port).url(list_path));
  }
  out.set("METRICS_URL", narrow.completed().url(list_path));
  set_figures(out, row.values, narrow.completed());
  set_time(out, "FIRST", view, narrow, row.values.first, list_path);
  set_time(out, "LAST", view, narrow, row.values.last, list_path);
}

void add_head(Model& model, const QueryState& query, const store::GroupBy& group, std::string_view list_path) {
  using store::Order;
  static constexpr std::array<std::pair<Order, std::string_view>, 7> kHeads = {{{Order::transactions, "TRANSACTIONS"},
                                                                                {Order::failures, "FAILURES"},
                                                                                {Order::errors, "ERRORS"},
                                                                                {Order::response_mean, "AVG"},
                                                                                {Order::response_max, "MAX"},
                                                                                {Order::first, "FIRST"},
                                                                                {Order::last, "LAST"}}};
  model.show_if(group.client, "CLIENT_COLUMN");
  for (const auto& [order, name] : kHeads) {
    model.set(base::cat("SORT_", name, "_URL"), query.sorted_by(order).url(list_path));
    if (query.order == order) model.show(base::cat("SORTED_", name, query.descending ? "_DOWN" : "_UP"));
  }
  model.set("SORT_BYTES_URL", query.sorted_by(Order::bytes).url(list_path));
  if (query.order == Order::bytes) model.show(query.descending ? "SORTED_BYTES_DOWN" : "SORTED_BYTES_UP");
}

}  // namespace pastmon::web::pages
