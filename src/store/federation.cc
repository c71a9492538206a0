// SPDX-License-Identifier: MIT
#include "federation.h"

#include <map>

#include "conninfo.h"
#include "pastmon/base/embedded.h"
#include "pastmon/base/text.h"
#include "postgresql_text.h"

namespace pastmon::embedded {
std::span<const File> federation_sql();
}  // namespace pastmon::embedded

namespace pastmon::store {
namespace {

using base::cat;
using base::Error;
using base::Result;

/// Options of a group's server where its connection string does not say otherwise. A group that is away must not keep
/// the readers waiting.
const std::map<std::string, std::string>& server_defaults() {
  static const std::map<std::string, std::string> defaults = {
      {"async_capable", "true"},    {"fetch_size", "5000"},       {"connect_timeout", "3"},
      {"keepalives_idle", "5"},     {"keepalives_interval", "2"}, {"keepalives_count", "3"},
      {"tcp_user_timeout", "5000"}, {"updatable", "false"},       {"application_name", "pastmon front"},
  };
  return defaults;
}

std::string sql_text(std::string_view text) {
  std::string out;
  put_literal(out, text);
  return out;
}

std::string server_name(const std::string& group) { return identifier("pastmon_" + group); }

Result<void> run_file(Connection& connection, std::string_view name) {
  for (const embedded::File& file : embedded::federation_sql()) {
    if (file.name == name) return connection.script(file.content);
  }
  return Error{cat("sql/federation/", name, " is missing in this program")};
}

/// The first column of each row.
Result<std::vector<std::string>> texts(Connection& connection, std::string_view sql,
                                       const std::vector<Parameter>& parameters = {}) {
  std::vector<std::string> found;
  Result<void> done =
      connection.query(sql, parameters, [&found](const RowView& row) { found.emplace_back(row.text(0)); });
  if (!done) return done.error();
  return found;
}

Result<void> attach(Connection& connection, const std::string& group) {
  Result<std::vector<std::string>> named =
      texts(connection, "SELECT set_config('pastmon.sensor_group', ?, true)", {group});
  if (!named) return named.error();
  return run_file(connection, "group.sql");
}

class FrontSetUp {
 public:
  FrontSetUp(Connection& connection, const FrontChange& change) : connection_(connection), change_(change) {}

  Result<FrontDone> run();

 private:
  Result<void> look();
  Result<void> make_front();
  Result<void> need_extension();
  Result<void> remove(const std::string& group);
  Result<void> add(const SensorGroup& group);
  Result<void> make_server(const SensorGroup& group, std::map<std::string, std::string> conninfo);
  Result<void> try_group(const std::string& group, const std::string& database);
  Result<void> find_shared_sensors();
  Result<void> work_as(const std::string& role);

  Connection& connection_;
  const FrontChange& change_;
  std::string owner_;  ///< of the schema
  bool superuser_ = false;
  std::map<std::string, std::string> groups_;  ///< name → "host/dbname"
  FrontDone done_;
};

Result<FrontDone> FrontSetUp::run() {
  for (const SensorGroup& group : change_.groups) {
    if (Result<void> fine = check_group(group); !fine) return fine.error();
  }
  Transaction transaction(connection_);
  Result<void> ready = transaction.begin_write();
  if (ready) ready = connection_.lock_schema();
  if (ready) ready = look();
  for (auto name = change_.removed.begin(); ready && name != change_.removed.end(); ++name) {
    if (!groups_.contains(*name)) return Error{cat(connection_.description(), " has no group \"", *name, "\"")};
    ready = remove(*name);
    done_.made.push_back(cat("no group ", *name, " any more"));
  }
  for (auto group = change_.groups.begin(); ready && group != change_.groups.end(); ++group) ready = add(*group);
  if (ready) ready = find_shared_sensors();
  if (ready) ready = transaction.commit();
  if (!ready) return ready.error();
  return done_;
}

Result<void> FrontSetUp::work_as(const std::string& role) {
  return connection_.script(cat("SET LOCAL ROLE ", role.empty() ? "NONE" : identifier(role)));
}

Result<void> FrontSetUp::look() {
  Result<void> asked = connection_.query(
      "SELECT pg_get_userbyid(n.nspowner)::text, r.rolsuper::int FROM pg_namespace n, pg_roles r "
      "WHERE n.nspname = 'pastmon' AND r.rolname = session_user",
      {}, [this](const RowView& row) {
        owner_ = row.text(0);
        superuser_ = row.integer(1) != 0;
      });
  if (!asked) return asked;
  const Result<bool> front = connection_.is_front();
  if (!front) return front.error();
  if (!*front) return make_front();
  return connection_.query("SELECT name, database FROM federation_group", {}, [this](const RowView& row) {
    groups_.emplace(std::string(row.text(0)), std::string(row.text(1)));
  });
}

Result<void> FrontSetUp::make_front() {
  for (const char* table : {"sensor", "host", "level_1", "level_1_open", "level_2", "statistic"}) {
    const Result<std::vector<std::string>> rows = texts(connection_, cat("SELECT 'a'::text FROM ", table, " LIMIT 1"));
    if (!rows) return rows.error();
    if (!rows->empty())
      return Error{cat(connection_.description(), " holds figures of its own (table ", table,
                       "): a front shows those of other databases only, so give it a new one")};
  }
  if (Result<void> there = need_extension(); !there) return there;
  if (Result<void> as = work_as(owner_); !as) return as;
  if (Result<void> made = run_file(connection_, "front.sql"); !made) return made;
  done_.made.emplace_back("front");
  return {};
}

Result<void> FrontSetUp::need_extension() {
  const Result<std::vector<std::string>> known =
      texts(connection_,
            "SELECT COALESCE(installed_version, '')::text FROM pg_available_extensions WHERE name = 'postgres_fdw'");
  if (!known) return known.error();
  if (known->empty())
    return Error{cat("the PostgreSQL server of ", connection_.description(),
                     " lacks postgres_fdw: install its package postgresql-contrib (Debian: part of postgresql-15)")};
  if (Result<void> as = work_as(""); !as) return as;
  if (known->front().empty()) {
    if (!superuser_)
      return Error{cat("only a superuser can give ", connection_.description(),
                       " the extension postgres_fdw: use --admin-user postgres")};
    if (Result<void> made = connection_.script("CREATE EXTENSION postgres_fdw SCHEMA public"); !made) return made;
  }
  // For people who query the front themselves; programs set it for their session.
  const Result<std::vector<std::string>> database = texts(connection_, "SELECT current_database()::text");
  if (!database) return database.error();
  return connection_.script(
      cat("ALTER DATABASE ", identifier(database->front()), " SET enable_partitionwise_aggregate = on"));
}

Result<void> FrontSetUp::remove(const std::string& group) {
  if (Result<void> as = work_as(""); !as) return as;
  if (Result<void> gone = connection_.script(cat("DROP SERVER ", server_name(group), " CASCADE")); !gone) return gone;
  if (Result<void> as = work_as(owner_); !as) return as;
  const Result<std::int64_t> deleted = connection_.execute("DELETE FROM federation_group WHERE name = ?", {group});
  if (!deleted) return deleted.error();
  groups_.erase(group);
  return {};
}

Result<void> FrontSetUp::add(const SensorGroup& group) {
  Result<std::map<std::string, std::string>> conninfo = parse_conninfo(group.conninfo);
  if (!conninfo) return conninfo.error();
  const std::string database = conninfo_name(*conninfo);
  if (groups_.contains(group.name)) {
    if (Result<void> gone = remove(group.name); !gone) return gone;
  }
  for (const auto& [name, other] : groups_) {
    if (other == database)
      return Error{cat("groups ", name, " and ", group.name, " are the same database: ", database)};
  }
  if (Result<void> made = make_server(group, *std::move(conninfo)); !made) return made;
  if (Result<void> as = work_as(owner_); !as) return as;
  if (Result<void> attached = attach(connection_, group.name); !attached) return attached;
  const Result<std::int64_t> noted =
      connection_.execute("INSERT INTO federation_group (name, database) VALUES (?, ?)", {group.name, database});
  if (!noted) return noted.error();
  groups_.emplace(group.name, database);
  done_.made.push_back(cat("group ", group.name, " (", database, ")"));
  return try_group(group.name, database);
}

Result<void> FrontSetUp::make_server(const SensorGroup& group, std::map<std::string, std::string> conninfo) {
  if (Result<void> as = work_as(""); !as) return as;
  std::string mapping;
  if (const auto user = conninfo.find("user"); user != conninfo.end()) {
    mapping = cat("user ", sql_text(user->second));
    conninfo.erase(user);
  }
  const auto also = [&mapping](const std::string& option) { mapping += cat(mapping.empty() ? "" : ", ", option); };
  if (!group.password.empty()) {
    also(cat("password ", sql_text(group.password)));
  } else if (superuser_) {
    also("password_required 'false'");  // a passfile, a certificate, or a server that trusts this one
  }
  for (const auto& [key, value] : server_defaults()) conninfo.emplace(key, value);
  std::string& session = conninfo["options"];
  session = cat("-c pastmon.sensor_group=", group.name, session.empty() ? "" : " ", session);
  std::string options;
  for (const auto& [key, value] : conninfo) options += cat(options.empty() ? "" : ", ", key, " ", sql_text(value));
  const std::string server = server_name(group.name);
  return connection_.script(cat("CREATE SERVER ", server, " FOREIGN DATA WRAPPER postgres_fdw OPTIONS (", options,
                                "); CREATE USER MAPPING FOR PUBLIC SERVER ", server,
                                mapping.empty() ? "" : cat(" OPTIONS (", mapping, ")"),
                                "; GRANT USAGE ON FOREIGN SERVER ", server, " TO ", identifier(owner_)));
}

Result<void> FrontSetUp::try_group(const std::string& group, const std::string& database) {
  const auto known = static_cast<std::int64_t>(connection_.schema_files().size());
  const std::string who = cat("group ", group, " (", database, "): ");
  std::int64_t version = 0;
  Result<void> asked =
      connection_.query(cat("SELECT COALESCE(MAX(version), 0) FROM ", identifier("schema_version@" + group)), {},
                        [&version](const RowView& row) { version = row.integer(0); });
  if (!asked) return Error{cat(who, asked.message()), asked.error().temporary};
  if (version > known)
    return Error{
        cat(who, "its schema is version ", version, ", newer than this program's ", known, ": upgrade PasTmon here")};
  if (version < known)
    return Error{cat(who, "its schema is version ", version, ", older than this program's ", known,
                     ": run pastmon-admin upgrade-database there")};
  for (const char* table : {"level_1", "level_2", "group_host", "rollup", "total"}) {
    asked = connection_.query(cat("SELECT 1 FROM ", table, " WHERE sensor_group = ? LIMIT 1"), {group},
                              [](const RowView&) {});
    if (!asked) return Error{cat(who, asked.message()), asked.error().temporary};
  }
  return {};
}

// A sensor that moved from one group to another is in both: fine, as long as no row is.
Result<void> FrontSetUp::find_shared_sensors() {
  if (change_.groups.empty()) return {};
  return connection_.query(
      "SELECT MIN(name), string_agg(sensor_group, ', ' ORDER BY sensor_group) FROM group_sensor GROUP BY id "
      "HAVING COUNT(*) > 1 ORDER BY 1",
      {}, [this](const RowView& row) {
        done_.warnings.push_back(cat("sensor ", row.text(0), " stands in several groups (", row.text(1),
                                     "): rows that two of them hold count twice"));
      });
}

}  // namespace

Result<FrontDone> change_front(Connection& connection, const FrontChange& change) {
  return FrontSetUp(connection, change).run();
}

Result<void> put_front_aside(Connection& connection) {
  return connection.script("ALTER SCHEMA pastmon RENAME TO pastmon_before");
}

Result<void> make_front_again(Connection& connection) {
  if (Result<void> made = run_file(connection, "front.sql"); !made) return made;
  const Result<std::vector<std::string>> groups =
      texts(connection, "SELECT name FROM pastmon_before.federation_group ORDER BY name");
  if (!groups) return groups.error();
  for (const std::string& group : *groups) {
    if (Result<void> attached = attach(connection, group); !attached) return attached;
  }
  return connection.script(
      "INSERT INTO federation_group SELECT * FROM pastmon_before.federation_group; "
      "DROP SCHEMA pastmon_before CASCADE");
}

}  // namespace pastmon::store
