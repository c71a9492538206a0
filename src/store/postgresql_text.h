// SPDX-License-Identifier: MIT
// Values as PostgreSQL reads them inside the text of a statement. Everything that reaches a statement goes through
// here; the connection sets standard_conforming_strings, so a backslash means itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "connection.h"

namespace pastmon::store {

/// Appends 'text' with its quotes doubled. Precondition: no NUL byte.
void put_literal(std::string& out, std::string_view text);

/// "name" as SQL takes it, whatever is in it.
std::string identifier(std::string_view name);

/// Puts the parameters into the places of the '?'s. Precondition: as many as there are '?'s.
std::string put_parameters(std::string_view sql, const std::vector<Parameter>& parameters);

/// One array value a column ("{1,2,NULL}"), filled row by row: what unnest() takes.
class ArraySink final : public RowSink {
 public:
  explicit ArraySink(const std::vector<Column>& columns) : columns_(columns), arrays_(columns.size()) {}
  void start_row();
  void integer(std::int64_t value) override;
  void null() override;
  void text(std::string_view value) override;
  void blob(std::string_view value) override;

  std::size_t bytes() const noexcept { return bytes_; }  ///< of all arrays, roughly
  /// "unnest('{…}'::BIGINT[], '{…}'::TEXT[], …)", and empties the arrays.
  std::string take();

 private:
  std::string& next();

  const std::vector<Column>& columns_;
  std::vector<std::string> arrays_;
  std::size_t column_ = 0;
  std::size_t bytes_ = 0;
};

/// Bytes of base64 (RFC 4648) as PostgreSQL's encode() gives it, with its line ends. Ends at what is no base64.
std::string decode_base64(std::string_view text);

}  // namespace pastmon::store
