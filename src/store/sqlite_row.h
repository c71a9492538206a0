// SPDX-License-Identifier: MIT
// Rows out of and into a prepared statement of SQLite.
#pragma once

#include <sqlite3.h>

#include <memory>

#include "connection.h"

namespace pastmon::store {

using Statement = std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)>;

class SqliteRow final : public RowView {
 public:
  explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}
  bool null(unsigned column) const override {
    return sqlite3_column_type(statement_, static_cast<int>(column)) == SQLITE_NULL;
  }
  std::int64_t integer(unsigned column) const override {
    return sqlite3_column_int64(statement_, static_cast<int>(column));
  }
  std::string_view text(unsigned column) const override { return blob(column); }
  std::string_view blob(unsigned column) const override {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, static_cast<int>(column)));
    const int size = sqlite3_column_bytes(statement_, static_cast<int>(column));
    return bytes == nullptr ? std::string_view() : std::string_view(bytes, static_cast<std::size_t>(size));
  }

 private:
  sqlite3_stmt* statement_;
};

/// Binds one row after the other; what is bound must live until the row is stored.
class SqliteSink final : public RowSink {
 public:
  explicit SqliteSink(sqlite3_stmt* statement) : statement_(statement) {}
  void start_row() { column_ = 0; }
  void integer(std::int64_t value) override { sqlite3_bind_int64(statement_, ++column_, value); }
  void null() override { sqlite3_bind_null(statement_, ++column_); }
  void text(std::string_view value) override {
    sqlite3_bind_text64(statement_, ++column_, value.data(), value.size(), SQLITE_TRANSIENT_COPY, SQLITE_UTF8);
  }
  void blob(std::string_view value) override {
    sqlite3_bind_blob64(statement_, ++column_, value.data(), value.size(), SQLITE_TRANSIENT_COPY);
  }

 private:
  // SQLITE_TRANSIENT is a C cast of −1 to a function pointer, which the warnings refuse.
  static inline const sqlite3_destructor_type SQLITE_TRANSIENT_COPY =
      reinterpret_cast<sqlite3_destructor_type>(std::intptr_t{-1});  // NOLINT(performance-no-int-to-ptr)

  sqlite3_stmt* statement_;
  int column_ = 0;
};

}  // namespace pastmon::store
