// SPDX-License-Identifier: MIT
// The rows of buckets in the order of the tables' key, each key once: rows of one key (from several workers) are added
// up, because the database would refuse the second.
#pragma once

#include <deque>
#include <functional>
#include <vector>

#include "pastmon/metric/bucket.h"
#include "pastmon/store/store.h"

namespace pastmon::store {

/// Bucket starts that the database takes: 1970 … 9999.
inline constexpr base::Seconds kLastTime = 253'402'300'800;
inline constexpr base::Seconds kDay = 86'400;

struct StoredRow {
  base::Seconds bucket = 0;
  base::Seconds interval = 0;
  Id signature = 0;
  Id client = 0;
  Id server = 0;
  const metric::Row* row = nullptr;
};

class SortedRows {
 public:
  /// Rows of buckets outside 1970 … 9999, or for which `skip` is true, are left out. The buckets must outlive this.
  SortedRows(const std::vector<metric::Bucket>& buckets, const std::function<bool(base::Seconds)>& skip);

  const std::vector<StoredRow>& rows() const noexcept { return rows_; }
  /// Buckets outside 1970 … 9999.
  std::size_t refused_buckets() const noexcept { return refused_; }

 private:
  void merge_equal();

  std::vector<StoredRow> rows_;
  std::deque<metric::Row> merged_;
  std::size_t refused_ = 0;
};

/// The buckets with rows of one key added up, ascending by start; a bucket start stands once.
std::vector<metric::Bucket> merge_buckets(std::vector<metric::Bucket> buckets);

}  // namespace pastmon::store
