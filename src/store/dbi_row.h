// SPDX-License-Identifier: MIT
// Results of libdbi. Learnt by trying: a getter of the wrong type answers 0, so the field's type decides.
#pragma once

#include <dbi/dbi.h>

#include <string>
#include <utility>

#include "connection.h"
#include "postgresql_text.h"

namespace pastmon::store {

/// Owns a result; may hold none.
class DbiResult {
 public:
  explicit DbiResult(dbi_result result) : result_(result) {}
  ~DbiResult() {
    if (result_ != nullptr) dbi_result_free(result_);
  }
  DbiResult(const DbiResult&) = delete;
  DbiResult& operator=(const DbiResult&) = delete;
  DbiResult(DbiResult&& other) noexcept : result_(std::exchange(other.result_, nullptr)) {}
  dbi_result get() const { return result_; }

 private:
  dbi_result result_;
};

class DbiRow final : public RowView {
 public:
  explicit DbiRow(dbi_result result) : result_(result) {}
  bool null(unsigned column) const override { return dbi_result_field_is_null_idx(result_, column + 1) == 1; }
  std::int64_t integer(unsigned column) const override {
    if (null(column)) return 0;
    switch (dbi_result_get_field_type_idx(result_, column + 1)) {
      case DBI_TYPE_INTEGER:
        return dbi_result_get_longlong_idx(result_, column + 1);
      case DBI_TYPE_DECIMAL:
        return static_cast<std::int64_t>(dbi_result_get_double_idx(result_, column + 1));
      default:
        return dbi_result_get_as_longlong_idx(result_, column + 1);
    }
  }
  std::string_view text(unsigned column) const override {
    if (null(column) || dbi_result_get_field_type_idx(result_, column + 1) != DBI_TYPE_STRING) return {};
    const char* text = dbi_result_get_string_idx(result_, column + 1);
    return {text, dbi_result_get_field_length_idx(result_, column + 1)};
  }
  std::string_view blob(unsigned column) const override {
    blob_ = decode_base64(text(column));
    return blob_;
  }

 private:
  dbi_result result_;
  mutable std::string blob_;
};

}  // namespace pastmon::store
