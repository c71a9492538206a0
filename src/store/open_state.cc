// SPDX-License-Identifier: MIT
#include "open_state.h"

#include "rows.h"

namespace pastmon::store {

void OpenState::replace(std::vector<metric::Bucket> changed, const Statistics& statistics,
                        const std::vector<HostName>& names) {
  for (const metric::Bucket& bucket : merge_buckets(std::move(changed))) {
    if (bucket.rows.empty()) continue;
    OpenBucket& open = buckets_[bucket.start];
    open.seconds = bucket.seconds;
    auto& pending = pending_rows_[bucket.start];
    for (const metric::Row& row : bucket.rows) {
      EncodedRow encoded = encode_row(row);
      pending.insert(encoded.key);
      open.rows[std::move(encoded.key)] = std::move(encoded.values);
    }
  }
  for (const auto& [bucket, list] : statistics) {
    for (const Statistic& statistic : list)
      statistics_[bucket][{statistic.name, statistic.interface}] = statistic.value;
    pending_statistics_.insert(bucket);
  }
  for (const HostName& name : names) names_[name.address] = pending_names_[name.address] = name;
}

void OpenState::close(const std::vector<metric::Bucket>& buckets, const Statistics& statistics) {
  for (const metric::Bucket& bucket : buckets) {
    buckets_.erase(bucket.start);
    pending_rows_.erase(bucket.start);
  }
  for (const auto& [bucket, list] : statistics) {
    statistics_.erase(bucket);
    pending_statistics_.erase(bucket);
  }
}

std::vector<HostName> OpenState::take_names() {
  std::vector<HostName> names;
  for (auto& [address, name] : names_) names.push_back(std::move(name));
  names_.clear();
  pending_names_.clear();
  return names;
}

OpenState::Statistics OpenState::listed(const std::set<base::Seconds>* only) const {
  Statistics statistics;
  for (const auto& [bucket, figures] : statistics_) {
    if (only != nullptr && !only->contains(bucket)) continue;
    for (const auto& [figure, value] : figures) statistics[bucket].push_back({figure.first, figure.second, value});
  }
  return statistics;
}

std::string OpenState::encode(const Batch& head, std::int64_t next_number) const {
  JournalWriter writer(JournalKind::checkpoint, head, next_number);
  writer.begin_buckets(buckets_.size());
  for (const auto& [start, bucket] : buckets_) {
    writer.begin_bucket(start, bucket.seconds, bucket.rows.size());
    for (const auto& [key, values] : bucket.rows) writer.add_row(key, values);
  }
  std::vector<HostName> names;
  for (const auto& [address, name] : names_) names.push_back(name);
  return writer.finish(listed(nullptr), names);
}

std::string OpenState::take_pending(const Batch& head) {
  JournalWriter writer(JournalKind::checkpoint, head, 0);
  writer.begin_buckets(pending_rows_.size());
  for (const auto& [start, keys] : pending_rows_) {
    const OpenBucket& bucket = buckets_.at(start);
    writer.begin_bucket(start, bucket.seconds, keys.size());
    for (const std::string& key : keys) writer.add_row(key, bucket.rows.at(key));
  }
  std::vector<HostName> names;
  for (const auto& [address, name] : pending_names_) names.push_back(name);
  std::string bytes = writer.finish(listed(&pending_statistics_), names);
  pending_rows_.clear();
  pending_statistics_.clear();
  pending_names_.clear();
  return bytes;
}

void OpenState::put_back(const Batch& batch) {
  for (const metric::Bucket& bucket : batch.buckets) {
    const auto open = buckets_.find(bucket.start);
    if (open == buckets_.end()) continue;
    for (const metric::Row& row : bucket.rows) {
      EncodedRow encoded = encode_row(row);
      if (open->second.rows.contains(encoded.key)) pending_rows_[bucket.start].insert(std::move(encoded.key));
    }
  }
  for (const auto& [bucket, list] : batch.statistics)
    if (statistics_.contains(bucket)) pending_statistics_.insert(bucket);
  for (const HostName& name : batch.names)
    if (names_.contains(name.address)) pending_names_.try_emplace(name.address, names_.at(name.address));
}

}  // namespace pastmon::store
