// SPDX-License-Identifier: MIT
#include "batches.h"

#include <utility>

#include "rows.h"

namespace pastmon::store {
std::vector<Batch> split_batches(const Batch& head, std::vector<metric::Bucket> buckets,
                                 std::map<base::Seconds, std::vector<Statistic>> statistics,
                                 std::vector<HostName> names) {
  std::vector<Batch> batches;
  for (metric::Bucket& bucket : buckets) {
    if (bucket.rows.empty()) continue;
    Batch& batch = batches.emplace_back();
    if (auto own = statistics.extract(bucket.start)) batch.statistics.insert(std::move(own));
    batch.buckets.push_back(std::move(bucket));
  }
  if (batches.empty() && (!statistics.empty() || !names.empty())) batches.emplace_back();
  if (!batches.empty()) {
    batches.front().statistics.merge(statistics);
    batches.front().names = std::move(names);
  }
  for (Batch& batch : batches) {
    batch.sensor = head.sensor;
    batch.identity = head.identity;
    batch.run = head.run;
  }
  return batches;
}

std::vector<Batch> orphan_batches(Batch checkpoint) {
  std::int64_t number = kOrphanNumbers + checkpoint.number;
  std::vector<Batch> batches = split_batches(checkpoint, merge_buckets(std::move(checkpoint.buckets)),
                                             std::move(checkpoint.statistics), std::move(checkpoint.names));
  for (Batch& batch : batches) batch.number = number++;
  return batches;
}

}  // namespace pastmon::store
