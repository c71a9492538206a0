// SPDX-License-Identifier: MIT
#include "sensors.h"

#include <optional>

#include "pastmon/base/text.h"
#include "pastmon/store/sensors.h"
#include "schema.h"

namespace pastmon::store {
namespace {

using base::cat;
using base::Error;
using base::Result;

/// Unset: no such sensor.
Result<std::optional<std::string>> owner_of(Connection& connection, const std::string& sensor) {
  std::optional<std::string> owner;
  Result<void> done = connection.query("SELECT identity FROM sensor WHERE id = ?", {id_of_name(sensor)},
                                       [&](const RowView& row) { owner = row.text(0); });
  if (!done) return done.error();
  return owner;
}

}  // namespace

// Not remembered: the name may be released and taken by another at any time.
Result<void> claim_sensor(Connection& connection, const std::string& sensor, const std::string& identity) {
  const std::string mine = clean_text(identity);
  if (mine.empty()) return {};
  Result<std::optional<std::string>> owner = owner_of(connection, sensor);
  if (!owner) return owner.error();
  if (*owner && (*owner)->empty()) {
    const Result<std::int64_t> taken =
        connection.execute("UPDATE sensor SET identity = ? WHERE id = ? AND identity = ''", {mine, id_of_name(sensor)});
    if (!taken) return taken.error();
    if (*taken == 1) return {};
    owner = owner_of(connection, sensor);  // another one was faster
    if (!owner) return owner.error();
  }
  if (!*owner) return Error{cat("the sensor \"", sensor, "\" has gone from the database"), true};
  if (**owner == mine) return {};
  return Error{cat("another machine already uses the sensor name \"", sensor, "\" in this database: set another one ",
                   "(sensor = \"…\" in pastmon.conf), or, if this machine takes its place, run pastmon-admin sensor ",
                   "release '", sensor, "'")};
}

Result<void> release_sensor(const Options& database, const std::string& sensor) {
  Result<std::unique_ptr<Connection>> connection = connect(database, false);
  if (!connection) return connection.error();
  if (Result<void> fine = check_schema(**connection); !fine) return fine;
  const Result<std::int64_t> released =
      (*connection)->execute("UPDATE sensor SET identity = '' WHERE id = ?", {id_of_name(sensor)});
  if (!released) return released.error();
  if (*released == 0) return Error{cat("there is no sensor \"", sensor, "\" in ", (*connection)->description())};
  return {};
}

}  // namespace pastmon::store
