// SPDX-License-Identifier: MIT
// `pastmon-admin export`: the rows of a level with every metric, on standard output.
#pragma once

#include "pastmon/config/command_line.h"
#include "pastmon/store/store.h"

namespace pastmon::admin {

/// Returns the exit status: 0 done; 1 the database or the output failed, or rows were damaged. Quiet when the reader of
/// the output went away.
int export_rows(const store::Options& options, const config::ExportCommand& command);

}  // namespace pastmon::admin
