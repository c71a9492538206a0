// SPDX-License-Identifier: MIT
// What a migration copies: the tables in their order, and rows of any of them as plain values.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "connection.h"

namespace pastmon::store {

struct CopiedTable {
  std::string name;
  std::vector<Column> columns;
  std::vector<std::size_t> key;  ///< of `columns`: the primary key in its order
  std::string on_conflict;
};

/// Names first, then what keeps the target's own programs from doing twice what is done (applied batches, archived
/// marks), then the figures. Totals are not among them: they are added up.
const std::vector<CopiedTable>& copied_tables();

using CopiedValue = std::variant<std::monostate, std::int64_t, std::string>;
using CopiedRow = std::vector<CopiedValue>;

/// The key of a row as text without control characters, and back. The last one copied is kept in this form.
std::string key_text(const CopiedTable& table, const CopiedRow& row);
base::Result<std::vector<Parameter>> key_of_text(const CopiedTable& table, std::string_view text);

/// Reads a table in the order of its key, part by part.
class TableReader {
 public:
  TableReader(Connection& connection, const CopiedTable& table) : connection_(connection), table_(table) {}

  base::Result<std::int64_t> count();
  /// The rows behind this key (empty: from the beginning), at most `limit`.
  base::Result<std::vector<CopiedRow>> rows_after(const std::vector<Parameter>& key, std::size_t limit);

 private:
  Connection& connection_;
  const CopiedTable& table_;
};

/// The row with text that every database takes (clean_text); what a program of ours wrote stays as it is.
CopiedRow fit_row(const CopiedTable& table, CopiedRow row);
/// Puts a row into a sink as the table's columns have it, fit.
void put_row(const CopiedTable& table, const CopiedRow& row, RowSink& sink);

/// The number in this column; 0 for NULL or text.
std::int64_t integer_of(const CopiedRow& row, std::size_t column);
std::string_view text_of(const CopiedRow& row, std::size_t column);

}  // namespace pastmon::store
