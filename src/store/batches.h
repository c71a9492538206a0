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

/// The batches, with numbers of their own, of a checkpoint that its run left behind.
std::vector<Batch> orphan_batches(Batch checkpoint);

}  // namespace pastmon::store
