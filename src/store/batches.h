// SPDX-License-Identifier: MIT
// How buckets become batches, and which numbers those get: docs/journal-format.md, "Numbers".
#pragma once

#include <map>
#include <string>
#include <vector>

#include "pastmon/store/store.h"

namespace pastmon::store {

/// One batch a closed bucket, in order: so that the numbers of a file's batches do not depend on how the caller's
/// calls fell. What belongs to no bucket goes with the first; alone, it gets a number below zero (the caller's).
std::vector<Batch> split_batches(const Batch& head, std::vector<metric::Bucket> buckets,
                                 std::map<base::Seconds, std::vector<Statistic>> statistics,
                                 std::vector<HostName> names);

/// Added to the batch numbers of a committed checkpoint. A crash between a batch's file and the next checkpoint leaves
/// a bucket in both: under numbers of its own the checkpoint's other buckets still go in, and the rows that are there
/// already win.
inline constexpr std::int64_t kOrphanNumbers = 1'000'000'000;

/// The batches, with numbers of their own, of a checkpoint that its run left behind.
std::vector<Batch> orphan_batches(Batch checkpoint);

}  // namespace pastmon::store
