// SPDX-License-Identifier: MIT
#include "pastmon/store/administration.h"

#include <unistd.h>

#include "connection.h"
#include "federation.h"
#include "foreign.h"
#include "pastmon/base/embedded.h"
#include "pastmon/base/text.h"
#include "postgresql_text.h"
#include "schema.h"

namespace pastmon::embedded {
std::span<const File> postgresql_roles();
}  // namespace pastmon::embedded

namespace pastmon::store {
namespace {

using base::cat;
using base::Error;
using base::Result;

std::string literal(std::string_view text) {
  std::string out;
  put_literal(out, text);
  return out;
}

/// The first column of the first row; "" when there is none.
Result<std::string> text_of(Connection& connection, std::string_view sql, const std::vector<Parameter>& parameters) {
  std::string text;
  Result<void> done =
      connection.query(sql, parameters, [&text](const RowView& row) { text = std::string(row.text(0)); });
  if (!done) return done.error();
  return text;
}

/// Runs statements until one fails.
Result<void> all_of(Connection& connection, const std::vector<std::string>& statements) {
  for (const std::string& statement : statements) {
    if (Result<void> done = connection.script(statement); !done) return done;
  }
  return {};
}

bool refused_right(std::string_view message) {
  return message.find("permission denied") != std::string_view::npos ||
         message.find("must be owner") != std::string_view::npos;
}

/// The server does not know the role, or this is another user of the system than the role's.
bool stranger(std::string_view message) {
  const auto has = [message](std::string_view text) { return message.find(text) != std::string_view::npos; };
  return (has("role \"") && has("does not exist")) || has("Peer authentication failed");
}

bool wrong_password(std::string_view message) {
  return message.find("no password supplied") != std::string_view::npos ||
         message.find("password authentication failed") != std::string_view::npos;
}

constexpr const char* kAskAdministrator = "; an administrator of the server may: give --admin-user postgres";

/// One run of set_up_database() on PostgreSQL.
class PostgresqlSetUp {
 public:
  explicit PostgresqlSetUp(const SetUp& what) : what_(what), options_(what.options) {}

  Result<SetUpDone> run() {
    Result<void> ready = connect();
    if (ready) ready = look();
    if (ready) ready = bring_up();
    if (ready) return done_;
    const std::string& why = ready.message();
    const bool hint = !administrator_ && why.find("upgrade-database") == std::string::npos &&
                      (refused_right(why) || stranger(why) || wrong_password(why));
    return Error{cat(why, hint ? kAskAdministrator : ""), ready.error().temporary};
  }

 private:
  Result<void> connect();
  Result<void> make_database();
  Result<void> look();
  Result<void> refuse_foreign_tables();
  Result<void> bring_up();
  Result<void> read_rights(Connection& connection);
  Result<void> make_roles(Connection& connection);
  Result<void> make_role(Connection& connection, const std::string& name, bool login, const std::string& password);
  Result<void> become_owner();
  Result<void> make_web_schema();
  Result<void> make_front();
  Result<void> grant();

  const SetUp& what_;
  Options options_;
  std::unique_ptr<Connection> connection_;
  bool administrator_ = false;  ///< superuser or CREATEROLE
  bool superuser_ = false;
  bool made_database_ = false;
  bool roles_made_ = false;
  std::string role_;    ///< whom we are connected as
  std::string schema_;  ///< owner of the schema "pastmon"; "" when there is none
  SetUpDone done_;
};

Result<void> PostgresqlSetUp::connect() {
  Result<std::unique_ptr<Connection>> connection = connect_postgresql(options_, false);
  if (!connection && stranger(connection.message()) && what_.administrator) {
    if (const std::optional<Options> other = what_.administrator()) {
      // What the server says about the administrator would puzzle whoever has never heard of one.
      const Error first = connection.error();
      options_ = *other;
      connection = connect_postgresql(options_, false);
      if (!connection && stranger(connection.message())) return first;
    }
  }
  if (connection) {
    connection_ = *std::move(connection);
    return read_rights(*connection_);
  }
  if (what_.must_exist) return connection.error();
  const Error first = connection.error();
  if (Result<void> made = make_database(); !made) return made;
  if (!made_database_) return first;
  connection = connect_postgresql(options_, false);
  if (!connection) return connection.error();
  connection_ = *std::move(connection);
  return {};
}

/// Where the server lets us in and has no such database. Else nothing is done, and the first error stands.
Result<void> PostgresqlSetUp::make_database() {
  Options elsewhere = options_;
  Result<std::unique_ptr<Connection>> server = Error{};
  for (const char* name : {"postgres", "template1"}) {
    elsewhere.dbname = name;
    server = connect_postgresql(elsewhere, false);
    if (server) break;
  }
  if (!server) return {};
  const Result<std::string> there =
      text_of(**server, "SELECT datname::text FROM pg_database WHERE datname = ?", {options_.dbname});
  if (!there) return there.error();
  if (!there->empty()) return {};
  if (Result<void> rights = read_rights(**server); !rights) return rights;
  std::string owner;
  if (administrator_) {
    if (Result<void> roles = make_roles(**server); !roles) return roles;
    owner = cat(" OWNER ", kOwnerRole);
  }
  const Result<void> made = (*server)->script(
      cat("CREATE DATABASE ", identifier(options_.dbname), owner, " ENCODING 'UTF8' TEMPLATE template0"));
  if (!made) {
    return Error{cat("database \"", options_.dbname, "\" does not exist and cannot be made: ", made.message())};
  }
  made_database_ = true;
  done_.made.push_back(cat("database ", options_.dbname));
  return {};
}

Result<void> PostgresqlSetUp::read_rights(Connection& connection) {
  Result<void> asked = connection.query(
      "SELECT rolname::text, rolsuper::int, (rolsuper OR rolcreaterole)::int FROM pg_roles WHERE rolname = "
      "current_user",
      {}, [this](const RowView& row) {
        role_ = row.text(0);
        superuser_ = row.integer(1) != 0;
        administrator_ = row.integer(2) != 0;
      });
  if (!asked || !superuser_) return asked;
  // Passwords are to stay out of the server's log.
  return connection.script(
      "SET log_statement = 'none'; SET log_min_duration_statement = -1; SET log_min_error_statement = 'panic'");
}

Result<void> PostgresqlSetUp::make_roles(Connection& connection) {
  if (roles_made_) return {};
  roles_made_ = true;
  if (Result<void> made = make_role(connection, kOwnerRole, false, ""); !made) return made;
  if (Result<void> made = make_role(connection, what_.roles.writer, true, what_.roles.writer_password); !made)
    return made;
  if (Result<void> made = make_role(connection, what_.roles.reader, true, what_.roles.reader_password); !made)
    return made;
  if (superuser_) return {};
  // Who may make roles but is no superuser has to belong to the owner, to work as it.
  return connection.script(cat("GRANT ", kOwnerRole, " TO CURRENT_USER"));
}

Result<void> PostgresqlSetUp::make_role(Connection& connection, const std::string& name, bool login,
                                        const std::string& password) {
  const Result<std::string> there = text_of(connection, "SELECT rolname::text FROM pg_roles WHERE rolname = ?", {name});
  if (!there) return there.error();
  const std::string with = password.empty() ? std::string() : cat(" PASSWORD ", literal(password));
  if (there->empty()) {
    done_.made.push_back(cat("role ", name));
    return connection.script(cat("CREATE ROLE ", identifier(name), login ? " LOGIN" : " NOLOGIN", with));
  }
  if (with.empty() || !superuser_) return {};
  // A password that somebody has set stays.
  const Result<std::string> bare =
      text_of(connection,
              "SELECT rolname::text FROM pg_authid WHERE rolname = ? AND rolpassword IS NULL AND NOT rolsuper", {name});
  if (!bare) return bare.error();
  if (bare->empty()) return {};
  done_.made.push_back(cat("password of role ", name));
  return connection.script(cat("ALTER ROLE ", identifier(name), with));
}

/// Is it ours, or empty? Before anything is made in it.
Result<void> PostgresqlSetUp::look() {
  done_.description = connection_->description();
  const Result<std::string> owner =
      text_of(*connection_, "SELECT pg_get_userbyid(nspowner)::text FROM pg_namespace WHERE nspname = 'pastmon'", {});
  if (!owner) return owner.error();
  schema_ = *owner;
  if (!schema_.empty()) {
    if (Result<void> became = become_owner(); !became) return became;
  }
  const Result<std::int64_t> version = connection_->schema_version();
  if (!version) return version.error();
  done_.version_before = *version;
  if (*version > 0) return {};
  if (what_.must_exist)
    return Error{cat("no PasTmon tables in ", done_.description, ": make them with pastmon-admin create-database")};
  return refuse_foreign_tables();
}

Result<void> PostgresqlSetUp::refuse_foreign_tables() {
  const Result<std::string> other = foreign_table(*connection_);
  if (!other) return other.error();
  if (other->empty()) return {};
  return Error{cat(done_.description, " belongs to another program (it holds ", *other,
                   " and no PasTmon tables): give another database")};
}

Result<void> PostgresqlSetUp::become_owner() {
  if (schema_ == role_) return {};
  const Result<std::string> member =
      text_of(*connection_, "SELECT 'yes'::text WHERE pg_has_role(?, 'MEMBER')", {schema_});
  if (!member) return member.error();
  if (!member->empty()) return connection_->script(cat("SET ROLE ", identifier(schema_)));
  if (!administrator_) return {};  // enough, if there is nothing to upgrade
  return Error{cat(done_.description, ": its schema belongs to the role ", schema_,
                   ": use that role or a superuser (--admin-user)")};
}

Result<void> PostgresqlSetUp::bring_up() {
  if (administrator_) {
    const std::string database = identifier(options_.dbname);
    if (schema_.empty()) schema_ = kOwnerRole;
    if (Result<void> back = connection_->script("RESET ROLE"); !back) return back;
    if (Result<void> made = make_roles(*connection_); !made) return made;
    const Result<std::string> may = text_of(
        *connection_, "SELECT 'yes'::text WHERE has_database_privilege(?, current_database(), 'CREATE')", {schema_});
    if (!may) return may.error();
    std::vector<std::string> rights;
    if (may->empty()) rights.push_back(cat("GRANT CREATE ON DATABASE ", database, " TO ", identifier(schema_)));
    if (made_database_) {
      rights.emplace_back("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
      rights.push_back(cat("REVOKE ALL ON DATABASE ", database, " FROM PUBLIC"));
      rights.push_back(cat("GRANT CONNECT, TEMPORARY ON DATABASE ", database, " TO ", identifier(what_.roles.writer)));
      rights.push_back(cat("GRANT CONNECT ON DATABASE ", database, " TO ", identifier(what_.roles.reader)));
    }
    if (Result<void> given = all_of(*connection_, rights); !given) return given;
    if (Result<void> became = become_owner(); !became) return became;
  }
  if (Result<void> prepared = prepare_schema(*connection_); !prepared) return prepared;
  const Result<std::int64_t> version = connection_->schema_version();
  if (!version) return version.error();
  done_.version = *version;
  if (Result<void> made = make_web_schema(); !made) return made;
  if (Result<void> made = make_front(); !made) return made;
  return administrator_ ? grant() : Result<void>();
}

/// CREATE SCHEMA IF NOT EXISTS would ask for the right to make schemas even where there is nothing to make.
Result<void> PostgresqlSetUp::make_web_schema() {
  const Result<std::string> wanted = text_of(*connection_,
                                             "SELECT 'yes'::text WHERE to_regnamespace('web') IS NULL "
                                             "AND has_database_privilege(current_database(), 'CREATE')",
                                             {});
  if (!wanted) return wanted.error();
  return wanted->empty() ? Result<void>() : connection_->script("CREATE SCHEMA web");
}

Result<void> PostgresqlSetUp::make_front() {
  if (!what_.front) return {};
  Result<FrontDone> front = change_front(*connection_, *what_.front);
  if (!front) return front.error();
  done_.made.insert(done_.made.end(), front->made.begin(), front->made.end());
  done_.warnings = std::move(front->warnings);
  return {};
}

Result<void> PostgresqlSetUp::grant() {
  for (const auto& [setting, role] :
       {std::pair("pastmon.writer", what_.roles.writer), std::pair("pastmon.reader", what_.roles.reader)}) {
    const Result<std::string> set =
        text_of(*connection_, "SELECT set_config(?, ?, false)", {std::string(setting), role});
    if (!set) return set.error();
  }
  for (const embedded::File& file : embedded::postgresql_roles()) {
    if (Result<void> granted = connection_->script(file.content); !granted) return granted;
  }
  return {};
}

Result<SetUpDone> set_up_sqlite(const SetUp& what) {
  SetUpDone done;
  const bool there = ::access(what.options.dbname.c_str(), F_OK) == 0;
  if (!there && what.must_exist)
    return Error{cat("no database ", what.options.dbname, ": make it with pastmon-admin create-database")};
  Result<std::unique_ptr<Connection>> connection = connect_sqlite(what.options, false);
  if (!connection) return connection.error();
  done.description = (*connection)->description();
  if (!there) done.made.push_back(cat("file ", what.options.dbname));
  const Result<std::int64_t> before = (*connection)->schema_version();
  if (!before) return before.error();
  done.version_before = *before;
  if (*before == 0 && what.must_exist)
    return Error{cat("no PasTmon tables in ", done.description, ": make them with pastmon-admin create-database")};
  if (Result<void> prepared = prepare_schema(**connection); !prepared) return prepared.error();
  const Result<std::int64_t> version = (*connection)->schema_version();
  if (!version) return version.error();
  done.version = *version;
  return done;
}

}  // namespace

Result<SetUpDone> set_up_database(const SetUp& what) {
  if (what.front && what.options.driver != "pgsql") return Error{"only a PostgreSQL database can be a front"};
  if (what.options.driver == "sqlite3") return set_up_sqlite(what);
  if (what.options.driver == "pgsql") return PostgresqlSetUp(what).run();
  return Error{cat("unknown database driver \"", what.options.driver, "\": use \"sqlite3\" or \"pgsql\"")};
}

}  // namespace pastmon::store
