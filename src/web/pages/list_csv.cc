// SPDX-License-Identifier: MIT
#include "pages/list_csv.h"

#include <array>
#include <string>
#include <string_view>

#include "csv.h"
#include "format.h"
#include "pastmon/base/text.h"

namespace pastmon::web::pages {
namespace {

using metric::Counter;
using metric::Distribution;

constexpr std::array<std::string_view, 15> kFigures = {"transactions",
                                                       "unanswered",
                                                       "refused",
                                                       "aborted",
                                                       "errors",
                                                       "response_time_mean_us",
                                                       "response_time_p95_us",
                                                       "response_time_max_us",
                                                       "packets",
                                                       "bytes",
                                                       "retransmissions",
                                                       "loss_percent",
                                                       "verdict",
                                                       "first_seen",
                                                       "last_seen"};

void put_heads(Csv& csv, const store::GroupBy& group) {
  if (group.signature) csv.text("signature");
  if (group.client) csv.text("client").text("client_name");
  if (group.server) csv.text("server").text("server_name");
  if (group.port) csv.text("port");
  if (group.sensor) csv.text("sensor");
  for (const std::string_view name : kFigures) csv.text(name);
  csv.end_row();
}

void put_host(Csv& csv, const View& view, store::Id id) {
  const store::Host* host = view.names->host(id);
  csv.text(host != nullptr ? host->address.to_string() : std::string());
  csv.text(host != nullptr ? host->name : std::string());
}

void put_key(Csv& csv, const View& view, const store::Listed& row, const store::GroupBy& group) {
  if (group.signature) csv.text(format::wire_text(view.names->signature(row.signature)));
  if (group.client) put_host(csv, view, row.client);
  if (group.server) put_host(csv, view, row.server);
  if (group.port) csv.number(static_cast<std::int64_t>(row.port));
  if (group.sensor) csv.text(format::wire_text(view.names->sensor(row.sensor)));
}

void put_time(Csv& csv, const View& view, base::Micros at) {
  csv.text(at < 0 ? std::string() : view.services.calendar.full_time(at / base::kSecond));
}

void put_figures(Csv& csv, const View& view, const metric::Aggregate& values) {
  for (const Counter counter :
       {Counter::transactions, Counter::unanswered, Counter::refused, Counter::aborted, Counter::errors})
    csv.number(values[counter]);
  const metric::DistributionValue& time = values[Distribution::response_time];
  if (time.summary.count == 0) {
    csv.empty().empty().empty();
  } else {
    csv.number(time.summary.mean());
    time.sketch.count() > 0 ? csv.number(time.quantile(0.95)) : csv.empty();
    csv.number(time.summary.max);
  }
  const std::int64_t packets = values[Counter::packets_client] + values[Counter::packets_server];
  const std::int64_t lost = values[Counter::retransmissions_client] + values[Counter::retransmissions_server];
  csv.number(packets).number(values[Counter::bytes_client] + values[Counter::bytes_server]).number(lost);
  packets > 0 ? csv.number(100.0 * static_cast<double>(lost) / static_cast<double>(packets)) : csv.empty();
  const metric::Blame blame = values.verdict();
  csv.text(blame == metric::Blame::unknown ? std::string_view() : metric::to_string(blame));
  put_time(csv, view, values.first);
  put_time(csv, view, values.last);
}

}  // namespace

Response list_csv(const View& view, const std::vector<store::Listed>& rows, const store::GroupBy& group) {
  Csv csv;
  put_heads(csv, group);
  for (const store::Listed& row : rows) {
    put_key(csv, view, row, group);
    put_figures(csv, view, row.values);
    csv.end_row();
  }
  Response response;
  response.content_type = "text/csv; charset=utf-8; header=present";
  response.headers.emplace_back("Content-Disposition", "attachment; filename=\"pastmon-list.csv\"");
  response.body = csv.take();
  return response;
}

}  // namespace pastmon::web::pages
