// SPDX-License-Identifier: MIT
#include "row_bound.h"

#include <utility>

#include "pastmon/base/log.h"
#include "pastmon/base/text.h"
#include "pastmon/metric/fold.h"

namespace pastmon::daemon {

std::vector<metric::Bucket> RowBound::apply(std::vector<metric::Bucket> closed) {
  std::vector<metric::Bucket> merged = metric::merge(std::move(closed));
  for (metric::Bucket& bucket : merged) {
    const metric::Folded folded = metric::fold(bucket, max_rows_);
    if (folded.rows == 0) continue;
    folded_ += folded.rows;
    tell(base::cat(folded.rows, " rows beyond the ", max_rows_,
                   " of a bucket (max_rows_per_bucket) are added up under \"", base::Address::many().to_string(),
                   "\": ", folded.most, " of them of ", folded.signature));
  }
  return merged;
}

void RowBound::tell(const std::string& line) {
  const base::Micros now = clock_.monotonic();
  if (now < quiet_until_) {
    ++untold_;
    return;
  }
  quiet_until_ = now + 60 * base::kSecond;
  const std::uint64_t untold = std::exchange(untold_, 0);
  base::log::warning(line, untold > 0 ? base::cat("; so it was in ", untold, " other buckets since the last such line")
                                      : std::string());
}

}  // namespace pastmon::daemon
