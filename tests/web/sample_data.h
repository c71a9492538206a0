// SPDX-License-Identifier: MIT
// A small office that looks like one: desks, web, database, cache, mail and name servers over some hours, with a slow
// spell that loses segments, a spell in which the sensor drops packets, failures, a gap, and names that attack whoever
// prints them. The same each time.
#pragma once

#include <cstdint>
#include <string>

#include "pastmon/base/clock.h"
#include "pastmon/store/store.h"

namespace pastmon::web::test {

/// Names that pages must not run, believe or pass on as they are.
inline constexpr const char* kScriptName = "<script>alert(1)</script>.example";
inline constexpr const char* kQuoteName = "a\"onmouseover=\"alert(2)\" x='y'.example";

struct SampleOptions {
  base::Seconds end = 1'763'920'800;  ///< end of the last bucket
  int buckets = 48;
  int gap_at = 20;       ///< this bucket and the next are missing; −1: none
  bool hostile = false;  ///< adds hosts with the names above
};

/// A batch of closed buckets with host names and the monitor's own statistics.
store::Batch sample_batch(const SampleOptions& options);

}  // namespace pastmon::web::test
