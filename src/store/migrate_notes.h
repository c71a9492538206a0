// SPDX-License-Identifier: MIT
// What the target of a migration knows of it: which source, how far, finished or not (table `migration`). Each note
// changes in the transaction that brings the rows which it speaks of.
#pragma once

#include <string>
#include <string_view>

#include "connection.h"

namespace pastmon::store {

class MigrationNotes {
 public:
  /// `source`: the identity of the database that is copied.
  MigrationNotes(Connection& target, std::string source) : target_(target), source_(std::move(source)) {}

  /// Part of the note on the whole: its position is what the source held when the copying began.
  static constexpr const char* kWhole = "";
  static constexpr const char* kTotals = "total";

  struct Note {
    bool there = false;
    std::string position;
    std::int64_t copied = 0;
    base::Seconds finished = 0;  ///< 0: not yet
  };
  base::Result<Note> read(std::string_view part);

  /// In the caller's transaction. Error: another program moved the note on meanwhile.
  base::Result<void> write(std::string_view part, const Note& before, const Note& now);
  /// In the caller's transaction: all tables are copied from their beginnings again. That totals were added stays
  /// known.
  base::Result<void> forget_positions();

 private:
  Connection& target_;
  std::string source_;
};

/// The random word that a database got when it was made.
base::Result<std::string> identity_of(Connection& connection);

/// Changes whenever batches, archived rows or marks come: tells whether something wrote to a source.
base::Result<std::string> contents_of(Connection& connection);

}  // namespace pastmon::store
