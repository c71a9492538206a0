// SPDX-License-Identifier: MIT
#include "rows.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <unordered_map>

namespace pastmon::store {
namespace {

auto key_of(const StoredRow& r) { return std::tie(r.bucket, r.signature, r.client, r.server, r.row->port); }

}  // namespace

SortedRows::SortedRows(const std::vector<metric::Bucket>& buckets, const std::function<bool(base::Seconds)>& skip) {
  std::unordered_map<std::string_view, Id> signatures;
  for (const metric::Bucket& bucket : buckets) {
    if (bucket.start < 0 || bucket.start >= kLastTime) {
      ++refused_;
      continue;
    }
    if (skip && skip(bucket.start)) continue;
    for (const metric::Row& row : bucket.rows) {
      const auto [signature, added] = signatures.try_emplace(row.signature, 0);
      if (added) signature->second = id_of_name(row.signature);
      rows_.push_back({bucket.start, bucket.seconds, signature->second, id_of(row.client), id_of(row.server), &row});
    }
  }
  std::sort(rows_.begin(), rows_.end(), [](const auto& a, const auto& b) { return key_of(a) < key_of(b); });
  merge_equal();
}

void SortedRows::merge_equal() {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (kept == 0 || key_of(rows_[kept - 1]) != key_of(rows_[i])) {
      rows_[kept++] = rows_[i];
      continue;
    }
    StoredRow& first = rows_[kept - 1];
    if (merged_.empty() || first.row != &merged_.back()) {
      merged_.push_back(*first.row);
      first.row = &merged_.back();
    }
    merged_.back().values.merge(rows_[i].row->values);
  }
  rows_.resize(kept);
}

std::vector<metric::Bucket> merge_buckets(std::vector<metric::Bucket> buckets) {
  std::map<base::Seconds, std::vector<metric::Bucket>> by_start;
  for (metric::Bucket& bucket : buckets) by_start[bucket.start].push_back(std::move(bucket));
  std::vector<metric::Bucket> merged;
  for (auto& [start, same] : by_start) {
    if (same.size() == 1) {
      merged.push_back(std::move(same.front()));
      continue;
    }
    metric::Bucket& bucket = merged.emplace_back();
    bucket.start = start;
    bucket.seconds = same.front().seconds;
    bucket.closed = same.front().closed;
    using Key = std::tuple<std::string, base::Address, base::Address, std::uint16_t>;
    std::map<Key, std::size_t> index;
    for (metric::Bucket& part : same) {
      for (metric::Row& row : part.rows) {
        const auto [at, added] =
            index.try_emplace({row.signature, row.client, row.server, row.port}, bucket.rows.size());
        if (added) {
          bucket.rows.push_back(std::move(row));
        } else {
          bucket.rows[at->second].values.merge(row.values);
        }
      }
    }
  }
  return merged;
}

}  // namespace pastmon::store
