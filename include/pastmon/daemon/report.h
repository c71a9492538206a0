// SPDX-License-Identifier: MIT
// What `pastmon --read FILE --report table|json` prints: closed buckets as lines of JSON for programs, or as a table
// for people. Both are in a fixed order, so that reading a file twice prints the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "pastmon/base/address.h"
#include "pastmon/base/clock.h"
#include "pastmon/base/result.h"
#include "pastmon/metric/bucket.h"
#include "pastmon/names/name_cache.h"

namespace pastmon::daemon {

enum class ReportFormat : std::uint8_t { table, json };

struct ReportOptions {
  ReportFormat format = ReportFormat::table;
  bool buckets = false;   ///< several buckets: JSON rows get "bucket", each table a heading
  std::size_t width = 0;  ///< columns of the terminal that the table must fit in, if it can; 0: no limit
  bool utf8 = false;      ///< the reader's terminal shows UTF-8; else the table is plain ASCII
  /// Host name of an address for the table; "" when none is known. May be empty.
  std::function<std::string(const base::Address&)> host_name;
  /// All names of an address for JSON, the one that counts first. May be empty.
  std::function<std::vector<names::Name>(const base::Address&)> host_names;
  /// Whether the times of rows with this signature are a guess by turns. May be empty.
  std::function<bool(std::string_view)> estimated;
};

/// Width and character set of `out`: the terminal's, if it is one, and the locale's.
void fit_to_terminal(ReportOptions& options, std::FILE* out);

/// The last line of a report.
struct ReportTotals {
  std::uint64_t packets = 0;  ///< read
  std::uint64_t undecodable = 0;
  std::uint64_t not_ip = 0;
  std::uint64_t filtered = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t kernel_dropped = 0;
  std::uint64_t flows = 0;
  base::Micros duration = 0;  ///< from the first to the last packet
};

/// Prints a bucket's rows. JSON: one object a row, by signature, client, server and port, keys as in docs/metrics.md;
/// metrics without a value are left out, but for the outcomes. "estimated": true where times are a guess by turns (a
/// "~" behind the signature in the table). "client_name", "server_name" with "…_name_source" when a name is known,
/// other names of the address in "…_other_names", newest first. Table: by transactions, the busiest first. The only
/// error is that `out` takes no more (a full disk, a closed pipe).
base::Result<void> print_bucket(std::FILE* out, const ReportOptions& options, const metric::Bucket& bucket);

/// Prints the totals and flushes.
base::Result<void> print_totals(std::FILE* out, const ReportOptions& options, const ReportTotals& totals);

}  // namespace pastmon::daemon
