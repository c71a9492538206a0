// SPDX-License-Identifier: MIT
#include "host_names.h"

#include <map>

#include "pastmon/base/text.h"

namespace pastmon::store {
namespace {

using base::cat;
using base::Result;

constexpr std::size_t kIdsAStatement = 5'000;

Result<void> put_newest(Connection& connection, const std::vector<HostName>& names) {
  std::map<Id, const HostName*> newest;
  for (const HostName& name : names) {
    const HostName*& kept = newest[id_of(name.address)];
    if (kept == nullptr || kept->seen <= name.seen) kept = &name;
  }
  auto at = newest.begin();
  const Insert what{"host",
                    {{"id", ColumnType::integer},
                     {"address", ColumnType::text},
                     {"name", ColumnType::text},
                     {"name_source", ColumnType::text},
                     {"name_seen", ColumnType::integer}},
                    "ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_source = excluded.name_source, "
                    "name_seen = excluded.name_seen WHERE host.name_seen <= excluded.name_seen"};
  const Result<std::int64_t> done = connection.insert(what, newest.size(), [&](std::size_t, RowSink& sink) {
    sink.integer(at->first);
    sink.text(at->second->address.to_string());
    sink.text(clean_text(at->second->name));
    sink.text(clean_text(at->second->source));
    sink.integer(at->second->seen);
    ++at;
  });
  if (!done) return done.error();
  return {};
}

Result<void> put_all(Connection& connection, const std::vector<HostName>& names) {
  std::map<std::pair<Id, std::string>, const HostName*> newest;
  for (const HostName& name : names) {
    if (name.name.empty()) continue;
    const HostName*& kept = newest[{id_of(name.address), clean_text(name.name)}];
    if (kept == nullptr || kept->seen <= name.seen) kept = &name;
  }
  auto at = newest.begin();
  const Insert what{"host_name",
                    {{"host", ColumnType::integer},
                     {"name", ColumnType::text},
                     {"source", ColumnType::text},
                     {"seen", ColumnType::integer}},
                    "ON CONFLICT (host, name) DO UPDATE SET source = excluded.source, seen = excluded.seen "
                    "WHERE host_name.seen <= excluded.seen"};
  const Result<std::int64_t> done = connection.insert(what, newest.size(), [&](std::size_t, RowSink& sink) {
    sink.integer(at->first.first);
    sink.text(at->first.second);
    sink.text(clean_text(at->second->source));
    sink.integer(at->second->seen);
    ++at;
  });
  if (!done) return done.error();
  return {};
}

Result<void> forget_oldest(Connection& connection, const std::vector<Id>& hosts) {
  const Result<std::int64_t> done =
      connection.execute(cat("DELETE FROM host_name WHERE ", connection.in_ids("host", hosts),
                             " AND (SELECT COUNT(*) FROM host_name AS other WHERE other.host = host_name.host"
                             " AND (other.seen, other.name) > (host_name.seen, host_name.name)) >= ",
                             kNamesAHost),
                         {});
  if (!done) return done.error();
  return {};
}

}  // namespace

Result<void> put_host_names(Connection& connection, const std::vector<HostName>& names) {
  if (names.empty()) return {};
  if (Result<void> done = put_newest(connection, names); !done) return done;
  if (Result<void> done = put_all(connection, names); !done) return done;
  std::map<Id, bool> touched;
  for (const HostName& name : names) touched.emplace(id_of(name.address), true);
  std::vector<Id> hosts;
  for (auto at = touched.begin(); at != touched.end();) {
    hosts.push_back(at->first);
    if (++at != touched.end() && hosts.size() < kIdsAStatement) continue;
    if (Result<void> done = forget_oldest(connection, hosts); !done) return done;
    hosts.clear();
  }
  return {};
}

Result<std::vector<HostName>> read_host_names(Connection& connection, const Groups& groups, Id host) {
  std::vector<HostName> names;
  Result<void> done = connection.query(
      base::cat("SELECT address, host_name.name, source, seen FROM ", groups.table("host_name"), " JOIN ",
                groups.table("host"), " ON host.id = host_name.host WHERE host_name.host = ? ",
                "ORDER BY seen DESC, host_name.name DESC LIMIT ", kNamesAHost),
      {host}, [&](const RowView& row) {
        HostName& name = names.emplace_back();
        name.address = base::Address::parse(row.text(0)).value_or(base::Address());
        name.name = row.text(1);
        name.source = row.text(2);
        name.seen = row.integer(3);
      });
  if (!done) return done.error();
  return names;
}

}  // namespace pastmon::store
