// SPDX-License-Identifier: MIT
#include "query_state.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "pastmon/base/text.h"

namespace pastmon::web {
namespace {

using store::Order;

constexpr std::array<std::pair<Order, std::string_view>, 15> kOrders = {{{Order::transactions, "transactions"},
                                                                         {Order::failures, "failures"},
                                                                         {Order::errors, "errors"},
                                                                         {Order::packets, "packets"},
                                                                         {Order::bytes, "bytes"},
                                                                         {Order::response_mean, "response_mean"},
                                                                         {Order::response_max, "response_max"},
                                                                         {Order::last, "last"},
                                                                         {Order::first, "first"},
                                                                         {Order::loss, "loss"},
                                                                         {Order::server_share, "verdict"},
                                                                         {Order::signature, "signature"},
                                                                         {Order::client, "client"},
                                                                         {Order::server, "server"},
                                                                         {Order::port, "port"}}};

bool begins_low(Order order) {
  return order == Order::signature || order == Order::client || order == Order::server || order == Order::port;
}

struct LevelWords {
  store::Level level;
  std::string_view parameter;
  std::string_view path;
};
constexpr std::array<LevelWords, 3> kLevels = {{{store::Level::one, "", "/PasTmon/level1"},
                                                {store::Level::two, "2", "/PasTmon/level2"},
                                                {store::Level::all, "all", "/PasTmon/all"}}};

const LevelWords& level_of(store::Level level) {
  for (const LevelWords& words : kLevels) {
    if (words.level == level) return words;
  }
  return kLevels.front();
}

template <class Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

template <class Member>
QueryState changed(const QueryState& query, Member QueryState::*member, Member value) {
  QueryState copy = query;
  copy.*member = std::move(value);
  copy.page = 1;
  return copy;
}

void read_sort(std::string_view text, QueryState& query) {
  if (text.empty()) return;
  query.descending = !text.starts_with("-");
  if (!query.descending) text.remove_prefix(1);
  for (const auto& [order, key] : kOrders) {
    if (key == text) query.order = order;
  }
}

}  // namespace

std::string_view QueryState::list_path() const noexcept { return level_of(level).path; }

std::string_view order_key(Order order) noexcept {
  for (const auto& [value, key] : kOrders) {
    if (value == order) return key;
  }
  return "";
}

QueryState QueryState::parse(const Parameters& parameters, std::string_view path) {
  QueryState query;
  const auto text = [&](std::string_view name) { return std::string(parameters.get(name)); };
  query.signature.text = text("signature");
  query.client.text = text("client");
  query.server.text = text("server");
  query.client_like = text("client_like");
  query.server_like = text("server_like");
  query.sensor = text("sensor");
  query.range = text("range");
  query.from = text("from");
  query.to = text("to");
  query.metric = text("metric");
  query.lines = text("lines");
  // A form with a box for each line sends the name once for each.
  for (bool first = true; const auto& [name, value] : parameters.all()) {
    if (name != "lines" || value.empty()) continue;
    query.lines = first ? value : base::cat(query.lines, ",", value);
    first = false;
  }
  if (query.lines.size() > kMaxLines) query.lines.clear();
  query.compare = parameters.get("compare") == "day" || parameters.get("compare") == "week" ? text("compare") : "";
  query.rows = parameters.get("rows") == "1";
  const auto means = [&](const LevelWords& words) { return words.path == path; };
  const bool by_path = std::any_of(kLevels.begin(), kLevels.end(), means);
  for (const LevelWords& words : kLevels) {
    if (by_path ? means(words) : words.parameter == parameters.get("level")) query.level = words.level;
  }
  if (const auto port = number<std::uint16_t>(parameters.get("port"))) query.port = base::cat(*port);
  if (const auto step = number<base::Seconds>(parameters.get("step")); step && *step > 0) query.step = base::cat(*step);
  if (const auto id = number<std::int64_t>(parameters.get("favourite")); id && *id > 0)
    query.favourite = base::cat(*id);
  if (const auto page = number<std::size_t>(parameters.get("page"))) {
    query.page = std::clamp<std::size_t>(*page, 1, kMaxPage);
  }
  if (const auto limit = number<std::size_t>(parameters.get("limit"))) query.limit = std::min(*limit, kMaxLimit);
  // A form sends the preset together with what its time fields show; times that are typed in win.
  if (!query.from.empty() || !query.to.empty()) query.range.clear();
  read_sort(parameters.get("sort"), query);
  return query;
}

std::vector<std::pair<std::string_view, std::string>> QueryState::parameters() const {
  std::vector<std::pair<std::string_view, std::string>> list = {
      {"level", std::string(level_of(level).parameter)},
      {"signature", signature.text},
      {"client", client.text},
      {"server", server.text},
      {"port", port},
      {"sensor", sensor},
      {"client_like", client_like},
      {"server_like", server_like},
      {"range", range},
      {"from", from},
      {"to", to},
      {"metric", metric},
      {"lines", lines},
      {"compare", compare},
      {"step", step},
      {"favourite", favourite},
      {"sort", order == Order::transactions && descending ? "" : base::cat(descending ? "" : "-", order_key(order))},
      {"rows", rows ? "1" : ""},
      {"limit", limit > 0 ? base::cat(limit) : ""},
      {"page", page > 1 ? base::cat(page) : ""}};
  std::erase_if(list, [](const auto& entry) { return entry.second.empty(); });
  return list;
}

std::string QueryState::url(std::string_view path) const {
  UrlBuilder url(path);
  const bool said_by_path = path == list_path();
  for (const auto& [name, value] : parameters()) {
    if (name != "level" || !said_by_path) url.add(name, value);
  }
  return url.str();
}

bool QueryState::unfiltered() const noexcept {
  return signature.open() && client.open() && server.open() && port.empty() && client_like.empty() &&
         server_like.empty() && !rows;
}

QueryState QueryState::with_signature(std::string_view value) const {
  return changed(*this, &QueryState::signature, Choice{std::string(value)});
}
QueryState QueryState::with_client(std::string_view value) const {
  return changed(*this, &QueryState::client, Choice{std::string(value)});
}
QueryState QueryState::with_server(std::string_view value) const {
  return changed(*this, &QueryState::server, Choice{std::string(value)});
}
QueryState QueryState::with_port(std::string_view value) const {
  return changed(*this, &QueryState::port, std::string(value));
}
QueryState QueryState::with_sensor(std::string_view value) const {
  return changed(*this, &QueryState::sensor, std::string(value));
}
QueryState QueryState::with_metric(std::string_view value) const {
  return changed(*this, &QueryState::metric, std::string(value));
}

QueryState QueryState::with_lines(std::string_view value) const {
  return changed(*this, &QueryState::lines, std::string(value));
}
QueryState QueryState::with_compare(std::string_view value) const {
  return changed(*this, &QueryState::compare, std::string(value));
}
QueryState QueryState::with_level(store::Level value) const { return changed(*this, &QueryState::level, value); }

QueryState QueryState::with_range(std::string_view preset) const {
  QueryState copy = with_time("", "");
  copy.range = preset;
  return copy;
}

QueryState QueryState::with_time(std::string_view local_from, std::string_view local_to) const {
  QueryState copy = *this;
  copy.range.clear();
  copy.step.clear();
  copy.from = local_from;
  copy.to = local_to;
  copy.page = 1;
  return copy;
}

QueryState QueryState::with_page(std::size_t number) const {
  QueryState copy = *this;
  copy.page = number;
  return copy;
}

QueryState QueryState::with_limit(std::size_t value) const { return changed(*this, &QueryState::limit, value); }

QueryState QueryState::sorted_by(Order by) const {
  QueryState copy = *this;
  copy.descending = order == by ? !descending : !begins_low(by);
  copy.order = by;
  copy.page = 1;
  return copy;
}

QueryState QueryState::completed() const {
  QueryState copy = *this;
  for (Choice* choice : {&copy.signature, &copy.client, &copy.server}) {
    if (choice->open()) choice->text = "*";
  }
  copy.page = 1;
  return copy;
}

}  // namespace pastmon::web
