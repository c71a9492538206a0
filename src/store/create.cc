// SPDX-License-Identifier: MIT
// Making a PostgreSQL database where there is none yet.
#include "connection.h"
#include "pastmon/base/text.h"

namespace pastmon::store {
namespace {

using base::Error;
using base::Result;

std::string identifier(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + '"';
}

}  // namespace

Result<bool> create(const Options& options) {
  if (options.driver != "pgsql" || options.dbname.empty()) return false;
  Options elsewhere = options;
  elsewhere.dbname = "postgres";
  const Result<std::unique_ptr<Connection>> connection = connect_postgresql(elsewhere, false);
  if (!connection) return false;
  bool there = false;
  const Result<void> asked =
      (*connection)->query("SELECT 1 FROM pg_database WHERE datname = ?", {options.dbname}, [&there](const RowView&) {
        there = true;
      });
  if (!asked) return asked.error();
  if (there) return false;
  const Result<void> made =
      (*connection)
          ->script(base::cat("CREATE DATABASE ", identifier(options.dbname), " ENCODING 'UTF8' TEMPLATE template0"));
  if (!made) {
    return Error{base::cat("database \"", options.dbname, "\" does not exist and cannot be made: ", made.message())};
  }
  return true;
}

}  // namespace pastmon::store
