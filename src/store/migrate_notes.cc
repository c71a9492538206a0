// SPDX-License-Identifier: MIT
#include "migrate_notes.h"

#include "pastmon/base/text.h"

namespace pastmon::store {

using base::cat;
using base::Error;
using base::Result;

Result<MigrationNotes::Note> MigrationNotes::read(std::string_view part) {
  Note note;
  Result<void> done = target_.query("SELECT position, copied, finished FROM migration WHERE source = ? AND part = ?",
                                    {source_, std::string(part)}, [&](const RowView& row) {
                                      note = {true, std::string(row.text(0)), row.integer(1), row.integer(2)};
                                    });
  if (!done) return done.error();
  return note;
}

Result<void> MigrationNotes::write(std::string_view part, const Note& before, const Note& now) {
  const Result<std::int64_t> changed = target_.execute(
      "INSERT INTO migration (source, part, position, copied, finished) VALUES (?, ?, ?, ?, ?) "
      "ON CONFLICT (source, part) DO UPDATE SET position = excluded.position, copied = excluded.copied, "
      "finished = excluded.finished WHERE migration.position = ? AND migration.copied = ?",
      {source_, std::string(part), now.position, now.copied, now.finished, before.position, before.copied});
  if (!changed) return changed.error();
  if (*changed != 1) return Error{"another pastmon-admin migrate copies the same database at this moment"};
  return {};
}

Result<void> MigrationNotes::forget_positions() {
  const Result<std::int64_t> done = target_.execute("DELETE FROM migration WHERE source = ? AND part NOT IN (?, ?)",
                                                    {source_, std::string(kWhole), std::string(kTotals)});
  if (!done) return done.error();
  return {};
}

Result<std::string> identity_of(Connection& connection) {
  std::string identity;
  Result<void> done = connection.query("SELECT MIN(identity) FROM database_identity", {},
                                       [&](const RowView& row) { identity = row.text(0); });
  if (!done) return done.error();
  if (identity.empty()) return Error{cat(connection.description(), ": its table database_identity is empty")};
  return identity;
}

Result<std::string> contents_of(Connection& connection) {
  std::string contents;
  const auto sum = [](std::string_view of) { return cat("CAST(COALESCE(SUM(", of, "), 0) AS BIGINT)"); };
  const std::string queries[] = {
      cat("SELECT COUNT(*), ", sum("run % 1000003"), ", ", sum("number % 1000003"), " FROM applied_batch"),
      cat("SELECT COUNT(*), ", sum("bucket"), ", ", sum("part"), " FROM archived"),
      cat("SELECT COUNT(*), ", sum("transactions % 1000003"), ", ", sum("packets_client % 1000003"), " FROM level_2")};
  for (const std::string& query : queries) {
    Result<void> done = connection.query(query, {}, [&](const RowView& row) {
      for (unsigned i = 0; i < 3; ++i) contents += cat(contents.empty() ? "" : " ", row.integer(i));
    });
    if (!done) return done.error();
  }
  return contents;
}

}  // namespace pastmon::store
