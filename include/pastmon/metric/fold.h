// SPDX-License-Identifier: MIT
// The bound on a bucket's rows: what a scan or a flood makes beyond it is added up under "(many)".
#pragma once

#include <cstddef>
#include <string>

#include "pastmon/metric/bucket.h"

namespace pastmon::metric {

/// What fold() did.
struct Folded {
  std::size_t rows = 0;   ///< rows that are now part of another one
  std::string signature;  ///< the one of which most were
  std::size_t most = 0;   ///< how many of it
};

/// Leaves at most `max_rows` rows. Beyond that the rows of the least weight (answered transactions, then payload, then
/// packets, then transactions; ties by key) are added up for each signature, server and port in a row with client
/// "(many)". Where these alone are more than a quarter of max_rows (a scan of many servers or ports), the lightest of
/// them are added up for each signature in a row with client and server "(many)" and port 0. A row that would be the
/// only one of its "(many)" keeps its client. Rows of one key must have been merged; there must be fewer signatures
/// than max_rows.
///
/// No figure is lost: every counter, size and distribution has the same total before and after. The same rows give the
/// same result in any order; they come back in no particular one.
Folded fold(Bucket& bucket, std::size_t max_rows);

}  // namespace pastmon::metric
