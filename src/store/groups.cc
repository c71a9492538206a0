// SPDX-License-Identifier: MIT
#include "groups.h"

#include <algorithm>

#include "pastmon/base/log.h"
#include "pastmon/base/text.h"
#include "postgresql_text.h"

namespace pastmon::store {
namespace {

using base::cat;
using base::Error;
using base::Result;

std::string version_query(const std::string& group) {
  return cat("SELECT COALESCE(MAX(version), 0) AS version FROM ", identifier("schema_version@" + group));
}

/// Tables in which a front shows once what several groups hold: the key, the other columns, which row wins.
struct Shared {
  std::string_view name, key, others, newest;
};
constexpr Shared kShared[] = {
    {"sensor", "id", "name, identity", ""},
    {"signature", "id", "name", ""},
    {"host", "id", "address, name, name_source, name_seen", "name_seen DESC, name DESC, "},
    {"host_name", "host, name", "source, seen", "seen DESC, "},
};

}  // namespace

Result<void> Groups::ready() {
  if (!known_) {
    if (Result<void> learnt = learn(); !learnt) return learnt;
    known_ = true;
    if (front_ && !all_answer()) leave_out();
    return any_left();
  }
  const base::Micros now = clock_.monotonic();
  for (Group& group : groups_) {
    if (group.problem.empty() || now < group.ask_again) continue;
    if (ask(group)) base::log::info("group ", group.name, " (", group.database, ") can be read again");
  }
  return any_left();
}

Result<void> Groups::learn() {
  const Result<bool> front = connection_.is_front();
  if (!front) return front.error();
  front_ = *front;
  groups_.clear();
  if (!front_) return {};
  // Grouping that holds the partition key is then done by the groups' databases.
  if (Result<void> set = connection_.script("SET enable_partitionwise_aggregate = on"); !set) return set;
  return connection_.query("SELECT name, database FROM federation_group ORDER BY name", {}, [this](const RowView& row) {
    Group& group = groups_.emplace_back();
    group.name = row.text(0);
    group.database = row.text(1);
  });
}

bool Groups::all_answer() {
  const auto known = static_cast<std::int64_t>(connection_.schema_files().size());
  std::string sql;
  for (const Group& group : groups_) sql += cat(sql.empty() ? "" : " UNION ALL ", version_query(group.name));
  if (sql.empty()) return true;
  bool same = true;
  const Result<void> asked =
      connection_.query(sql, {}, [&](const RowView& row) { same = same && row.integer(0) == known; });
  return asked && same;
}

/// A group that shuts down takes the connection to the front with it: its message says "shutting down" as well.
bool Groups::connected() {
  if (!connection_.lost()) return true;
  return connection_.reconnect() && connection_.script("SET enable_partitionwise_aggregate = on");
}

bool Groups::ask(Group& group) {
  if (!connected()) return true;
  const auto known = static_cast<std::int64_t>(connection_.schema_files().size());
  std::int64_t version = 0;
  const Result<void> asked =
      connection_.query(version_query(group.name), {}, [&version](const RowView& row) { version = row.integer(0); });
  std::string problem;
  if (!asked) {
    problem = "cannot be read";
  } else if (version != known) {
    problem = cat("has schema version ", version, ", this front reads ", known);
  }
  if (!problem.empty() && problem != group.problem) {
    base::log::warning("group ", group.name, " (", group.database, ") ", problem, asked ? "" : ": ",
                       asked ? "" : asked.message());
  }
  group.problem = problem;
  group.ask_again = clock_.monotonic() + retry_;
  return problem.empty();
}

bool Groups::leave_out() {
  if (!front_) return false;
  bool found = false;
  for (Group& group : groups_) {
    if (group.problem.empty() && !ask(group)) found = true;
  }
  return found;
}

Result<void> Groups::any_left() const {
  if (groups_.empty()) return {};
  for (const Group& group : groups_) {
    if (group.problem.empty()) return {};
  }
  return Error{cat("no group of sensors can be read; ", warnings().front()), true};
}

std::vector<std::string> Groups::warnings() const {
  std::vector<std::string> lines;
  for (const Group& group : groups_) {
    if (group.problem.empty()) continue;
    lines.push_back(cat("Group ", group.name, " (", group.database, ") ", group.problem,
                        ": the figures of its sensors are missing here"));
  }
  return lines;
}

std::string Groups::condition() const {
  std::string names;
  for (const Group& group : groups_) {
    if (group.problem.empty()) continue;
    names += names.empty() ? "'" : ",'";
    names += group.name + "'";
  }
  return names.empty() ? names : cat(" AND sensor_group NOT IN (", names, ")");
}

std::string Groups::table(std::string_view name) const {
  const std::string left_out = condition();
  if (left_out.empty()) return std::string(name);
  const auto shared = std::find_if(std::begin(kShared), std::end(kShared),
                                   [name](const Shared& candidate) { return candidate.name == name; });
  if (shared == std::end(kShared)) return cat("(SELECT * FROM ", name, " WHERE TRUE", left_out, ") AS ", name);
  return cat("(SELECT DISTINCT ON (", shared->key, ") ", shared->key, ", ", shared->others, " FROM group_", name,
             " WHERE TRUE", left_out, " ORDER BY ", shared->key, ", ", shared->newest, "sensor_group) AS ", name);
}

}  // namespace pastmon::store
