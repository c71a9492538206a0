// SPDX-License-Identifier: MIT
#include "grouping.h"

#include <optional>
#include <set>
#include <utility>

#include "pastmon/base/text.h"

namespace pastmon::store {
namespace {

using base::cat;

constexpr const char* kLost = "retransmissions_client + retransmissions_server";
constexpr const char* kPackets = "packets_client + packets_server";
constexpr const char* kJudged = "verdict_client + verdict_network + verdict_server + verdict_transfer + verdict_loss";

std::string share(std::string_view part, std::string_view whole) {
  return cat("SUM(", part, ") * 1.0 / NULLIF(SUM(", whole, "), 0)");
}

/// By the name of a grouped column; nothing when the order is none by name, or that does not tell the groups apart.
std::optional<OrderWords> by_name(const ListQuery& query, const Groups& groups) {
  const auto joined_with = [&](std::string_view table, std::string_view column, std::string expression) {
    // Groups::table() names what it gives.
    return OrderWords{
        {}, std::move(expression), cat(" LEFT JOIN ", groups.table(table), " ON ", table, ".id = r.", column)};
  };
  const char* host = "LOWER(COALESCE(NULLIF(host.name, ''), host.address))";
  const GroupBy& by = query.group_by;
  if (query.order == Order::signature && by.signature)
    return joined_with("signature", "signature", "LOWER(signature.name)");
  if (query.order == Order::client && by.client) return joined_with("host", "client", host);
  if (query.order == Order::server && by.server) return joined_with("host", "server", host);
  if (query.order == Order::port && by.port) return OrderWords{{}, "port", {}};
  return std::nullopt;
}

}  // namespace

std::vector<std::string> group_columns(const GroupBy& by) {
  std::vector<std::string> columns;
  if (by.signature) columns.emplace_back("signature");
  if (by.client) columns.emplace_back("client");
  if (by.server) columns.emplace_back("server");
  if (by.port) columns.emplace_back("port");
  if (by.sensor) columns.emplace_back("sensor");
  return columns;
}

std::string joined(const std::vector<std::string>& columns) {
  std::string out;
  for (const std::string& column : columns) out += cat(out.empty() ? "" : ", ", column);
  return out;
}

unsigned read_group(const RowView& row, const GroupBy& by, Listed& listed) {
  unsigned at = 0;
  if (by.signature) listed.signature = row.integer(at++);
  if (by.client) listed.client = row.integer(at++);
  if (by.server) listed.server = row.integer(at++);
  if (by.port) listed.port = static_cast<std::uint16_t>(row.integer(at++));
  if (by.sensor) listed.sensor = row.integer(at++);
  return at;
}

GroupKey group_key(const Listed& listed) {
  return {listed.signature, listed.client, listed.server, listed.port, listed.sensor};
}

std::string group_values(const Listed& listed, const GroupBy& by) {
  std::string values;
  const auto add = [&values](bool wanted, std::int64_t value) {
    if (wanted) values += cat(values.empty() ? "" : ",", value);
  };
  add(by.signature, listed.signature);
  add(by.client, listed.client);
  add(by.server, listed.server);
  add(by.port, listed.port);
  add(by.sensor, listed.sensor);
  return values;
}

Selection narrowed(Selection selection, const GroupBy& by, const std::vector<Listed>& groups) {
  const auto narrow = [&groups](bool grouped, std::optional<std::vector<Id>>& ids, Id Listed::*id) {
    if (!grouped) return;
    std::set<Id> distinct;
    for (const Listed& group : groups) distinct.insert(group.*id);
    ids.emplace(distinct.begin(), distinct.end());
  };
  narrow(by.signature, selection.signatures, &Listed::signature);
  narrow(by.client, selection.clients, &Listed::client);
  narrow(by.server, selection.servers, &Listed::server);
  narrow(by.sensor, selection.sensors, &Listed::sensor);
  return selection;
}

OrderWords order_words(const ListQuery& query, const Groups& groups) {
  if (auto words = by_name(query, groups)) return std::move(*words);
  switch (query.order) {
    case Order::transactions:
    case Order::signature:
    case Order::client:
    case Order::server:
    case Order::port:
      break;
    case Order::failures:
      return {{"unanswered", "refused", "aborted"}, "SUM(unanswered + refused + aborted)", {}};
    case Order::errors:
      return {{"errors"}, "SUM(errors)", {}};
    case Order::packets:
      return {{"packets_client", "packets_server"}, cat("SUM(", kPackets, ")"), {}};
    case Order::bytes:
      return {{"bytes_client", "bytes_server"}, "SUM(bytes_client + bytes_server)", {}};
    case Order::response_mean:
      return {{"response_time_sum", "response_time_count"}, share("response_time_sum", "response_time_count"), {}};
    case Order::response_max:
      return {{"response_time_max"}, "MAX(response_time_max)", {}};
    case Order::loss:
      return {{"retransmissions_client", "retransmissions_server", "packets_client", "packets_server"},
              share(kLost, kPackets),
              {}};
    case Order::server_share:
      return {{"verdict_client", "verdict_network", "verdict_server", "verdict_transfer", "verdict_loss"},
              share("verdict_server", kJudged),
              {}};
    case Order::last:
      return {{"last_seen"}, "MAX(last_seen)", {}};
    case Order::first:
      return {{"first_seen"}, "MIN(first_seen)", {}};
  }
  return {{"transactions"}, "SUM(transactions)", {}};
}

}  // namespace pastmon::store
