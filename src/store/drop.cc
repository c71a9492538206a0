// SPDX-License-Identifier: MIT
// Deleting a whole database.
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "connection.h"
#include "foreign.h"
#include "pastmon/base/text.h"
#include "pastmon/store/administration.h"
#include "postgresql_text.h"
#include "schema.h"

namespace pastmon::store {
namespace {

using base::cat;
using base::Error;
using base::Result;

Error not_ours(const std::string& description) {
  return Error{cat(description, " holds no PasTmon tables, so it is not deleted")};
}

/// Makes and changes nothing. SQLite files are opened for writing, because one without its -wal could not be read.
Result<std::unique_ptr<Connection>> connect(const Options& options) {
  if (options.driver == "pgsql") return connect_postgresql(options, true);
  if (options.driver != "sqlite3")
    return Error{cat("unknown database driver \"", options.driver, "\": use \"sqlite3\" or \"pgsql\"")};
  std::error_code missing;
  const auto size = std::filesystem::file_size(options.dbname, missing);
  if (missing) return Error{cat("no database ", options.dbname, ": ", missing.message())};
  if (size == 0) return not_ours(cat("sqlite3 ", options.dbname));
  return connect_sqlite(options, false);
}

/// The file itself, what SQLite keeps beside it, and the web server's own.
std::vector<std::string> files_of(const std::string& path) {
  const std::string web = (std::filesystem::path(path).parent_path() / "web.db").string();
  std::vector<std::string> files;
  for (const std::string& file :
       {path, path + "-wal", path + "-shm", path + "-level2.lock", web, web + "-wal", web + "-shm"}) {
    std::error_code ignored;
    if (std::filesystem::exists(file, ignored)) files.push_back(file);
  }
  return files;
}

Result<void> count_rows(Connection& connection, Contents& contents) {
  const Result<bool> front = connection.is_front();
  if (!front) return front.error();
  if (*front) {
    contents.description += " (a front: the databases of its groups stay as they are)";
    return connection.query("SELECT COUNT(*) FROM federation_group", {}, [&](const RowView& row) {
      contents.rows.emplace_back("federation_group", row.integer(0));
    });
  }
  for (const char* table : {"level_1", "level_1_open", "level_2", "host", "signature", "sensor", "statistic"}) {
    Result<void> counted = connection.query(cat("SELECT COUNT(*) FROM ", table), {}, [&](const RowView& row) {
      contents.rows.emplace_back(table, row.integer(0));
    });
    if (!counted) return counted;
  }
  bool any = false;
  for (const char* table : {"level_1", "level_1_open", "level_2"}) {
    Result<void> looked =
        connection.query(cat("SELECT MIN(bucket), MAX(bucket) FROM ", table), {}, [&](const RowView& row) {
          if (row.null(0)) return;
          contents.first = any ? std::min(contents.first, row.integer(0)) : row.integer(0);
          contents.last = any ? std::max(contents.last, row.integer(1)) : row.integer(1);
          any = true;
        });
    if (!looked) return looked;
  }
  return {};
}

Result<void> drop_postgresql(const Options& options) {
  Options elsewhere = options;
  elsewhere.dbname = "postgres";
  Result<std::unique_ptr<Connection>> server = connect_postgresql(elsewhere, false);
  if (!server) return server.error();
  const std::string where = cat("pgsql ", options.host.empty() ? "localhost" : options.host, "/", options.dbname);
  std::int64_t sessions = 0;
  std::string roles;
  Result<void> asked = (*server)->query(
      "SELECT COUNT(*), string_agg(DISTINCT usename::text, ', ') FROM pg_stat_activity WHERE datname = ?",
      {options.dbname}, [&](const RowView& row) {
        sessions = row.integer(0);
        roles = row.text(1);
      });
  if (!asked) return asked;
  if (sessions > 0) {
    return Error{cat(where, ": ", sessions, sessions == 1 ? " session is" : " sessions are", " connected (as ", roles,
                     "): stop pastmon and pastmon-web first")};
  }
  Result<void> dropped = (*server)->script(cat("DROP DATABASE ", identifier(options.dbname)));
  if (dropped) return dropped;
  const bool right = dropped.message().find("must be owner") != std::string::npos;
  return Error{cat(dropped.message(), right ? " (an administrator may: --admin-user postgres)" : "")};
}

/// Removes the files under a lock that no other program has a share of.
Result<void> drop_sqlite(const Options& options) {
  sqlite3* raw = nullptr;
  const int opened =
      sqlite3_open_v2(options.dbname.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> database(raw, &sqlite3_close);
  if (opened != SQLITE_OK)
    return Error{cat("cannot open the database ", options.dbname, ": ", std::strerror(sqlite3_system_errno(raw)))};
  sqlite3_busy_timeout(raw, 500);
  // In write-ahead mode every open program holds a share of the file's lock; leaving that mode needs all of it.
  for (const char* step : {"PRAGMA locking_mode = EXCLUSIVE", "PRAGMA journal_mode = DELETE", "BEGIN EXCLUSIVE"}) {
    if (sqlite3_exec(raw, step, nullptr, nullptr, nullptr) == SQLITE_OK) continue;
    if (sqlite3_errcode(raw) == SQLITE_BUSY)
      return Error{cat(options.dbname, " is in use: stop pastmon and pastmon-web first")};
    return Error{cat(options.dbname, ": ", sqlite3_errmsg(raw))};
  }
  std::vector<std::string> files = files_of(options.dbname);
  std::reverse(files.begin(), files.end());  // the database itself last: until then all can be tried again
  for (const std::string& file : files) {
    if (::unlink(file.c_str()) != 0 && errno != ENOENT)
      return Error{cat("cannot remove ", file, ": ", std::strerror(errno))};
  }
  return {};
}

}  // namespace

Result<Contents> database_contents(const Options& options) {
  Options patient = options;
  patient.query_timeout = 3600;  // counting takes its time
  Result<std::unique_ptr<Connection>> connection = connect(patient);
  if (!connection) return connection.error();
  const Result<std::int64_t> version = (*connection)->schema_version();
  if (!version) return version.error();
  Contents contents;
  contents.description = (*connection)->description();
  if (*version == 0) return not_ours(contents.description);
  if (*version > static_cast<std::int64_t>((*connection)->schema_files().size())) {
    const Result<void> newer = check_schema(**connection);
    if (!newer) return newer.error();
  }
  if (options.driver == "pgsql") {
    const Result<std::string> other = foreign_table(**connection);
    if (!other) return other.error();
    if (!other->empty()) {
      return Error{cat(contents.description, " also holds tables of another program (", *other,
                       "), so it is not deleted; DROP SCHEMA pastmon CASCADE removes PasTmon's alone")};
    }
  } else {
    contents.files = files_of(options.dbname);
  }
  if (Result<void> counted = count_rows(**connection, contents); !counted) return counted.error();
  return contents;
}

Result<void> drop_database(const Options& options) {
  {
    Result<std::unique_ptr<Connection>> connection = connect(options);
    if (!connection) return connection.error();
    const Result<std::int64_t> version = (*connection)->schema_version();
    if (!version) return version.error();
    if (*version == 0) return not_ours((*connection)->description());
  }
  return options.driver == "sqlite3" ? drop_sqlite(options) : drop_postgresql(options);
}

}  // namespace pastmon::store
