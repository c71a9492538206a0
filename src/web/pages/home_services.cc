// SPDX-License-Identifier: MIT
#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "format.h"
#include "pages/home.h"
#include "pages/pages.h"
#include "pages/rows.h"
#include "pastmon/base/text.h"

namespace pastmon::web::pages {
namespace {

using metric::Counter;
using metric::Distribution;
using store::Listed;

constexpr std::size_t kShown = 8;
constexpr std::int64_t kSomeAnswers = 5;  // a service with fewer of them is slow by chance
constexpr std::size_t kCompared = 2000;   // services of an hour, the busiest first

/// What one server offers on one port.
struct Compared {
  Listed now;
  const metric::Aggregate* then = nullptr;  ///< null: it was not there
  std::string name;
  Change response;
  Change failure;
};

using ServiceKey = std::tuple<store::Id, store::Id, std::uint16_t>;
ServiceKey service_key(const Listed& row) { return {row.signature, row.server, row.port}; }

base::Result<std::vector<Listed>> services_of(View& view, const TimeRange& range) {
  store::ListQuery query;
  query.selection = view.selection;
  query.selection.from = range.from;
  query.selection.to = range.to;
  query.group_by = {.signature = true, .client = false, .server = true, .port = true, .sensor = false};
  query.limit = kCompared;
  query.details = false;
  return view.list(query);
}

/// The rows again with what their quantiles need.
base::Result<void> add_quantiles(View& view, const TimeRange& range, std::vector<Compared>& shown) {
  if (shown.empty()) return {};
  store::ListQuery query;
  query.selection = view.selection;
  query.selection.from = range.from;
  query.selection.to = range.to;
  query.selection.signatures.emplace();
  query.selection.servers.emplace();
  for (const Compared& row : shown) {
    query.selection.signatures->push_back(row.now.signature);
    query.selection.servers->push_back(row.now.server);
  }
  for (auto* ids : {&*query.selection.signatures, &*query.selection.servers}) {
    std::sort(ids->begin(), ids->end());
    ids->erase(std::unique(ids->begin(), ids->end()), ids->end());
  }
  query.group_by = {.signature = true, .client = false, .server = true, .port = true, .sensor = false};
  query.limit = kCompared;
  auto rows = view.list(query);
  if (!rows) return rows.error();
  std::map<ServiceKey, metric::Aggregate*> values;
  for (Listed& row : *rows) values.emplace(service_key(row), &row.values);
  for (Compared& row : shown) {
    const auto found = values.find(service_key(row.now));
    if (found != values.end()) row.now.values = std::move(*found->second);
  }
  return {};
}

void set_change(Model& out, const Change& change, std::string_view worse, std::string_view better) {
  const bool is_worse = change.kind == Change::Kind::worse, is_better = change.kind == Change::Kind::better;
  if (change.kind == Change::Kind::unknown) {
    out.show("CHANGE_UNKNOWN");
    return;
  }
  out.add("CHANGED")
      .set("CHANGE", change.text())
      .set("CHANGE_KIND", is_worse    ? "worse"
                          : is_better ? "better"
                                      : "same")
      .set("CHANGE_ARROW", is_worse    ? "▲"
                           : is_better ? "▼"
                                       : "")
      .set("CHANGE_WORD", is_worse    ? worse
                          : is_better ? better
                                      : "");
}

Model add_service(Model& list, const View& view, const HomeTime& time, const Compared& row, std::string_view metric) {
  const std::string signature = view.names->signature(row.now.signature);
  const auto narrow = [&](const QueryState& query) {
    const QueryState one = query.with_signature(signature).with_server(host_key(view, row.now.server));
    return row.now.port == 0 ? one : one.with_port(base::cat(row.now.port));
  };
  Model out = list.add("SERVICE");
  out.set("SERVICE_NAME", format::wire_text(signature)).set("SERVICE_URL", narrow(time.query).list_url());
  set_host(out, "SERVER", view, row.now.server);
  if (row.now.port != 0) out.add("SERVICE_PORTED").set("SERVICE_PORT", base::cat(row.now.port));
  out.set("SERVICE_GRAPH_URL", narrow(time.of_day).completed().with_metric(metric).url(kGraphPath));
  return out;
}

void add_slow(Model& body, const View& view, const HomeTime& time, const std::vector<Compared>& shown) {
  Model list = body.add("SLOWEST");
  list.show(shown.empty() ? "SERVICES_NONE" : "SERVICES_HEAD");
  for (const Compared& row : shown) {
    Model out = add_service(list, view, time, row, "response_time");
    const auto& response = row.now.values[Distribution::response_time];
    out.set("AVG", format::duration(response.summary.mean()));
    out.set("P95", response.sketch.count() > 0 ? format::duration(response.quantile(0.95)) : std::string("–"));
    const bool known = row.then != nullptr && (*row.then)[Distribution::response_time].summary.count > 0;
    out.set("BEFORE", known ? format::duration((*row.then)[Distribution::response_time].summary.mean()) : "–");
    set_change(out, row.response, "slower", "faster");
  }
}

void add_failing(Model& body, const View& view, const HomeTime& time, const std::vector<Compared>& shown) {
  const auto share = [](const metric::Aggregate& v) {
    return format::percent(static_cast<double>(format::failures(v)), static_cast<double>(v[Counter::transactions]));
  };
  Model list = body.add("FAILING");
  list.show(shown.empty() ? "SERVICES_NONE" : "SERVICES_HEAD");
  for (const Compared& row : shown) {
    const metric::Aggregate& v = row.now.values;
    const std::string_view most = v[Counter::refused] > std::max(v[Counter::unanswered], v[Counter::aborted])
                                      ? "refused"
                                  : v[Counter::aborted] > v[Counter::unanswered] ? "aborted"
                                                                                 : "unanswered";
    Model out = add_service(list, view, time, row, most);
    out.set("FAILED", format::count(format::failures(v))).set("MOSTLY", most).set("SHARE", share(v));
    out.set("BEFORE", row.then != nullptr ? share(*row.then) : std::string("–"));
    set_change(out, row.failure, "more", "fewer");
  }
}

std::string service_words(const View& view, const Listed& row) {
  const store::Host* host = view.names->host(row.server);
  const std::string server = host == nullptr ? "" : !host->name.empty() ? host->name : host->address.to_string();
  return base::cat(format::wire_text(view.names->signature(row.signature)), " on ", server);
}

template <class Less>
std::vector<Compared> first_of(std::vector<Compared> rows, const Less& less) {
  std::stable_sort(rows.begin(), rows.end(), less);
  if (rows.size() > kShown) rows.resize(kShown);
  return rows;
}

}  // namespace

base::Result<void> fill_services(Model& body, View& view, const HomeTime& time, HomeFacts& facts) {
  auto now = services_of(view, time.hour.time);
  if (!now) return now.error();
  auto then = services_of(view, time.before);
  if (!then) return then.error();
  std::map<ServiceKey, const metric::Aggregate*> earlier;
  for (const Listed& row : *then) earlier.emplace(service_key(row), &row.values);

  std::vector<Compared> timed, failing;
  for (Listed& row : *now) {
    const auto found = earlier.find(service_key(row));
    Compared compared{std::move(row), found == earlier.end() ? nullptr : found->second, "", {}, {}};
    if (compared.then != nullptr) {
      compared.response = response_change(compared.now.values, *compared.then);
      compared.failure = failure_change(compared.now.values, *compared.then);
    }
    const bool guess = guessed(view.names->signature(compared.now.signature));
    if (!guess && compared.response.kind != Change::Kind::unknown) ++facts.compared;
    if (!guess && compared.response.kind == Change::Kind::worse)
      facts.slower.push_back(service_words(view, compared.now));
    if (compared.failure.kind == Change::Kind::worse) facts.failing.push_back(service_words(view, compared.now));
    if (format::failures(compared.now.values) > 0) failing.push_back(compared);
    if (!guess && compared.now.values[Distribution::response_time].summary.count > 0)
      timed.push_back(std::move(compared));
  }
  const auto mean = [](const Compared& row) { return row.now.values[Distribution::response_time].summary.mean(); };
  const auto seldom = [](const Compared& row) {
    return row.now.values[Distribution::response_time].summary.count < kSomeAnswers;
  };
  if (!std::all_of(timed.begin(), timed.end(), seldom)) std::erase_if(timed, seldom);
  std::vector<Compared> slow = first_of(std::move(timed), [&](const Compared& a, const Compared& b) {
    const bool worse_a = a.response.kind == Change::Kind::worse, worse_b = b.response.kind == Change::Kind::worse;
    if (worse_a != worse_b) return worse_a;
    return worse_a ? a.response.ratio > b.response.ratio : mean(a) > mean(b);
  });
  if (auto done = add_quantiles(view, time.hour.time, slow); !done) return done;
  add_slow(body, view, time, slow);
  add_failing(body, view, time, first_of(std::move(failing), [](const Compared& a, const Compared& b) {
                return format::failures(a.now.values) > format::failures(b.now.values);
              }));
  return {};
}

}  // namespace pastmon::web::pages
