// SPDX-License-Identifier: MIT
// Between the two report formats: rows in order, and text to a stream.
#pragma once

#include <cstdio>
#include <string_view>
#include <vector>

#include "pastmon/daemon/report.h"

namespace pastmon::daemon {

/// Appends to `out`; the error says why that failed.
base::Result<void> put(std::FILE* out, std::string_view text);

/// The rows by signature, client, server and port. They stay where they are.
std::vector<const metric::Row*> in_order(const metric::Bucket& bucket);

base::Result<void> print_json(std::FILE* out, const ReportOptions& options, const metric::Bucket& bucket);
base::Result<void> print_table(std::FILE* out, const ReportOptions& options, const metric::Bucket& bucket);

}  // namespace pastmon::daemon
