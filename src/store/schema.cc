// SPDX-License-Identifier: MIT
#include "schema.h"

#include "federation.h"
#include "pastmon/base/text.h"

namespace pastmon::store {
namespace {

using base::cat;
using base::Error;
using base::Result;

Error newer(const Connection& connection, std::int64_t found, std::int64_t known) {
  return Error{cat("the schema of ", connection.description(), " is version ", found, ", newer than this program's ",
                   known, ": upgrade PasTmon")};
}

/// The old version stays whole: its upgrade is one transaction.
Error not_upgraded(const Connection& connection, std::int64_t found, std::int64_t known, const Error& why) {
  return Error{cat("the schema of ", connection.description(), " is version ", found, " and cannot be upgraded to ",
                   known, ": ", why.message, "; its owner or an administrator may: pastmon-admin upgrade-database"),
               why.temporary};
}

}  // namespace

Result<void> prepare_schema(Connection& connection) {
  const std::vector<std::string_view> files = connection.schema_files();
  const auto known = static_cast<std::int64_t>(files.size());
  const Result<std::int64_t> before = connection.schema_version();
  if (!before) return before.error();
  if (*before > known) return newer(connection, *before, known);
  if (*before == known) return {};  // a writer need not be allowed to lock or change the schema

  Transaction transaction(connection);
  if (Result<void> begun = transaction.begin_write(); !begun) return begun;
  if (Result<void> locked = connection.lock_schema(); !locked) return locked;
  const Result<std::int64_t> found = connection.schema_version();  // another program may just have prepared it
  if (!found) return found.error();
  if (*found > known) return newer(connection, *found, known);
  const Result<bool> front = connection.is_front();
  if (!front) return front.error();
  if (*front) {
    if (Result<void> done = put_front_aside(connection); !done)
      return not_upgraded(connection, *found, known, done.error());
  }
  for (std::int64_t version = *front ? 0 : *found; version < known; ++version) {
    if (Result<void> done = connection.script(files[static_cast<std::size_t>(version)]); !done)
      return *found == 0 ? done : not_upgraded(connection, *found, known, done.error());
    const Result<std::int64_t> noted = connection.execute("INSERT INTO schema_version (version, applied) VALUES (?, ?)",
                                                          {version + 1, base::SystemClock().now() / base::kSecond});
    if (!noted) return noted.error();
  }
  if (*front) {
    if (Result<void> done = make_front_again(connection); !done) return done;
  }
  return transaction.commit();
}

Result<void> check_schema(Connection& connection) {
  const auto known = static_cast<std::int64_t>(connection.schema_files().size());
  const Result<std::int64_t> found = connection.schema_version();
  if (!found) return found.error();
  if (*found > known) return newer(connection, *found, known);
  if (*found == 0) {
    return Error{cat("no PasTmon tables in ", connection.description(),
                     ": start pastmon, or run pastmon-admin create-database")};
  }
  if (*found < known) {
    return Error{cat("the schema of ", connection.description(), " is version ", *found, ", older than this program's ",
                     known, ": run pastmon-admin upgrade-database")};
  }
  return {};
}

Result<void> refuse_front(Connection& connection) {
  const Result<bool> front = connection.is_front();
  if (!front) return front.error();
  if (!*front) return {};
  return Error{cat(connection.description(),
                   " is a front, which shows the figures of other databases and takes none: give a group's database")};
}

Result<void> hold_schema(Connection& connection) {
  if (Result<void> takes = refuse_front(connection); !takes) return takes;
  if (Result<void> shared = connection.share_schema(); !shared) return shared;
  return check_schema(connection);
}

}  // namespace pastmon::store
